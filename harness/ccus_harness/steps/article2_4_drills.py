"""第2条4: the drills on who, how small, when, in what stages, with whose help, and how it ends."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from pytest_bdd import parsers, then, when

from ccus_harness.instruments import notices
from ccus_harness.steps.acting_incidents import FIRST
from ccus_harness.steps.article2_4 import (
    LEAK,
    NOTICE,
    claim_notice,
    claim_path,
    drill_strength,
    inbox,
    shown_of,
    triggered,
    within,
)
from ccus_harness.verdicts import SATISFIED, Finding, Word, untested, violated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ccus_harness.case import Case, View
    from ccus_harness.claims import Claiming, Policy
    from ccus_harness.observations import Kept, Told

ANY = ("leak", "purpose_misuse", "scope_violation")
CLOSE_CLOCKS_SECONDS = 300
"""Two parties' clocks and a ticket typed by hand: so far apart "the same moment" may be written."""


def letters_of(case: Case, sign: Told, natures: Sequence[str] = ANY) -> list[notices.Letter]:
    """The notices about one sign."""
    return notices.naming(notices.of_token(inbox(case), sign.token), natures)


# -- whoever did it, however small -----------------------------------------------------------------


@then("【A2-4-07】「利用者」「委託先」「社外」の符号を含む通知が、目安の時間内に乙に届く")
def notified_whoever_did_it(case: Case, claim: Claiming) -> None:
    signs: list[Told] = [case.seen["told"][name] for name in ("利用者", "委託先", "社外")]
    came = {sign.token: notices.received(letters_of(case, sign, LEAK)) for sign in signs}
    missing = [sign for sign in signs if came[sign.token] is None]
    last = missing[0] if missing else max(signs, key=lambda sign: str(came[sign.token]))
    on = triggered(case, *signs)

    def judge(_readings: object, policy: Policy) -> Finding:
        if not on:
            return untested("untested.no_trigger")
        return within(policy, NOTICE, last.at, came[last.token], "notice.actor_none")

    shown = shown_of(case, last, came[last.token])
    names = {case.seen["told"][name].token: name for name in case.seen["told"]}
    shown |= {"actor": names[last.token]}
    claim(judge, shown=shown, strength=drill_strength(case), witnesses=["inbox"])


@then("【A2-4-08】「一項目」の符号を含む通知が、目安の時間内に乙に届く")
def notified_however_small(case: Case, claim: Claiming) -> None:
    claim_notice(case, claim, "一項目", LEAK, "notice.small_none")


@then("【A2-4-15】「一項目」の通知は様式を満たし、項目と人数を示している")
def notice_says_what_it_must(case: Case, claim: Claiming) -> None:
    sign: Told = case.seen["told"]["一項目"]
    letters = letters_of(case, sign)
    lacking = notices.lacking_content(letters[0], case.seen["signs"]["一項目"]) if letters else []

    def judge(_readings: object, _policy: object) -> Finding:
        if not letters:
            return untested("untested.no_notice")
        return violated("notice.incomplete") if lacking else SATISFIED

    claim(
        judge,
        shown={"drill": True, "token": sign.token, "lacking": lacking},
        strength=drill_strength(case),
        witnesses=["inbox"],
    )


@then("【A2-4-25】届いた通知には、どれにも演習の印がある")
def drills_are_marked(case: Case, claim: Claiming) -> None:
    letters = [item for sign in case.seen["told"].values() for item in letters_of(case, sign)]
    unmarked = [
        str(notices.part(item["document"], "notice_id"))
        for item in letters
        if notices.part(item["document"], "drill") is not True
    ]

    def judge(_readings: object, _policy: object) -> Finding:
        if not letters:
            return untested("untested.no_notice")
        return violated("notice.drill_unmarked") if unmarked else SATISFIED

    claim(
        judge,
        shown={"drill": True, "unmarked_notices": unmarked, "looked_at": len(letters)},
        strength=drill_strength(case),
        witnesses=["inbox"],
    )


# -- what the text leaves open ---------------------------------------------------------------------


@then("【A2-4-09】「暗号化」の符号を含む通知が、目安の時間内に乙に届く")
def notified_though_encrypted(case: Case, claim: Claiming) -> None:
    free = ("incident.encrypted", "no_leak")
    claim_notice(case, claim, "暗号化", LEAK, "notice.encrypted_none", free)


@then("【A2-4-10】「疑い」の符号を含む通知が、目安の時間内に乙に届く")
def suspicion_is_notified(case: Case, claim: Claiming) -> None:
    """Without a notice the operator's own record has to show under the reading that a record is enough."""
    sign: Told = case.seen["told"]["疑い"]
    letters = letters_of(case, sign)
    at = notices.received(letters)
    on = triggered(case, sign)
    recorded = bool(sign.detail.get("incident_id"))
    as_such = any(notices.part(item["document"], "status") == "suspected" for item in letters)

    def judge(readings: Any, policy: Policy) -> Finding:
        if not on:
            return untested("untested.no_trigger")
        if readings["incident.suspected"] == "record_only" and at is None:
            return SATISFIED if recorded else untested("untested.no_record")
        return within(policy, NOTICE, sign.at, at, "notice.suspected_none")

    claim(
        judge,
        shown=shown_of(case, sign, at),
        strength=drill_strength(case),
        witnesses=["inbox", "answered"],
        remarks=[] if as_such or not letters else ["suspicion_told_as_fact"],
    )


@then("【A2-4-21】「控え」の符号を含む通知が、目安の時間内に乙に届く")
def leaked_copy_is_notified(case: Case, claim: Claiming) -> None:
    free = ("incident.off_system_copies", "not_covered")
    claim_notice(case, claim, "控え", LEAK, "notice.copy_none", free)


@then("【A2-4-22】「見せ過ぎ」の符号を含む通知が、目安の時間内に乙に届く")
def over_disclosure_is_notified(case: Case, claim: Claiming) -> None:
    free = ("incident.inside_overview", "internal")
    claim_notice(case, claim, "見せ過ぎ", ANY, "notice.inside_none", free)


@then("【A2-4-24】継続保有中の漏えいの通知が、目安の時間内に乙に届く")
def notified_after_the_end(case: Case, claim: Claiming) -> None:
    kept: Kept = case.seen["kept"]
    if not any(held.marked for held in kept.holdings):
        claim(lambda _readings, _policy: untested("untested.no_trigger"), shown={"drill": True})
        return
    claim_notice(case, claim, FIRST, LEAK, "notice.after_end_none", ("art7.art2_survives", "no"))


# -- when it is known, and when nobody works -------------------------------------------------------


@then("【A2-4-11】通知が記す「知った時」は、窓口に合図が届いた時より遅くない")
def clock_starts_with_the_help_desk(case: Case, claim: Claiming) -> None:
    """A notice cannot be sent before its sender knows; whether the help desk's knowing counts is a reading."""
    sign: Told = case.seen["told"][FIRST]
    letters = letters_of(case, sign)
    at = notices.received(letters)
    aware = notices.moment(letters[0]["document"], "timeline", "aware_at") if letters else None

    def judge(readings: Any, _policy: object) -> Finding:
        if at is None:
            return untested("untested.no_notice")
        if aware is None:
            return violated("aware.unrecorded")
        if _later(aware, at):
            return violated("aware.after_notice")
        by_manager = readings["incident.aware_by"] == "incident_manager"
        return violated("aware.late") if _later(aware, sign.at) and not by_manager else SATISFIED

    shown = shown_of(case, sign, at)
    shown |= {"aware_at": aware.isoformat() if aware else None}
    claim(judge, shown=shown, strength=drill_strength(case), witnesses=["inbox"])


def _later(one: datetime, other: datetime) -> bool:
    return (one - other).total_seconds() > CLOSE_CLOCKS_SECONDS


@then("【A2-4-12】休みの間に届いた合図の通知が、目安の時間内に乙に届く")
def notified_out_of_hours(case: Case, claim: Claiming) -> None:
    claim_notice(case, claim, FIRST, LEAK, "notice.off_hours_none")


# -- in stages -------------------------------------------------------------------------------------


@then("【A2-4-13】第一報は原因の前に、続報は同じ事故番号で、別件の通知は別に、それぞれ目安の時間内に届く")
def told_in_stages(case: Case, claim: Claiming) -> None:
    """The facts are told only after the cap of the first notice, so who has not told before waited for them."""
    sign: Told = case.seen["told"][FIRST]
    other: Told = case.seen["told"]["別件"]
    facts: Told = case.seen["news"][FIRST, "facts"]
    letters = letters_of(case, sign)
    first = notices.received(letters)
    number = notices.part(letters[0]["document"], "incident_id") if letters else None
    later = [item for item in letters[1:] if datetime.fromisoformat(item["received_at"]) >= facts.at]
    same = [item for item in later if notices.part(item["document"], "incident_id") == number]
    second = notices.received(letters_of(case, other))
    on = triggered(case, sign, other) and facts.taken

    def judge(_readings: object, policy: Policy) -> Finding:
        if not on:
            return untested("untested.no_trigger")
        if later and not same:
            return violated("notice.other_incident")
        in_time = first if first is not None and first < facts.at else None
        duties = (
            within(policy, NOTICE, sign.at, in_time, "notice.waited"),
            within(policy, NOTICE, facts.at, notices.received(same), "notice.not_updated"),
            within(policy, NOTICE, other.at, second, "notice.merged"),
        )
        return max(duties, key=lambda found: (found.word, found.policy == "missed"))

    shown = shown_of(case, sign, first)
    shown |= {
        "facts_at": facts.at.isoformat(),
        "updates": len(same),
        "other_numbers": len(later) - len(same),
        "second_received_at": second.isoformat() if second else None,
    }
    claim(judge, shown=shown, strength=drill_strength(case), witnesses=["inbox"])


# -- stopping and recovering -----------------------------------------------------------------------


@then("【A2-4-18】協議がないまま、合図の前に開いていた経路が、目安の時間内に閉じている")
def containment_does_not_wait(case: Case, claim: Claiming) -> None:
    free = ("incident.containment_first", "after_consultation")
    claim_path(case, claim, "path.open_unconferred", free)


@when(parsers.parse("終結の後に、「{user}」自身と公開された認証情報で技能者「{label}」を見てみる"))
def look_after_closing(case: Case, user: str, label: str) -> None:
    case.seen["leak_after"] = case.view(user, subject=case.id(label), credential="leaked")
    case.seen["own_after"] = case.view(user, subject=case.id(label))


@then("【A2-4-19】公開された認証情報は使えず、本人は使い続けられ、回復の処置が乙に知らされている")
def recovered(case: Case, claim: Claiming) -> None:
    """Recovery is often impossible: what was done and recorded is accepted, the rest is for a person to weigh."""
    subject = case.id("T1")
    views: dict[str, View] = {name: case.seen[name] for name in ("leak_before", "leak_after", "own_after")}
    opened = {name: view.shows(subject) for name, view in views.items()}
    told = notices.recovery_of(letters_of(case, case.seen["told"][FIRST]))
    on = opened["leak_before"] and case.seen["told"][FIRST].taken
    done = not opened["leak_after"] and opened["own_after"] and bool(told)

    def judge(_readings: object, _policy: object) -> Finding:
        if not on:
            return untested("untested.no_trigger")
        return SATISFIED if done else Finding(word=Word.review, code="review.recovery")

    claim(
        judge,
        shown={"drill": True, "opened": opened, "recovery": told},
        strength=drill_strength(case),
        witnesses=["answered", "inbox"],
    )


@then("【A2-4-20】終結報告に、原因・範囲・再発防止がそろっている")
def closed_with_a_report(case: Case, claim: Claiming) -> None:
    sign: Told = case.seen["told"][FIRST]
    letters = letters_of(case, sign)
    closing = [item for item in letters if notices.part(item["document"], "kind") == "closing"]
    lacking = notices.lacking_at_close(closing[-1]["document"]) if closing else []

    def judge(_readings: object, _policy: object) -> Finding:
        if not sign.taken or not letters:
            return untested("untested.no_notice")
        if not closing:
            return violated("closing.none")
        return violated("closing.incomplete") if lacking else SATISFIED

    claim(
        judge,
        shown={"drill": True, "token": sign.token, "lacking": lacking, "notices": len(letters)},
        strength=drill_strength(case),
        witnesses=["inbox"],
    )
