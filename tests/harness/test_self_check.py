"""A simulator that is wrong stops the run: every row is the suite's own error, and nobody else is blamed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ccus_harness import events, runs

if TYPE_CHECKING:
    from pathlib import Path

WRONG = {"wrong_person": "A1-01", "extra_fields": "A2-1-01", "answers_after_end": "A6-01"}
"""Three ways in which CCUS could be simulated wrongly, and the row of the self-check that notices."""


@pytest.mark.parametrize("fault", sorted(WRONG))
def test_a_wrong_simulator_is_the_suites_own_error(fault: str, tmp_path: Path) -> None:
    request = runs.RunRequest(target="reference", out=tmp_path / "run", simulator_faults=(fault,))
    told = list(runs.launch(request))
    assert [event["word"] for event in told if event["kind"] == "claim" and event["row"] == WRONG[fault]] == [
        "violated"
    ]
    assert len([event for event in told if event["kind"] == "scenario"]) == 1
    words = {event["verdict"] for event in told if event["kind"] == "verdict"}
    blames = {event["blame"] for event in told if event["kind"] == "verdict" and event["verdict"] == "error"}
    assert words <= {"error", "untested", "not_applicable"}
    assert blames == {"suite"}
    assert told[-1]["exit"] == 4
    assert events.is_whole(request.out / events.EVENTS_FILE)
    assert told[0]["simulator_faults"] == [fault]


def test_a_fault_that_the_simulator_does_not_know_is_refused_before_the_run(tmp_path: Path) -> None:
    request = runs.RunRequest(target="reference", out=tmp_path / "run", simulator_faults=("telepathy",))
    with pytest.raises(runs.SetUpFault, match=r"no fault telepathy.*wrong_person"):
        next(runs.launch(request))
    assert not request.out.exists()
