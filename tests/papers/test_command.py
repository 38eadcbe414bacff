"""`papers`, `answers` and `decide --sheet`, as a reviewer types them."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner, Result

from ccus_harness import deciding
from ccus_harness.cli import app
from ccus_harness.papers import RECORD, improvement_of, review_sheet
from ccus_harness.register import load_register

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ccus_harness.papers import Issue, Subject
    from ccus_harness.papers.parts import Paper

    Fill = Callable[[Paper, Path, dict[tuple[str, str], Any]], Path]


def command(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(one) for one in arguments])


@pytest.fixture(scope="module")
def made(run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `papers` made, without PDFs."""
    out = tmp_path_factory.mktemp("made") / "papers"
    options = ("--number", "適審第8-7号", "--on", "令和8年4月20日", "--within", "C=7", "--no-pdf")
    told = command("papers", run, "--out", out, *options)
    assert told.exit_code == 0, told.output
    return out


def test_papers_are_issued_with_the_number_day_and_periods_that_were_given(made: Path) -> None:
    record = json.loads((made / RECORD).read_text("utf-8"))
    assert (record["number"], record["issued_on"], record["within_days"]["C"]) == (
        "適審第8-7号",
        "2026-04-20",
        7,
    )
    due = {one["row"]: one["due"] for one in record["findings"]}
    assert due["A2-2-03"] == "2026-04-27"
    assert record["bundle_sha256"] is None


@pytest.mark.parametrize(
    "wrong", [("--within", "C=0"), ("--within", "X=3"), ("--within", "C"), ("--on", "4月20日")], ids=" ".join
)
def test_wrong_options_are_wrong_use(run: Path, tmp_path: Path, wrong: tuple[str, str]) -> None:
    told = command("papers", run, "--out", tmp_path / "out", "--no-pdf", *wrong)
    assert told.exit_code == 2
    assert wrong[1] in told.stderr
    assert not (tmp_path / "out").exists()


def test_a_file_that_is_no_bundle_has_no_papers(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"PK")
    assert command("papers", tmp_path / "x.zip", "--out", tmp_path / "out").exit_code == 2


def test_a_filled_in_review_sheet_is_recorded_and_the_next_papers_show_it(
    recorded: Callable[..., Path],
    standing_of: Callable[..., Subject],
    issue: Issue,
    fill: Fill,
    tmp_path: Path,
) -> None:
    run = recorded(tmp_path / "run")
    written = {
        ("A2-4-01", "word"): "適合",
        ("A2-4-01", "reason"): "規程を確かめた",
        ("", "by"): "審査 花子",
        ("", "on"): "令和8年4月21日",
    }
    sheet = fill(review_sheet(standing_of(run, whole=True), issue), tmp_path / "sheet.xlsx", written)
    told = command("decide", run, "--sheet", sheet)
    assert told.exit_code == 0, told.output
    ruled = deciding.load(run, load_register()).ruled("A2-4-01")
    assert (ruled.word, ruled.machine, ruled.decision and ruled.decision.by) == (
        "satisfied",
        "attested",
        "審査 花子",
    )
    again = command("decide", run, "--sheet", sheet, "--json")
    assert again.exit_code == 0
    assert len(deciding.load(run, load_register()).entries) == 1


def test_a_decision_lifts_a_hold_on_the_paper_and_on_the_command_line_alike(
    recorded: Callable[..., Path], standing_of: Callable[..., Subject], issue: Issue, tmp_path: Path
) -> None:
    def told(run: Path) -> tuple[str, str]:
        items = json.loads(command("exam", run, "--json").stdout)["items"]
        (item,) = (one for one in items if one["id"] == "E08")
        paper = review_sheet(standing_of(run, whole=True), issue).table("exam")
        (entry,) = (one for one in paper.entries if one.key == "E08")
        return " ".join(row for row, _ in item["because"]), entry.cell("because").ja

    run = recorded(tmp_path / "run")
    assert all("A2-2-04" in one for one in told(run))
    decided = ("--row", "A2-2-04", "--word", "satisfied", "--by", "審査 花子", "--reason", "合意した")
    assert command("decide", run, *decided).exit_code == 0
    assert not any("A2-2-04" in one for one in told(run))


def test_a_refused_sheet_names_sheet_and_cell_and_records_nothing(
    recorded: Callable[..., Path],
    standing_of: Callable[..., Subject],
    issue: Issue,
    fill: Fill,
    tmp_path: Path,
) -> None:
    run = recorded(tmp_path / "run")
    written = {
        ("A2-2-03", "word"): "適合",
        ("A2-2-03", "reason"): "覆す",
        ("", "by"): "審査 花子",
        ("", "on"): "2026-04-21",
    }
    sheet = fill(review_sheet(standing_of(run, whole=True), issue), tmp_path / "sheet.xlsx", written)
    told = command("decide", run, "--sheet", sheet)
    assert told.exit_code == 2
    line = next(n for n, row in enumerate(load_register().rows, start=2) if row.id == "A2-2-03")
    assert f"審査項目!H{line}" in told.stderr
    assert deciding.load(run, load_register()).entries == ()


def test_answers_are_read_back_and_written_as_data(made: Path, fill: Fill, tmp_path: Path) -> None:
    paper = improvement_of(made / RECORD)
    written: dict[tuple[str, str], Any] = {
        ("", "firm"): "模擬運営株式会社",
        ("", "responsible"): "責任 者子",
        ("", "submitted_on"): "2026-05-08",
    }
    for entry in paper.table("improvement").entries:
        told = {"response": "協議を求める", "action": "条文の意味を問う", "person": "担当 一郎"}
        written |= {(entry.key, column): value for column, value in told.items()}
    sheet = fill(paper, tmp_path / "answers.xlsx", written)
    done = command("answers", sheet, "--papers", made, "--out", tmp_path / "answers.json")
    assert done.exit_code == 0, done.output
    kept = json.loads((tmp_path / "answers.json").read_text("utf-8"))
    assert {one["response"] for one in kept["answers"]} == {"consult"}
    assert json.loads(command("answers", sheet, "--papers", made, "--json").stdout) == kept


def test_answers_that_lack_one_are_refused_with_every_cell(made: Path, fill: Fill, tmp_path: Path) -> None:
    paper = improvement_of(made / RECORD)
    told = command("answers", fill(paper, tmp_path / "blank.xlsx", {}), "--papers", made, "--lang", "en")
    assert told.exit_code == 2
    for entry in paper.table("improvement").entries:
        assert f"finding {entry.key} is not answered" in told.stderr


@pytest.mark.parametrize("lacking", ["xlsxwriter", "openpyxl"])
def test_without_the_extra_papers_say_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch, made: Path, run: Path, tmp_path: Path, lacking: str
) -> None:
    monkeypatch.setitem(sys.modules, lacking, None)
    asked = {
        "xlsxwriter": ("papers", run, "--out", tmp_path, "--no-pdf"),
        "openpyxl": ("answers", made / "改善報告書.xlsx", "--papers", made),
    }
    told = command(*asked[lacking])
    assert told.exit_code == 2
    assert "ccus-conformance[papers]" in told.stderr


def test_without_the_libraries_of_pdf_the_workbooks_are_made_all_the_same(
    monkeypatch: pytest.MonkeyPatch, run: Path, tmp_path: Path
) -> None:
    from ccus_harness.papers import pdf, writing  # noqa: PLC0415

    def lacking(*_: Any) -> bytes:
        raise pdf.NoPdf("libpango is missing")

    monkeypatch.setattr(writing, "pdf", lacking)
    told = command("papers", run, "--out", tmp_path)
    assert told.exit_code == 2
    assert "libpango is missing" in told.stderr
    assert (tmp_path / "審査票.xlsx").is_file()
    assert not (tmp_path / "審査票.pdf").exists()
