"""Bundles on the command line: keys, packing a run, verifying what somebody else packed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from ccus_harness import events
from ccus_harness.commands.faults import EXIT_SET_UP, events_of, faults_said, refuse
from ccus_harness.commands.options import JsonOption, Lang, LangOption, RunArgument
from ccus_harness.commands.printing import print_json
from ccus_harness.evidence import bundle as bundles
from ccus_harness.evidence import retest, signing, verifying
from ccus_harness.evidence.packing import Altered
from ccus_harness.messages import catalogue
from ccus_harness.register import load_register
from ccus_harness.reports.inert import inert_text
from ccus_harness.seeds import read_commitment

if TYPE_CHECKING:
    from ccus_harness.evidence.seals import Step
    from ccus_harness.evidence.signing import PublicKey
    from ccus_harness.messages import Catalogue
    from ccus_harness.seeds import Commitment

EXIT_ALTERED = 1

KeyFile = Annotated[Path | None, typer.Option("--key", metavar="FILE", help="鍵 / key")]

HolderOption = Annotated[str, typer.Option("--holder", metavar="NAME", help="鍵の持ち主 / whose key it is")]


def keygen(
    *,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="秘密鍵を置く所 / where the private key goes")],
    lang: LangOption = Lang.ja,
) -> None:
    """証拠に署名する鍵を作る / make a key that signs evidence."""
    words = catalogue(lang)
    if file.exists():
        refuse(words.text("bundle.exists", path=str(file)))
    with faults_said(words):
        try:
            public = signing.write_keys(signing.new_signer(), file)
        except OSError as fault:
            refuse(words.text("bundle.unwritable", path=str(file), why=str(fault.strerror)))
    typer.echo(words.text("bundle.keys", private=str(file), public=str(public)))


def bundle(
    *,
    run: RunArgument,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="一束の証拠 / the bundle")] = None,
    key: KeyFile = None,
    holder: HolderOption = "",
    lang: LangOption = Lang.ja,
) -> None:
    """実行の証拠を一つのファイルにまとめて署名する / pack the evidence of a run into one signed file."""
    words = catalogue(lang)
    with faults_said(words, run):
        if not events.is_whole(events_of(run, words)):
            refuse(words.text("cli.incomplete", path=str(run), run=str(run)))
        signer = signer_of(key, words)
        try:
            packed = bundles.gathered(run, signer, certified_key=key is not None, holder=holder.strip())
        except bundles.Unpackable as fault:
            refuse(words.text("bundle.names", names=list(fault.names)))
        file = out or run.with_name(f"{run.resolve().name}.ccus.zip")
        try:
            file.write_bytes(packed)
        except OSError as fault:
            refuse(words.text("bundle.unwritable", path=str(file), why=str(fault.strerror)))
        typer.echo(
            words.text("bundle.packed", path=str(file), size=len(packed), digest=bundles.digest(packed))
        )


def verify(
    *,
    file: Annotated[Path, typer.Argument(metavar="BUNDLE", help="一束の証拠 / a bundle")],
    key: KeyFile = None,
    commitment: Annotated[
        Path | None,
        typer.Option("--commitment", metavar="FILE", help="渡された種の約束 / the commitment handed out"),
    ] = None,
    lang: LangOption = Lang.ja,
    as_json: JsonOption = False,
) -> None:
    """証拠が変わっていないこと、判定が記録から導けることを確かめる / verify integrity, then derive every verdict again."""
    words = catalogue(lang)
    with faults_said(words):
        try:
            public = signing.read_public(key) if key else None
            stated = read_commitment(commitment) if commitment else None
            packed = file.read_bytes()
        except signing.NoKey as fault:
            refuse(words.text("bundle.no_key", path=str(fault.path), why=fault.why))
        except OSError as fault:
            refuse(words.text("bundle.unreadable", path=str(file), why=str(fault.strerror)))
        _tell(_looked_at(packed, public, stated), words, as_json=as_json)


def _looked_at(packed: bytes, public: PublicKey | None, stated: Commitment | None) -> list[Step]:
    if _is_retest(packed):
        return list(retest.verified(packed, public, load_register()))
    steps, members = verifying.integrity(packed, public)
    if members and stated:
        steps.append(verifying.commitment_fits(members, stated))
    return [*steps, *(verifying.derivation(members) if members else ())]


def _is_retest(packed: bytes) -> bool:
    try:
        return retest.is_record(packed)
    except Altered:
        return False  # what is altered is told as an altered bundle


def signer_of(key: Path | None, words: Catalogue) -> signing.Signer:
    try:
        return signing.read_signer(key) if key else signing.new_signer()
    except signing.NoKey as fault:
        refuse(words.text("bundle.no_key", path=str(fault.path), why=fault.why))


def _tell(steps: list[Step], words: Catalogue, *, as_json: bool) -> NoReturn:
    bad = [step for step in steps if step.state == "bad"]
    if as_json:
        print_json([{"what": s.what, "state": s.state, "code": s.code, "where": s.where} for s in steps])
    else:
        for step in steps:
            said = words.text(f"verify.{step.code}", where=inert_text(step.where))
            inside = f"[{place}] " if (place := step.what.partition(": ")[0]) != step.what else ""
            typer.echo(f"{words.word('verify', step.state)}  {inside}{said}")
    other = any(step.code == "other_suite" for step in bad)
    raise typer.Exit(EXIT_SET_UP if other else EXIT_ALTERED if bad else 0)
