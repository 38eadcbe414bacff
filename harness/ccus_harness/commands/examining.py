"""The exam on the command line: what each item of the list came to, and what a re-test has to try."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import typer

from ccus_harness import reports
from ccus_harness.commands.faults import events_of, faults_said
from ccus_harness.commands.options import JsonOption, Lang, LangOption, RunArgument
from ccus_harness.commands.printing import print_json, table
from ccus_harness.exam import load_exam, mark
from ccus_harness.messages import catalogue
from ccus_harness.register import load_register
from ccus_harness.reports import console

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ccus_harness.exam import Exam, Marked
    from ccus_harness.messages import Catalogue
    from ccus_harness.reports import Report
    from ccus_harness.reports.parts import Row

EXIT_FAILED, EXIT_HELD = 1, 3


def exam(*, run: RunArgument, lang: LangOption = Lang.ja, as_json: JsonOption = False) -> None:
    """認定試験の項目ごとに合格・不合格・保留を示す / mark each item of the certification exam."""
    words = catalogue(lang)
    with faults_said(words, run):
        events_of(run, words)
        report = reports.read(run, load_register())
        listed = load_exam()
        marked = mark(listed, {row.id: _word(row, report) for row in report.rows if row.selected})
        again = listed.again(one.item.id for one in marked if one.mark == "failed")
        if as_json:
            print_json(document(listed, marked, again))
        else:
            _print(listed, marked, again, words)
        marks = {one.mark for one in marked}
        raise typer.Exit(EXIT_FAILED if "failed" in marks else EXIT_HELD if "held" in marks else 0)


def _word(row: Row, report: Report) -> str:
    """The word that people decided, which lifts a hold; else the machine's."""
    ruled = report.ruled(row)
    return ruled.word if ruled else row.verdict


def document(listed: Exam, marked: Sequence[Marked], again: Sequence[str]) -> dict[str, Any]:
    """The marks as data."""
    return {
        "version": listed.version,
        "items": [
            {"id": one.item.id, "mark": one.mark, "because": [list(pair) for pair in one.because]}
            for one in marked
        ],
        "again": list(again),
    }


def _print(listed: Exam, marked: Sequence[Marked], again: Sequence[str], words: Catalogue) -> None:
    listing = table(words.text(key) for key in ("exam.item", "exam.title", "exam.mark", "exam.because"))
    for one in marked:
        title = one.item.title.ja if words.lang == "ja" else one.item.title.en
        because = " ".join(f"{row}:{words.word('verdict', word)}" for row, word in one.because)
        listing.add_row(one.item.id, title, words.word("exam", one.mark), because)
    console.plain_console(sys.stdout).print(listing)
    typer.echo(words.text("exam.version", version=listed.version))
    if again:
        typer.echo(words.text("exam.again", rows=list(again)))
