"""Runs: begun, gone on with, judged again from their record, reported."""

from __future__ import annotations

import sys
from enum import StrEnum
from itertools import count
from pathlib import Path
from typing import Annotated

import typer

from ccus_harness import runs
from ccus_harness.commands.declared import choice_of
from ccus_harness.commands.faults import EXIT_ERROR, events_of, fault_of, faults_said
from ccus_harness.commands.names import TARGETS, known_articles, known_obligations, known_target
from ccus_harness.commands.options import (
    AgreedOption,
    BindOption,
    DialectOption,
    JsonOption,
    Lang,
    LangOption,
    OperatorOption,
    OperatorRole,
    PolicyOption,
    PublicUrlOption,
    ReadingOption,
    RoleOption,
    RunArgument,
    SeedFileOption,
    TlsFolderOption,
    TlsOption,
    chosen,
    tls_folder,
)
from ccus_harness.commands.watching import finish, watched, write_reports
from ccus_harness.exam import load_exam
from ccus_harness.messages import catalogue
from ccus_harness.register import load_register
from ccus_harness.reports import DEFAULT, Report, console
from ccus_harness.seeds import Operation, read_seed


class Form(StrEnum):
    """The forms of a report as the command line takes them."""

    html = "html"
    junit = "junit"
    earl = "earl"
    cucumber = "cucumber"
    cucumber_html = "cucumber-html"
    json = "json"


def run(  # noqa: PLR0913 - one parameter for each option
    *,
    target: Annotated[str, typer.Argument(metavar="TARGET", help=" | ".join(TARGETS))],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="結果のフォルダ / folder of the results")
    ] = None,
    article: Annotated[list[str] | None, typer.Option("--article", metavar="N", help="条 / article")] = None,
    obligation: Annotated[
        list[str] | None, typer.Option("--obligation", metavar="ID", help="審査項目 / obligation")
    ] = None,
    exam: Annotated[
        bool, typer.Option("--exam", help="認定試験の項目表の行だけ / only the rows of the exam list")
    ] = False,
    seed: Annotated[int | None, typer.Option("--seed", help="乱数の種 / seed")] = None,
    seed_file: SeedFileOption = None,
    operator: OperatorOption = "",
    role: RoleOption = OperatorRole.vendor,
    profile: Annotated[
        Path | None, typer.Option("--profile", metavar="FILE", help="申請システムの申告 / candidate profile")
    ] = None,
    stores: Annotated[
        Path | None, typer.Option("--stores", metavar="DIR", help="読み取る保管先 / stores that may be read")
    ] = None,
    simulator_fault: Annotated[
        list[str] | None,
        typer.Option(
            "--simulator-fault",
            metavar="NAME",
            help="模擬CCUS自身を誤らせる（試験の自己検査） / make the simulator itself wrong, to check the suite",
        ),
    ] = None,
    reading: ReadingOption = None,
    policy: PolicyOption = None,
    agreed: AgreedOption = None,
    dialect: DialectOption = None,
    bind: BindOption = None,
    ccus_port: Annotated[
        int | None, typer.Option("--ccus-port", metavar="N", help="模擬CCUSのポート / port of CCUS")
    ] = None,
    public_url: PublicUrlOption = None,
    tls: TlsOption = False,
    tls_dir: TlsFolderOption = None,
    proxy: Annotated[
        str | None,
        typer.Option("--proxy", metavar="URL", help="申請システムまでのプロキシ / proxy to the candidate"),
    ] = None,
    ca_bundle: Annotated[
        Path | None,
        typer.Option(
            "--ca-bundle", metavar="FILE", help="申請システムを信頼する証明書 / CA of the candidate"
        ),
    ] = None,
    lang: LangOption = Lang.ja,
    as_json: JsonOption = False,
) -> None:
    """申請システムを試し、審査項目ごとに判定する / try a candidate and judge every obligation."""
    words = catalogue(lang)
    folder = out or free_folder()
    with faults_said(words, folder):
        operation = _operation(role, operator, seed_file, seed)
        request = runs.RunRequest(
            target=known_target(target),
            out=folder,
            articles=known_articles(article or (), load_register()),
            obligations=(
                *known_obligations(obligation or (), load_register()),
                *(load_exam().rows if exam else ()),
            ),
            seed=operation.seed.seed if operation.seed else runs.DEFAULT_SEED if seed is None else seed,
            operation=operation,
            profile=profile,
            stores_root=stores,
            simulator_faults=tuple(simulator_fault or ()),
            choice=choice_of(reading, policy, agreed),
            connections=chosen(
                dialect=dialect,
                bind=bind,
                port=ccus_port,
                public_url=public_url,
                tls_dir=tls_folder(tls=tls, folder=tls_dir),
                proxy=proxy,
                ca_bundle=str(ca_bundle.resolve()) if ca_bundle else None,
            ),
        )
        finish(runs.launch(request), folder, words, as_json=as_json)


def resume(*, run: RunArgument, lang: LangOption = Lang.ja, as_json: JsonOption = False) -> None:
    """中断した、または期限を待つ実行の続きを試す / go on with an interrupted or waiting run."""
    words = catalogue(lang)
    with faults_said(words, run):
        finish(runs.resume(run), run, words, as_json=as_json)


def replay(*, run: RunArgument, lang: LangOption = Lang.ja) -> None:
    """記録だけから判定を導き直して比べる / derive the verdicts again from the record and compare."""
    words = catalogue(lang)
    with faults_said(words, run):
        recorded = Report.read(events_of(run, words), load_register())
        again = Report.of(watched(runs.replay(run), words), load_register())
        compared = runs.compare(run)
        console.show(again, console.plain_console(sys.stdout), words)
        if compared.identical:
            typer.echo(words.text("cli.same_again", rows=len(again.rows)))
            raise typer.Exit(again.exit)
        differing = recorded.differing(again)
        said = words.text("cli.differs", rows=differing) if differing else ""
        typer.echo(said or words.text("cli.differs_at", line=compared.first_difference), err=True)
        raise typer.Exit(EXIT_ERROR)


def report(
    *,
    run: RunArgument,
    form: Annotated[
        list[Form] | None,
        typer.Option(
            "--format", metavar="NAME", help=f"形式（繰り返し可） / form, repeatable: {' | '.join(Form)}"
        ),
    ] = None,
    lang: LangOption = Lang.ja,
    as_json: JsonOption = False,
) -> None:
    """記録から報告書を作り直す / build the reports again from the record."""
    words = catalogue(lang)
    with faults_said(words, run):
        write_reports(run, words, as_json=as_json, formats=[each.value for each in form or ()] or DEFAULT)


def _operation(role: OperatorRole, name: str, seed_file: Path | None, seed: int | None) -> Operation:
    if seed_file and seed is not None:
        raise fault_of("seed.one_seed")
    return Operation(role=role.value, name=name.strip(), seed=read_seed(seed_file) if seed_file else None)


def free_folder() -> Path:
    """The first `ccus-run-N` that does not exist here."""
    return next(folder for number in count(1) if not (folder := Path(f"ccus-run-{number}")).exists())
