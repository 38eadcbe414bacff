"""改善報告書 filled in: every finding is answered with what its answer needs, or the sheet is handed back."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from ccus_harness.documents import DocumentFaults, faults_against, validate
from ccus_harness.papers import RECORD, SheetFaults, improvement_of, papers_of, reported, write
from ccus_harness.papers.issue import Issue

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from ccus_harness.papers import Subject
    from ccus_harness.papers.parts import Kind, Paper

    Fill = Callable[[Paper, Path, dict[tuple[str, str], Any]], Path]
    Place = Callable[..., str]

FIRM = {
    ("", "firm"): "模擬運営株式会社",
    ("", "responsible"): "責任 者子",
    ("", "submitted_on"): date(2026, 5, 8),
}
FULL = {
    "cause": "設定の誤り",
    "action": "設定を改めた",
    "done_on": "R8.5.1",
    "proof": "記録1",
    "person": "担当 一郎",
}


def answered(finding: str, response: str = "改善した", **more: Any) -> dict[tuple[str, str], Any]:
    told = {"response": response, **FULL, **more}
    return {(finding, column): value for column, value in told.items() if value is not None}


def all_answered(paper: Paper) -> dict[tuple[str, str], Any]:
    return FIRM | {
        key: value
        for entry in paper.table("improvement").entries
        for key, value in answered(entry.key).items()
    }


def faults_of(sheet: Path, paper: Paper) -> dict[str, str]:
    with pytest.raises(SheetFaults) as told:
        reported(sheet, paper)
    return {fault.path: fault.code for fault in told.value.faults}


def test_a_whole_report_comes_back_as_it_was_filled_in(
    tmp_path: Path, papers: Mapping[Kind, Paper], fill: Fill
) -> None:
    paper = papers["improvement"]
    told = reported(fill(paper, tmp_path / "answers.xlsx", all_answered(paper)), paper)
    assert (told.firm, told.responsible, told.submitted_on) == ("模擬運営株式会社", "責任 者子", "2026-05-08")
    assert [one.finding for one in told.answers] == [
        entry.key for entry in paper.table("improvement").entries
    ]
    first = told.answers[0]
    assert (first.row, first.response, first.cause, first.done_on) == (
        "A2-2-03",
        "corrected",
        "設定の誤り",
        "2026-05-01",
    )
    validate(told.document(), "answers.schema.json")


def test_an_unanswered_finding_and_a_blank_first_page_are_faults(
    tmp_path: Path, papers: Mapping[Kind, Paper], fill: Fill, place: Place
) -> None:
    paper = papers["improvement"]
    written = {
        key: value for key, value in all_answered(paper).items() if key[0] != "F-002" and key != ("", "firm")
    }
    assert faults_of(fill(paper, tmp_path / "answers.xlsx", written), paper) == {
        place(paper, "response", "F-002"): "unanswered",
        place(paper, "firm"): "missing",
    }


@pytest.mark.parametrize(
    ("response", "needs"),
    [
        ("改善した", {"cause", "action", "done_on", "proof", "person"}),
        ("改善予定", {"cause", "action", "done_on", "person"}),
        ("協議を求める", {"action", "person"}),
        ("異議がある", {"action", "proof", "person"}),
    ],
)
def test_each_answer_needs_its_own_parts(
    tmp_path: Path, papers: Mapping[Kind, Paper], fill: Fill, place: Place, response: str, needs: set[str]
) -> None:
    paper = papers["improvement"]
    bare = answered("F-001", response, **dict.fromkeys(FULL))
    kept = {key: value for key, value in all_answered(paper).items() if key[0] != "F-001"}
    faults = faults_of(fill(paper, tmp_path / "answers.xlsx", kept | bare), paper)
    assert faults == {place(paper, column, "F-001"): "missing" for column in needs}


def test_what_was_put_right_behind_its_day_is_told_as_late(
    tmp_path: Path, papers: Mapping[Kind, Paper], fill: Fill
) -> None:
    paper = papers["improvement"]
    written = all_answered(paper) | answered("F-001", done_on="2027-01-01")
    told = reported(fill(paper, tmp_path / "answers.xlsx", written), paper)
    assert [one.finding for one in told.answers if one.late] == ["F-001"]


def test_a_report_handed_in_before_the_findings_is_refused(
    tmp_path: Path, papers: Mapping[Kind, Paper], fill: Fill, place: Place
) -> None:
    paper = papers["improvement"]
    sheet = fill(paper, tmp_path / "answers.xlsx", all_answered(paper) | {("", "submitted_on"): "2026-04-19"})
    assert faults_of(sheet, paper) == {place(paper, "submitted_on"): "before"}


@pytest.mark.parametrize("column", ["due", "seen", "kind"])
def test_a_vendor_cannot_move_its_day_or_rewrite_a_finding(
    tmp_path: Path, papers: Mapping[Kind, Paper], fill: Fill, place: Place, column: str
) -> None:
    paper = papers["improvement"]
    written = all_answered(paper) | {("F-001", column): "令和9年4月20日\n2027-04-20"}
    sheet = fill(paper, tmp_path / "answers.xlsx", written)
    assert faults_of(sheet, paper) == {place(paper, column, "F-001"): "changed"}


def test_the_answer_to_another_issue_is_refused(
    tmp_path: Path, papers: Mapping[Kind, Paper], subject: Subject, issue: Issue, fill: Fill
) -> None:
    second = papers_of(subject, Issue(number="適審第8-8号", on=issue.on, sealed=issue.sealed))[2]
    sheet = fill(second, tmp_path / "answers.xlsx", all_answered(second))
    assert faults_of(sheet, papers["improvement"]) == {"照合": "other"}


def test_the_record_keeps_the_report_as_it_was_asked_for(
    tmp_path: Path, papers: Mapping[Kind, Paper], subject: Subject, issue: Issue, fill: Fill
) -> None:
    written = write(subject, issue, tmp_path / "set", with_pdf=False)
    assert {path.name for path in written.files} == {
        "審査票.xlsx",
        "指摘事項一覧.xlsx",
        "改善報告書.xlsx",
        "立会記録.xlsx",
        RECORD,
    }
    kept = improvement_of(tmp_path / "set" / RECORD)
    assert asdict(kept) == asdict(papers["improvement"])
    assert reported(fill(kept, tmp_path / "answers.xlsx", all_answered(kept)), kept).number == kept.number


def test_a_record_that_is_none_is_refused_with_every_fault(
    tmp_path: Path, subject: Subject, issue: Issue
) -> None:
    write(subject, issue, tmp_path, with_pdf=False)
    record = tmp_path / RECORD
    raw = json.loads(record.read_text("utf-8"))
    assert faults_against(raw, "papers.schema.json") == ()
    raw["issued_on"] = "yesterday"
    raw["improvement"]["tables"][0]["columns"][0]["input"] = "formula"
    record.write_text(json.dumps(raw), encoding="utf-8")
    with pytest.raises(DocumentFaults) as told:
        improvement_of(record)
    assert len(told.value.faults) == 2
