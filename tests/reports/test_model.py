from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from ccus_harness import events
from ccus_harness.events import EVENTS_FILE, Stream
from ccus_harness.locator import data
from ccus_harness.messages import catalogue
from ccus_harness.reports import IncompleteRun, NotPrepared, Report, telling
from ccus_harness.reports.parts import WORDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from ccus_harness.register import Register
    from ccus_harness.reports.parts import Row

JA = catalogue("ja")


def row(report: Report, name: str) -> Row:
    return next(row for row in report.rows if row.id == name)


def story_with(*later: dict[str, Any]) -> dict[str, Any]:
    """The told run with more events before its verdicts."""
    told = yaml.safe_load((Path(__file__).parent / "recorded" / "run.yaml").read_text("utf-8"))
    return {**told, "events": [*told["events"], *later]}


def test_the_recorded_run_is_written_as_the_stream_demands(recorded: Path) -> None:
    schema = json.loads((data("schemas") / "event.schema.json").read_text("utf-8"))
    check = Draft202012Validator(schema)
    faults = [
        fault.message for event in events.read(recorded / EVENTS_FILE) for fault in check.iter_errors(event)
    ]
    assert faults == []


def test_every_row_of_the_register_stands_in_the_report_once(told: Report, register: Register) -> None:
    assert [row.id for row in told.rows] == [row.id for row in register.rows]


def test_a_stream_without_its_end_has_no_report(broken_off: Path, register: Register) -> None:
    with pytest.raises(IncompleteRun, match=r"events\.jsonl has no end line: resume the run") as raised:
        Report.read(broken_off / EVENTS_FILE, register)
    assert raised.value.path == broken_off / EVENTS_FILE


def test_a_run_that_ended_in_its_preflight_has_no_report(tmp_path: Path, register: Register) -> None:
    failed = {"name": "provision", "ok": False, "ja": "届かない", "en": "nothing arrived"}
    with (tmp_path / EVENTS_FILE).open("wb") as file:
        stream = Stream(file)
        stream.write("run", run_id="r", target="http:http://127.0.0.1:1", seed=1)
        stream.write("preflight", checks=[{"name": "interface", "ok": True, "ja": "", "en": ""}, failed])
        stream.end(exit=2, counts={})
    with pytest.raises(NotPrepared, match=r"^provision$"):
        Report.read(tmp_path / EVENTS_FILE, register)


def test_an_altered_stream_has_no_report(recorded: Path, tmp_path: Path, register: Register) -> None:
    altered = tmp_path / EVENTS_FILE
    altered.write_bytes((recorded / EVENTS_FILE).read_bytes().replace(b'"violated"', b'"satisfied"'))
    with pytest.raises(events.DamagedStream, match="digest"):
        Report.read(altered, register)


def test_the_words_of_a_chapter_add_up_to_its_selected_rows(told: Report) -> None:
    for tally in (*told.tallies, told.total):
        assert sum(tally.words.values()) == tally.selected
        assert tally.decided == tally.count("satisfied") + tally.count("violated")
    assert sum(tally.selected for tally in told.tallies) == told.total.selected


def test_the_untested_are_never_counted_among_the_decided(told: Report) -> None:
    scope = next(tally for tally in told.tallies if tally.chapter == "A2-2")
    assert (scope.count("satisfied"), scope.decided) == (1, 2)
    assert scope.count("untested") == scope.selected - scope.decided - scope.count("depends")


def test_rows_outside_the_score_are_counted_nowhere_but_shown(told: Report, register: Register) -> None:
    annex = [row.id for row in register.rows if not row.scored]
    assert [row.id for row in told.annex] == annex
    assert told.total.selected + told.total.unselected == len(register.rows) - len(annex)


def test_a_red_row_tells_its_scenario_step_by_step(told: Report) -> None:
    red = row(told, "A2-2-03")
    (story,) = told.stories_of(red)
    assert [step.keyword for step in story.steps] == ["前提", "もし", "ならば"]
    assert [call.op for call in story.steps[1].calls] == ["view"]
    assert [claim.row for claim in story.steps[2].claims] == ["A2-2-03", "A2-2-19"]


def test_the_red_rows_come_the_gravest_first(told: Report) -> None:
    assert [(row.id, row.verdict) for row in told.red] == [("A2-2-03", "violated"), ("A1-11", "error")]


def test_a_violated_row_says_what_was_seen_and_no_reason(told: Report) -> None:
    red = row(told, "A2-2-03")
    (found,) = telling.findings(red, JA)
    assert "u_p1→T2" in found.seen
    assert telling.reason(red, JA) == ""


def test_a_row_that_a_scenario_could_not_reach_says_why(told: Report) -> None:
    assert telling.reason(row(told, "A2-3-03"), JA) == JA.text("reason.inconclusive.candidate_failed")
    assert telling.findings(row(told, "A2-3-03"), JA) == ()


def test_a_reading_that_changes_a_word_is_an_open_question(told: Report) -> None:
    assert [(each.row.id, each.option, each.word) for each in told.readings] == [
        ("A2-2-04", "scope.upper=direct", "violated")
    ]


def test_a_violation_with_a_code_nobody_knows_is_not_left_without_a_sentence(
    recording: Callable[..., Path], register: Register, tmp_path: Path
) -> None:
    told = story_with()
    told["verdicts"]["A2-2-05"] = {"verdict": "violated", "code": "later.code", "blame": "product"}
    report = Report.read(recording(tmp_path, told) / EVENTS_FILE, register)
    (found,) = telling.findings(row(report, "A2-2-05"), JA)
    assert "later.code" in found.seen


def test_a_scenario_that_was_resumed_is_told_once(
    recording: Callable[..., Path], register: Register, tmp_path: Path
) -> None:
    again = {
        "kind": "scenario",
        "id": "A1-11.1",
        "name": "もう一度",
        "feature": "",
        "rows": ["A1-11"],
        "world_reading": {},
    }
    ending = {"kind": "scenario_end", "scenario": "A1-11.1", "outcome": "finished", "detail": {}}
    report = Report.read(recording(tmp_path, story_with(again, ending)) / EVENTS_FILE, register)
    assert [(story.name, story.outcome) for story in report.stories if story.id == "A1-11.1"] == [
        ("もう一度", "finished")
    ]


def test_an_event_of_a_later_version_is_passed_over(
    recording: Callable[..., Path], register: Register, told: Report, tmp_path: Path
) -> None:
    report = Report.read(
        recording(tmp_path, story_with({"kind": "weather", "sky": "clear"})) / EVENTS_FILE, register
    )
    assert report.differing(told) == ()


def test_two_reports_differ_in_the_rows_whose_words_differ(
    recording: Callable[..., Path], register: Register, told: Report, tmp_path: Path
) -> None:
    other = story_with()
    other["verdicts"]["A1-03"] = {"verdict": "violated", "code": "idle.call"}
    report = Report.read(recording(tmp_path, other) / EVENTS_FILE, register)
    assert report.differing(told) == ("A1-03",)


def test_every_recorded_word_is_one_of_the_closed_set(told: Report) -> None:
    assert {row.verdict for row in told.rows} <= set(WORDS)
