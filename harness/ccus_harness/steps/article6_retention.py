"""第6条ただし書: what may be kept after the end, by whom it may be seen, and until when."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from pytest_bdd import parsers, then

from ccus_harness import endings
from ccus_harness.instruments.periods import due
from ccus_harness.observations import collected
from ccus_harness.readings import load_policy
from ccus_harness.steps.acting_incidents import FIRST
from ccus_harness.verdicts import SATISFIED, Finding, Word, inconclusive, untested, violated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ccus_harness.case import Case, View
    from ccus_harness.claims import Claiming
    from ccus_harness.observations import Entry, Kept, Moment, Told

JST = timezone(timedelta(hours=9))


def _retained(case: Case, user: str, label: str) -> bool:
    """Whether something was kept under the proviso: its employer still sees it after the end."""
    view: View = case.seen["views"][user, label]
    return case.seen["end_announced"].done and view.shows(case.id(label))


@then(parsers.parse("【A6-25】条件を欠いてから上限の時刻には、「{label}」の継続保有が終わっている"))
def retention_ends_with_its_conditions(case: Case, claim: Claiming, label: str) -> None:
    person = case.id(label)
    after: View = case.seen["view_after_lapse"]
    held = [o.item or o.label for o in case.seen["held_after_lapse"] if o.id == person and o.marked]
    kept = _retained(case, "u_f1", label)
    seen = after.shows(person)
    supplied = bool(case.seen["conditions"])

    def judge(_readings: object, _policy: object) -> Finding:
        if not supplied:
            return untested("untested.no_conditions")
        if not kept:
            return untested("untested.no_retention")
        return violated("retention.kept_after_lapse") if seen or held else SATISFIED

    claim(
        judge,
        shown={
            "lapsed_at": case.seen["lapsed_at"].isoformat(),
            "seen": seen,
            "held": held[:20],
            "conditions": case.seen["conditions"],
        },
        witnesses=["answered"],
    )


@then("【A6-26】継続保有の根拠がなくなった後、通常の終了と同じく廃棄され、証明書が届いている")
def lapse_is_an_end(case: Case, claim: Claiming) -> None:
    ending = endings.watched(case)
    item = ending.certificate()
    supplied, kept = bool(case.seen["conditions"]), _retained(case, "u_f1", "T1")
    everywhere = (*endings.PRIMARY, *endings.SECONDARY, *endings.FILES, *endings.DERIVED, *endings.BACKUP)
    left = ending.left(*everywhere)

    def judge(_readings: object, _policy: object) -> Finding:
        if not supplied:
            return untested("untested.no_conditions")
        if not kept:
            return untested("untested.no_retention")
        if left:
            return violated("retention.lapse_left")
        if item is None:
            return violated("retention.lapse_uncertified")
        return SATISFIED if ending.found_before(*endings.PRIMARY) else inconclusive("inconclusive.blind")

    claim(
        judge,
        shown={
            "lapsed_at": case.seen["lapsed_at"].isoformat(),
            "left": left[:20],
            "received_at": item["received_at"] if item else None,
        },
        witnesses=["kept", "inbox", "ledger"],
        strength="white_box",
    )


@then(
    parsers.parse(
        "【A6-28】継続保有の「{label}」は所属事業者に見え、無関係の「{outsider}」に見えず、標識があり、漏えいは通知される"
    )
)
def article_2_goes_on(case: Case, claim: Claiming, label: str, outsider: str) -> None:
    kept: Kept = case.seen["kept"]
    person = case.id(label)
    over = [
        f"{user}:{seen}"
        for (user, seen), view in case.seen["views"].items()
        if user == outsider and view.shows(case.id(seen))
    ]
    unmarked = [o.item or o.label for o in kept.holdings if o.id == person and o.marked is not True]
    told = _notified(case)
    retained = _retained(case, "u_f1", label)

    def judge(readings: Mapping[str, str], _policy: object) -> Finding:
        if not retained:
            return untested("untested.no_retention")
        broken = over or unmarked or not told
        if broken and readings["art7.art2_survives"] == "as_far_as_kept":
            return violated("retention.beyond_article2")
        return SATISFIED

    claim(
        judge,
        shown={"over": over, "unmarked": unmarked[:20], "notified": told, "retained": retained},
        witnesses=["answered", "kept", "inbox"],
    )


def _notified(case: Case) -> bool:
    """Whether the leak of retained data reached the Fund before the cap."""
    moments: list[Moment] = case.seen["watch"]
    sign: Told = case.seen["told"][FIRST]
    cap = due(sign.at, str(load_policy()["incident.notice_within"].cap))
    letters: list[Entry] = [item for item in moments[-1].inbox if item["kind"] == "notice"]
    return any(
        sign.token in json.dumps(item["document"], ensure_ascii=False)
        and datetime.fromisoformat(item["received_at"]) <= cap
        for item in letters
    )


@then(parsers.parse("【A6-29】継続保有の「{label}」の画面に、提供された日が示されている"))
def retained_data_show_their_date(case: Case, claim: Claiming, label: str) -> None:
    view: View = case.seen["views"]["u_f1", label]
    entries = [e for e in case.seen["ledger"] if e["kind"] == "provision.collected"]
    provided = [e["at"] for e in entries if e["body"]["id"] == case.id(label)]
    days = _written(datetime.fromisoformat(provided[-1]).astimezone(JST)) if provided else ()
    page = b"\n".join(body for _, body in view.reply.bodies).decode("utf-8", errors="replace")
    shown = any(day in page for day in days)
    retained = _retained(case, "u_f1", label)

    def judge(_readings: object, _policy: object) -> Finding:
        if not retained:
            return untested("untested.no_retention")
        return Finding(word=Word.review, code="retention.as_of_shown" if shown else "retention.as_of_missing")

    claim(judge, shown={"day": days[0] if days else None, "shown": shown}, witnesses=["answered"])


def _written(day: datetime) -> tuple[str, ...]:
    """The ways in which a page may write a day."""
    year, month, date = day.year, day.month, day.day
    return (
        f"{year}-{month:02}-{date:02}",
        f"{year}/{month:02}/{date:02}",
        f"{year}/{month}/{date}",
        f"{year}年{month}月{date}日",
        f"{year}年{month:02}月{date:02}日",
        f"令和{year - 2018}年{month}月{date}日",
        f"R{year - 2018}.{month}.{date}",
    )


@then(parsers.parse("【A6-30】「{user}」は、終わった後の入場だけを根拠に「{late}」を見られない"))
def late_entries_open_nothing(case: Case, claim: Claiming, user: str, late: str) -> None:
    seen = case.seen["views"][user, late].shows(case.id(late))
    control = _retained(case, "u_f1", late)

    def judge(readings: Mapping[str, str], _policy: object) -> Finding:
        if not control:
            return untested("untested.no_retention")
        if seen and readings["use.entry_after_end"] == "no":
            return violated("retention.entry_opens")
        return SATISFIED

    claim(judge, shown={"seen": seen, "control": control}, witnesses=["answered"])


@then("【A6-32】継続保有を申し出たことと、一覧のすべての条件の状況が、乙に届いている")
def retention_is_claimed(case: Case, claim: Claiming) -> None:
    listed: list[str] = case.seen["conditions"]
    letters = [i for i in case.seen["watch"][-1].inbox if i["kind"] == "retention_claim"]
    told = {str(one.get("ref")) for item in letters for one in endings.rows(item["document"], "conditions")}
    missing = [ref for ref in listed if ref not in told]
    retained = bool(collected(case.seen["ledger"])) and _retained(case, "u_f1", "T1")

    def judge(_readings: object, _policy: object) -> Finding:
        if not listed:
            return untested("untested.no_conditions")
        if not retained:
            return untested("untested.no_retention")
        return SATISFIED if letters and not missing else violated("retention.not_claimed")

    claim(
        judge,
        shown={"claims": len(letters), "missing": missing, "at": _times(letters)},
        witnesses=["inbox"],
    )


def _times(letters: list[Any]) -> list[str]:
    return [str(item["received_at"]) for item in letters]
