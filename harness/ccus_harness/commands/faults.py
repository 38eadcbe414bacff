"""What a person can mend, said in one sentence with the right exit status."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

import typer

from ccus_harness import runs
from ccus_harness.deciding import Undecidable
from ccus_harness.deciding.found import Unfinished
from ccus_harness.documents import DocumentFaults
from ccus_harness.events import EVENTS_FILE, DamagedStream
from ccus_harness.messages import catalogue
from ccus_harness.reports import IncompleteRun, NotPrepared
from ccus_harness.reports.inert import inert_text

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from ccus_harness.messages import Catalogue

EXIT_SET_UP, EXIT_ERROR, EXIT_INTERRUPTED = 2, 4, 130


@contextmanager
def faults_said(words: Catalogue, folder: Path | None = None) -> Generator[None]:
    """Turns what a person can mend into one sentence and exit status 2, and Ctrl-C into 130."""
    try:
        yield
    except runs.SetUpFault as fault:
        refuse(fault.ja if words.lang == "ja" else fault.en)
    except runs.SuiteFault as fault:
        typer.echo(inert_text(fault.ja if words.lang == "ja" else fault.en), err=True)
        raise typer.Exit(EXIT_ERROR) from fault
    except IncompleteRun as fault:
        refuse(words.text("cli.incomplete", path=str(fault.path), run=str(folder)))
    except NotPrepared as fault:
        refuse(words.text("cli.not_prepared", checks=[check.name for check in fault.checks if not check.ok]))
    except Unfinished:
        refuse(words.text("cli.incomplete", path=str(folder), run=str(folder)))
    except Undecidable as fault:
        refuse(fault.told(words))
    except DocumentFaults as fault:
        refuse(str(fault))
    except DamagedStream as fault:
        refuse(words.text("cli.unreadable", path=str(fault.path), line=fault.place + 1, why=fault.why))
    except KeyboardInterrupt:
        typer.echo(words.text("cli.interrupted", path=str(folder)), err=True)
        raise typer.Exit(EXIT_INTERRUPTED) from None


def refuse(sentence: str) -> NoReturn:
    typer.echo(inert_text(sentence), err=True)
    raise typer.Exit(EXIT_SET_UP)


def fault_of(key: str, **values: Any) -> runs.SetUpFault:
    return runs.SetUpFault(ja=catalogue("ja").text(key, **values), en=catalogue("en").text(key, **values))


def events_of(folder: Path, words: Catalogue) -> Path:
    events = folder / EVENTS_FILE
    if not events.is_file():
        refuse(words.text("cli.no_run", path=str(folder)))
    return events
