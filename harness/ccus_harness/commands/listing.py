"""What there is to try: the obligations, the defects and the lawful variants."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from ccus_harness import runs
from ccus_harness.commands.faults import events_of, faults_said
from ccus_harness.commands.names import known_articles
from ccus_harness.commands.options import JsonOption, Lang, LangOption
from ccus_harness.commands.printing import print_json, table
from ccus_harness.messages import catalogue
from ccus_harness.register import load_register
from ccus_harness.reports import Report, console
from ccus_harness.reports.coverage import covered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ccus_harness.messages import Catalogue
    from ccus_harness.register import Obligation
    from ccus_harness.reports.coverage import Covered

EXIT_GAPS = 3


def obligations(
    *,
    article: Annotated[list[str] | None, typer.Option("--article", metavar="N", help="条 / article")] = None,
    coverage: Annotated[
        Path | None,
        typer.Option("--coverage", metavar="RUN", help="その実行が及んだ範囲 / what a run reached"),
    ] = None,
    lang: LangOption = Lang.ja,
    as_json: JsonOption = False,
) -> None:
    """審査項目を一覧する / list the obligations."""
    words = catalogue(lang)
    with faults_said(words):
        register = load_register()
        chosen = known_articles(article or (), register)
        rows = [row for row in register.rows if not chosen or row.clause.article in chosen]
        if coverage:
            report = Report.read(events_of(coverage, words), register)
            _cover(covered(report, register, runs.defects().values()), words, as_json=as_json)
        elif as_json:
            print_json([_obligation(row) for row in rows])
        else:
            _print_obligations(rows, words)


def _cover(reached: Sequence[Covered], words: Catalogue, *, as_json: bool) -> None:
    """Shows what a run reached; status 3 when a row that a machine should try has neither claim nor reason, or nothing that proves it."""
    if as_json:
        print_json([{**asdict(one), "gap": one.gap, "unproven": one.unproven} for one in reached])
    else:
        keys = ("report.row", "cli.method", "cli.claims", "cli.word", "cli.proved_by", "cli.why_not")
        listing = table(words.text(key) for key in keys)
        for one in reached:
            word, reason = words.word("verdict", one.word), words.reason(one.reason)
            proved = " ".join(one.defects or (one.proof.names if one.proof else ()))
            why = reason or (getattr(one.proof.reason, words.lang) if one.proof else "")
            listing.add_row(one.row, "+".join(one.method), str(one.claims), word, proved, why)
        out = console.plain_console(sys.stdout)
        out.print(listing)
        counts = {"n": len(reached), "reached": sum(one.claims > 0 for one in reached)}
        gaps = [one.row for one in reached if one.gap or one.unproven]
        out.print(Text(words.text("cli.coverage", **counts, gaps=len(gaps))))
    if any(one.gap or one.unproven for one in reached):
        raise typer.Exit(EXIT_GAPS)


def defects(*, lang: LangOption = Lang.ja, as_json: JsonOption = False) -> None:
    """参照実装の模擬不備と適法な変種を一覧する / list the reference's defects and lawful variants."""
    words = catalogue(lang)
    with faults_said(words):
        broken, lawful = list(runs.defects().values()), list(runs.variants().values())
        if as_json:
            print_json({"defects": broken, "variants": lawful})
        else:
            _print_defects(broken, words)
            _print_variants(lawful, words)


def _obligation(row: Obligation) -> dict[str, Any]:
    return {
        "id": row.id,
        "article": row.clause.article,
        "clause": row.clause.label,
        "severity": row.severity,
        "layer": row.layer,
        "method": list(row.method),
        "machine": row.machine,
        "scored": row.scored,
        "words": list(row.words),
        "demand": {"ja": row.demand.ja, "en": row.demand.en},
    }


def _print_obligations(rows: list[Obligation], words: Catalogue) -> None:
    keys = ("report.row", "report.clause", "report.severity", "cli.method", "report.obligation")
    listing = table(words.text(key) for key in keys)
    for row in rows:
        severity = words.word("severity", row.severity)
        listing.add_row(
            row.id,
            row.clause.label,
            severity,
            "+".join(row.method),
            row.demand.ja if words.lang == "ja" else row.demand.en,
        )
    out = console.plain_console(sys.stdout)
    out.print(listing)
    out.print(Text(words.text("cli.rows_total", n=len(rows))))


def _print_defects(listed: list[dict[str, Any]], words: Catalogue) -> None:
    listing = table(words.text(key) for key in ("cli.defect", "report.row", "cli.code", "cli.what"))
    for each in listed:
        listing.add_row(each["name"], each["row"], each["code"], each["title"][words.lang])
    console.plain_console(sys.stdout).print(listing)


def _print_variants(listed: list[dict[str, Any]], words: Catalogue) -> None:
    listing = table(words.text(key) for key in ("cli.variant", "cli.what"))
    for each in listed:
        listing.add_row(each["name"], each["title"][words.lang])
    console.plain_console(sys.stdout).print(listing)
