"""The ledger of a simulator in a file: taken out, and checked by anybody who has it."""

from __future__ import annotations

import sys
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import Annotated

import typer

from ccus_harness.commands.faults import refuse
from ccus_harness.commands.options import JsonOption, Lang, LangOption
from ccus_harness.commands.printing import print_json
from ccus_harness.messages import catalogue
from ccus_simulator.heads import read as read_heads
from ccus_simulator.ledger import Head
from ccus_simulator.ledger_files import NotALedger, verified
from ccus_simulator.ledger_files import export as exported

EXIT_BROKEN = 1

ledger = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="台帳を取り出し、検める / take out and verify a ledger",
)


@ledger.command()
def export(
    state: Annotated[
        Path, typer.Argument(metavar="STATE", help="模擬CCUSの状態ファイル / a state file (SQLite)")
    ],
    *,
    lang: LangOption = Lang.ja,
) -> None:
    """台帳を1行1件のJSONで書き出す / write a ledger as JSON lines."""
    try:
        for line in exported(state):
            sys.stdout.write(line + "\n")
    except (NotALedger, OSError) as error:
        refuse(catalogue(lang).text("cli.ledger.unreadable", why=str(error)))


@ledger.command()
def verify(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="状態ファイルか書き出した台帳 / state file or export")
    ],
    *,
    heads: Annotated[
        list[Path] | None,
        typer.Option("--heads", metavar="FILE", help="公表された先頭の写し / published heads"),
    ] = None,
    head: Annotated[
        list[str] | None,
        typer.Option("--head", metavar="SEQ:HASH", help="控えておいた先頭 / a head that somebody noted"),
    ] = None,
    as_json: JsonOption = False,
    lang: LangOption = Lang.ja,
) -> None:
    """台帳の連鎖と、公表された先頭が残っているかを検める / verify the chain and that published heads are in it."""
    words = catalogue(lang)
    try:
        seen = [*map(_head, head or ()), *(known for path in heads or () for known in published_in(path))]
        found = verified(file, seen)
    except (NotALedger, OSError, ValueError) as error:
        refuse(words.text("cli.ledger.unreadable", why=str(error)))
    if as_json:
        print_json(found.as_json())
    else:
        key = "cli.ledger.whole" if found.ok else "cli.ledger.broken"
        values = {"entries": found.entries, "hash": found.head.hash, "place": found.break_at}
        typer.echo(words.text(key, **values))
    raise typer.Exit(0 if found.ok else EXIT_BROKEN)


def published_in(path: Path) -> tuple[Head, ...]:
    """The heads of a copied heads file, under whatever name it was kept."""
    known = tuple(read_heads(path))
    if not known:
        raise ValueError(f"{path}: no heads")
    return known


def _head(text: str) -> Head:
    number, _, own = text.partition(":")
    if not number.isdigit() or len(own) != 64:
        raise ValueError(f"--head {text}: SEQ:HASH")
    return Head(seq=int(number), hash=own)
