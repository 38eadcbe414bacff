"""A run in the terminal: progress while its events arrive, then the result on one screen.

Only `rich.text.Text` is printed, never markup, and what a candidate said is inert before it gets here. Where
the output is no terminal everything is plain lines.
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
from rich.table import Table
from rich.text import Text

from ccus_harness.reports import telling
from ccus_harness.reports.inert import inert, one_line
from ccus_harness.reports.parts import RED_WORDS, WORDS, titled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import TextIO

    from ccus_harness.events import Event
    from ccus_harness.messages import Catalogue
    from ccus_harness.reports.model import Report
    from ccus_harness.reports.parts import Row, Tally

__all__ = ["STYLES", "plain_console", "show", "watch"]

STYLES = {
    "violated": "bold red",
    "error": "bold magenta",
    "inconclusive": "yellow",
    "untested": "bright_black",
    "depends": "cyan",
    "review": "blue",
    "attested": "blue",
    "satisfied": "green",
    "not_applicable": "bright_black",
}
_PLAIN_WIDTH = 120


def plain_console(file: TextIO) -> Console:
    """A console that takes every text as it is: no markup, no emoji codes, no guessing at highlights."""
    width = None if file.isatty() else _PLAIN_WIDTH
    return Console(file=file, markup=False, emoji=False, highlight=False, soft_wrap=False, width=width)


def watch(events: Iterable[Event], console: Console, words: Catalogue) -> Iterator[Event]:
    """Passes the events on and shows how the run goes."""
    progress = _progress(console) if console.is_terminal else None
    watching = _Watching(console, words, progress)
    with progress or nullcontext():
        for event in events:
            watching.see(inert(event))
            yield event


class _Watching:
    """What the terminal has been shown of a run so far."""

    def __init__(self, console: Console, words: Catalogue, progress: Progress | None) -> None:
        self._console = console
        self._words = words
        self._progress = progress
        self._task: TaskID | None = None
        self._total = 0
        self._done = 0
        self._names: dict[str, str] = {}
        self._said: dict[str, set[str]] = {}

    def see(self, event: Event) -> None:
        match event["kind"]:
            case "run":
                if self._progress:
                    self._task = self._progress.add_task(self._words.text("cli.progress"), total=None)
            case "preflight":
                self._show_preflight(event["checks"])
            case "plan":
                self._plan(event["scenarios"])
            case "scenario":
                self._names[event["id"]] = one_line(event["name"])
                self._describe(event["name"])
            case "claim":
                self._said.setdefault(event["scenario"], set()).add(event["word"])
            case "scenario_end":
                self._done += 1
                self._show_scenario(event)
            case _:
                pass

    def _plan(self, scenarios: int) -> None:
        self._total = scenarios
        if self._progress and self._task is not None:
            self._progress.update(self._task, total=scenarios)

    def _describe(self, name: str) -> None:
        if self._progress and self._task is not None:
            self._progress.update(self._task, description=one_line(name))

    def _show_preflight(self, checks: Iterable[Event]) -> None:
        for check in checks:
            result = self._words.text("report.ok" if check["ok"] else "report.not_ok")
            line = self._words.text(
                "cli.preflight_line", name=check["name"], result=result, text=check.get(self._words.lang, "")
            )
            _say(self._console, Text(one_line(line), style="" if check["ok"] else "bold red"))

    def _show_scenario(self, event: Event) -> None:
        if self._progress and self._task is not None:
            self._progress.advance(self._task)
        said = self._said.get(event["scenario"], set())
        gravest = next((word for word in WORDS if word in said), "")
        stopped = event["outcome"] != "finished"
        if self._progress and gravest not in RED_WORDS and not stopped:
            # The bar already shows that it passed; only what needs a reader gets a line of its own.
            return
        spoken = self._words.word("verdict", gravest)
        outcome = self._words.word("outcome", event["outcome"])
        line = self._words.text(
            "cli.scenario_line",
            place=f"{self._done}/{self._total}" if self._total else self._done,
            name=titled(event["scenario"], self._names.get(event["scenario"], "")),
            outcome=f"{spoken} ({outcome})" if stopped and spoken else spoken or outcome,
        )
        _say(self._console, Text(one_line(line), style=STYLES.get(gravest, "")))


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        console=console,
        transient=True,
    )


def show(report: Report, console: Console, words: Catalogue) -> None:
    """The result of a finished run: what it comes to, the articles, what is red, what is open."""
    fact, sentence = telling.headline(report, words)
    total = report.total
    counted = words.text(
        "report.decided",
        decided=total.decided,
        satisfied=total.count("satisfied"),
        untested=total.count("untested"),
    )
    console.print()
    _say(console, Text(sentence, style=STYLES.get(fact, "bold")))
    _say(console, Text(f"{counted} {words.text('report.silence')}"))
    console.print(_articles(report, words))
    for row in report.red:
        _show_red(row, report, console, words)
    _show_open(report, console, words)
    _show_readings(report, console, words)
    _show_decided(report, console, words)


def _show_decided(report: Report, console: Console, words: Catalogue) -> None:
    """What people decided, each beside the machine's word: setting one aside is never out of sight."""
    if report.decided:
        console.print()
        _say(console, Text(words.text("page.decisions"), style="bold"))
    for ruled in report.decided:
        if (decision := ruled.decision) is not None:
            machine, decided = (words.word("verdict", word) for word in (ruled.machine, decision.word))
            overrides = f" ({words.text('page.overrides')})" if ruled.overrides else ""
            line = (
                f"{ruled.row} {machine} → {decided}{overrides} {'、'.join(decision.people)} {decision.date}"
            )
            _say(console, Text(one_line(line)), indent=2)


def _say(console: Console, text: Text, *, indent: int = 0) -> None:
    """One line: folded to the terminal's width, left whole where a file or another program reads it."""
    if console.is_terminal:
        console.print(Padding(text, (0, 0, 0, indent)))
    else:
        console.print(Text(" " * indent).append_text(text), soft_wrap=True)


def _articles(report: Report, words: Catalogue) -> Table:
    # The satisfied stand in the fraction already.
    shown = [word for word in WORDS if report.total.count(word) and word != "satisfied"]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(words.text("report.article"), no_wrap=True)
    table.add_column(words.text("report.satisfied_of_decided"), justify="right")
    for word in shown:
        table.add_column(Text(words.word("verdict", word), style=STYLES[word]), justify="right")
    for tally in report.tallies:
        if tally.selected:
            table.add_row(*_cells(tally, telling.chapter(tally.chapter, words), shown))
    table.add_section()
    table.add_row(*_cells(report.total, words.text("report.total"), shown))
    return table


def _cells(tally: Tally, name: str, shown: Iterable[str]) -> list[Text]:
    cells = [Text(name), Text(f"{tally.count('satisfied')}/{tally.decided}" if tally.decided else "-")]
    for word in shown:
        counted = tally.count(word)
        cells.append(Text(str(counted), style=STYLES[word]) if counted else Text("."))
    return cells


def _show_red(row: Row, report: Report, console: Console, words: Catalogue) -> None:
    heading = (f"{row.id}  {telling.word(row, words)}", STYLES[row.verdict])
    _say(console, Text.assemble(heading, f"  {_short(row, words)}"))
    for label, value in _red_lines(row, report, words):
        _say(console, Text.assemble((f"{label}: ", "bright_black"), value), indent=4)
    console.print()


def _red_lines(row: Row, report: Report, words: Catalogue) -> Iterator[tuple[str, str]]:
    for found in telling.findings(row, words):
        yield words.text("report.expected"), found.expected
        yield words.text("report.seen"), found.seen
        yield words.text("report.next"), found.next
    if why := telling.reason(row, words):
        yield words.text("report.reason"), why
    if row.blame:
        yield words.text("report.blame"), words.word("blame", row.blame)
    for story in report.stories_of(row):
        if (
            any(claim.row == row.id and claim.word == row.verdict for claim in story.claims)
            or not row.telling
        ):
            yield words.text("report.scenario"), one_line(story.title)
    yield words.text("report.rerun"), telling.rerun(row, report)


def _short(row: Row, words: Catalogue) -> str:
    return one_line(row.text(words.lang))


def _show_open(report: Report, console: Console, words: Catalogue) -> None:
    counted = telling.reasons(report.scored)
    if not counted:
        return
    _say(console, Text(words.text("report.untested_why"), style="bold"))
    for (word, code), number in counted.items():
        line = f"{number:>4}  {words.word('verdict', word)}  {words.reason(code)}"
        _say(console, Text(line.rstrip(), style=STYLES[word]))
    console.print()


def _show_readings(report: Report, console: Console, words: Catalogue) -> None:
    if not report.readings:
        return
    _say(console, Text(words.text("report.readings"), style="bold"))
    for reading in report.readings:
        told = f"{reading.row.id}  {reading.option}  {words.word('verdict', reading.word)}"
        _say(console, Text(told), indent=4)
    console.print()
