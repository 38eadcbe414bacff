"""Worlds: the one that scenarios use, on paper and as tables, and worlds made by number."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from ccus_harness import world_page
from ccus_harness.commands.faults import refuse
from ccus_harness.commands.options import Lang, LangOption
from ccus_harness.messages import catalogue
from ccus_simulator import world_maker, worlds
from ccus_simulator.documents import MalformedDocument

if TYPE_CHECKING:
    from ccus_harness.messages import Catalogue
    from ccus_simulator.worlds import WorldFile

SHOWN_NUMBER = worlds.FIRST_WORLD
"""The ids on paper are those of this world; a scenario's own world has others."""


def world(  # noqa: PLR0913 - one argument for each option
    *,
    sites: Annotated[
        int | None,
        typer.Option(
            "--sites",
            min=1,
            max=world_maker.MOST_SITES,
            help="この数の現場で作る / make one of so many sites",
        ),
    ] = None,
    standard: Annotated[
        bool, typer.Option("--standard", help="シナリオが使う標準の世界 / the one that scenarios use")
    ] = False,
    file: Annotated[
        Path | None, typer.Option("--file", metavar="FILE", help="自分の世界ファイル / a world file of yours")
    ] = None,
    seed: Annotated[
        int, typer.Option("--seed", help="同じ種なら同じ世界 / the same seed, the same world")
    ] = 7,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="世界ファイルを書く先 / the world file (YAML)"),
    ] = None,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="DIR", help="表を書く先 / tables, into a folder")
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="一枚の紙を書く先 / one page to print")
    ] = None,
    lang: LangOption = Lang.ja,
) -> None:
    """世界ファイルを作る・読む・紙や表にする / make, check, print or tabulate a world."""
    words = catalogue(lang)
    if sum((sites is not None, standard, file is not None)) != 1:
        refuse(words.text("cli.which_world"))
    try:
        text = _text(sites, file, seed)
        world_file, notes = worlds.read(text), worlds.notes(text)
        _written(world_file, notes, text, seed=seed, out=out, csv=csv, html=html)
    except MalformedDocument as fault:
        refuse(str(fault))
    except OSError as fault:
        _not_written(fault, words)


def _text(sites: int | None, file: Path | None, seed: int) -> str:
    if sites is not None:
        return world_maker.as_yaml(world_maker.generated(sites=sites, seed=seed))
    return worlds.text_of(file) if file else worlds.shipped_text("standard")


def _written(
    world_file: WorldFile,
    notes: dict[str, str],
    text: str,
    *,
    seed: int,
    out: Path | None,
    csv: Path | None,
    html: Path | None,
) -> None:
    if csv:
        csv.mkdir(parents=True, exist_ok=True)
        for name, table in world_page.sheets(world_file, seed=seed, number=SHOWN_NUMBER).items():
            with (csv / name).open("w", encoding=world_page.UTF_8_OF_SPREADSHEETS, newline="") as sheet:
                sheet.write(table)
    if html:
        html.write_text(
            world_page.page(world_file, notes, seed=seed, number=SHOWN_NUMBER), encoding="utf-8", newline="\n"
        )
    if out:
        out.write_text(text, encoding="utf-8", newline="\n")
    if not (out or csv or html):
        typer.echo(text, nl=False)


def _not_written(fault: OSError, words: Catalogue) -> NoReturn:
    refuse(words.text("cli.not_written", path=str(fault.filename), why=str(fault.strerror)))
