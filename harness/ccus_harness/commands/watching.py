"""A run followed to its end, and its reports written."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NoReturn

import typer

from ccus_harness import reports
from ccus_harness.commands.faults import events_of
from ccus_harness.register import load_register
from ccus_harness.reports import console, results

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from ccus_harness.events import Event
    from ccus_harness.messages import Catalogue


def finish(events: Iterable[Event], folder: Path, words: Catalogue, *, as_json: bool) -> NoReturn:
    """Lets a run go to its end and reports on it."""
    for _ in watched(events, words):
        pass
    write_reports(folder, words, as_json=as_json)


def watched(events: Iterable[Event], words: Catalogue) -> Iterator[Event]:
    return console.watch(events, console.plain_console(sys.stderr), words)


def write_reports(folder: Path, words: Catalogue, *, as_json: bool) -> NoReturn:
    events_of(folder, words)
    told, written = reports.write(folder, load_register(), words)
    if as_json:
        sys.stdout.write(results.text(told))
    else:
        console.show(told, console.plain_console(sys.stdout), words)
        for key, path in (
            ("report_at", written.html),
            ("results_at", written.results),
            ("junit_at", written.junit),
        ):
            typer.echo(words.text(f"cli.{key}", path=str(path)))
    raise typer.Exit(told.exit)
