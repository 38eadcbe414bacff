"""第5条: nothing is acquired outside the term."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_bdd import parsers, then

from ccus_harness.observations import Act, Kept, asked, provided_to
from ccus_harness.verdicts import SATISFIED, Finding, untested, violated

if TYPE_CHECKING:
    from ccus_harness.case import Case
    from ccus_harness.claims import Claiming


@then(
    parsers.parse(
        "【A5-02】満了前に依頼した「{before}」は提供され、満了後に依頼した「{after}」は保有されていない"
    )
)
def nothing_acquired_after_the_end(case: Case, claim: Claiming, before: str, after: str) -> None:
    first: Act = case.seen["acts"][0]
    late: Act = case.seen["acts"][1]
    kept: Kept = case.seen["kept"]
    traces = kept.of(case.id(after))
    control = case.id(before) in provided_to(first.gained)

    def judge(_readings: object, _policy: object) -> Finding:
        if traces:
            return violated("term.kept_after_end")
        return SATISFIED if control else untested("untested.no_control")

    claim(
        judge,
        shown={
            "ended_at": case.seen["end"].isoformat(),
            "asked_after_end": len(asked(late.gained)),
            "provided_after_end": case.id(after) in provided_to(late.gained),
            "traces": traces[:20],
            "control": control,
        },
        witnesses=["ledger", "kept"],
        strength="white_box" if kept.scan else "inspected",
        remarks=["asked_after_end"] if asked(late.gained) and not traces else [],
    )
