"""The seed of a certification on the command line: committed to before anybody can know it."""

from __future__ import annotations

import secrets
from datetime import datetime
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import Annotated

import typer

from ccus_harness import seeds
from ccus_harness.commands.faults import refuse
from ccus_harness.commands.options import Lang, LangOption
from ccus_harness.messages import catalogue

seed = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="認定試験の乱数の種 / the seed of a certification",
)


@seed.callback()
def _group() -> None:
    """Makes `commit` a word of its own: typer takes a lone command for the whole group."""


@seed.command()
def commit(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="審査側が持つ種 / where the reviewer keeps the seed")
    ],
    *,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="種を決める人 / who chooses it")],
    number: Annotated[
        int | None,
        typer.Option("--seed", min=0, max=seeds.LARGEST_SEED - 1, help="種、既定は無作為 / the seed; random"),
    ] = None,
    lang: LangOption = Lang.ja,
) -> None:
    """種を決め、明かさずに約束する / choose a seed and commit to it without telling it."""
    words = catalogue(lang)
    if not by.strip():
        refuse(words.text("seed.no_name"))
    if file.exists() or file.with_suffix(".commitment.json").exists():
        refuse(words.text("bundle.exists", path=str(file)))
    chosen = seeds.committed(
        secrets.randbelow(seeds.LARGEST_SEED) if number is None else number,
        secrets.token_hex(32),
        by=by.strip(),
        stated_at=datetime.now().astimezone().isoformat(timespec="seconds"),
    )
    try:
        public = seeds.write(chosen, file)
    except OSError as fault:
        refuse(words.text("bundle.unwritable", path=str(file), why=str(fault.strerror)))
    typer.echo(
        words.text("seed.written", secret=str(file), public=str(public), sha256=chosen.commitment.sha256)
    )
