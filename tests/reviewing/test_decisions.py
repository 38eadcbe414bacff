"""People decide what the machine left to them; what they decided stays, and stays theirs and this run's."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from ccus_harness.deciding import ATTACHED, FILE, Given, Undecidable, load, read_given, record
from ccus_harness.deciding.form import form
from ccus_harness.deciding.found import Unfinished
from ccus_harness.documents import faults_against
from ccus_harness.events import EVENTS_FILE, line, read
from ccus_harness.messages import LANGUAGES, catalogue
from ccus_harness.register import load_register

from .conftest import NOW, WORDS, write_run

if TYPE_CHECKING:
    from pathlib import Path

    from ccus_harness.deciding import Decisions

REGISTER = load_register()


def decided(run: Path, *given: Given) -> Decisions:
    return record(run, given, REGISTER, NOW)


def refused(run: Path, *given: Given) -> list[tuple[str, str]]:
    """The place and code of everything that was refused; nothing was recorded."""
    before = lines(run)
    with pytest.raises(Undecidable) as caught:
        decided(run, *given)
    assert lines(run) == before
    for lang in LANGUAGES:
        assert all(refusal.told(catalogue(lang)) for refusal in caught.value.refusals)
    return [(refusal.path, refusal.code) for refusal in caught.value.refusals]


def lines(run: Path) -> list[bytes]:
    file = run / ATTACHED / FILE
    return file.read_bytes().splitlines(keepends=True) if file.is_file() else []


# -- who may decide what ---------------------------------------------------------------------------


@pytest.mark.parametrize("row", ["A2-1-08", "A2-2-04", "A2-4-01", "PRE-04"])
def test_what_the_machine_left_open_one_person_decides(run: Path, given: Any, row: str) -> None:
    assert row in {ruled.row for ruled in load(run, REGISTER).waiting}
    ruled = decided(run, given(row)).ruled(row)
    assert (ruled.machine, ruled.word, ruled.overrides, ruled.waits) == (
        WORDS[row],
        "satisfied",
        False,
        False,
    )


@pytest.mark.parametrize("row", ["A2-2-03", "A2-2-01", "A1-03"])
def test_a_machines_own_verdict_takes_two_people(run: Path, given: Any, row: str) -> None:
    word = "violated" if row == "A2-2-01" else "satisfied"
    assert refused(run, given(row, word=word)) == [("$.word", "two_persons")]
    ruled = decided(run, given(row, word=word, second="確認 次郎")).ruled(row)
    assert ruled.overrides
    assert ruled.machine == WORDS.get(row, "satisfied")
    assert ruled.word == word


@pytest.mark.parametrize("second", ["審査 花子", "審査花子", " 審査　花子 "])
def test_the_same_person_twice_is_one_person(run: Path, given: Any, second: str) -> None:
    assert refused(run, given("A2-2-03", second=second)) == [("$.word", "same_person")]


def test_agreeing_with_the_machine_overrides_nothing(run: Path, given: Any) -> None:
    ruled = decided(run, given("A2-2-03", word="violated")).ruled("A2-2-03")
    assert not ruled.overrides


def test_one_person_cannot_take_back_what_two_decided(run: Path, given: Any) -> None:
    decided(run, given("A2-2-03", second="確認 次郎"))
    assert refused(run, given("A2-2-03", word="violated")) == [("$.word", "two_persons")]
    decided(run, given("A2-2-03", word="violated", second="確認 次郎"))


def test_what_the_text_does_not_demand_nobody_calls_violated(run: Path, given: Any) -> None:
    row = next(r.id for r in REGISTER.rows if r.layer == "derived" and "N" not in r.method)
    assert ("$.word", "layer") in refused(run, given(row, word="violated", second="確認 次郎"))


def test_a_clause_that_is_never_judged_is_not_decided_either(run: Path, given: Any) -> None:
    assert refused(run, given("PRE-05", second="確認 次郎")) == [("$.word", "never_judged")]


def test_a_row_held_open_by_a_person_goes_on_waiting(run: Path, given: Any) -> None:
    assert decided(run, given(word="review")).ruled("A2-1-08").waits


# -- what is refused -------------------------------------------------------------------------------


def test_everything_that_is_wrong_is_said_at_once_and_nothing_recorded(run: Path, given: Any) -> None:
    wrong = (
        given("A9-99", path="$.decisions[0]"),
        given(word="good", by="  ", path="$.decisions[1]"),
        given(date="2026-04-21", reason="", path="$.decisions[2]"),
        given(date="2026-04-12", path="$.decisions[3]"),
        given(date="20 April", path="$.decisions[4]"),
        given(files=(run / "none.pdf",), path="$.decisions[5]"),
        given("A9-02", path="$.decisions[6]"),
        given(by="花子\x1b[2J", path="$.decisions[7]"),
        given("A2-2-04", path="$.decisions[8]"),
    )
    assert refused(run, *wrong) == [
        ("$.decisions[0].row", "unknown_row"),
        ("$.decisions[1].word", "word"),
        ("$.decisions[1].by", "missing"),
        ("$.decisions[2].reason", "missing"),
        ("$.decisions[2].date", "date_ahead"),
        ("$.decisions[3].date", "date_before"),
        ("$.decisions[4].date", "date"),
        ("$.decisions[5].files[0]", "no_file"),
        ("$.decisions[6].row", "not_selected"),
        ("$.decisions[7].by", "text"),
    ]


def test_a_run_without_its_end_cannot_be_decided(run: Path, given: Any) -> None:
    file = run / EVENTS_FILE
    file.write_bytes(b"".join(file.read_bytes().splitlines(keepends=True)[:-1]))
    with pytest.raises(Unfinished):
        decided(run, given())


# -- what stays ------------------------------------------------------------------------------------


def test_a_correction_supersedes_and_erases_nothing(run: Path, given: Any) -> None:
    decided(run, given(reason="一度目"))
    first = lines(run)
    ruled = decided(run, given(word="violated", reason="見落とし")).ruled("A2-1-08")
    assert lines(run)[:1] == first
    assert ruled.decision is not None
    assert (ruled.word, ruled.decision.supersedes) == ("violated", 1)
    assert [old.reason for old in ruled.earlier] == ["一度目"]


def test_a_correction_is_not_dated_before_what_it_corrects(run: Path, given: Any) -> None:
    decided(run, given(date="2026-04-19"))
    assert refused(run, given(date="2026-04-18")) == [("$.date", "date_before")]


def test_what_was_recorded_reads_back_the_same_and_fits_its_schema(
    run: Path, given: Any, tmp_path: Path
) -> None:
    paper = tmp_path / "届出 (1).PDF"
    paper.write_bytes(b"%PDF-1.7 paper")
    written = decided(run, given(files=(paper,)), given("PRE-04", word="attested"))
    assert load(run, REGISTER) == written
    assert [
        fault for one in written.entries for fault in faults_against(one.document(), "decision.schema.json")
    ] == []
    (kept,) = written.entries[0].files
    assert (kept.name, (run / ATTACHED / kept.kept_as).read_bytes()) == ("届出 (1).PDF", b"%PDF-1.7 paper")
    assert kept.kept_as.endswith(".pdf")


def test_reviewers_who_decide_at_the_same_time_lose_nothing(run: Path, given: Any) -> None:
    rows = ["A2-1-08", "A2-2-04", "A2-4-01", "PRE-04"]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda row: decided(run, given(row)), rows))
    assert {decision.row for decision in load(run, REGISTER).entries} == set(rows)
    assert [path.name for path in (run / ATTACHED).iterdir() if path.is_file()] == [FILE]


# -- what cannot be moved, changed or lost -----------------------------------------------------------


def broken(run: Path) -> set[str]:
    with pytest.raises(Undecidable) as caught:
        load(run, REGISTER)
    return {refusal.code for refusal in caught.value.refusals}


def moved(run: Path, other: Path) -> None:
    (other / ATTACHED).mkdir()
    (other / ATTACHED / FILE).write_bytes((run / ATTACHED / FILE).read_bytes())


def test_a_decision_cannot_be_moved_to_another_run(run: Path, given: Any, tmp_path: Path) -> None:
    decided(run, given())
    other = write_run(tmp_path / "other", started="2026-04-13T00:00:01+00:00")
    moved(run, other)
    assert {"other_run", "chain"} <= broken(other)


def test_a_decision_on_other_findings_of_the_same_record_is_forged(
    run: Path, given: Any, tmp_path: Path
) -> None:
    decided(run, given())
    written = json.loads(lines(run)[0])
    written["machine"]["word"] = "attested"
    (run / ATTACHED / FILE).write_bytes(line(written))
    assert broken(run) == {"not_found"}


def test_after_a_resume_only_decisions_on_changed_rows_are_stale(
    run: Path, given: Any, tmp_path: Path
) -> None:
    decided(run, given(), given("A2-4-01"))
    resumed = write_run(tmp_path / "resumed", {**WORDS, "A2-1-08": "violated"})
    moved(run, resumed)
    decisions = load(resumed, REGISTER)
    assert [decision.row for decision in decisions.stale] == ["A2-1-08"]
    assert decisions.ruled("A2-1-08").word == "violated"
    assert decisions.ruled("A2-4-01").word == "satisfied"
    again = decided(resumed, given(second="確認 次郎"))
    assert again.ruled("A2-1-08").overrides


@pytest.mark.parametrize("gone", [0, 1])
def test_a_record_that_was_taken_out_is_missed(run: Path, given: Any, gone: int) -> None:
    decided(run, given(), given("A2-4-01"), given("PRE-04"))
    kept = [written for place, written in enumerate(lines(run)) if place != gone]
    (run / ATTACHED / FILE).write_bytes(b"".join(kept))
    assert "chain" in broken(run)


def test_a_changed_reason_is_noticed(run: Path, given: Any) -> None:
    decided(run, given(), given("A2-4-01"))
    whole = (run / ATTACHED / FILE).read_text("utf-8")
    (run / ATTACHED / FILE).write_text(whole.replace("届出", "書類", 1), "utf-8")
    assert broken(run) == {"chain"}


def test_a_file_that_was_changed_or_lost_is_noticed(run: Path, given: Any, tmp_path: Path) -> None:
    paper = tmp_path / "paper.pdf"
    paper.write_bytes(b"one")
    written = decided(run, given(files=(paper,)))
    kept = run / ATTACHED / written.entries[0].files[0].kept_as
    kept.write_bytes(b"two")
    assert broken(run) == {"file_changed"}
    kept.unlink()
    assert broken(run) == {"file_missing"}


def test_an_override_cannot_lose_its_second_person(run: Path, given: Any) -> None:
    written = decided(run, given("A2-2-03", second="確認 次郎")).entries[0]
    (run / ATTACHED / FILE).write_bytes(replace(written, second="").line())
    assert broken(run) == {"two_persons"}


@pytest.mark.parametrize("body", [b"not json\n", b"{}\n", b'{"format": 1}\n', b"[]\n"])
def test_what_is_no_record_is_refused_in_words(run: Path, body: bytes) -> None:
    (run / ATTACHED).mkdir()
    (run / ATTACHED / FILE).write_bytes(body)
    assert broken(run) <= {"unreadable", "form"}


# -- many at once ----------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_form_names_every_waiting_row_and_comes_back_filled_in(
    run: Path, tmp_path: Path, lang: str
) -> None:
    text = form(load(run, REGISTER), REGISTER, catalogue(lang))
    waiting = [ruled.row for ruled in load(run, REGISTER).waiting]
    assert len(waiting) >= 4
    file = tmp_path / "form.yaml"
    file.write_text(text, "utf-8")
    assert read_given(file) == ()
    filled = text.replace("by: ''", "by: 審査 花子", 1).replace("date: ''", "date: 2026-04-20", 1)
    file.write_text(
        filled.replace("word: ''", "word: satisfied").replace("reason: ''", "reason: 見た"), "utf-8"
    )
    assert [one.row for one in read_given(file)] == waiting
    assert decided(run, *read_given(file)).waiting == ()


def test_a_file_of_decisions_says_everything_that_is_wrong_with_it(tmp_path: Path) -> None:
    file = tmp_path / "many.yaml"
    file.write_text("by: 花子\ndecisions:\n- {row: A2-1-08, word: good}\n- {rows: x}\n", "utf-8")
    with pytest.raises(Undecidable) as caught:
        read_given(file)
    assert [refusal.path for refusal in caught.value.refusals] == [
        "$.decisions[0].word",
        "$.decisions[1]",
        "$.decisions[1]",
    ]


@pytest.mark.parametrize("text", ["a: [", "by: 1\nby: 2\ndecisions: []\n", "", "- 1\n", "\x00"])
def test_a_file_that_is_none_is_refused_in_words(tmp_path: Path, text: str) -> None:
    file = tmp_path / "many.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(Undecidable):
        read_given(file)


def test_json_is_read_as_yaml_is(tmp_path: Path) -> None:
    whole = {
        "by": "花子",
        "date": "2026-04-20",
        "decisions": [{"row": "A2-1-08", "word": "satisfied", "reason": "見た"}],
    }
    (tmp_path / "many.json").write_text(json.dumps(whole), "utf-8")
    (tmp_path / "many.yaml").write_text(
        "by: 花子\ndate: 2026-04-20\ndecisions:\n- row: A2-1-08\n  word: satisfied\n  reason: 見た\n", "utf-8"
    )
    assert read_given(tmp_path / "many.json") == read_given(tmp_path / "many.yaml")


def test_the_record_of_the_run_itself_is_never_touched(run: Path, given: Any) -> None:
    before = (run / EVENTS_FILE).read_bytes()
    decided(run, given())
    assert (run / EVENTS_FILE).read_bytes() == before
    assert list(read(run / EVENTS_FILE))
