"""審査票 filled in comes back as the decisions it holds; a sheet that was changed does not come back at all."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as generated
from hypothesis import strategies as st

from ccus_harness import deciding
from ccus_harness.deciding import DECIDED_WORDS, Undecidable
from ccus_harness.deciding.found import JST
from ccus_harness.messages import catalogue
from ccus_harness.papers import SheetFaults, decisions_of, opening, review_sheet
from ccus_harness.papers.excel import workbook
from ccus_harness.register import load_register

openpyxl: Any = import_module("openpyxl")

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from ccus_harness.papers import Issue, Subject
    from ccus_harness.papers.parts import Kind, Paper

    Fill = Callable[[Paper, Path, dict[tuple[str, str], Any]], Path]
    Place = Callable[..., str]

JA = catalogue("ja")
OPEN = ("A2-2-04", "A2-4-01", "A2-1-08", "PRE-03")
NOW = datetime(2026, 4, 30, 12, tzinfo=JST)
TEXT = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Cf", "Zl", "Zp", "Co", "Cn")), min_size=1, max_size=60
).filter(lambda text: text.strip() and " ".join(text.split()) == text and text[0] != "=")
"""What a person types on one line; a leading = would be a formula, which is refused."""


def decided(row: str, word: str = "適合", **more: Any) -> dict[tuple[str, str], Any]:
    told = {"word": word, "by": "審査 花子", "on": "令和8年4月21日", "reason": "規程を確かめた", **more}
    return {(row, column): value for column, value in told.items() if value is not None}


def faults_of(sheet: Path, paper: Paper, subject: Subject) -> dict[str, str]:
    """The cell and the code of everything that keeps a sheet from being taken."""
    with pytest.raises(SheetFaults) as told:
        decisions_of(sheet, paper, subject.standings)
    return {fault.path: fault.code for fault in told.value.faults}


@generated(
    st.dictionaries(
        st.sampled_from(OPEN),
        st.tuples(
            st.sampled_from(DECIDED_WORDS).filter(lambda word: word != "violated"),
            TEXT,
            st.dates(min_value=date(2026, 4, 13), max_value=date(2026, 4, 30)),
            TEXT,
            st.one_of(st.just(""), TEXT),
            st.sampled_from(["iso", "era", "cell"]),
        ),
        max_size=3,
    )
)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_filled_in_comes_back_as_the_same_decisions(
    tmp_path: Path, papers: Mapping[Kind, Paper], subject: Subject, fill: Fill, told: dict[str, Any]
) -> None:
    from ccus_harness.papers.era import in_era  # noqa: PLC0415

    ways = {"iso": date.isoformat, "era": in_era, "cell": lambda day: day}
    written = {
        (row, column): value
        for row, (word, by, on, reason, second, way) in told.items()
        for column, value in {
            "word": JA.word("verdict", word),
            "by": by,
            "on": ways[way](on),
            "reason": reason,
            "second": second or None,
        }.items()
    }
    sheet = fill(papers["review"], tmp_path / "filled.xlsx", written)
    handed = decisions_of(sheet, papers["review"], subject.standings)
    assert {one.row: (one.word, one.by, one.date, one.reason, one.second) for one in handed.given} == {
        row: (word, by, on.isoformat(), reason, second)
        for row, (word, by, on, reason, second, _) in told.items()
    }


def test_an_unfilled_sheet_decides_nothing(
    tmp_path: Path, papers: Mapping[Kind, Paper], subject: Subject, fill: Fill
) -> None:
    sheet = fill(papers["review"], tmp_path / "blank.xlsx", {})
    assert decisions_of(sheet, papers["review"], subject.standings).given == ()


def test_the_first_page_lends_its_name_and_day_to_lines_that_have_none(
    tmp_path: Path, papers: Mapping[Kind, Paper], subject: Subject, fill: Fill
) -> None:
    written = decided("A2-4-01", by=None, on=None) | {("", "by"): "審査 次郎", ("", "on"): date(2026, 4, 22)}
    sheet = fill(papers["review"], tmp_path / "common.xlsx", written)
    (given,) = decisions_of(sheet, papers["review"], subject.standings).given
    assert (given.by, given.date) == ("審査 次郎", "2026-04-22")


def test_recorded_decisions_are_printed_and_come_back_as_nothing_new(
    tmp_path: Path,
    recorded: Callable[..., Path],
    standing_of: Callable[[Path], Subject],
    issue: Issue,
    fill: Fill,
) -> None:
    run = recorded(tmp_path / "run")
    (tmp_path / "proof.txt").write_text("規程", encoding="utf-8")
    before = standing_of(run)
    sheet = fill(review_sheet(before, issue), tmp_path / "a.xlsx", decided("A2-4-01", files="proof.txt"))
    handed = decisions_of(sheet, review_sheet(before, issue), before.standings)
    deciding.record(run, handed.given, load_register(), NOW)

    after = standing_of(run)
    again = fill(review_sheet(after, issue), tmp_path / "b.xlsx", {})
    assert after.standings["A2-4-01"].files == ("proof.txt",)
    assert decisions_of(again, review_sheet(after, issue), after.standings).given == ()
    assert decisions_of(sheet, review_sheet(after, issue), after.standings).given == ()

    changed = fill(review_sheet(after, issue), tmp_path / "c.xlsx", {("A2-4-01", "reason"): "改めて確かめた"})
    (given,) = decisions_of(changed, review_sheet(after, issue), after.standings).given
    assert (given.row, given.reason) == ("A2-4-01", "改めて確かめた")


def test_every_fault_of_a_sheet_is_told_at_once_with_its_cell(
    tmp_path: Path, papers: Mapping[Kind, Paper], subject: Subject, fill: Fill, place: Place
) -> None:
    paper = papers["review"]
    written = {
        **decided("A2-2-04", word="たぶん適合"),
        **decided("A2-4-01", on="4月21日"),
        **decided("A2-1-08", reason="=1+1"),
        ("PRE-03", "by"): "=A1",
    }
    faults = faults_of(fill(paper, tmp_path / "faulty.xlsx", written), paper, subject)
    assert faults == {
        place(paper, "word", "A2-2-04"): "choice",
        place(paper, "on", "A2-4-01"): "date",
        place(paper, "reason", "A2-1-08"): "formula",
        place(paper, "by", "PRE-03"): "formula",
    }


def test_a_begun_line_must_be_finished_and_its_files_lie_beside_the_sheet(
    tmp_path: Path, papers: Mapping[Kind, Paper], subject: Subject, fill: Fill, place: Place
) -> None:
    paper = papers["review"]
    (tmp_path / "run").mkdir()
    (tmp_path / "secret.txt").write_text("x", encoding="utf-8")
    written = {
        ("PRE-03", "reason"): "理由だけ",
        **decided("A2-4-01", files="../secret.txt"),
        **decided("A2-1-08", word="要判断", files="none.pdf"),
    }
    faults = faults_of(fill(paper, tmp_path / "run" / "begun.xlsx", written), paper, subject)
    assert faults == {
        place(paper, "word", "PRE-03"): "missing",
        place(paper, "by", "PRE-03"): "missing",
        place(paper, "on", "PRE-03"): "missing",
        place(paper, "files", "A2-4-01"): "file",
        place(paper, "files", "A2-1-08"): "file",
    }


@pytest.mark.parametrize("column", ["machine", "id", "demand", "seen", "evidence", "weight"])
def test_a_changed_printed_cell_is_refused(
    tmp_path: Path, papers: Mapping[Kind, Paper], subject: Subject, fill: Fill, place: Place, column: str
) -> None:
    paper = papers["review"]
    written = {("A2-2-03", column): "適合", **decided("A2-4-01")}
    sheet = fill(paper, tmp_path / "edited.xlsx", written)
    assert faults_of(sheet, paper, subject) == {place(paper, column, "A2-2-03"): "changed"}


def test_lines_in_another_order_are_refused(
    tmp_path: Path, papers: Mapping[Kind, Paper], subject: Subject, fill: Fill
) -> None:
    sheet = fill(papers["review"], tmp_path / "sorted.xlsx", decided("A2-4-01"))
    book = openpyxl.load_workbook(sheet)
    book["審査項目"].delete_rows(2)
    book.save(sheet)
    assert set(faults_of(sheet, papers["review"], subject).values()) == {"changed"}


def test_what_is_written_beside_the_table_is_refused_and_not_lost(
    tmp_path: Path, papers: Mapping[Kind, Paper], subject: Subject, fill: Fill
) -> None:
    sheet = fill(papers["review"], tmp_path / "beside.xlsx", {})
    book = openpyxl.load_workbook(sheet)
    book["審査項目"]["Z3"] = "ここに書いた"
    book["審査項目"]["A300"] = "追加の行"
    book.save(sheet)
    assert faults_of(sheet, papers["review"], subject) == {"審査項目!Z3": "beyond", "審査項目!A300": "beyond"}


def test_a_sheet_of_another_run_or_of_another_paper_is_refused(
    tmp_path: Path,
    papers: Mapping[Kind, Paper],
    subject: Subject,
    recorded: Callable[..., Path],
    standing_of: Callable[[Path], Subject],
    issue: Issue,
    fill: Fill,
) -> None:
    other = review_sheet(standing_of(recorded(tmp_path / "other", run_id="run-0008")), issue)
    sheet = fill(other, tmp_path / "other.xlsx", decided("A2-4-01"))
    assert set(faults_of(sheet, papers["review"], subject).values()) == {"other"}
    answers = fill(papers["improvement"], tmp_path / "answers.xlsx", {})
    assert "no_sheet" in faults_of(answers, papers["review"], subject).values()


def test_a_refused_decision_names_the_cell_it_stands_in(
    tmp_path: Path, run: Path, papers: Mapping[Kind, Paper], subject: Subject, fill: Fill, place: Place
) -> None:
    paper = papers["review"]
    written = {**decided("A2-2-03"), **decided("A2-4-01", on="2026-05-01")}
    handed = decisions_of(fill(paper, tmp_path / "refused.xlsx", written), paper, subject.standings)
    with pytest.raises(Undecidable) as first:
        deciding.record(run, handed.given, load_register(), NOW)
    assert {one.path for one in handed.in_cells(first.value).refusals} == {place(paper, "on", "A2-4-01")}
    with pytest.raises(Undecidable) as alone:
        deciding.record(run, handed.given[:1], load_register(), NOW)
    (refusal,) = handed.in_cells(alone.value).refusals
    assert (refusal.path, refusal.code) == (place(paper, "word", "A2-2-03"), "two_persons")


def rezipped(sheet: Path, part: str, body: bytes) -> Path:
    """The workbook with one part put in or in place of another."""
    held = io.BytesIO()
    with zipfile.ZipFile(sheet) as old, zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name != part:
                new.writestr(name, old.read(name))
        new.writestr(part, body)
    sheet.write_bytes(held.getvalue())
    return sheet


ENTITIES = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaa">]><sst>&a;</sst>'


@pytest.mark.parametrize(
    ("part", "body"),
    [
        ("xl/sharedStrings.xml", b"<sst"),
        ("xl/workbook.xml", b""),
        ("xl/media/bomb.xml", b" " * (opening.LARGEST_UNPACKED + 1)),
    ],
    ids=["broken", "empty", "bomb"],
)
def test_a_workbook_that_could_do_harm_or_is_broken_is_not_read(
    tmp_path: Path, papers: Mapping[Kind, Paper], subject: Subject, part: str, body: bytes
) -> None:
    sheet = tmp_path / "sent.xlsx"
    sheet.write_bytes(workbook(papers["review"], date(2026, 4, 20)))
    assert faults_of(rezipped(sheet, part, body), papers["review"], subject) == {"sent.xlsx": "unreadable"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused_before_anything_reads_them(
    tmp_path: Path, papers: Mapping[Kind, Paper], encoding: str
) -> None:
    sheet = tmp_path / "sent.xlsx"
    sheet.write_bytes(workbook(papers["review"], date(2026, 4, 20)))
    with pytest.raises(SheetFaults) as told:
        opening.opened(rezipped(sheet, "xl/sharedStrings.xml", ENTITIES.decode().encode(encoding)))
    assert "DTD" in told.value.faults[0].values["why"]


@pytest.mark.parametrize("body", [b"", b"not a workbook", b"PK\x03\x04"], ids=["empty", "text", "cut"])
def test_a_file_that_is_no_workbook_is_not_read(
    tmp_path: Path, papers: Mapping[Kind, Paper], subject: Subject, body: bytes
) -> None:
    sheet = tmp_path / "sent.xlsx"
    sheet.write_bytes(body)
    assert faults_of(sheet, papers["review"], subject) == {"sent.xlsx": "unreadable"}
    assert faults_of(tmp_path / "absent.xlsx", papers["review"], subject) == {"absent.xlsx": "unreadable"}
