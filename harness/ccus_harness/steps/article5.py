"""第5条: nothing is acquired outside the term."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_bdd import parsers, then

from ccus_harness.observations import Act, Entry, Kept, asked, provided_to
from ccus_harness.verdicts import SATISFIED, Finding, untested, violated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ccus_harness.case import Case
    from ccus_harness.claims import Claiming


def _strength(kept: Kept) -> Any:
    return "white_box" if kept.scan else "inspected"


@then(
    parsers.parse(
        "【A5-01】締結前に依頼した「{before}」は保有されておらず、締結後に依頼した「{after}」は提供されている"
    )
)
def nothing_acquired_before_the_start(case: Case, claim: Claiming, before: str, after: str) -> None:
    early: Act = case.seen["acts"][0]
    late: Act = case.seen["acts"][1]
    kept: Kept = case.seen["kept"]
    traces = kept.of(case.id(before))
    control = case.id(after) in provided_to(late.gained)

    def judge(_readings: object, _policy: object) -> Finding:
        if traces:
            return violated("term.kept_before_start")
        return SATISFIED if control else untested("untested.no_control")

    claim(
        judge,
        shown={
            "starts_at": case.seen["start"].isoformat(),
            "asked_before_start": len(asked(early.gained)),
            "provided_before_start": case.id(before) in provided_to(early.gained),
            "traces": traces[:20],
            "control": control,
        },
        witnesses=["ledger", "kept"],
        strength=_strength(kept),
    )


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
        shown=_after_end(case, late, after, traces, control=control),
        witnesses=["ledger", "kept"],
        strength=_strength(kept),
        remarks=["asked_after_end"] if asked(late.gained) and not traces else [],
    )


def _after_end(case: Case, late: Act, label: str, traces: list[str], *, control: bool) -> dict[str, Any]:
    return {
        "ended_at": case.seen["end"].isoformat(),
        "asked_after_end": len(asked(late.gained)),
        "provided_after_end": case.id(label) in provided_to(late.gained),
        "traces": traces[:20],
        "control": control,
    }


@then(parsers.parse("【A5-03】早まった終わりの後に依頼した「{label}」は、依頼も保有もされていない"))
def the_new_end_is_followed(case: Case, claim: Claiming, label: str) -> None:
    _claim_not_asked(case, claim, label, code="term.end_date_fixed")


@then(parsers.parse("【A5-06】CCUSの時計で満了した後に依頼した「{label}」は、依頼も保有もされていない"))
def the_own_clock_lengthens_nothing(case: Case, claim: Claiming, label: str) -> None:
    _claim_not_asked(case, claim, label, code="term.own_clock")


def _claim_not_asked(case: Case, claim: Claiming, label: str, *, code: str) -> None:
    """Derived rows: what is asked for after the end shows that the system takes the term to go on."""
    first: Act = case.seen["acts"][0]
    late: Act = case.seen["acts"][1]
    kept: Kept = case.seen["kept"]
    traces = kept.of(case.id(label))
    control = bool(provided_to(first.gained))

    def judge(_readings: object, _policy: object) -> Finding:
        if traces or asked(late.gained):
            return violated(code)
        return SATISFIED if control else untested("untested.no_control")

    claim(
        judge,
        shown=_after_end(case, late, label, traces, control=control),
        witnesses=["ledger", "answered"],
        strength=_strength(kept),
    )


@then(
    parsers.parse(
        "【A5-04】終わりを知らされた後に依頼した「{after}」は保有されず、「{before}」の廃棄か証明が始まっている"
    )
)
def an_early_end_is_an_end(case: Case, claim: Claiming, before: str, after: str) -> None:
    first: Act = case.seen["acts"][0]
    late: Act = case.seen["acts"][1]
    kept: Kept = case.seen["kept"]
    traces, held = kept.of(case.id(after)), kept.of(case.id(before))
    control = case.id(before) in provided_to(first.gained) and case.seen["end_announced"].done
    certified = any(item["kind"] == "certificate" for item in case.seen["inbox"])
    goes_on = case.document["readings"]["term.end_causes"] == "expiry_only"

    def judge(_readings: object, _policy: object) -> Finding:
        if not control:
            return untested("untested.no_control")
        if goes_on or not (traces or (held and not certified)):
            return SATISFIED
        return violated("term.early_end_ignored")

    claim(
        judge,
        shown={
            **_after_end(case, late, after, traces, control=control),
            "held": held[:20],
            "certified": certified,
            "cause": case.seen["cause"],
        },
        witnesses=["ledger", "kept", "answered"],
        strength=_strength(kept),
    )


@then(
    parsers.parse(
        "【A5-05】満了の前に届いた「{before}」は提供され、満了の後に届く「{after}」は保有されていない"
    )
)
def nothing_in_flight_is_kept(case: Case, claim: Claiming, before: str, after: str) -> None:
    ledger: Sequence[Entry] = case.seen["ledger"]
    open_request: Act = case.seen["acts"][1]
    kept: Kept = case.seen["kept"]
    traces = kept.of(case.id(after))
    control = case.id(before) in provided_to(ledger)
    trigger = any(entry["kind"] == "request.accepted" for entry in open_request.gained)

    def judge(_readings: object, _policy: object) -> Finding:
        if traces:
            return violated("term.in_flight_kept")
        if not trigger:
            return untested("untested.no_trigger")
        return SATISFIED if control else untested("untested.no_control")

    claim(
        judge,
        shown={
            "ended_at": case.seen["end"].isoformat(),
            "collected_after_end": case.id(after) in provided_to(ledger),
            "traces": traces[:20],
            "control": control,
        },
        witnesses=["ledger", "kept"],
        strength=_strength(kept),
    )


@then("【A6-02】契約が終わった後は、待っていた依頼も含めて、CCUSに何も尋ねていない")
def nothing_is_asked_any_more(case: Case, claim: Claiming) -> None:
    before: Act = case.seen["acts"][0]
    late: Act = case.seen["acts"][-1]
    idle = [entry for entry in case.seen["idle"] if entry["kind"] in ASKING]
    users = [entry for entry in late.gained if entry["kind"] in ASKING]
    jobs: list[Any] = case.seen["idle_jobs"]
    told = case.seen["end_announced"].done

    def judge(_readings: object, _policy: object) -> Finding:
        if idle or users:
            return violated("term.asked_after_end")
        if not told or not asked(before.gained):
            return untested("untested.no_trigger")
        return SATISFIED if jobs else untested("untested.no_due_job")

    claim(
        judge,
        shown={
            "by_itself": len(idle),
            "for_users": len(users),
            "at": [entry["at"] for entry in idle][:5],
            "jobs": len(jobs),
        },
        witnesses=["ledger"],
    )


ASKING = ("request.accepted", "request.refused", "provision.collected", "call.refused")
"""What the ledger holds of a system that still asks."""
