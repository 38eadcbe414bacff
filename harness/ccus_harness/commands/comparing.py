"""Two runs held beside each other, and the rows of a run that failed tried again."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ccus_harness import runs
from ccus_harness.commands.faults import events_of, faults_said, refuse
from ccus_harness.commands.names import known_target
from ccus_harness.commands.options import JsonOption, Lang, LangOption, RunArgument, SeedFileOption
from ccus_harness.commands.printing import print_json, table
from ccus_harness.commands.running import free_folder
from ccus_harness.commands.watching import finish
from ccus_harness.comparing import again_after, compare, side_of
from ccus_harness.deciding import load
from ccus_harness.events import read
from ccus_harness.evidence.opening import NoRun, opened
from ccus_harness.evidence.packing import Altered
from ccus_harness.exam import load_exam
from ccus_harness.messages import catalogue
from ccus_harness.register import load_register
from ccus_harness.reports import console
from ccus_harness.reports.inert import inert_text
from ccus_harness.seeds import read_seed

if TYPE_CHECKING:
    from ccus_harness.comparing import Again, Comparison, RowSide, Side
    from ccus_harness.messages import Catalogue

EXIT_WORSE = 1

SideArgument = Annotated[
    Path,
    typer.Argument(metavar="RUN", help="run が作ったフォルダか一束の証拠 / folder of a run, or a bundle"),
]


def compare_(
    *,
    one: SideArgument,
    two: SideArgument,
    lang: LangOption = Lang.ja,
    as_json: JsonOption = False,
) -> None:
    """二つの実行を比べ、変わった行とやり直す行を示す / what changed between two runs, and what to run again."""
    words = catalogue(lang)
    with faults_said(words):
        compared = compare(_side(one, words), _side(two, words), load_register(), load_exam())
        if as_json:
            print_json(document(compared))
        else:
            _print(compared, words)
        raise typer.Exit(EXIT_WORSE if compared.worse else 0)


def rerun(
    *,
    run: RunArgument,
    failed: Annotated[
        bool,
        typer.Option(
            "--failed", help="適合しなかった行とそれに連なる行だけ / only what failed and what leans on it"
        ),
    ] = False,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="結果のフォルダ / folder of the results")
    ] = None,
    profile: Annotated[
        Path | None,
        typer.Option(
            "--profile", metavar="FILE", help="直した申請システムの申告 / profile of the mended candidate"
        ),
    ] = None,
    seed_file: SeedFileOption = None,
    lang: LangOption = Lang.ja,
    as_json: JsonOption = False,
) -> None:
    """同じ対象・申告・解釈で、もう一度試す / try again: same target, profile, readings and numbers."""
    words = catalogue(lang)
    folder = out or free_folder()
    with faults_said(words, run):
        side = side_of(read(events_of(run, words)), load(run, load_register()))
        again = again_after(side.failed(load_register().by_id), load_exam(), load_register())
        rows = tuple(one.row for one in again) if failed else tuple(side.selected)
        if not rows:
            typer.echo(words.text("compare.nothing_failed"))
            return
        known_target(str(side.header["target"]))
        typer.echo(words.text("compare.rerun", n=len(rows)), err=True)
        seed = read_seed(seed_file) if seed_file else None
        finish(runs.rerun(run, folder, sorted(rows), profile, seed), folder, words, as_json=as_json)


def _side(path: Path, words: Catalogue) -> Side:
    try:
        return opened(path, load_register())
    except NoRun:
        refuse(words.text("cli.no_run", path=str(path)))
    except Altered as fault:
        refuse(words.text("verify.altered", where=f"{path}: {fault}"))


def document(compared: Comparison) -> dict[str, Any]:
    """The comparison as data."""
    return {
        "conditions": [
            {"name": one.name, "before": one.before, "after": one.after} for one in compared.conditions
        ],
        "rows": [
            {"id": one.row, "change": one.kind, "before": _as_data(one.before), "after": _as_data(one.after)}
            for one in compared.changes
        ],
        "same": compared.same,
        "carried": list(compared.carried),
        "again": [{"id": one.row, "why": one.why, "because": list(one.because)} for one in compared.again],
    }


def _as_data(row: RowSide | None) -> dict[str, Any] | None:
    if row is None or not row.selected:
        return None
    return {
        "word": row.word,
        "machine": row.machine,
        "code": row.code,
        "policy": row.policy,
        "strength": row.strength,
        "under": dict(row.under),
        "decided": row.decided,
    }


def _print(compared: Comparison, words: Catalogue) -> None:
    out = console.plain_console(sys.stdout)
    if compared.conditions:
        listing = table(words.text(f"compare.{key}") for key in ("condition", "before", "after"))
        for one in compared.conditions:
            listing.add_row(_condition(one.name, words), _short(one.before), _short(one.after))
        out.print(listing)
    shown = [one for one in compared.changes if one.kind != "seen"]
    if shown:
        keys = ("report.row", "compare.change", "compare.before", "compare.after", "cli.code")
        listing = table(words.text(key) for key in keys)
        for one in shown:
            code = one.after.code if one.after else ""
            change = words.word("compare.kind", one.kind)
            listing.add_row(one.row, change, _said(one.before, words), _said(one.after, words), code)
        out.print(listing)
    counts = {"same": compared.same, "changed": len(shown), "seen": len(compared.changes) - len(shown)}
    typer.echo(words.text("compare.counts", **counts, carried=len(compared.carried)))
    _print_again(compared.again, words)


def _print_again(again: tuple[Again, ...], words: Catalogue) -> None:
    if not again:
        typer.echo(words.text("compare.nothing_again"))
        return
    out = console.plain_console(sys.stdout)
    listing = table(words.text(key) for key in ("compare.again", "compare.why"))
    for one in again:
        why = words.text(
            f"compare.because.{one.why}", because=[_condition(name, words) for name in one.because]
        )
        listing.add_row(one.row, why)
    out.print(listing)


def _condition(name: str, words: Catalogue) -> str:
    group, _, rest = name.partition(".")
    said = words.word("compare.of", group)
    return f"{said} {rest}" if rest else said


def _short(value: str) -> str:
    """A digest by its beginning, anything else as it is, harmless to look at."""
    is_digest = len(value) == 64 and set(value) <= set("0123456789abcdef")
    return f"{value[:12]}…" if is_digest else inert_text(value)


def _said(row: RowSide | None, words: Catalogue) -> str:
    if row is None or not row.selected:
        return ""
    said = words.word("verdict", row.word)
    return f"{said} ({words.text('compare.decided')})" if row.decided else said
