"""第2条3: what becomes of data whose ground has gone, judged by the rule that was declared (A2-3-20)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_bdd import parsers, then, when

from ccus_harness.instruments.periods import due
from ccus_harness.verdicts import SATISFIED, Finding, untested, violated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ccus_harness.case import Case
    from ccus_harness.claims import Claiming
    from ccus_harness.observations import Kept

LABELS = ("T1", "T2")
IN_USE = ("primary", "replica", "cache", "search", "queue", "warehouse", "file", "device")
"""Where data are worked with: backups and files handed out before go with their own terms."""

TREATMENTS = ("delete", "hide")


def _seen_by(case: Case, user: str) -> set[str]:
    """Where a user gets to see whom, as ``user:channel:label``."""
    views = {f"record:{label}": case.view(user, subject=case.id(label)) for label in LABELS}
    views |= {"list": case.view(user, "list"), "export": case.export(user)}
    return {
        f"{user}:{channel.split(':')[0]}:{label}"
        for channel, view in views.items()
        for label in LABELS
        if view.shows(case.id(label))
    }


@when(parsers.parse("根拠の失われる前に、利用者「{users}」の画面・一覧・ファイルで見える者を控える"))
def before(case: Case, users: str) -> None:
    case.seen["ground_before"] = _all_seen(case, users)


@when(parsers.parse("根拠の失われた後に、利用者「{users}」の画面・一覧・ファイルで見える者を控える"))
def after(case: Case, users: str) -> None:
    case.seen["ground_after"] = _all_seen(case, users)


@when(parsers.parse("退会の後に、利用者「{users}」の画面・一覧・ファイルで見える者を控える"))
def after_leaving(case: Case, users: str) -> None:
    case.seen["ground_left"] = _all_seen(case, users)


def _all_seen(case: Case, users: str) -> set[str]:
    return {where for user in users.split("、") for where in _seen_by(case, user)}


@when("根拠を失った情報を扱い終えると申告した時間が過ぎる")
def declared_time(case: Case) -> None:
    """Nothing is waited for where nothing is declared: the rule then applies at once."""
    within = case.declared("ground_gone", "within")
    wait = due(case.now, within) - case.now if isinstance(within, str) else None
    if wait:
        case.advance(wait)


@then(parsers.parse("【A2-3-20】根拠の失われた「{label}」の情報が、申告した規則どおりに扱われている"))
def treated_as_declared(case: Case, claim: Claiming, label: str) -> None:
    """A system stricter than its rule keeps it; the one thing no rule allows is showing to those without a right."""
    kept: Kept = case.seen["kept"]
    gone = case.id(label)
    treatment = case.declared("ground_gone", "treatment")
    before: set[str] = case.seen["ground_before"]
    control = f"u_f1:record:{label}" in before and "u_f1:record:T1" in case.seen["ground_after"]
    late: set[str] = case.seen["ground_after"] if case.declared("ground_gone", "within") is None else set()
    left: set[str] = case.seen["ground_left"]
    shown = sorted(where for where in late | left if where.endswith(f":{label}"))
    shown += sorted(where for where in left if where.startswith("u_f1:"))
    said = [
        f"holdings:{held.item or held.label}" for held in kept.holdings if held.id == gone and held.marked
    ]
    traces = said + (kept.scan.found([gone], *IN_USE) if kept.scan else [])

    def judge(readings: Mapping[str, str], _policy: object) -> Finding:
        if not control or not case.seen["left"].done:
            return untested("untested.no_control")
        if traces and readings["prov.ground_gone"] == "delete":
            return violated("ground.kept")
        if treatment not in TREATMENTS:
            return untested("untested.no_profile")
        if shown or (traces and treatment == "delete"):
            return violated("ground.not_as_declared")
        return SATISFIED

    claim(
        judge,
        shown={"declared": treatment, "shown": shown, "kept": traces[:20], "control": control},
        witnesses=["answered", "kept"],
        strength="white_box" if kept.scan else "inspected",
    )
