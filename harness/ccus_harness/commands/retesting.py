"""Attempts at a certification kept in one signed file, on the command line."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ccus_harness import events
from ccus_harness.commands.bundling import HolderOption, KeyFile, signer_of
from ccus_harness.commands.faults import events_of, faults_said, refuse
from ccus_harness.commands.options import JsonOption, Lang, LangOption
from ccus_harness.commands.printing import print_json, table
from ccus_harness.comparing import NotAttempts
from ccus_harness.evidence import bundle, retest
from ccus_harness.evidence.packing import Altered
from ccus_harness.messages import catalogue
from ccus_harness.register import load_register
from ccus_harness.reports import console
from ccus_harness.reports.inert import inert_text

if TYPE_CHECKING:
    from ccus_harness.evidence.signing import Signer
    from ccus_harness.messages import Catalogue


def retest_(
    *,
    attempts: Annotated[
        list[Path],
        typer.Argument(metavar="RUN...", help="試験の順に、実行のフォルダか一束の証拠 / attempts in order"),
    ],
    fix: Annotated[
        list[Path] | None,
        typer.Option(
            "--fix",
            metavar="FILE",
            help="申請者の改善報告。二回目以降に一つずつ / what was mended, one for each later attempt",
        ),
    ] = None,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="再試験の記録 / the record")] = Path(
        "retest.ccus.zip"
    ),
    key: KeyFile = None,
    holder: HolderOption = "",
    lang: LangOption = Lang.ja,
    as_json: JsonOption = False,
) -> None:
    """試験と再試験を一つの記録にまとめる / keep the attempts at a certification together in one record."""
    words = catalogue(lang)
    with faults_said(words):
        fixes = [_fix(path, words) for path in fix or ()]
        if len(fixes) != len(attempts) - 1:
            refuse(words.text("retest.fixes", attempts=len(attempts), fixes=len(fixes)))
        if out.exists():
            refuse(words.text("bundle.exists", path=str(out)))
        signer = signer_of(key, words)
        packed = [
            _packed(path, signer, words, certified_key=key is not None, holder=holder) for path in attempts
        ]
        try:
            members = retest.recorded(packed, fixes, load_register())
            out.write_bytes(retest.sealed(members, signer, certified_key=key is not None, holder=holder))
        except Altered as fault:
            refuse(words.text("verify.altered", where=str(fault)))
        except NotAttempts as fault:
            said = [words.text(f"retest.{code}", attempt=number) for number, code in fault.reasons]
            refuse("\n".join(said))
        except OSError as fault:
            refuse(words.text("bundle.unwritable", path=str(out), why=str(fault.strerror)))
        _tell(members, out, words, as_json=as_json)


def _fix(path: Path, words: Catalogue) -> retest.Fix:
    try:
        return retest.Fix(name=path.name, body=path.read_bytes())
    except OSError as fault:
        refuse(words.text("bundle.unreadable", path=str(path), why=str(fault.strerror)))


def _packed(path: Path, signer: Signer, words: Catalogue, *, certified_key: bool, holder: str) -> bytes:
    """The bundle of an attempt: as it was handed in, or made now from the folder of its run."""
    if path.is_file():
        return path.read_bytes()
    if not events.is_whole(events_of(path, words)):
        refuse(words.text("cli.incomplete", path=str(path), run=str(path)))
    return bundle.gathered(path, signer, certified_key=certified_key, holder=holder)


def _tell(members: dict[str, bytes], out: Path, words: Catalogue, *, as_json: bool) -> None:
    told: dict[str, Any] = json.loads(members[retest.RECORD])
    if as_json:
        print_json(told)
        return
    keys = ("attempt", "started", "build", "tried", "failed", "charge")
    listing = table(words.text(f"retest.{key}") for key in keys)
    for one in told["attempts"]:
        listing.add_row(
            str(one["number"]),
            one["started_at"],
            inert_text(one["build"]),
            str(len(one["tried"])),
            " ".join(one["failed"]),
            words.text("retest.free" if one["free"] else "retest.charged"),
        )
    console.plain_console(sys.stdout).print(listing)
    counts = {word: sum(row["word"] == word for row in told["rows"]) for word in ("satisfied", "violated")}
    typer.echo(words.text("retest.counts", rows=len(told["rows"]), carried=len(told["carried"]), **counts))
    if told["missing"]:
        typer.echo(words.text("retest.missing", rows=[one["id"] for one in told["missing"]]))
    typer.echo(words.text("retest.at", path=str(out)))
