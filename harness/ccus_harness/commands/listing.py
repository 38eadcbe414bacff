"""What there is to try: the obligations, the defects and the lawful variants."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from ccus_harness import runs
from ccus_harness.commands.faults import faults_said
from ccus_harness.commands.names import known_articles
from ccus_harness.commands.options import JsonOption, Lang, LangOption
from ccus_harness.commands.printing import print_json, table
from ccus_harness.messages import catalogue
from ccus_harness.register import load_register
from ccus_harness.reports import console

if TYPE_CHECKING:
    from ccus_harness.messages import Catalogue
    from ccus_harness.register import Obligation


def obligations(
    *,
    article: Annotated[list[str] | None, typer.Option("--article", metavar="N", help="条 / article")] = None,
    lang: LangOption = Lang.ja,
    as_json: JsonOption = False,
) -> None:
    """審査項目を一覧する / list the obligations."""
    words = catalogue(lang)
    with faults_said(words):
        register = load_register()
        chosen = known_articles(article or (), register)
        rows = [row for row in register.rows if not chosen or row.clause.article in chosen]
        if as_json:
            print_json([_obligation(row) for row in rows])
        else:
            _print_obligations(rows, words)


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
