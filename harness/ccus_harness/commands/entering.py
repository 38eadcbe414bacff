"""What a reviewer enters by hand: a notice that came by telephone, or that none came."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from ccus_harness import receipts
from ccus_harness.commands.faults import EXIT_SET_UP, events_of, faults_said
from ccus_harness.commands.options import Lang, LangOption, RunArgument
from ccus_harness.commands.printing import table
from ccus_harness.messages import catalogue
from ccus_harness.reports import console

if TYPE_CHECKING:
    from pathlib import Path

    from ccus_harness.messages import Catalogue


def receipt(  # noqa: PLR0913 - one parameter for each option
    *,
    run: RunArgument,
    token: Annotated[
        str | None, typer.Option("--token", metavar="TOKEN", help="演習の符号 / token of the drill")
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(
            "--at", metavar="TIME", help="電話を受けた、実行の中の時刻 / when it came, by the run's clock"
        ),
    ] = None,
    none: Annotated[bool, typer.Option("--none", help="電話は来なかった / no call came")] = False,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="記入する者 / who enters it")] = "",
    nature: Annotated[str, typer.Option("--nature", help=" | ".join(receipts.NATURES))] = receipts.NATURES[0],
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="聞いた内容 / what was said")] = "",
    lang: LangOption = Lang.ja,
) -> None:
    """電話で受けた通知を書き入れる。符号を省くと演習を一覧する / enter a notice given by telephone, or list the drills."""
    words = catalogue(lang)
    with faults_said(words, run):
        events_of(run, words)
        if token is None:
            _list(run, words)
            return
        if not by or none == bool(at) or nature not in receipts.NATURES:
            typer.echo(words.text("cli.receipt.usage"), err=True)
            raise typer.Exit(EXIT_SET_UP)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        entry = receipts.Receipt(token=token, at=at, by=by, nature=nature, note=note, entered_at=now)
        try:
            receipts.enter(run, entry)
        except receipts.BadReceipt as fault:
            typer.echo(getattr(fault, words.lang), err=True)
            raise typer.Exit(EXIT_SET_UP) from None
        typer.echo(words.text("cli.receipt.entered", token=token, run=run))


def _list(run: Path, words: Catalogue) -> None:
    entered = {one["token"]: one for one in receipts.entered(run)}
    keys = ("cli.receipt.token", "cli.receipt.delivered", "cli.receipt.scenario", "cli.receipt.received")
    listing = table(words.text(key) for key in keys)
    for sign in receipts.drills(run):
        entry = entered.get(sign.token)
        said = "" if entry is None else f"{entry['at'] or words.text('cli.receipt.none')} ({entry['by']})"
        listing.add_row(sign.token, sign.delivered_at, sign.scenario, said)
    console.plain_console(sys.stdout).print(listing)
