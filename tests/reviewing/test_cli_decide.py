"""Deciding on the command line: what waits, one row, many rows, and what is refused."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from ccus_harness.cli import app
from ccus_harness.deciding import load
from ccus_harness.deciding.found import JST
from ccus_harness.messages import catalogue
from ccus_harness.register import load_register
from ccus_harness.reports import write

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result


def decide(run: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["decide", str(run), *words])


WHOLE = ("--word", "satisfied", "--by", "審査 花子", "--reason", "届出を見た")


def test_without_more_it_shows_what_waits_and_changes_nothing(run: Path) -> None:
    shown = decide(run)
    assert shown.exit_code == 0
    assert "A2-4-01" in shown.stdout
    assert not (run / "attached").exists()


@pytest.mark.parametrize(("lang", "word"), [("ja", "適合"), ("en", "satisfied")])
def test_one_row_is_decided_today_unless_another_day_is_given(run: Path, lang: str, word: str) -> None:
    shown = decide(run, "--row", "A2-1-08", *WHOLE, "--lang", lang)
    assert shown.exit_code == 0, shown.output
    assert word in shown.stdout
    decision = load(run, load_register()).ruled("A2-1-08").decision
    assert decision is not None
    assert decision.date == datetime.now(JST).date().isoformat()


def test_the_reports_beside_the_run_say_what_was_decided(run: Path) -> None:
    write(run, load_register(), catalogue("ja"))
    assert decide(run, "--row", "A2-1-08", *WHOLE).exit_code == 0
    assert "審査 花子" in (run / "report.html").read_text("utf-8")
    assert "審査 花子" in (run / "results.json").read_text("utf-8")


@pytest.mark.parametrize(("lang", "said"), [("ja", "異なる二人が要る"), ("en", "two people")])
def test_an_override_by_one_is_refused_in_words(run: Path, lang: str, said: str) -> None:
    shown = decide(run, "--row", "A2-2-03", *WHOLE, "--lang", lang)
    assert (shown.exit_code, said in shown.stderr) == (2, True)


def test_a_form_is_filled_in_and_handed_back(run: Path, tmp_path: Path) -> None:
    file = tmp_path / "form.yaml"
    assert decide(run, "--form", str(file)).exit_code == 0
    assert decide(run, "--form", str(file)).exit_code == 2  # never overwritten
    text = file.read_text("utf-8").replace("by: ''", "by: 花子", 1).replace("date: ''", "date: 2026-04-20", 1)
    filled = re.sub(r"(row: A2-4-01\n +word: )''(\n +reason: )''", r"\1satisfied\2十分である", text)
    file.write_text(filled, "utf-8")
    shown = decide(run, "--from", str(file), "--json")
    assert shown.exit_code == 0, shown.output
    told = json.loads(shown.stdout)
    assert [row["id"] for row in told["rows"]] == ["A2-4-01"]
    assert "A2-4-01" not in told["waiting"]


@pytest.mark.parametrize(
    "words",
    [
        ("--row", "A2-1-99", *WHOLE),
        ("--row", "A2-1-08"),
        WHOLE,
        ("--row", "A2-1-08", *WHOLE, "--from", "x.yaml"),
        ("--from", "none.yaml"),
        ("--row", "A2-1-08", *WHOLE, "--file", "none.pdf"),
        ("--row", "A2-1-08", *WHOLE, "--date", "9999-01-01"),
    ],
)
def test_wrong_use_is_said_and_records_nothing(run: Path, words: tuple[str, ...]) -> None:
    shown = decide(run, *words)
    assert shown.exit_code == 2
    assert shown.stderr.strip()
    assert not (run / "attached").exists()


def test_a_folder_without_a_run_is_refused(tmp_path: Path) -> None:
    assert decide(tmp_path).exit_code == 2
