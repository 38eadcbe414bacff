"""第2条4: what happens after a leak or misuse.

The sign of a drill goes through `announce` to the operator's help desk. That operation is a courier: it brings the
sign to where a telephone call would arrive, T0 is the moment at which we handed it over, and what is judged (the
letter in the Fund's inbox, the path tried again) is seen by other witnesses than the candidate. So these rows can be
satisfied, as the register has it. Where the product declares a hook of its own for tests (`interface.hooks_inside_product`),
or does not say that it has none, only the hook was driven: then the strength of evidence is `attested` and no more
(design §4.8).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from pytest_bdd import then

from ccus_harness import receipts
from ccus_harness.instruments import notices
from ccus_harness.instruments.periods import due
from ccus_harness.observations import Moment, Told, provided_to
from ccus_harness.steps.acting_incidents import FIRST
from ccus_harness.verdicts import SATISFIED, Finding, Word, inconclusive, untested, violated

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ccus_harness.case import Case, View
    from ccus_harness.claims import Claiming, Policy
    from ccus_harness.verdicts import Strength

LEAK = ("leak",)
MISUSE = ("purpose_misuse",)
NOTICE = "incident.notice_within"


def drill_strength(case: Case) -> Strength:
    """How far a drill's evidence reaches: no hook inside the product, declared, or the hook's word only.

    Where a notice was entered by hand the evidence is the word of whoever entered it.
    """
    if told_by_hand(case):
        return "attested"
    return "black_box" if case.declared("interface", "hooks_inside_product") is False else "attested"


def within(policy: Policy, name: str, start: datetime, at: datetime | None, code: str) -> Finding:
    """A duty with a policy number and a cap: done by the number, done by the cap, or not done (design §5)."""
    number = policy[name]
    if at is None or (number.cap is not None and at > due(start, number.cap)):
        return violated(code)
    return Finding(word=Word.satisfied, policy="met" if at <= due(start, number.within) else "missed")


def inbox(case: Case) -> tuple[notices.Letter, ...]:
    """The Fund's inbox at the end of the watch."""
    moments: list[Moment] = case.seen["watch"]
    arrived = moments[-1].inbox if moments else ()
    return (*arrived, *receipts.letters(told_by_hand(case)))


def told_by_hand(case: Case) -> list[Mapping[str, Any]]:
    """What a reviewer entered about the drills of this scenario."""
    told: dict[str, Told] = case.seen.get("told", {})
    return receipts.of_tokens(case.receipts, (sign.token for sign in told.values()))


def awaited(case: Case, sign: Told) -> bool:
    """Whether the notice is declared to come by telephone and nobody has entered yet whether it did."""
    ways: Any = case.declared("notices", "by") or ()
    return receipts.TELEPHONE in ways and not receipts.of_tokens(case.receipts, [sign.token])


def triggered(case: Case, *signs: Told) -> bool:
    """Whether there was something to tell: data had been provided, and the operator took every sign."""
    return bool(provided_to(case.seen["acts"][0].gained)) and all(sign.taken for sign in signs)


def shown_of(case: Case, sign: Told, at: datetime | None) -> dict[str, Any]:
    """What a reader is told about one drill's notice."""
    return {
        "drill": True,
        "token": sign.token,
        "told_at": sign.at.isoformat(),
        "received_at": at.isoformat() if at else None,
        "watched_until": case.seen["watch"][-1].at.isoformat(),
        "notices": sum(entry["kind"] == "notice" for entry in inbox(case)),
    }


def claim_notice(
    case: Case,
    claim: Claiming,
    name: str,
    natures: Sequence[str],
    code: str,
    free: tuple[str, str] | None = None,
) -> None:
    """Claims that the notice of one drill reached the Fund in time; `free` is the reading under which none is due."""
    sign: Told = case.seen["told"][name]
    letters = notices.naming(notices.of_token(inbox(case), sign.token), natures)
    at = notices.received(letters)
    on, waits = triggered(case, sign), awaited(case, sign)
    entered = [said for letter in letters if (said := receipts.by_hand(letter))]

    def judge(readings: Any, policy: Policy) -> Finding:
        if not on:
            return untested("untested.no_trigger")
        if free is not None and readings[free[0]] == free[1] and at is None:
            return SATISFIED
        if at is None and waits:
            return inconclusive("inconclusive.receipt_awaited")
        return within(policy, NOTICE, sign.at, at, code)

    claim(
        judge,
        shown={**shown_of(case, sign, at), **({"by_hand": entered} if entered else {})},
        strength=drill_strength(case),
        witnesses=["person" if entered else "inbox"],
        remarks=["telephone_receipt"] if entered else [],
    )


@then("【A2-4-05】合図の符号を含む漏えいの通知が、目安の時間内に乙に届く")
def leak_is_notified(case: Case, claim: Claiming) -> None:
    claim_notice(case, claim, FIRST, LEAK, "notice.none")


@then("【A2-4-06】合図の符号を含む目的外利用の通知が、目安の時間内に乙に届く")
def misuse_is_notified(case: Case, claim: Claiming) -> None:
    claim_notice(case, claim, FIRST, MISUSE, "notice.misuse_none")


def claim_path(case: Case, claim: Claiming, code: str, free: tuple[str, str] | None = None) -> None:
    """Claims that a path which was open at the sign is closed in time; `free` is the reading under which it may wait."""
    before: View = case.seen["leak_before"]
    moments: list[Moment] = case.seen["watch"]
    sign: Told = case.seen["told"][FIRST]
    subject = case.id(case.seen["acts"][0].labels[0])
    was_open = before.shows(subject)
    still_open = [moment.at for moment in moments if moment.view and moment.view.shows(subject)]
    closed = next((m.at for m in moments if not still_open or m.at > still_open[-1]), None)

    def judge(readings: Any, policy: Policy) -> Finding:
        if not was_open or not sign.taken:
            return untested("untested.no_trigger")
        if free is not None and readings[free[0]] == free[1] and closed is None:
            return SATISFIED
        return within(policy, "incident.stop_within", sign.at, closed, code)

    claim(
        judge,
        shown={
            "drill": True,
            "was_open": was_open,
            "told_at": sign.at.isoformat(),
            "closed_at": closed.isoformat() if closed else None,
            "watched_for_hours": (moments[-1].at - sign.at) // timedelta(hours=1),
        },
        strength=drill_strength(case),
        witnesses=["answered"],
    )


@then("【A2-4-17】合図の前に開いていた経路が、目安の時間内に閉じている")
def leak_path_is_closed(case: Case, claim: Claiming) -> None:
    claim_path(case, claim, "path.open")
