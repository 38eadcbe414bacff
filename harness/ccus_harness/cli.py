"""The command `ccus-conformance`: it parses, asks the parts that do the work, and says what came of it.

Exit status: 2 wrong use or set-up; else 1 any row violated; else 4 any suite error; else 3 a selected machine
row inconclusive or untested; else 0. 130 after Ctrl-C. What a person reads goes to standard error while the
run goes on and to standard output when it is done; with `--json` standard output carries the results alone.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from importlib.metadata import version as distribution_version
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from ccus_harness.messages import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["app", "main"]

EXIT_ERROR = 4

COMMANDS = {
    "run": "running:run",
    "resume": "running:resume",
    "receipt": "entering:receipt",
    "replay": "running:replay",
    "rejudge": "declared:rejudge",
    "report": "running:report",
    "exam": "examining:exam",
    "decide": "deciding:decide",
    "compare": "comparing:compare_",
    "rerun": "comparing:rerun",
    "retest": "retesting:retest_",
    "keygen": "bundling:keygen",
    "bundle": "bundling:bundle",
    "verify": "bundling:verify",
    "notebook": "noting:notebook",
    "papers": "papering:papers",
    "answers": "papering:answers",
    "obligations": "listing:obligations",
    "defects": "listing:defects",
    "kill-table": "killing:kill_table",
    "population": "population:population",
    "world": "world:world",
    "lint-contract": "linting:lint_contract",
    "simulate": "serving:simulate",
    "reference": "serving:reference",
    "ledger": "ledger:ledger",
    "seed": "seeding:seed",
}
"""Each command's module in `commands` and its function or group there, in the order in which `--help` lists them."""


class Loaded(Mapping[str, TyperCommand | TyperGroup]):
    """The commands by name, each loaded when it is called: nobody waits for what another one needs."""

    def __getitem__(self, name: str) -> TyperCommand | TyperGroup:
        if name not in COMMANDS:
            raise KeyError(name)
        return loaded(name)

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)

    def __contains__(self, name: object) -> bool:
        return name in COMMANDS


class Commands(TyperGroup):
    """`ccus-conformance` itself, whose commands are looked up in the table."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.commands = cast("dict[str, Any]", Loaded())


@cache
def loaded(name: str) -> TyperCommand | TyperGroup:
    """The command of that name, or the group of commands."""
    module, _, attribute = COMMANDS[name].partition(":")
    found = getattr(import_module(f"ccus_harness.commands.{module}"), attribute)
    group = (
        found if isinstance(found, typer.Typer) else typer.Typer(add_completion=False, rich_markup_mode=None)
    )
    if group is not found:
        group.command(name)(found)
    command = get_command(group)
    command.name = name
    return cast("TyperCommand | TyperGroup", command)


app = typer.Typer(
    name="ccus-conformance",
    cls=Commands,
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
