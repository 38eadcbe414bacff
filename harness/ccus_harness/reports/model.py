"""What a run showed, folded from its events into plain data that every report reads.

    events ──► Report ──► console · HTML · JUnit · results.json

Nothing here knows a language or a format. Every word in a report is the word of a `verdict` event; the fold
only groups, counts and joins. A stream that was not written to its end is no result, so it has no report.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ccus_harness import events as stream
from ccus_harness.reports.folding import Folding, header, rows
from ccus_harness.reports.inert import inert
from ccus_harness.reports.parts import RED_WORDS, OpenReading, tally

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from ccus_harness.deciding import Decision, Decisions, Ruled
    from ccus_harness.events import Event
    from ccus_harness.register import Register
    from ccus_harness.reports.parts import Check, Row, RunHeader, Story, Tally

__all__ = ["IncompleteRun", "NotPrepared", "Report"]

_EXIT_SET_UP = 2


class IncompleteRun(Exception):
    """A stream that was not written to its end; it is not a result."""

    def __init__(self, path: Path | None = None) -> None:
        super().__init__(str(path or "the event stream"))
        self.path = path

    def __str__(self) -> str:
        return f"{self.path or 'the event stream'} has no end line: resume the run before reporting on it"


class NotPrepared(Exception):
    """A run that ended in its preflight: nothing was judged, so there is nothing to report."""

    def __init__(self, checks: tuple[Check, ...]) -> None:
        super().__init__(", ".join(check.name for check in checks if not check.ok))
        self.checks = checks


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One whole run."""

    run: RunHeader
    preflight: tuple[Check, ...]
    rows: tuple[Row, ...]
    stories: tuple[Story, ...]
    exit: int
    digest: str
    decisions: Decisions | None = None
    _by_id: Mapping[str, Story] = field(repr=False, compare=False)

    @classmethod
    def of(cls, events: Iterable[Event], register: Register, *, source: Path | None = None) -> Report:
        """Folds the events of a finished run.

        Raises `IncompleteRun` when they do not reach their end, `NotPrepared` when the preflight ended them.
        """
        folding = Folding()
        for event in events:
            folding.take(inert(event))
        if folding.end is None or folding.run is None:
            raise IncompleteRun(source)
        if folding.end["exit"] == _EXIT_SET_UP:
            raise NotPrepared(folding.checks())
        stories = folding.stories()
        return cls(
            run=header(folding.run),
            preflight=folding.checks(),
            rows=rows(folding.verdicts, register, stories),
            stories=stories,
            exit=int(folding.end["exit"]),
            digest=str(folding.end["digest"]),
            _by_id={story.id: story for story in stories},
        )

    def ruled(self, row: Row) -> Ruled | None:
        """What people decided on a row, beside the machine's word; None where nobody did."""
        ruled = self.decisions.rows.get(row.id) if self.decisions else None
        return ruled if ruled is not None and ruled.decision is not None else None

    @property
    def decided(self) -> tuple[Ruled, ...]:
        """The rows that people decided, in the register's order."""
        found = (self.ruled(row) for row in self.rows)
        return tuple(ruled for ruled in found if ruled is not None)

    @property
    def stale(self) -> tuple[Decision, ...]:
        """Decisions on what the machine has since found to be otherwise: shown, and counted for nothing."""
        return self.decisions.stale if self.decisions else ()

    def beside(self, decisions: Decisions) -> Report:
        """The same report with what people decided; no word of the machine changes by it."""
        return replace(self, decisions=decisions)

    @classmethod
    def read(cls, path: Path, register: Register) -> Report:
        """The report of a recorded run; `path` is its event file."""
        return cls.of(stream.read(path), register, source=path)

    @property
    def scored(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.scored)

    @property
    def annex(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if not row.scored)

    @property
    def red(self) -> tuple[Row, ...]:
        """The rows that need a reader first, the gravest word first, then in the register's order."""
        return tuple(row for word in RED_WORDS for row in self.rows if row.verdict == word)

    @property
    def open(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.open)

    @property
    def tallies(self) -> tuple[Tally, ...]:
        """One tally for each chapter that has scored rows, in the register's order."""
        chapters = dict.fromkeys(row.chapter for row in self.scored)
        return tuple(
            tally(chapter, [row for row in self.scored if row.chapter == chapter]) for chapter in chapters
        )

    @property
    def total(self) -> Tally:
        return tally("", self.scored)

    @property
    def readings(self) -> tuple[OpenReading, ...]:
        """The options under which a row would read otherwise than under the declared ones."""
        return tuple(
            OpenReading(row=row, option=option, word=word)
            for row in self.rows
            if row.selected
            for option, word in row.under.items()
            if word != (row.declared or row.verdict)
        )

    def stories_of(self, row: Row) -> tuple[Story, ...]:
        """The scenarios that spoke of a row, in the order they ran."""
        return tuple(self._by_id[name] for name in row.scenarios if name in self._by_id)

    def differing(self, other: Report) -> tuple[str, ...]:
        """The rows whose word or code is not the same in the other report."""
        told = {row.id: (row.verdict, row.code) for row in other.rows}
        own = {row.id: (row.verdict, row.code) for row in self.rows}
        return tuple(name for name in own | told if own.get(name) != told.get(name))
