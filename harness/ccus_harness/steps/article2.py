"""第2条: which items, who may see them, how they are marked, and what happens after a leak or misuse."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from pytest_bdd import parsers, then

from ccus_harness.instruments.periods import due
from ccus_harness.instruments.scope import may_view
from ccus_harness.instruments.scope_terms import OPTIONS
from ccus_harness.instruments.world import World
from ccus_harness.observations import Entry, Kept, Moment, Probe, collected, provided_to
from ccus_harness.verdicts import SATISFIED, Finding, Word, inconclusive, untested, violated

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ccus_harness.case import Case, View
    from ccus_harness.claims import Claiming, Policy, Predicate
    from ccus_harness.instruments.artefacts import HeldItem

ANNEX_ITEM = ("t", "b")
"""Keys of Annex 1 begin with t or b; canaries outside it begin with x."""


def _beyond(items: Iterable[tuple[str, str]]) -> list[str]:
    return sorted(item for _, item in items if not item.startswith(ANNEX_ITEM))


@then(
    "【A2-1-02】別紙1の項目は保有しているが、混ざっていた項目は画面・書き出し・保有データ・保存先のどこにもない"
)
def extra_fields_are_gone(case: Case, claim: Claiming) -> None:
    kept: Kept = case.seen["kept"]
    act, views = case.seen["acts"][0], [*case.seen["views"].values(), case.seen["export"]]
    places = {f"{view.user}:{item}" for view in views for item in _beyond(view.items)}
    hits = [found for found in (kept.scan.found(case.subjects()) if kept.scan else []) if _outside(found)]
    texts = {canary.text: canary.item for canary in case.canaries(case.subjects()) if _outside(canary.item)}
    held = [
        f"holdings:{item}" for text, item in texts.items() if any(text in row.value for row in kept.holdings)
    ]
    extras = sorted({*places, *hits, *held})
    control = case.id("T1") in provided_to(act.gained) and bool(kept.of(case.id("T1")))

    def judge(_readings: object, _policy: object) -> Finding:
        if extras:
            return violated("whitelist.extra_kept")
        return SATISFIED if control else untested("untested.no_control")

    claim(
        judge,
        shown={"extras": extras[:20], "control": control, "scanned": kept.scan is not None},
        witnesses=["answered", "kept", "ledger"],
        strength="white_box" if kept.scan else "black_box",
    )


def _outside(text: str) -> bool:
    return text.rsplit(":", 1)[-1].startswith("x")


# -- 第2条2 ----------------------------------------------------------------------------------------


def _cells(users: str, labels: str) -> list[tuple[str, str]]:
    return [(user, label) for user in users.split("、") for label in labels.split("、")]


def _decide(case: Case, user: str, label: str, readings: Mapping[str, str]) -> bool:
    world = World.of(case.document)
    viewer = case.firm_of(user) or case.id(label)
    return may_view(world, viewer, case.id(label), case.now, readings).allowed


def _uncontested(case: Case, cells: list[tuple[str, str]], besides: str = "") -> list[tuple[str, str]]:
    """The cells on which every option of every open reading agrees, but for the reading that the row is about."""
    choices = [{name: option} for name, options in OPTIONS.items() if name != besides for option in options]
    return [
        (user, label)
        for user, label in cells
        if len({_decide(case, user, label, choice) for choice in choices}) == 1
    ]


def _scope(
    code: str, views: Mapping[tuple[str, str], View], case: Case, cells: list[tuple[str, str]]
) -> Predicate:
    shown = {cell: views[cell].shows(case.id(cell[1])) for cell in cells}

    def judge(readings: Mapping[str, str], _policy: Policy) -> Finding:
        choice = {"scope.upper": readings["scope.upper"]} if code == "scope.not_upper" else {}
        allowed = {cell: _decide(case, *cell, choice) for cell in cells}
        if any(shown[cell] and not allowed[cell] for cell in cells):
            return violated(code)
        controls = [cell for cell in cells if allowed[cell] and shown[cell]]
        denials = [cell for cell in cells if not allowed[cell]]
        return SATISFIED if controls and denials else untested("untested.no_control")

    return judge


def _claim_scope(
    case: Case, claim: Claiming, code: str, cells: list[tuple[str, str]], besides: str = ""
) -> None:
    views: dict[tuple[str, str], View] = case.seen["views"]
    judged = _uncontested(case, cells, besides)
    claim(
        _scope(code, views, case, judged),
        shown={
            "cells": [
                {
                    "viewer": user,
                    "technician": label,
                    "shown": views[user, label].shows(case.id(label)),
                    "allowed": _decide(case, user, label, {}),
                }
                for user, label in judged
            ],
            "over": [
                f"{user}→{label}"
                for user, label in judged
                if views[user, label].shows(case.id(label)) and not _decide(case, user, label, {})
            ],
        },
        witnesses=["answered"],
    )


@then(
    parsers.parse(
        "【A2-2-03】元請「{user}」は入場のあった「{seen}」を見られるが、別の現場だけに入場した「{others}」は見られない"
    )
)
def prime_sees_own_site(case: Case, claim: Claiming, user: str, seen: str, others: str) -> None:
    _claim_scope(case, claim, "scope.other_site", [*_cells(user, seen), *_cells(user, others)])


@then(
    parsers.parse(
        "【A2-2-04】「{user}」は下位の「{below}」を上位下請の範囲に従って見られるが、並びや下位の「{others}」は「{label}」を見られない"
    )
)
def upper_tiers_only(case: Case, claim: Claiming, user: str, below: str, others: str, label: str) -> None:
    _claim_scope(
        case, claim, "scope.not_upper", [*_cells(user, below), *_cells(others, label)], "scope.upper"
    )


@then(
    parsers.parse(
        "【A2-2-05】別の現場でだけ上位の「{others}」は「{label}」を見られず、その現場で上位の「{user}」は見られる"
    )
)
def tree_is_per_site(case: Case, claim: Claiming, others: str, label: str, user: str) -> None:
    _claim_scope(case, claim, "scope.company_parent", [*_cells(others, label), *_cells(user, label)])


@then(
    "【A2-2-19】一覧に出るのは一件ずつ見られる技能者だけで、見られない技能者の検索と件数は存在しない者と同じ答えになる"
)
def lists_are_no_wider(case: Case, claim: Claiming) -> None:
    views: dict[tuple[str, str], View] = case.seen["views"]
    lists: dict[str, View] = case.seen["lists"]
    single = {
        user: {case.id(label) for (who, label), v in views.items() if who == user and v.shows(case.id(label))}
        for user in lists
    }
    people = {case.id(label) for _, label in views}
    listed = {user: {owner for owner, _ in view.items if owner in people} for user, view in lists.items()}
    wider = [
        f"{user}:{_label(case, owner)}" for user in lists for owner in sorted(listed[user] - single[user])
    ]
    probes: list[Probe] = case.seen["probes"]
    blind = [probe for probe in probes if case.id(probe.label) not in single.get(probe.user, set())]
    apart = [f"{probe.user}:{question}" for probe in blind for question in probe.told_apart()]
    found: set[tuple[str, str]] = case.seen.get("found_by_phone", set())
    leaking = [f"{probe.user}:{probe.label}" for probe in blind if (probe.user, probe.label) in found]
    control = any(listed[user] for user in lists) and any(single.values())

    def judge(_readings: object, _policy: object) -> Finding:
        if wider or apart or leaking:
            return violated("scope.list_wider")
        if not control:
            return untested("untested.no_control")
        noisy = [probe for probe in blind if len(probe.noisy()) == len(probe.answers)]
        return inconclusive("inconclusive.noisy") if noisy or not blind else SATISFIED

    claim(
        judge,
        shown={"wider": wider, "told_apart": apart, "found": leaking, "control": control},
        witnesses=["answered"],
    )


def _label(case: Case, identity: str) -> str:
    return next((label for label, known in case.labels.items() if known == identity), identity)


# -- 第2条3 ----------------------------------------------------------------------------------------


def _provided(case: Case) -> set[tuple[str, str]]:
    return {(body["id"], item) for body in collected(case.seen["ledger"]) for item in body["items"]}


def _said(held: HeldItem) -> str:
    return f"{held.id}:{held.item or held.label}"


@then("【A2-3-01】CCUS由来として保有する記録と項目は、台帳にある提供の範囲を超えない")
def kept_is_provided(case: Case, claim: Claiming) -> None:
    kept: Kept = case.seen["kept"]
    provided = _provided(case)
    people = {identity for identity, _ in provided}
    marked = [held for held in kept.holdings if held.marked]
    extra = sorted(_said(held) for held in marked if (held.id, held.item) not in provided)
    names = {"b01_trade_name", "t11_affiliated_firms"}  # the employer's name stands inside item 11
    strangers = [subject for subject in case.subjects() if subject not in people]
    found = [
        hit
        for hit in (kept.scan.found(strangers) if kept.scan else [])
        if hit.rsplit(":", 1)[-1] not in names
    ]
    joined = [held for held in marked if (held.id, held.item) in provided]

    def judge(_readings: object, _policy: object) -> Finding:
        if extra or found:
            return violated("kept.not_provided")
        return SATISFIED if joined else untested("untested.no_control")

    claim(
        judge,
        shown={"extra": extra[:20], "found": found[:20], "joined": len(joined), "provided": len(provided)},
        witnesses=["kept", "ledger"],
        strength="white_box" if kept.scan else "inspected",
    )


@then("【A2-3-03】CCUSから提供された値には、どれにも識別の印が付いている")
def provided_values_are_marked(case: Case, claim: Claiming) -> None:
    kept: Kept = case.seen["kept"]
    provided = _provided(case)
    texts: dict[str, set[str]] = {}
    for canary in case.canaries({identity for identity, _ in provided}):
        texts.setdefault(canary.id, set()).add(canary.text)
    ours = [held for held in kept.holdings if any(text in held.value for text in texts.get(held.id, ()))]
    bare = sorted(_said(held) for held in ours if not held.marked)

    def judge(_readings: object, _policy: object) -> Finding:
        if bare:
            return violated("mark.missing")
        return SATISFIED if ours else untested("untested.no_control")

    claim(
        judge,
        shown={"unmarked": bare[:20], "looked_at": len(ours)},
        witnesses=["kept", "ledger"],
        strength="inspected",
    )


@then("【A2-3-07】利用者が自ら入力した値には、CCUS由来の印が付いていない")
def own_values_are_not_marked(case: Case, claim: Claiming) -> None:
    kept: Kept = case.seen["kept"]
    own: list[tuple[str, str, str]] = case.seen.get("own", [])
    rows = [
        held
        for held in kept.holdings
        for identity, _, value in own
        if held.id == identity and value in held.value
    ]
    false = sorted(_said(held) for held in rows if held.marked)
    truly_marked = [held for held in kept.holdings if held.marked and held not in rows]

    def judge(_readings: object, _policy: object) -> Finding:
        if false:
            return violated("mark.false")
        return SATISFIED if rows and truly_marked else untested("untested.no_control")

    claim(
        judge,
        shown={"falsely_marked": false, "own_entries": len(rows), "marked": len(truly_marked)},
        witnesses=["kept"],
        strength="inspected",
    )


# -- 第2条4 ----------------------------------------------------------------------------------------


def _within(policy: Policy, name: str, start: datetime, at: datetime | None, code: str) -> Finding:
    """A duty with a policy number and a cap: done by the number, done by the cap, or not done (design §5)."""
    number = policy[name]
    if at is None or (number.cap is not None and at > due(start, number.cap)):
        return violated(code)
    return Finding(word=Word.satisfied, policy="met" if at <= due(start, number.within) else "missed")


def _notice(moments: list[Moment], token: str, nature: str) -> Entry | None:
    """The first notice in the inbox that echoes the token and names the nature."""
    for item in moments[-1].inbox if moments else ():
        if item["kind"] != "notice":
            continue
        text = json.dumps(item["document"], ensure_ascii=False)
        natures = json.dumps(_member(item["document"], "nature"), ensure_ascii=False)
        if token in text and f'"{nature}"' in natures:
            return item
    return None


def _member(document: Any, name: str) -> Any:
    """A member of whatever the operator sent; None when it is no object."""
    return cast("dict[str, Any]", document).get(name) if isinstance(document, dict) else None


def _claim_notice(case: Case, claim: Claiming, nature: str, code: str) -> None:
    moments: list[Moment] = case.seen["watch"]
    start: datetime = case.seen["watch_began"]
    item = _notice(moments, case.seen["token"], nature)
    received = datetime.fromisoformat(item["received_at"]) if item else None
    held = bool(provided_to(case.seen["acts"][0].gained))
    told = case.seen["announced"].done

    def judge(_readings: object, policy: Policy) -> Finding:
        if not held or not told:
            return untested("untested.no_trigger")
        return _within(policy, "incident.notice_within", start, received, code)

    claim(
        judge,
        shown={
            "drill": True,
            "token": case.seen["token"],
            "told_at": start.isoformat(),
            "received_at": received.isoformat() if received else None,
            "watched_until": moments[-1].at.isoformat(),
            "notices": sum(entry["kind"] == "notice" for entry in moments[-1].inbox),
        },
        witnesses=["inbox"],
    )


@then("【A2-4-05】合図の符号を含む漏えいの通知が、目安の時間内に乙に届く")
def leak_is_notified(case: Case, claim: Claiming) -> None:
    _claim_notice(case, claim, "leak", "notice.none")


@then("【A2-4-06】合図の符号を含む目的外利用の通知が、目安の時間内に乙に届く")
def misuse_is_notified(case: Case, claim: Claiming) -> None:
    _claim_notice(case, claim, "purpose_misuse", "notice.misuse_none")


@then("【A2-4-17】合図の前に開いていた経路が、目安の時間内に閉じている")
def leak_path_is_closed(case: Case, claim: Claiming) -> None:
    before: View = case.seen["leak_before"]
    moments: list[Moment] = case.seen["watch"]
    start: datetime = case.seen["watch_began"]
    subject = case.seen["acts"][0].labels[0]
    was_open = before.shows(case.id(subject))
    still_open = [moment.at for moment in moments if moment.view and moment.view.shows(case.id(subject))]
    closed = next((m.at for m in moments if not still_open or m.at > still_open[-1]), None)
    told = case.seen["announced"].done

    def judge(_readings: object, policy: Policy) -> Finding:
        if not was_open or not told:
            return untested("untested.no_trigger")
        return _within(policy, "incident.stop_within", start, closed, "path.open")

    claim(
        judge,
        shown={
            "drill": True,
            "was_open": was_open,
            "told_at": start.isoformat(),
            "closed_at": closed.isoformat() if closed else None,
            "watched_for_hours": (moments[-1].at - start) // timedelta(hours=1),
        },
        witnesses=["answered"],
    )
