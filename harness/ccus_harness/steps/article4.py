"""第4条: what the suite says about the origin of a leak; whose fault it is no test says."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from pytest_bdd import then

from ccus_harness.instruments.attribution import attributed
from ccus_harness.verdicts import SATISFIED, Finding, inconclusive, untested

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ccus_harness.case import Case, View
    from ccus_harness.claims import Claiming
    from ccus_harness.instruments.attribution import Marks


@then("【A4-03】書き出された控えの元は、方法と誤り率を添えた可能性として述べられ、断定されない")
def origin_is_a_likelihood(case: Case, claim: Claiming) -> None:
    """The control is an origin that is known: the estimate has to give it the greatest share."""
    views: Mapping[tuple[str, str], View] = case.seen["views"]
    leaked: View = case.seen["export"]
    asked = {case.id(label) for _, label in views}
    received = {
        user: _marks(asked, *(v for (viewer, _), v in views.items() if viewer == user)) for user, _ in views
    }
    found = _marks(asked, leaked)
    told = attributed(found, received)
    control = found <= received[leaked.user] and sum(map(bool, received.values())) > 1

    def judge(_readings: object, _policy: object) -> Finding:
        if told is None or not control:
            return untested("untested.no_control")
        points = told.likeliest == leaked.user
        return SATISFIED if told.hedged and points else inconclusive("inconclusive.origin")

    claim(
        judge,
        shown={"origin": leaked.user, "estimate": {} if told is None else asdict(told)},
        witnesses=["declared"],
        strength="inspected",
    )


def _marks(subjects: set[str], *views: View) -> Marks:
    return frozenset((owner, item) for view in views for owner, item in view.items if owner in subjects)
