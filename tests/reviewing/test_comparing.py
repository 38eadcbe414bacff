"""Two runs beside each other: what changed, what can be carried over and what has to be run again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from ccus_harness.cli import app
from ccus_harness.commands import comparing as commands
from ccus_harness.comparing import again_after, compare, side_of
from ccus_harness.deciding import load, record
from ccus_harness.events import EVENTS_FILE, read
from ccus_harness.evidence.opening import opened
from ccus_harness.exam import load_exam
from ccus_harness.messages import LANGUAGES
from ccus_harness.register import load_register, row_key

from .conftest import NOW, WORDS, write_run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from typer.testing import Result

    from ccus_harness.comparing import Comparison
    from ccus_harness.events import Event

REGISTER, EXAM = load_register(), load_exam()
BASE: dict[str, Any] = {
    "suite": {"version": "1", "digest": "a" * 64},
    "contract_digest": "b" * 64,
    "profile": {"candidate": {"name": "S", "build": "1"}, "layout": {}},
    "readings": {"scope.upper": "all_ancestors"},
    "policy": {"incident.notice_within": "PT1H"},
    "dialect": "json",
}


def compared(tmp_path: Path, one: dict[str, Any], two: dict[str, Any]) -> Comparison:
    """Compares two runs that are made of words, rows tried and header."""
    sides = [
        opened(write_run(tmp_path / name, **{**BASE, **made}), REGISTER)
        for name, made in (("one", one), ("two", two))
    ]
    return compare(sides[0], sides[1], REGISTER, EXAM)


def kinds(found: Comparison) -> dict[str, str]:
    return {change.row: change.kind for change in found.changes}


def due(found: Comparison) -> set[str]:
    return {each.row for each in found.again}


# -- what changed ----------------------------------------------------------------------------------


def test_a_run_compared_with_itself_shows_no_change(tmp_path: Path) -> None:
    found = compared(tmp_path, {"words": {}}, {"words": {}})
    assert (found.conditions, found.changes, found.again, found.carried) == ((), (), (), ())
    assert found.same == len(REGISTER.rows) - 1  # one row of the small run was not selected


def test_a_graver_word_is_worse_and_a_lighter_one_better(tmp_path: Path) -> None:
    found = compared(
        tmp_path, {"words": {"A1-03": "violated"}}, {"words": {"A2-3-03": "review", "A2-2-03": "violated"}}
    )
    assert kinds(found) == {"A1-03": "better", "A2-2-03": "worse", "A2-3-03": "worse"}


def test_another_reason_under_the_same_word_is_told(tmp_path: Path) -> None:
    found = compared(tmp_path, {"words": {}}, {"words": {}, "codes": {"A1-03": "other.code"}})
    assert kinds(found) == {"A1-03": "reason"}


def test_a_decision_changes_the_word_that_counts(tmp_path: Path, given: Any) -> None:
    one = write_run(tmp_path / "one", **BASE)
    two = write_run(tmp_path / "two", **BASE)
    record(two, [given("A2-1-08")], REGISTER, NOW)
    found = compare(opened(one, REGISTER), opened(two, REGISTER), REGISTER, EXAM)
    (change,) = found.changes
    assert (change.row, change.kind) == ("A2-1-08", "better")
    assert change.after is not None
    assert (change.after.word, change.after.machine, change.after.decided) == ("satisfied", "review", True)


CONDITIONS: dict[str, dict[str, Any]] = {
    "target": {"target": "http:http://127.0.0.1:1"},
    "build": {"profile": {"candidate": {"name": "S", "build": "2"}, "layout": {}}},
    "suite": {"suite": {"version": "2", "digest": "c" * 64}},
    "contract": {"contract_digest": "d" * 64},
    "profile": {"profile": {"candidate": {"name": "S", "build": "1"}, "layout": {"x": 1}}},
    "dialect": {"dialect": "session"},
    "readings.scope.upper": {"readings": {"scope.upper": "direct_parent"}},
    "policy.incident.notice_within": {"policy": {"incident.notice_within": "PT2H"}},
}


@pytest.mark.parametrize("name", CONDITIONS)
def test_a_condition_that_is_not_the_same_is_named(tmp_path: Path, name: str) -> None:
    found = compared(tmp_path, {"words": {}}, {"words": {}, **CONDITIONS[name]})
    assert [one.name for one in found.conditions] == [name]


# -- what has to be run again ------------------------------------------------------------------------


def test_what_failed_is_run_again_with_its_item_its_family_and_its_checks() -> None:
    why = {one.row: one.why for one in again_after(["A2-2-03"], EXAM, REGISTER)}
    item = next(item for item in EXAM.items if "A2-2-03" in item.rows)
    assert why["A2-2-03"] == "failed"
    assert why["A2-2-01"] == why["A2-2-04"] == "family"
    assert set(EXAM.again([item.id])) <= set(why)
    assert why.keys() - {row for row in why if why[row] == "failed"}
    assert {one.row: one.why for one in again_after(["A2-1-02"], EXAM, REGISTER)}["A6-28"] == "check"
    assert list(why) == sorted(why, key=row_key)


def test_nothing_that_stands_is_run_again(tmp_path: Path) -> None:
    found = compared(tmp_path, {"words": {"A2-2-03": "violated"}}, {"words": {}})
    assert found.again == ()


def test_rows_that_the_later_run_left_out_are_carried_or_run_again(tmp_path: Path) -> None:
    tried = {one.row for one in again_after(["A2-2-03"], EXAM, REGISTER)}
    found = compared(tmp_path, {"words": {"A2-2-03": "violated"}}, {"words": {}, "only": tried})
    assert found.again == ()
    assert set(found.carried) == {row.id for row in REGISTER.rows} - tried - {"A9-02"}
    fewer = compared(tmp_path / "x", {"words": {"A2-2-03": "violated"}}, {"words": {}, "only": {"A2-2-03"}})
    assert due(fewer) == tried - {"A2-2-03"}


@pytest.mark.parametrize("name", ["suite", "contract", "profile", "dialect"])
def test_under_other_conditions_nothing_is_carried_over(tmp_path: Path, name: str) -> None:
    found = compared(tmp_path, {"words": {}}, {"words": {}, "only": {"A1-03"}, **CONDITIONS[name]})
    assert found.carried == ()
    assert len(found.again) == len(REGISTER.rows) - 2
    assert {each.why for each in found.again} == {"conditions"}


def test_another_build_alone_carries_what_did_not_fail(tmp_path: Path) -> None:
    found = compared(tmp_path, {"words": {}}, {"words": {}, "only": {"A1-03"}, **CONDITIONS["build"]})
    assert found.again == ()
    assert len(found.carried) == len(REGISTER.rows) - 2


def test_another_reading_unsettles_only_the_rows_that_name_it(tmp_path: Path) -> None:
    changed = CONDITIONS["readings.scope.upper"]
    found = compared(tmp_path, {"words": {}}, {"words": {}, "only": {"A1-03"}, **changed})
    assert due(found) == {row.id for row in REGISTER.rows if "scope.upper" in row.readings}


def test_what_people_call_violated_fails_and_what_they_accept_does_not(tmp_path: Path, given: Any) -> None:
    run = write_run(tmp_path / "run")
    record(
        run,
        [given("A2-2-03", second="確認 次郎"), given("A2-1-08", word="violated")],
        REGISTER,
        NOW,
    )
    failed = opened(run, REGISTER).failed(REGISTER.by_id)
    assert "A2-2-03" not in failed
    assert "A2-1-08" in failed


# -- on the command line -----------------------------------------------------------------------------


def cli(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_compare_says_by_its_status_whether_something_got_worse(tmp_path: Path, lang: str) -> None:
    good, bad = write_run(tmp_path / "good", {}), write_run(tmp_path / "bad", {"A2-2-03": "violated"})
    shown = cli("compare", str(good), str(bad), "--lang", lang)
    assert (shown.exit_code, "A2-2-03" in shown.stdout) == (1, True)
    assert cli("compare", str(bad), str(good), "--lang", lang).exit_code == 0


def test_compare_tells_programs_the_same(tmp_path: Path) -> None:
    good, bad = write_run(tmp_path / "good", {}), write_run(tmp_path / "bad", {"A2-2-03": "violated"})
    told = json.loads(cli("compare", str(good), str(bad), "--json").stdout)
    (row,) = told["rows"]
    assert (row["id"], row["before"]["word"], row["after"]["word"]) == ("A2-2-03", "satisfied", "violated")
    assert {"A2-2-03", "A2-2-01"} <= {each["id"] for each in told["again"]}


def test_compare_refuses_what_is_no_run(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run")
    (tmp_path / "x.zip").write_bytes(b"no zip")
    for other in ("none", "x.zip"):
        shown = cli("compare", str(run), str(tmp_path / other))
        assert (shown.exit_code, bool(shown.stderr.strip())) == (2, True)


def test_rerun_tries_what_failed_and_what_leans_on_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = write_run(tmp_path / "run", {"A2-2-03": "violated"})
    asked: list[Any] = []

    def tried(*what: Any) -> Iterator[Event]:
        asked.append(what)
        write_run(what[1], {})
        return read(what[1] / EVENTS_FILE)

    monkeypatch.setattr(commands.runs, "rerun", tried)
    shown = cli("rerun", str(run), "--failed", "--out", str(tmp_path / "again"))
    assert shown.exit_code == 1, shown.output  # the status that the small run recorded
    assert set(asked[0][2]) == {one.row for one in again_after(["A2-2-03"], EXAM, REGISTER)}


def test_rerun_has_nothing_to_do_where_nothing_failed(tmp_path: Path) -> None:
    shown = cli("rerun", str(write_run(tmp_path / "run", {})), "--failed")
    assert (shown.exit_code, bool(shown.stdout.strip())) == (0, True)


def test_a_side_is_read_the_same_with_and_without_decisions(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", WORDS)
    assert side_of(read(run / EVENTS_FILE)) == side_of(read(run / EVENTS_FILE), load(run, REGISTER))
