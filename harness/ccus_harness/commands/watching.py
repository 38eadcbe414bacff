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


def write_reports(
    folder: Path, words: Catalogue, *, as_json: bool, formats: Iterable[str] = reports.DEFAULT
) -> NoReturn:
    events_of(folder, words)
    told, written = reports.write(folder, load_register(), words, formats)
    if as_json:
        sys.stdout.write(results.text(told))
    else:
        console.show(told, console.plain_console(sys.stdout), words)
        for name, path in written.files.items():
            key = f"cli.{_SAID.get(name, 'written_at')}"
            typer.echo(words.text(key, path=str(path), name=name))
    raise typer.Exit(told.exit)


_SAID = {"html": "report_at", "json": "results_at", "junit": "junit_at"}
"""The forms that have a name of their own in a reader's language."""
