"""Whole runs over real HTTP: the reference is right, each defect is found, nothing is earned by doing nothing."""

from __future__ import annotations

import json
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest

from ccus_harness import events, runs
from ccus_harness.candidates import NULL_KINDS
from ccus_harness.child import tapes_of
from ccus_harness.claims import Judge
from ccus_harness.events import Stream
from ccus_harness.plugin import PREFLIGHT, Run, first_world
from ccus_harness.register import load_register
from ccus_harness.reports import Report
from ccus_harness.reports.coverage import covered

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tests.harness.conftest import Whole

    from ccus_harness.gate import Answer

ROWS = sorted({defect["row"] for defect in runs.defects().values()})
REGISTER = load_register()
NULLS = [f"null:{kind}" for kind in NULL_KINDS]


def test_the_reference_keeps_every_row_that_is_judged(run_of: Callable[..., Whole]) -> None:
    run = run_of("reference")
    words = {row: run.verdicts[row] for row in ROWS}
    assert {
        row: verdict["verdict"]
        for row, verdict in words.items()
        if verdict["verdict"] not in ("satisfied", "review", "attested")
        and not (verdict["verdict"] == "depends" and verdict["declared"] == "satisfied")
    } == {}
    grave = ("violated", "error", "inconclusive")
    assert [row for row, verdict in run.verdicts.items() if verdict["verdict"] in grave] == []
    assert set(run.courses().values()) == {"finished"}


def test_a_whole_run_says_something_about_all_175_rows(run_of: Callable[..., Whole]) -> None:
    run = run_of("reference")
    assert list(run.verdicts) == [row.id for row in REGISTER.rows]
    assert all(verdict["code"] for verdict in run.verdicts.values() if verdict["verdict"] == "untested")
    assert run.exit == 0


def test_every_machine_row_reaches_a_claim_or_says_why(run_of: Callable[..., Whole]) -> None:
    report = Report.read(run_of("reference").path / events.EVENTS_FILE, REGISTER)
    told = covered(report, REGISTER, runs.defects().values())
    assert [one.row for one in told if one.gap] == []
    assert [one.row for one in told if one.unproven] == []
    assert len([one for one in told if one.machine and one.claims]) == sum(
        row.machine for row in REGISTER.rows
    )


def test_the_simulator_proves_its_own_rows_first(run_of: Callable[..., Whole]) -> None:
    run = run_of("reference")
    assert {run.verdicts[row]["verdict"] for row in ("A1-01", "A2-1-01", "A6-01")} == {"satisfied"}
    first = next(event for event in run.events if event["kind"] == "scenario")
    assert first["rows"] == ["A1-01", "A2-1-01", "A6-01"]


@pytest.mark.parametrize("target", NULLS)
def test_doing_nothing_earns_nothing(target: str, run_of: Callable[..., Whole]) -> None:
    run = run_of(target)
    earned = [
        row
        for row, verdict in run.verdicts.items()
        if verdict["verdict"] in ("satisfied", "attested") and verdict["scored"]
    ]
    assert earned == []
    assert set(run.courses().values()) <= {"finished", "candidate_failed"}
    assert not [row for row, verdict in run.verdicts.items() if verdict["verdict"] == "error"]


@pytest.mark.parametrize("target", ["null:refuse", "null:accept"])
def test_a_candidate_that_answers_well_but_does_nothing_meets_nearly_every_claim(
    target: str, run_of: Callable[..., Whole]
) -> None:
    run = run_of(target)
    unmet = {row for row in ROWS if not run.claims(row)}
    assert {run.verdicts[row]["verdict"] for row in unmet} <= {"untested", "inconclusive"}
    assert len(unmet) < len(ROWS) / 10


TARGETS = ["reference", *NULLS]


@pytest.mark.parametrize("target", TARGETS)
def test_a_replay_is_byte_for_byte_the_run(target: str, run_of: Callable[..., Whole]) -> None:
    run = run_of(target)
    for _ in runs.replay(run.path):
        pass
    assert runs.compare(run.path) == runs.Comparison(identical=True)


@pytest.mark.parametrize("tenth", range(1, 11))
def test_a_tape_cut_anywhere_resumes_to_the_same_result(
    tenth: int,
    run_of: Callable[..., Whole],
    copy_of: Callable[[Whole], Path],
    whole_at: Callable[[Path], Whole],
) -> None:
    run = run_of("reference", "A2-2-03", "A2-3-01", "A1-13")
    path = copy_of(run)
    taped = (path / events.EVENTS_FILE).read_bytes()
    (path / events.EVENTS_FILE).write_bytes(taped[: len(taped) * tenth // 11])
    for _ in runs.resume(path):
        pass
    again = whole_at(path)
    assert again.exit == run.exit
    for row, verdict in run.verdicts.items():
        assert {**again.verdicts[row], "n": 0} == {**verdict, "n": 0}


@pytest.mark.parametrize("lines", [1, 5])
def test_a_tape_cut_in_its_preflight_resumes_and_replays(
    lines: int,
    run_of: Callable[..., Whole],
    copy_of: Callable[[Whole], Path],
) -> None:
    run = run_of("reference", "A2-2-03", "A2-3-01", "A1-13")
    path = copy_of(run)
    taped = (path / events.EVENTS_FILE).read_bytes().splitlines(keepends=True)
    assert b'"kind":"preflight"' not in b"".join(taped[:lines])
    (path / events.EVENTS_FILE).write_bytes(b"".join(taped[:lines]))
    told = list(runs.resume(path))
    assert (told[0]["preflight_attempt"], told[-1]["exit"]) == (2, run.exit)
    list(runs.replay(path))
    assert runs.compare(path) == runs.Comparison(identical=True)


def nobody(who: str, op: str, args: Mapping[str, Any]) -> Answer:
    """Somebody to ask who is not asked."""
    raise AssertionError(who, op, args)


def test_each_attempt_at_the_preflight_has_a_world_that_nothing_else_has() -> None:
    begun: list[dict[str, Any]] = [{"n": 0, "kind": "run", "preflight_attempt": 3}]
    live, resumed = (
        Run(
            stream=Stream(BytesIO()),
            register=REGISTER,
            judge=Judge(declared={}, options={}, policy={}),
            asker=nobody,
            tapes=tapes_of(told),
            seed=7,
            selected=frozenset(),
            layout=None,
            profile={},
            dialect="json",
        )
        for told in ([], begun)
    )
    assert live.world_number(PREFLIGHT) == first_world(7)
    assert resumed.tape(PREFLIGHT).attempt == 4
    assert resumed.world_number(PREFLIGHT) > max(first_world(seed) for seed in range(2000))


def test_no_secret_of_the_run_stands_in_its_evidence(run_of: Callable[..., Whole]) -> None:
    run = run_of("reference")
    evidence = (run.path / events.EVENTS_FILE).read_text(encoding="utf-8")
    state = run.path / "state"
    configured = [json.loads(path.read_text()) for path in (state / "candidate").rglob("*.json")]
    secrets = [text for document in configured for text in _texts(document) if len(text) == 40]
    assert secrets
    assert [secret for secret in secrets if secret in evidence] == []
    assert (state / "key").read_text() not in evidence
    assert (
        "127.0.0.1:" not in evidence
    )  # a profile may name hosts, but where CCUS listened is nobody's business


def _texts(document: object) -> list[str]:
    if isinstance(document, str):
        return [document]
    parts = (
        list(document.values())
        if isinstance(document, dict)
        else document
        if isinstance(document, list)
        else []
    )
    return [text for part in parts for text in _texts(part)]
