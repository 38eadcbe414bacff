"""第2条4: what happens after a leak or misuse."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from pytest_bdd import then

from ccus_harness.instruments.periods import due
from ccus_harness.observations import Entry, Moment, provided_to
from ccus_harness.verdicts import Finding, Word, untested, violated

if TYPE_CHECKING:
    from ccus_harness.case import Case, View
    from ccus_harness.claims import Claiming, Policy


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
