"""第2条2 beyond the screen: every channel keeps the scope, nothing goes to those who are no users."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_bdd import then

from ccus_harness.looks import judged, looks_of
from ccus_harness.verdicts import SATISFIED, Finding, untested, violated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ccus_harness.case import Case, View
    from ccus_harness.claims import Claiming, Policy
    from ccus_harness.observations import Probe


@then("【A2-2-20】どの経路でも、見てよい者に見え、見てはならない者には見えない")
def every_channel_keeps_the_scope(case: Case, claim: Claiming) -> None:
    looks = [look for look in looks_of(case) if look.channel != "screen"]

    def judge(_readings: object, _policy: object) -> Finding:
        return judged("scope.channel_wider", looks, (), {})

    claim(
        judge,
        shown={
            "over": [str(look) for look in looks if look.shown and look.bound() == "denied"],
            "channels": sorted({look.channel for look in looks}),
            "lacking": sorted(case.seen.get("lacking", [])),
        },
        witnesses=["answered"],
    )


@then("【A2-2-23】見てはならない者が件数を尋ねても、一人の技能者がいることは分からない")
def counts_single_nobody_out(case: Case, claim: Claiming) -> None:
    probes: list[Probe] = case.seen["probes"]
    found: set[tuple[str, str]] = case.seen.get("found_by_phone", set())
    allowed = [probe for probe in probes if (probe.user, probe.label) in found]
    others = [probe for probe in probes if probe not in allowed]
    apart = [probe.user for probe in others if "count" in probe.told_apart()]
    counting = any("count" in probe.told_apart() for probe in allowed)

    def judge(readings: Mapping[str, str], _policy: Policy) -> Finding:
        if not counting or not others:
            return untested("untested.no_control")
        if apart and readings["prov.derived_is_registration"] != "no":
            return violated("count.singles_out")
        return SATISFIED

    claim(judge, shown={"told_apart": apart, "counting": counting}, witnesses=["answered"])


@then("【A2-2-27】利用者でない者は、リンクからもメールからも登録情報を得られない")
def outsiders_get_nothing(case: Case, claim: Claiming) -> None:
    outside: list[View] = case.seen["outside"]
    subject = case.id(case.seen["shared"])
    leaks = sum(view.shows(subject) for view in outside)
    linked = any(look.shown for look in looks_of(case) if look.channel == "link")

    def judge(_readings: object, _policy: object) -> Finding:
        if leaks:
            return violated("scope.outsider")
        return SATISFIED if linked and outside else untested("untested.no_control")

    claim(judge, shown={"tried": len(outside), "leaks": leaks}, witnesses=["answered"])
