"""The command `ccus-conformance`: it parses, asks the parts that do the work, and says what came of it.

Exit status: 2 wrong use or set-up; else 1 any row violated; else 4 any suite error; else 3 a selected machine
row inconclusive or untested; else 0. 130 after Ctrl-C. What a person reads goes to standard error while the
run goes on and to standard output when it is done; with `--json` standard output carries the results alone.
"""

from __future__ import annotations

import sys
import traceback
from importlib.metadata import version as distribution_version
from typing import Annotated

import typer

from ccus_harness.commands import (
    bundling,
    comparing,
    deciding,
    declared,
    examining,
    killing,
    ledger,
    linting,
    listing,
    noting,
    papering,
    population,
    retesting,
    running,
    seeding,
    serving,
    world,
)
from ccus_harness.commands.faults import EXIT_ERROR
from ccus_harness.messages import catalogue

__all__ = ["app", "main"]

app = typer.Typer(
    name="ccus-conformance",
    help=catalogue("ja").text("cli.help") + "\n\n" + catalogue("en").text("cli.help"),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def main() -> None:
    """The entry point: whatever nobody foresaw is an error of the suite, never a verdict."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # pyright: ignore[reportAttributeAccessIssue,reportUnknownMemberType]
    try:
        app()
    except Exception:  # noqa: BLE001 - the last place where it can become exit status 4 instead of 1
        traceback.print_exc()
        sys.exit(EXIT_ERROR)


def _version(wanted: bool) -> None:  # noqa: FBT001 - the signature that typer calls
    if wanted:
        typer.echo(f"ccus-conformance {distribution_version('ccus-conformance')}")
        raise typer.Exit


@app.callback()
def _root(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="版 / version")
    ] = False,
) -> None:
    """`--version` stands before every command."""


COMMANDS = (
    running.run,
    running.resume,
    running.replay,
    declared.rejudge,
    running.report,
    examining.exam,
    deciding.decide,
    comparing.compare_,
    comparing.rerun,
    retesting.retest_,
    bundling.keygen,
    bundling.bundle,
    bundling.verify,
    noting.notebook,
    papering.papers,
    papering.answers,
    listing.obligations,
    listing.defects,
    killing.kill_table,
    population.population,
    world.world,
    linting.lint_contract,
    serving.simulate,
    serving.reference,
)
"""In the order in which `--help` lists them; each module of `commands` brings its own."""

for _command in COMMANDS:
    app.command(_command.__name__.rstrip("_").replace("_", "-"))(_command)
app.add_typer(ledger.ledger, name="ledger")
app.add_typer(seeding.seed, name="seed")
