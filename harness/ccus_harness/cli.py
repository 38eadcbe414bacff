"""The command `ccus-conformance`: it parses, asks the parts that do the work, and says what came of it.

Exit status: 2 wrong use or set-up; else 1 any row violated; else 4 any suite error; else 3 a selected machine
row inconclusive or untested; else 0. 130 after Ctrl-C. What a person reads goes to standard error while the
run goes on and to standard output when it is done; with `--json` standard output carries the results alone.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import traceback
from contextlib import contextmanager
from difflib import get_close_matches
from enum import StrEnum
from importlib.metadata import version as distribution_version
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from rich import box
from rich.table import Table
from rich.text import Text

from ccus_harness import reports, runs
from ccus_harness.candidates import UnknownTarget, parse_target
from ccus_harness.documents import DocumentFaults
from ccus_harness.events import EVENTS_FILE, DamagedStream
from ccus_harness.messages import catalogue
from ccus_harness.register import load_register
from ccus_harness.reports import IncompleteRun, NotPrepared, Report, console, results
from ccus_harness.reports.inert import inert_text

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator

    from ccus_harness.events import Event
    from ccus_harness.messages import Catalogue
    from ccus_harness.register import Obligation, Register

__all__ = ["app", "main"]

EXIT_SET_UP, EXIT_ERROR, EXIT_INTERRUPTED = 2, 4, 130

TARGETS = ("reference", "reference:DEFECT", "null:refuse", "null:accept", "http:URL")
TOKEN = "CCUS_CANDIDATE_TOKEN"  # noqa: S105 - the name of a variable
ADMIN_TOKEN = "CCUS_SIM_ADMIN_TOKEN"  # noqa: S105 - likewise


class Lang(StrEnum):
    """The language of what a person reads."""

    ja = "ja"
    en = "en"


LangOption = Annotated[Lang, typer.Option("--lang", help="日本語 (ja) / English (en)")]
JsonOption = Annotated[
    bool, typer.Option("--json", help="結果のJSONだけを標準出力へ / only JSON on standard output")
]
RunArgument = Annotated[
    Path, typer.Argument(metavar="RUN", help="run が作ったフォルダ / a folder that run has made")
]

app = typer.Typer(
    name="ccus-conformance",
    help=catalogue("ja").text("cli.help") + "\n\n" + catalogue("en").text("cli.help"),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def main() -> None:
    """The entry point: whatever nobody foresaw is an error of the suite, never a verdict."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # pyright: ignore[reportAttributeAccessIssue,reportUnknownMemberType]
    try:
        app()
    except Exception:  # noqa: BLE001 - the last place where it can become exit status 4 instead of 1
        traceback.print_exc()
        sys.exit(EXIT_ERROR)


def _version(wanted: bool) -> None:  # noqa: FBT001 - the signature that typer calls
    if wanted:
        typer.echo(f"ccus-conformance {distribution_version('ccus-conformance')}")
        raise typer.Exit


@app.callback()
def _root(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="版 / version")
    ] = False,
) -> None:
    """`--version` stands before every command."""


@app.command()
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
    seed: Annotated[int, typer.Option("--seed", help="乱数の種 / seed")] = runs.DEFAULT_SEED,
    profile: Annotated[
        Path | None, typer.Option("--profile", metavar="FILE", help="申請システムの申告 / candidate profile")
    ] = None,
    stores: Annotated[
        Path | None, typer.Option("--stores", metavar="DIR", help="読み取る保管先 / stores that may be read")
    ] = None,
    lang: LangOption = Lang.ja,
    as_json: JsonOption = False,
) -> None:
    """申請システムを試し、審査項目ごとに判定する / try a candidate and judge every obligation."""
    words = catalogue(lang)
    folder = out or _free_folder()
    with _faults_said(words, folder):
        request = runs.RunRequest(
            target=_known_target(target),
            out=folder,
            articles=_known_articles(article or (), load_register()),
            obligations=_known_obligations(obligation or (), load_register()),
            seed=seed,
            profile=profile,
            stores_root=stores,
        )
        _finish(runs.launch(request), folder, words, as_json=as_json)


@app.command()
def resume(*, run: RunArgument, lang: LangOption = Lang.ja, as_json: JsonOption = False) -> None:
    """中断した、または期限を待つ実行の続きを試す / go on with an interrupted or waiting run."""
    words = catalogue(lang)
    with _faults_said(words, run):
        _finish(runs.resume(run), run, words, as_json=as_json)


@app.command()
def replay(*, run: RunArgument, lang: LangOption = Lang.ja) -> None:
    """記録だけから判定を導き直して比べる / derive the verdicts again from the record and compare."""
    words = catalogue(lang)
    with _faults_said(words, run):
        recorded = Report.read(_events_of(run, words), load_register())
        again = Report.of(_watched(runs.replay(run), words), load_register())
        compared = runs.compare(run)
        console.show(again, console.plain_console(sys.stdout), words)
        if compared.identical:
            typer.echo(words.text("cli.same_again", rows=len(again.rows)))
            raise typer.Exit(again.exit)
        differing = recorded.differing(again)
        said = words.text("cli.differs", rows=differing) if differing else ""
        typer.echo(said or words.text("cli.differs_at", line=compared.first_difference), err=True)
        raise typer.Exit(EXIT_ERROR)


@app.command()
def report(*, run: RunArgument, lang: LangOption = Lang.ja, as_json: JsonOption = False) -> None:
    """記録から報告書を作り直す / build the reports again from the record."""
    words = catalogue(lang)
    with _faults_said(words, run):
        _report(run, words, as_json=as_json)


@app.command()
def obligations(
    *,
    article: Annotated[list[str] | None, typer.Option("--article", metavar="N", help="条 / article")] = None,
    lang: LangOption = Lang.ja,
    as_json: JsonOption = False,
) -> None:
    """審査項目を一覧する / list the obligations."""
    words = catalogue(lang)
    with _faults_said(words):
        register = load_register()
        chosen = _known_articles(article or (), register)
        rows = [row for row in register.rows if not chosen or row.clause.article in chosen]
        if as_json:
            _print_json([_obligation(row) for row in rows])
        else:
            _print_obligations(rows, words)


@app.command()
def defects(*, lang: LangOption = Lang.ja, as_json: JsonOption = False) -> None:
    """参照実装の模擬不備を一覧する / list the defects of the reference candidate."""
    words = catalogue(lang)
    with _faults_said(words):
        listed = list(runs.defects().values())
        if as_json:
            _print_json(listed)
        else:
            _print_defects(listed, words)


@app.command()
def simulate(
    *,
    port: Annotated[int, typer.Option("--port", help="0: 空いている番号 / a free one")] = 0,
    state: Annotated[Path, typer.Option("--state", metavar="FILE", help="台帳 / ledger (SQLite)")] = Path(
        "ccus.sqlite"
    ),
    world: Annotated[
        Path | None, typer.Option("--world", metavar="FILE", help="世界 / world file (YAML)")
    ] = None,
    lang: LangOption = Lang.ja,
) -> None:
    """模擬CCUSを始める / start the simulated CCUS."""
    options = ["--port", str(port), "--state", str(state), *(["--world", str(world)] if world else [])]
    raise typer.Exit(_serve("ccus_simulator", options, ADMIN_TOKEN, catalogue(lang)))


@app.command()
def reference(
    *,
    port: Annotated[int, typer.Option("--port", help="0: 空いている番号 / a free one")] = 0,
    data: Annotated[Path, typer.Option("--data", metavar="DIR", help="保管先 / its stores")] = Path(
        "ccus-reference"
    ),
    defect: Annotated[str | None, typer.Option("--defect", metavar="NAME", help="模擬不備 / defect")] = None,
    lang: LangOption = Lang.ja,
) -> None:
    """契約を守る参照実装を始める / start the reference candidate."""
    words = catalogue(lang)
    with _faults_said(words):
        options = ["--port", str(port), "--data", str(data)]
        options += ["--defect", _known_defect(defect)] if defect else []
        raise typer.Exit(_serve("ccus_reference", options, TOKEN, words))


def _finish(events: Iterable[Event], folder: Path, words: Catalogue, *, as_json: bool) -> NoReturn:
    """Lets a run go to its end and reports on it."""
    for _ in _watched(events, words):
        pass
    _report(folder, words, as_json=as_json)


def _watched(events: Iterable[Event], words: Catalogue) -> Iterator[Event]:
    return console.watch(events, console.plain_console(sys.stderr), words)


def _report(folder: Path, words: Catalogue, *, as_json: bool) -> NoReturn:
    _events_of(folder, words)
    told, written = reports.write(folder, load_register(), words)
    if as_json:
        sys.stdout.write(results.text(told))
    else:
        console.show(told, console.plain_console(sys.stdout), words)
        for key, path in (
            ("report_at", written.html),
            ("results_at", written.results),
            ("junit_at", written.junit),
        ):
            typer.echo(words.text(f"cli.{key}", path=str(path)))
    raise typer.Exit(told.exit)


@contextmanager
def _faults_said(words: Catalogue, folder: Path | None = None) -> Generator[None]:
    """Turns what a person can mend into one sentence and exit status 2, and Ctrl-C into 130."""
    try:
        yield
    except runs.SetUpFault as fault:
        _refuse(fault.ja if words.lang == "ja" else fault.en)
    except runs.SuiteFault as fault:
        typer.echo(inert_text(fault.ja if words.lang == "ja" else fault.en), err=True)
        raise typer.Exit(EXIT_ERROR) from fault
    except IncompleteRun as fault:
        _refuse(words.text("cli.incomplete", path=str(fault.path), run=str(folder)))
    except NotPrepared as fault:
        _refuse(words.text("cli.not_prepared", checks=[check.name for check in fault.checks if not check.ok]))
    except DocumentFaults as fault:
        _refuse(str(fault))
    except DamagedStream as fault:
        _refuse(words.text("cli.unreadable", path=str(fault.path), line=fault.place + 1, why=fault.why))
    except KeyboardInterrupt:
        typer.echo(words.text("cli.interrupted", path=str(folder)), err=True)
        raise typer.Exit(EXIT_INTERRUPTED) from None


def _refuse(sentence: str) -> NoReturn:
    typer.echo(inert_text(sentence), err=True)
    raise typer.Exit(EXIT_SET_UP)


def _fault(key: str, **values: Any) -> runs.SetUpFault:
    return runs.SetUpFault(ja=catalogue("ja").text(key, **values), en=catalogue("en").text(key, **values))


def _events_of(folder: Path, words: Catalogue) -> Path:
    events = folder / EVENTS_FILE
    if not events.is_file():
        _refuse(words.text("cli.no_run", path=str(folder)))
    return events


def _free_folder() -> Path:
    """The first `ccus-run-N` that does not exist here."""
    return next(folder for number in count(1) if not (folder := Path(f"ccus-run-{number}")).exists())


def _known_target(given: str) -> str:
    try:
        target = parse_target(given)
    except UnknownTarget:
        raise _fault("cli.unknown_target", given=given, valid=TARGETS) from None
    if target.is_reference and target.detail:
        _known_defect(target.detail)
    if target.kind == "http" and not os.environ.get(TOKEN):
        raise _fault("cli.no_token")
    return given


def _known_defect(given: str) -> str:
    known = runs.defects()
    if given not in known:
        raise _fault("cli.unknown_defect", given=given, nearest=_nearest(given, known))
    return given


def _known_articles(given: Iterable[str], register: Register) -> tuple[str, ...]:
    valid = register.by_article
    for article in given:
        if article not in valid:
            raise _fault("cli.unknown_article", given=article, valid=", ".join(valid))
    return tuple(given)


def _known_obligations(given: Iterable[str], register: Register) -> tuple[str, ...]:
    for row in given:
        if row not in register.by_id:
            raise _fault("cli.unknown_obligation", given=row, nearest=_nearest(row.upper(), register.by_id))
    return tuple(given)


def _nearest(given: str, known: Iterable[str]) -> list[str]:
    """The names that look most like the given one; never none, so that the sentence helps."""
    names = list(known)
    return get_close_matches(given, names, n=3, cutoff=0.5) or sorted(names)[:3]


def _serve(module: str, options: list[str], token_name: str, words: Catalogue) -> int:
    """Runs one of our servers until it is told to stop; its own output is this command's output."""
    environment = dict(os.environ)
    typer.echo(words.text("cli.listening", program=module), err=True)
    if not environment.get(token_name):
        environment[token_name] = secrets.token_hex(16)
        typer.echo(words.text("cli.token_made", name=token_name, token=environment[token_name]), err=True)
    # Being ended must end the server too, in whatever way it comes.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with subprocess.Popen([sys.executable, "-m", module, *options], env=environment) as server:
        try:
            return server.wait()
        except KeyboardInterrupt:
            server.terminate()
            server.wait()
            return 0


def _print_json(value: Any) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


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
    table = _table(words.text(key) for key in keys)
    for row in rows:
        severity = words.word("severity", row.severity)
        table.add_row(
            row.id,
            row.clause.label,
            severity,
            "+".join(row.method),
            row.demand.ja if words.lang == "ja" else row.demand.en,
        )
    out = console.plain_console(sys.stdout)
    out.print(table)
    out.print(Text(words.text("cli.rows_total", n=len(rows))))


def _print_defects(listed: list[dict[str, Any]], words: Catalogue) -> None:
    table = _table(words.text(key) for key in ("cli.defect", "report.row", "cli.code", "cli.what"))
    for each in listed:
        table.add_row(each["name"], each["row"], each["code"], each["title"][words.lang])
    console.plain_console(sys.stdout).print(table)


def _table(headings: Iterable[str]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in headings:
        table.add_column(heading)
    return table
