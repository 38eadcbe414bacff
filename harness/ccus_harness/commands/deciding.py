"""The reviewer's part on the command line: what waits for a person, and what people decided."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ccus_harness import reports
from ccus_harness.commands.faults import events_of, faults_said, refuse
from ccus_harness.commands.names import known_obligations
from ccus_harness.commands.options import JsonOption, Lang, LangOption, RunArgument
from ccus_harness.commands.papering import handed_in
from ccus_harness.commands.printing import print_json, table
from ccus_harness.deciding import DECIDED_WORDS, Given, Undecidable, load, read_given, record
from ccus_harness.deciding.form import form
from ccus_harness.deciding.found import JST
from ccus_harness.messages import catalogue
from ccus_harness.register import load_register
from ccus_harness.reports import console
from ccus_harness.reports.inert import one_line

if TYPE_CHECKING:
    from ccus_harness.deciding import Decision, Decisions, Ruled
    from ccus_harness.messages import Catalogue


def decide(  # noqa: PLR0913 - one parameter for each option
    *,
    run: RunArgument,
    row: Annotated[str | None, typer.Option("--row", metavar="ID", help="審査項目 / the obligation")] = None,
    word: Annotated[
        str | None, typer.Option("--word", metavar="WORD", help="判断 / " + " | ".join(DECIDED_WORDS))
    ] = None,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="判断した人 / who decides")] = "",
    second: Annotated[
        str,
        typer.Option(
            "--second", metavar="NAME", help="二人目。機械の判定を覆すとき / the second person, to override"
        ),
    ] = "",
    date: Annotated[
        str | None,
        typer.Option("--date", metavar="YYYY-MM-DD", help="判断した日、既定は今日 / the day; today"),
    ] = None,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="理由 / why")] = "",
    file: Annotated[
        list[Path] | None, typer.Option("--file", metavar="FILE", help="根拠のファイル / what it rests on")
    ] = None,
    many: Annotated[
        Path | None,
        typer.Option(
            "--from", metavar="FILE", help="多くの判断を書いたYAMLかJSON / decisions as YAML or JSON"
        ),
    ] = None,
    sheet: Annotated[
        Path | None,
        typer.Option("--sheet", metavar="FILE", help="記入した審査票 / a filled-in review sheet (Excel)"),
    ] = None,
    blank: Annotated[
        Path | None,
        typer.Option("--form", metavar="FILE", help="判断を待つ行の用紙を書き出す / write a form to fill in"),
    ] = None,
    lang: LangOption = Lang.ja,
    as_json: JsonOption = False,
) -> None:
    """人が決める審査項目を示し、その判断を記録する / show what waits for a person, and record what was decided."""
    words = catalogue(lang)
    now = datetime.now(JST)
    with faults_said(words, run):
        events_of(run, words)
        if sum(bool(way) for way in (row, many, sheet, blank)) > 1:
            refuse(words.text("decide.one_way"))
        if many:
            decisions = record(run, read_given(many), load_register(), now)
        elif sheet:
            decisions = _recorded(run, sheet, words, now)
        elif row:
            known_obligations([row], load_register())
            given = Given(
                row=row,
                word=word or "",
                by=by,
                second=second,
                date=date or now.date().isoformat(),
                reason=reason,
                files=tuple(file or ()),
            )
            decisions = record(run, [given], load_register(), now)
        elif word or by or second or reason or file:
            refuse(words.text("decide.one_way"))
        else:
            decisions = load(run, load_register())
            if blank:
                _write_form(blank, decisions, words)
                return
        if (many or sheet or row) and (run / reports.FORMATS["json"].file).is_file():
            reports.write(run, load_register(), words)  # those that lie there say nothing of the decision yet
        _tell(decisions, words, as_json=as_json)


def _recorded(run: Path, sheet: Path, words: Catalogue, now: datetime) -> Decisions:
    """Records what a review sheet decides; what is refused names the cell it stands in."""
    handed = handed_in(run, sheet, words)
    if not handed.given:
        typer.echo(words.text("papers.nothing_new"), err=True)
    try:
        return record(run, handed.given, load_register(), now)
    except Undecidable as refused:
        raise handed.in_cells(refused) from None


def _write_form(path: Path, decisions: Decisions, words: Catalogue) -> None:
    if path.exists():
        refuse(words.text("bundle.exists", path=str(path)))
    try:
        path.write_text(form(decisions, load_register(), words), encoding="utf-8")
    except OSError as fault:
        refuse(words.text("bundle.unwritable", path=str(path), why=str(fault.strerror)))
    typer.echo(words.text("decide.form_at", path=str(path), n=len(decisions.waiting)))


def _tell(decisions: Decisions, words: Catalogue, *, as_json: bool) -> None:
    if as_json:
        print_json(document(decisions))
        return
    out = console.plain_console(sys.stdout)
    decided = [ruled for ruled in decisions.rows.values() if ruled.decision]
    if decided:
        out.print(_decided(decided, words))
    if decisions.waiting:
        listing = table(words.text(key) for key in ("report.row", "decide.machine", "decide.demand"))
        for ruled in decisions.waiting:
            demand = load_register().by_id[ruled.row].demand
            listing.add_row(
                ruled.row,
                words.word("verdict", ruled.machine),
                demand.ja if words.lang == "ja" else demand.en,
            )
        out.print(listing)
    counts = {
        "decided": len(decided),
        "waiting": len(decisions.waiting),
        "overridden": len(decisions.overrides),
    }
    typer.echo(words.text("decide.counts", **counts))
    if decisions.stale:
        typer.echo(words.text("decide.stale", rows=[decision.row for decision in decisions.stale]))


def _decided(decided: list[Ruled], words: Catalogue) -> Any:
    headings = (
        "report.row",
        "decide.machine",
        "decide.word",
        "decide.people",
        "decide.date",
        "decide.reason",
    )
    listing = table(words.text(key) for key in headings)
    for ruled in decided:
        if ruled.decision:
            listing.add_row(
                ruled.row,
                words.word("verdict", ruled.machine),
                words.word("verdict", ruled.word)
                + (f" ({words.text('decide.override')})" if ruled.overrides else ""),
                *map(one_line, _said(ruled.decision)),
            )
    return listing


def _said(decision: Decision) -> tuple[str, str, str]:
    return " / ".join(decision.people), decision.date, decision.reason


def document(decisions: Decisions) -> dict[str, Any]:
    """The decisions as data: every record, how each row stands by them, and what still waits."""
    return {
        "decisions": [decision.document() for decision in decisions.entries],
        "rows": [
            {"id": ruled.row, "machine": ruled.machine, "word": ruled.word, "overrides": ruled.overrides}
            for ruled in decisions.rows.values()
            if ruled.decision
        ],
        "waiting": [ruled.row for ruled in decisions.waiting],
        "stale": [decision.number for decision in decisions.stale],
    }
