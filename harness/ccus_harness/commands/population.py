"""The synthetic register, written to files or streamed."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ccus_harness.commands.faults import refuse
from ccus_harness.commands.options import Lang, LangOption
from ccus_harness.messages import catalogue
from ccus_simulator.ids import BUSINESS, TECHNICIAN
from ccus_simulator.population import bulk
from ccus_simulator.population.register import BUSINESSES, TECHNICIANS

STREAM = Path("-")


class Form(StrEnum):
    """How records are written."""

    parquet = "parquet"
    ndjson = "ndjson"


def population(
    *,
    out: Annotated[
        Path,
        typer.Option("--out", metavar="DIR", help="新しいフォルダ、- で標準出力 / a new folder, - streams"),
    ],
    technicians: Annotated[
        int, typer.Option("--technicians", min=0, max=TECHNICIANS, help="技能者の人数 / technicians")
    ] = TECHNICIANS,
    businesses: Annotated[
        int, typer.Option("--businesses", min=0, max=BUSINESSES, help="事業者の数 / businesses")
    ] = BUSINESSES,
    form: Annotated[Form, typer.Option("--format", help="書き方 / how to write it")] = Form.parquet,
    seed: Annotated[
        int, typer.Option("--seed", help="同じ種なら同じ人々 / the same seed, the same people")
    ] = 7,
    workers: Annotated[
        int, typer.Option("--workers", min=1, max=64, help="並べるプロセス / processes beside each other")
    ] = os.cpu_count() or 1,
    lang: LangOption = Lang.ja,
) -> None:
    """架空の技能者と事業者の登録簿を書き出す / write the synthetic register."""
    words = catalogue(lang)
    if out == STREAM:
        if form is not Form.ndjson:
            refuse(words.text("cli.stream_is_ndjson"))
        _stream(seed, technicians=technicians, businesses=businesses)
        return
    try:
        files = bulk.write(
            out, seed=seed, technicians=technicians, businesses=businesses, form=form.value, workers=workers
        )
    except bulk.NotEmpty as fault:
        refuse(words.text("cli.not_empty", path=str(fault.folder)))
    except bulk.NoColumns:
        refuse(words.text("cli.no_columns"))
    except OSError as fault:
        refuse(words.text("cli.not_written", path=str(fault.filename or out), why=str(fault.strerror)))
    people = words.text(
        "cli.population_written",
        technicians=f"{technicians:,}",
        businesses=f"{businesses:,}",
        files=len(files),
        path=str(out),
        megabytes=f"{sum(file.stat().st_size for file in files) / 1e6:,.1f}",
    )
    typer.echo(people, err=True)


def _stream(seed: int, *, technicians: int, businesses: int) -> None:
    for kind, count in ((BUSINESS, businesses), (TECHNICIAN, technicians)):
        try:
            sys.stdout.writelines(bulk.lines(seed, kind, range(count)))
            sys.stdout.flush()
        except BrokenPipeError:
            # Whoever read has enough; what Python would still flush at its end has nowhere to go.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return
