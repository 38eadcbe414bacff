"""第1条: who may cause a provision, and only by asking."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from pytest_bdd import parsers, then

from ccus_harness.observations import Act, Entry, Kept, Probe, asked, collected, provided_to
from ccus_harness.verdicts import SATISFIED, Finding, inconclusive, untested, violated

if TYPE_CHECKING:
    from ccus_harness.case import Case
    from ccus_harness.claims import Claiming


def _act(case: Case, label: str) -> Act:
    return next(act for act in case.seen["acts"] if label in act.labels)


def _control(case: Case) -> bool:
    """The nearest lawful request went through: it was provided, and its user sees the person's data."""
    first: Act = case.seen["acts"][0]
    subject = case.id(first.labels[0])
    seen = [
        view.shows(subject)
        for (_, label), view in case.seen.get("views", {}).items()
        if label == first.labels[0]
    ]
    return subject in provided_to(first.gained) and (not seen or any(seen))


def _caused_nothing(code: str, *, provided: bool, traces: list[str], control: bool) -> Finding:
    if provided or traces:
        return violated(code)
    return SATISFIED if control else untested("untested.no_control")


@then(parsers.parse("【A1-07】元請の依頼から技能者「{label}」の登録情報は提供されず、保有もされていない"))
def prime_causes_nothing(case: Case, claim: Claiming, label: str) -> None:
    act, subject, kept = _act(case, label), case.id(label), case.seen["kept"]
    provided, traces, control = subject in provided_to(act.gained), kept.of(subject), _control(case)
    claim(
        lambda _r, _p: _caused_nothing(
            "request.by_viewer", provided=provided, traces=traces, control=control
        ),
        shown={
            "user": act.user,
            "subject": label,
            "provided": provided,
            "as_account": sorted({str(body.get("user")) for body in collected(act.gained)}),
            "traces": traces[:20],
            "control": control,
        },
        witnesses=["ledger", "kept", "answered"],
        strength="white_box" if kept.scan else "black_box",
    )


@then(
    parsers.parse(
        "【A1-11】無関係の事業者の依頼から技能者「{label}」の登録情報は提供されず、存在の痕跡も残っていない"
    )
)
def stranger_leaves_no_trace(case: Case, claim: Claiming, label: str) -> None:
    act, subject, kept = _act(case, label), case.id(label), case.seen["kept"]
    before, after = _probes(case, label)
    provided, control = subject in provided_to(act.gained), _control(case)
    apart = [question for question in after.told_apart() if question not in before.told_apart()]
    held = [f"holdings:{item.label}" for item in kept.holdings if item.id == subject]
    traces = [*kept.of(subject), *held, *(f"answer:{question}" for question in apart)]

    def judge(_readings: object, _policy: object) -> Finding:
        if not provided and not traces and len(after.noisy()) == len(after.answers):
            return inconclusive("inconclusive.noisy")
        return _caused_nothing("request.trace_kept", provided=provided, traces=traces, control=control)

    claim(
        judge,
        shown={
            "user": act.user,
            "subject": label,
            "provided": provided,
            "traces": traces[:20],
            "control": control,
        },
        witnesses=["ledger", "kept", "answered"],
        strength="white_box" if kept.scan else "black_box",
    )


def _probes(case: Case, label: str) -> tuple[Probe, Probe]:
    first, second = (probe for probe in case.seen["probes"] if probe.label == label)
    return first, second


@then(parsers.parse("【A1-13】提供され保有されたのは技能者「{label}」本人の技能者基本情報だけである"))
def only_the_own_record(case: Case, claim: Claiming, label: str) -> None:
    subject = case.id(label)
    kept: Kept = case.seen["kept"]
    gained = [entry for act in case.seen["acts"] for entry in act.gained]
    others = sorted(provided_to(gained) - {subject})
    traces = [trace for other in case.subjects() if other != subject for trace in kept.of(other)]
    # the own record names the employer (item 11): that name alone is no record of the employer
    traces = [trace for trace in traces if not trace.endswith(("b01_trade_name", "t11_affiliated_firms"))]
    control = _control(case)
    claim(
        lambda _r, _p: _caused_nothing(
            "request.widened", provided=bool(others), traces=traces, control=control
        ),
        shown={
            "subject": label,
            "others": [_label(case, other) for other in others],
            "traces": traces[:20],
            "control": control,
        },
        witnesses=["ledger", "kept", "answered"],
        strength="white_box" if kept.scan else "black_box",
    )


def _label(case: Case, identity: str) -> str:
    return next((label for label, known in case.labels.items() if known == identity), identity)


@then("【A1-03】その間の依頼と提供は0件で、その間に期日の来た別の処理は動いている")
def idle_means_idle(case: Case, claim: Claiming) -> None:
    entries: list[Entry] = case.seen["idle"]
    calls, provisions, jobs = asked(entries), collected(entries), case.seen["idle_jobs"]
    control = _control(case)

    def judge(_readings: object, _policy: object) -> Finding:
        if calls or provisions:
            return violated("idle.call")
        if not control:
            return untested("untested.no_control")
        return SATISFIED if jobs else untested("untested.no_due_job")

    claim(
        judge,
        shown={
            "calls": len(calls),
            "provisions": len(provisions),
            "at": [entry["at"] for entry in calls][:5],
            "jobs": _names(jobs),
        },
        witnesses=["ledger", "answered"],
    )


def _names(jobs: list[Any]) -> list[str]:
    named = (cast("dict[str, Any]", job).get("name") if isinstance(job, dict) else job for job in jobs)
    return sorted({str(name) for name in named})[:10]


@then("【A1-03】どの世界にも、利用者の操作によらない依頼は届いていない")
def no_late_calls(case: Case, claim: Claiming) -> None:
    """Every request of a finished world must have been on its ledger when nobody in it acted any more."""
    late: dict[str, list[Entry]] = case.seen["late"]
    worlds = sorted(world for world, entries in late.items() if asked(entries))
    control = _control(case)

    def judge(_readings: object, _policy: object) -> Finding:
        if worlds:
            return violated("idle.late_call")
        return SATISFIED if control and late else untested("untested.no_control")

    claim(judge, shown={"worlds": worlds, "looked_at": len(late)}, witnesses=["ledger"])
