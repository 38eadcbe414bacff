"""Readings and policy numbers chosen on the command line, and a finished run judged again under others."""

from __future__ import annotations

import sys
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated

import typer

from ccus_harness import reports, runs
from ccus_harness.commands.faults import events_of, faults_said
from ccus_harness.commands.options import (
    AgreedOption,
    JsonOption,
    Lang,
    LangOption,
    PolicyOption,
    ReadingOption,
    RunArgument,
)
from ccus_harness.commands.printing import print_json, table
from ccus_harness.declaring import Choice, load_agreed, pairs
from ccus_harness.messages import catalogue
from ccus_harness.register import load_register
from ccus_harness.reports import Report, console

if TYPE_CHECKING:
    from ccus_harness.messages import Catalogue


def choice_of(reading: list[str] | None, policy: list[str] | None, agreed: Path | None) -> Choice:
    """What was chosen on the command line; raises `DocumentFaults` for texts of another form."""
    return Choice(
        readings=pairs(reading or (), "--reading"),
        policy=pairs(policy or (), "--policy"),
        agreed=load_agreed(agreed) if agreed else (),
    )


def rejudge(
    *,
    run: RunArgument,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="結果のフォルダ / folder of the results")
    ] = None,
    reading: ReadingOption = None,
    policy: PolicyOption = None,
    agreed: AgreedOption = None,
    lang: LangOption = Lang.ja,
    as_json: JsonOption = False,
) -> None:
    """申請システムに触れず、別の解釈で判定し直す / judge a run again under other readings, contacting nobody."""
    words = catalogue(lang)
    folder = out or run.with_name(f"{run.name}-rejudged")
    with faults_said(words, folder):
        before = Report.read(events_of(run, words), load_register())
        for _ in runs.rejudge(run, folder, choice_of(reading, policy, agreed)):
            pass
        after, written = reports.write(folder, load_register(), words)
        if as_json:
            print_json(_changes(before, after))
        else:
            _print(before, after, words)
            typer.echo(words.text("cli.report_at", path=str(written.html)))
        raise typer.Exit(after.exit)


def _changes(before: Report, after: Report) -> list[dict[str, str | None]]:
    """The rows whose word or code changed, with both, in the register's order."""
    told = {row.id: row for row in before.rows}
    return [
        {
            "id": row.id,
            "before": told[row.id].verdict,
            "after": row.verdict,
            "declared_before": told[row.id].declared,
            "declared_after": row.declared,
            "code": row.code,
        }
        for row in after.rows
        if (row.verdict, row.code, row.declared)
        != (told[row.id].verdict, told[row.id].code, told[row.id].declared)
    ]


def _print(before: Report, after: Report, words: Catalogue) -> None:
    changes = _changes(before, after)
    listing = table(words.text(key) for key in ("report.row", "cli.before", "cli.after", "cli.code"))
    for change in changes:
        listing.add_row(
            change["id"],
            _said(change["before"], change["declared_before"], words),
            _said(change["after"], change["declared_after"], words),
            change["code"],
        )
    if changes:
        console.plain_console(sys.stdout).print(listing)
    typer.echo(words.text("cli.rejudged", n=len(changes)))


def _said(word: str | None, declared: str | None, words: Catalogue) -> str:
    own = words.word("verdict", word)
    return f"{own}（{words.word('verdict', declared)}）" if declared else own
