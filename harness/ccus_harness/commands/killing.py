"""The kill table on the command line, as JSON and as a page."""

from __future__ import annotations

import sys
import tempfile
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from ccus_harness import killing
from ccus_harness.commands.faults import faults_said
from ccus_harness.commands.names import known_conduct
from ccus_harness.commands.options import JsonOption, Lang, LangOption
from ccus_harness.commands.printing import print_json, table
from ccus_harness.killing.page import markdown
from ccus_harness.messages import catalogue
from ccus_harness.register import load_register
from ccus_harness.reports import console

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ccus_harness.killing import Found
    from ccus_harness.messages import Catalogue

EXIT_UNSOUND = 1


class ScopeOption(StrEnum):
    """Over which rows each defect is run; lawful variants over the chapters they touch and controls, or over all."""

    row = "row"
    chapter = "chapter"
    all = "all"


def kill_table(
    *,
    only: Annotated[
        list[str] | None, typer.Option("--only", metavar="NAME", help="模擬不備・変種 / defect or variant")
    ] = None,
    scope: Annotated[
        ScopeOption, typer.Option("--scope", help="行・項・全体 / own row, own paragraph, all rows")
    ] = ScopeOption.chapter,
    jobs: Annotated[int, typer.Option("--jobs", min=1, help="同時に動かす数 / stacks at once")] = 2,
    replay: Annotated[bool, typer.Option("--replay", help="記録からも導き直す / replay each run")] = False,
    page: Annotated[
        Path | None, typer.Option("--page", metavar="FILE", help="Markdownの頁 / a page in Markdown")
    ] = None,
    lang: LangOption = Lang.ja,
    as_json: JsonOption = False,
) -> None:
    """模擬不備が見つかり、適法な変種が責められないことを示す / show that defects are found and variants left alone."""
    words = catalogue(lang)
    with faults_said(words), tempfile.TemporaryDirectory() as folder:
        wanted = [known_conduct(name) for name in only or ()]
        chosen = [one for one in killing.catalogue() if not wanted or one.name in wanted]
        plan = killing.Killing(
            folder=Path(folder),
            rows=[row.id for row in load_register().rows],
            scope=scope.value,
            jobs=jobs,
            replay=replay,
        )
        found = list(_watched(killing.table(plan, chosen), len(chosen), words))
    if page:
        page.write_text(markdown(found, load_register()), encoding="utf-8")
    if as_json:
        print_json([_document(one) for one in found])
    else:
        _print(found, words)
    raise typer.Exit(0 if all(one.sound for one in found) else EXIT_UNSOUND)


def _watched(found: Iterable[Found], total: int, words: Catalogue) -> Iterator[Found]:
    for place, one in enumerate(found, 1):
        said = words.word("kill", one.outcome)
        typer.echo(f"[{place}/{total}] {one.conduct.name}: {said} {' '.join(one.collateral)}", err=True)
        yield one


def _document(found: Found) -> dict[str, Any]:
    return asdict(found)


def _print(found: list[Found], words: Catalogue) -> None:
    keys = ("cli.defect", "report.row", "cli.code", "kill.outcome", "kill.dragged", "kill.collateral")
    listing = table(words.text(key) for key in keys)
    for one in found:
        conduct = one.conduct
        outcome = words.word("kill", one.outcome)
        listing.add_row(
            conduct.name, conduct.row, conduct.code, outcome, " ".join(one.dragged), " ".join(one.collateral)
        )
    out = console.plain_console(sys.stdout)
    out.print(listing)
    sound = sum(one.sound for one in found)
    out.print(Text(words.text("kill.total", sound=sound, n=len(found))))
