"""The workbooks say what the results say, open nothing but their inputs, and hold no formula."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import date
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

from ccus_harness.messages import catalogue
from ccus_harness.papers import Issue, papers_of, review_sheet
from ccus_harness.papers.excel import workbook
from ccus_harness.papers.grid import grids, name_of
from ccus_harness.papers.parts import KINDS, Fact, only
from ccus_harness.reports import results

openpyxl: Any = import_module("openpyxl")

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ccus_harness.papers import Subject
    from ccus_harness.papers.parts import Kind, Paper

ISSUED = date(2026, 4, 20)
JA = catalogue("ja")


@pytest.fixture(scope="module")
def books(papers: Mapping[Kind, Paper]) -> dict[str, bytes]:
    return {kind: workbook(paper, ISSUED) for kind, paper in papers.items()}


@pytest.fixture(scope="module")
def opened(books: dict[str, bytes]) -> dict[str, Any]:
    return {kind: openpyxl.load_workbook(io.BytesIO(body)) for kind, body in books.items()}


def cells(book: Any) -> Iterator[Any]:
    return (cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row)


def lines(sheet: Any) -> Iterator[dict[str, str]]:
    """Each line of a table under the Japanese headings."""
    heads, *rest = sheet.iter_rows(values_only=True)
    names = [str(head).split("\n")[0] for head in heads]
    return (dict(zip(names, map(str, line), strict=True)) for line in rest)


def test_the_review_sheet_agrees_row_by_row_with_the_results(whole: Subject, issue: Issue) -> None:
    rows = results.document(whole.report)["rows"]
    book = openpyxl.load_workbook(io.BytesIO(workbook(review_sheet(whole, issue), ISSUED)))
    told = list(lines(book["審査項目"]))
    assert [line["項目"] for line in told] == [row["id"] for row in rows]
    for line, row in zip(told, rows, strict=True):
        word = JA.word("verdict", row["verdict"]) if row["selected"] else "選択外"
        assert line["機械判定"].split("\n")[0].split(" ")[0] == word


def test_findings_and_answers_name_the_same_rows_in_the_same_order(opened: Any) -> None:
    found = [(line["番号"], line["項目"]) for line in lines(opened["findings"]["指摘事項"])]
    asked = [(line["番号"], line["項目"]) for line in lines(opened["improvement"]["改善の報告"])]
    assert found == asked
    assert ("F-001", "A2-2-03") in found


@pytest.mark.parametrize("kind", KINDS)
def test_no_cell_is_a_formula_or_a_link_whatever_the_candidate_wrote(opened: Any, kind: str) -> None:
    assert [cell.coordinate for cell in cells(opened[kind]) if cell.data_type == "f" or cell.hyperlink] == []
    assert [
        cell.value for cell in cells(opened[kind]) if cell.data_type == "s" and "\x1b" in cell.value
    ] == []


def test_what_looks_like_a_formula_stays_text_when_it_is_edited(opened: Any) -> None:
    dangerous = [
        cell
        for cell in cells(opened["attendance"])
        if isinstance(cell.value, str) and cell.value[:1] in "=+-@"
    ]
    assert {cell.value for cell in dangerous} >= {"+1", "-1+1", "@SUM(A1)"}
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in dangerous)


@pytest.mark.parametrize(
    "said", ["<r><t>x</t></r>", "<r>", "<r></si><script/></r>", "_x0041_", "_x000D_", "&amp;<b>", "  x  "]
)
def test_markup_that_a_candidate_wrote_stays_text(papers: Mapping[Kind, Paper], said: str) -> None:
    fact = Fact(key="target", label=only("x"), value=only(said))
    book = openpyxl.load_workbook(io.BytesIO(workbook(replace(papers["attendance"], facts=(fact,)), ISSUED)))
    assert said in [cell.value for cell in cells(book)]


@pytest.mark.parametrize("kind", KINDS)
def test_only_inputs_can_be_edited(opened: Any, papers: Mapping[Kind, Paper], kind: Kind) -> None:
    for grid in grids(papers[kind]):
        sheet = opened[kind][grid.name]
        assert sheet.protection.sheet
        inputs = {name_of(spot.row, spot.first) for spot in grid.spots if spot.input}
        merged = {cell for area in sheet.merged_cells.ranges for row in area.rows for cell in row[1:]}
        unlocked = {
            cell.coordinate
            for row in sheet.iter_rows()
            for cell in row
            if not cell.protection.locked and (cell.row, cell.column) not in merged
        }
        assert unlocked == inputs


def test_the_drop_down_offers_only_words_that_a_person_may_give(opened: Any, subject: Subject) -> None:
    sheet = opened["review"]["審査項目"]
    offered = {
        str(one.sqref): one.formula1 for one in sheet.data_validations.dataValidation if one.type == "list"
    }
    place = {row.id: f"H{line}" for line, row in enumerate(subject.report.rows, start=2)}
    assert subject.register.by_id["A1-21"].layer == "derived"
    assert "不適合" not in offered[place["A1-21"]]
    assert "不適合" in offered[place["A2-2-03"]]
    assert {place["A4-01"], place["A1-09"]}.isdisjoint(offered)  # never judged, and not selected


@pytest.mark.parametrize("kind", KINDS)
def test_every_sheet_prints_on_a4_with_its_number_and_headings_on_each_page(
    opened: Any, papers: Mapping[Kind, Paper], kind: Kind
) -> None:
    for grid in grids(papers[kind]):
        sheet = opened[kind][grid.name]
        assert int(sheet.page_setup.paperSize) == 9
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert int(sheet.page_setup.fitToHeight) == 0  # as many pages as it takes, one page wide
        assert sheet.print_area
        assert papers[kind].number in sheet.oddHeader.right.text
        assert "&P" in sheet.oddFooter.center.text
        assert bool(sheet.print_title_rows) == grid.large


def test_the_same_paper_gives_the_same_bytes(books: dict[str, bytes], papers: Mapping[Kind, Paper]) -> None:
    assert workbook(papers["attendance"], ISSUED) == books["attendance"]
    with zipfile.ZipFile(io.BytesIO(books["attendance"])) as archive:
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}


def test_the_attendance_record_names_what_was_sealed_and_who_stood_behind_it(opened: Any) -> None:
    text = "\n".join(str(cell.value) for cell in cells(opened["attendance"]) if cell.value)
    for told in ("ab" * 32, "cd" * 32, "5e" * 32, "0c" * 32, f"{'ef' * 32}\n模擬審査機関"):
        assert told in text
    assert "審査 花子 令和8年4月1日 10時00分" in text
    assert "令和8年4月10日 9時00分" in text
    assert "認定のための試験" in text


def test_a_run_without_commitment_or_bundle_says_so(subject: Subject) -> None:
    bare = papers_of(subject, Issue(number="x", on=ISSUED))
    text = "\n".join(
        str(cell.value) for cell in cells(openpyxl.load_workbook(io.BytesIO(workbook(bare[3], ISSUED))))
    )
    assert "約束なし（自己試験）" in text
    assert "証拠の束から作った書類に記す" in text
