"""The papers of a certification on the command line: made from a run or a bundle, and read back filled in."""

from __future__ import annotations

import json
import sys
import tempfile
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ccus_harness import deciding, events
from ccus_harness import papers as certification
from ccus_harness.commands.faults import events_of, faults_said, refuse
from ccus_harness.commands.options import JsonOption, Lang, LangOption
from ccus_harness.commands.printing import print_json, table
from ccus_harness.deciding.found import JST
from ccus_harness.evidence import bundle, verifying
from ccus_harness.exam import load_exam
from ccus_harness.messages import catalogue
from ccus_harness.papers import Issue, NeedsExtra, Sealed, SheetFaults, Standing, Subject
from ccus_harness.papers.era import day_of
from ccus_harness.register import load_register
from ccus_harness.reports import Report, console
from ccus_harness.reports.inert import one_line

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping
    from datetime import date

    from ccus_harness.messages import Catalogue
    from ccus_harness.papers import Reported

_MOST_DAYS = 3_650


def papers(
    *,
    source: Annotated[
        Path,
        typer.Argument(metavar="RUN|BUNDLE", help="run のフォルダか一束の証拠 / a run's folder or a bundle"),
    ],
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="書類を置くフォルダ / where the papers go")
    ],
    number: Annotated[
        str | None,
        typer.Option("--number", metavar="TEXT", help="文書番号、既定は実行番号 / document number"),
    ] = None,
    on: Annotated[
        str | None,
        typer.Option("--on", metavar="DATE", help="発行日、既定は今日 / day of issue, by default today"),
    ] = None,
    within: Annotated[
        list[str] | None,
        typer.Option(
            "--within",
            metavar="WEIGHT=DAYS",
            help="重さごとの改善期限の日数、C=14 など / days to correct, by weight: C M m i",
        ),
    ] = None,
    pdf: Annotated[bool, typer.Option(help="PDFも作る / PDFs too")] = True,
    lang: LangOption = Lang.ja,
) -> None:
    """審査票・指摘事項一覧・改善報告書・立会記録を作る / make the papers of a certification, as Excel and PDF."""
    words = catalogue(lang)
    with faults_said(words, source), _told(words), _folder_of(source, words) as (run, sealed):
        subject = _subject(run, words)
        issue = Issue(
            number=one_line(number or subject.report.run.run_id),
            on=_day(on, words),
            within=_days(within or [], words),
            sealed=sealed,
        )
        try:
            written = certification.write(subject, issue, out, with_pdf=pdf)
        except OSError as fault:
            refuse(words.text("bundle.unwritable", path=str(out), why=str(fault.strerror)))
        for path in written.files:
            typer.echo(str(path))
        if written.without_pdf:
            refuse(words.text("papers.without_pdf", why=written.without_pdf))


def answers(
    *,
    sheet: Annotated[
        Path, typer.Argument(metavar="FILE", help="記入された改善報告書 / the filled-in report")
    ],
    issued: Annotated[
        Path,
        typer.Option("--papers", metavar="DIR", help="papers が作ったフォルダ / the folder that papers made"),
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="答えをJSONで書く / write the answers as JSON"),
    ] = None,
    lang: LangOption = Lang.ja,
    as_json: JsonOption = False,
) -> None:
    """改善報告書を読み戻し、指摘のすべてに答えがあるか確かめる / read an improvement report back and check it."""
    words = catalogue(lang)
    with faults_said(words), _told(words):
        told = certification.reported(sheet, certification.improvement_of(issued / certification.RECORD))
        if out:
            _put(out, told, words)
        if as_json:
            print_json(told.document())
        else:
            _show(told, words)


def handed_in(run: Path, sheet: Path, words: Catalogue) -> certification.Handed:
    """The decisions of a filled-in 審査票, each part with its cell."""
    subject = _subject(run, words)
    # What is printed in the table depends on the run alone, so any issue of it will do.
    printed = certification.review_sheet(subject, Issue(number="", on=datetime.now(JST).date()))
    with _told(words):
        return certification.decisions_of(sheet, printed, subject.standings)


@contextmanager
def _told(words: Catalogue) -> Generator[None]:
    """What keeps a paper from being made or taken, said in the reader's language."""
    try:
        yield
    except SheetFaults as fault:
        refuse(fault.told(words))
    except NeedsExtra:
        refuse(words.text("papers.needs_extra"))


@contextmanager
def _folder_of(source: Path, words: Catalogue) -> Generator[tuple[Path, Sealed]]:
    """The run's folder, unpacked from its bundle where that was given, and what names the evidence."""
    if not source.is_file():
        yield source, Sealed.of(_first_line(source, words))
        return
    try:
        packed = source.read_bytes()
    except OSError as fault:
        refuse(words.text("bundle.unreadable", path=str(source), why=str(fault.strerror)))
    steps, members = verifying.integrity(packed)
    if not members:
        bad = next(step for step in steps if step.state == "bad")
        refuse(words.text(f"verify.{bad.code}", where=bad.where))
    with tempfile.TemporaryDirectory() as folder:
        for name, body in members.items():
            place = Path(folder) / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(body)
        head = json.loads(members[bundle.HEAD])
        yield Path(folder), Sealed.of(_first_line(Path(folder), words), head, bundle.digest(packed))


def _first_line(run: Path, words: Catalogue) -> Mapping[str, Any]:
    for first in events.read(events_of(run, words)):
        return first
    return {}


def _subject(run: Path, words: Catalogue) -> Subject:
    register = load_register()
    report = Report.read(events_of(run, words), register)
    decided = deciding.load(run, register)
    return Subject(
        report=report,
        register=register,
        exam=load_exam(),
        standings={name: Standing.of(ruled) for name, ruled in decided.rows.items()},
    )


def _day(typed: str | None, words: Catalogue) -> date:
    if typed is None:
        return datetime.now(JST).date()
    day = day_of(typed)
    if day is None:
        refuse(f"--on: {words.text('papers.fault.date', found=typed)}")
    return day


def _days(given: list[str], words: Catalogue) -> dict[str, int]:
    days = dict(certification.WITHIN)
    for one in given:
        weight, _, number = one.partition("=")
        if (
            weight not in days
            or not number.isascii()
            or not number.isdigit()
            or not 0 < int(number) <= _MOST_DAYS
        ):
            refuse(words.text("papers.within_unknown", given=one, weights=list(days)))
        days[weight] = int(number)
    return days


def _put(path: Path, told: Reported, words: Catalogue) -> None:
    try:
        path.write_text(json.dumps(told.document(), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    except OSError as fault:
        refuse(words.text("bundle.unwritable", path=str(path), why=str(fault.strerror)))


def _show(told: Reported, words: Catalogue) -> None:
    heads = ("finding", "id", "response", "done_on", "due", "person")
    listing = table(words.text(f"papers.head.{key}") for key in heads)
    for one in told.answers:
        late = f" ({words.text('papers.late')})" if one.late else ""
        response = words.text(f"papers.response.{one.response}")
        listing.add_row(one.finding, one.row, response, f"{one.done_on}{late}", one.due, one_line(one.person))
    console.plain_console(sys.stdout).print(listing)
    late = sum(one.late for one in told.answers)
    typer.echo(words.text("papers.all_answered", n=len(told.answers), late=late))
