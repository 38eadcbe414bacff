"""第2条2 over time: who loses the right when an affiliation, an entry or a place in the tree ends."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pytest_bdd import parsers, then

from ccus_harness.instruments.periods import due
from ccus_harness.looks import lay_claim_on, looks_of, pick
from ccus_harness.verdicts import SATISFIED, Finding, Word, untested, violated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ccus_harness.case import Case, View
    from ccus_harness.claims import Claiming, Policy
    from ccus_harness.looks import Look
    from ccus_harness.steps.observing_channels import Try


def _after(case: Case, users: str, labels: str) -> list[Look]:
    """The last look of each user at each technician: what was seen after everything had happened."""
    last = {(look.user, look.label): look for look in pick(looks_of(case), users, labels)}
    return list(last.values())


@then(
    parsers.parse(
        "【A2-2-08】「{user}」は所属の続く「{kept}」を見られるが、所属の終わった「{left}」は見られない。入場させた「{entered}」は所属の読み方に従う"
    )
)
def former_employer(case: Case, claim: Claiming, user: str, kept: str, left: str, entered: str) -> None:
    looks = _after(case, user, f"{kept}、{left}、{entered}")
    lay_claim_on(claim, "scope.former_employer", looks, reading="scope.affiliation")


@then(
    parsers.parse(
        "【A2-2-11】入場が取り消された「{label}」は、取消しの前に見えていた「{user}」にも見えず、所属事業者「{firm}」には見える"
    )
)
def cancelled_entry(case: Case, claim: Claiming, label: str, user: str, firm: str) -> None:
    before = next(iter(pick(looks_of(case), user, label)))
    looks = _after(case, f"{user}、{firm}", label)
    controls = [before]
    lay_claim_on(claim, "scope.cancelled_entry", looks, controls=controls)


@then(
    parsers.parse(
        "【A2-2-26】代わった「{new}」に見えるのは手続の記録があるものだけで、移った「{moved}」のほかの「{label}」は、体制の代わりの前には見えない"
    )
)
def succession_needs_a_record(case: Case, claim: Claiming, new: str, moved: str, label: str) -> None:
    looks = pick(looks_of(case), new, f"{moved}、{label}")
    lay_claim_on(claim, "scope.succession", looks, reading="scope.chain_time")


@then("【A2-2-21】閲覧権を失うと、画面・端末・共有リンクのどれからも、目安の時間内に見えなくなる")
def loss_reaches_every_copy(case: Case, claim: Claiming) -> None:
    before: Mapping[str, View] = case.seen["channels_before"]
    tries: list[Try] = case.seen["channels_after"]
    start: datetime = case.seen["watch_began"]
    subject = case.id(case.seen["channels_of"])
    opened = sorted(channel for channel, view in before.items() if view.shows(subject))
    lasting = {
        channel: max((t.at for t in tries if t.channel == channel and t.shown), default=None)
        for channel in opened
    }
    closed = [_closed(tries, last) for last in lasting.values()]

    def judge(_readings: object, policy: Policy) -> Finding:
        number = policy["scope.revocation_lag"]
        if "screen" not in opened:
            return untested("untested.no_control")
        if any(at is None or (number.cap and at > due(start, number.cap)) for at in closed):
            return violated("scope.right_lingers")
        met = all(at is not None and at <= due(start, number.within) for at in closed)
        return Finding(word=Word.satisfied, policy="met" if met else "missed")

    claim(
        judge,
        shown={
            "opened": opened,
            "lasting": [f"{channel}:{at.isoformat()}" for channel, at in lasting.items() if at],
            "watched_for_hours": (tries[-1].at - start) // timedelta(hours=1),
        },
        witnesses=["answered"],
    )


def _closed(tries: list[Try], last: datetime | None) -> datetime | None:
    """The first instant looked at after the last one at which it still showed; none when it showed to the end."""
    return next((t.at for t in tries if last is None or t.at > last), None)


@then("【A2-2-29】権利を失う前に作った帳票を、失った後に開いても、見えないか、古いものと分かる")
def reports_are_judged_when_opened(case: Case, claim: Claiming) -> None:
    first: View = case.seen["report_before"]
    again: View = case.seen["report_after"]
    subject = case.id(case.seen["report_of"])
    unchanged = first.reply.bodies == again.reply.bodies

    def judge(readings: Mapping[str, str], _policy: Policy) -> Finding:
        if not first.shows(subject):
            return untested("untested.no_control")
        if not again.shows(subject) or readings["use.decided_at"] == "creation":
            return SATISFIED
        if unchanged:
            return violated("scope.stale_report")
        return Finding(word=Word.review, code="review.person")

    claim(
        judge,
        shown={"shown_after": again.shows(subject), "unchanged": unchanged},
        witnesses=["answered"],
    )
