"""A simulator that is wrong stops the run: every row is the suite's own error, and nobody else is blamed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ccus_harness import events, runs

if TYPE_CHECKING:
    from pathlib import Path

WRONG = {
    "wrong_person": ("A1-01", 1),
    "extra_fields": ("A2-1-01", 1),
    "answers_after_end": ("A6-01", 1),
    "admits_anybody": ("A1-08", 6),
    "provides_others": ("A1-01", 1),
    "lends_firms": ("A1-12", 6),
    "provides_colleagues": ("A1-13", 6),
    "hands_over_twice": ("A1-17", 6),
    "serves_the_ended": ("A1-20", 6),
    "keeps_leavers": ("A1-15", 7),
    "ignores_hiding": ("A1-23", 7),
}
"""Ways in which CCUS could be simulated wrongly, the row that notices, and in which scenario of the self-check."""

OF_THE_CANDIDATE = {"wrong_person": "reference"}
"""Whom the run would have been about: with any candidate it stops before anybody is asked."""


@pytest.mark.parametrize("fault", sorted(WRONG))
def test_a_wrong_simulator_is_the_suites_own_error(fault: str, tmp_path: Path) -> None:
    target = OF_THE_CANDIDATE.get(fault, "null:refuse")
    row, place = WRONG[fault]
    request = runs.RunRequest(target=target, out=tmp_path / "run", simulator_faults=(fault,))
    told = list(runs.launch(request))
    assert [event["word"] for event in told if event["kind"] == "claim" and event["row"] == row][-1:] == [
        "violated"
    ]
    assert len([event for event in told if event["kind"] == "scenario"]) == place
    accused = {event["blame"] for event in told if event["kind"] == "claim" and event["word"] == "violated"}
    assert accused == {"suite"}
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
