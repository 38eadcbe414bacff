"""What a run showed, folded from its events into plain data that every report reads.

    events ──► Report ──► console · HTML · JUnit · results.json

Nothing here knows a language or a format. Every word in a report is the word of a `verdict` event; the fold only
groups, counts and joins. A stream that was not written to its end is no result, so it has no report.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ccus_harness import events as stream
from ccus_harness.reports.inert import inert

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from ccus_harness.register import Register

__all__ = [
    "OPEN_WORDS",
    "RED_WORDS",
    "WORDS",
    "Call",
    "Check",
    "Claim",
    "IncompleteRun",
    "OpenReading",
    "Report",
    "Row",
    "RunHeader",
    "Step",
    "Story",
    "Tally",
]

WORDS = (
    "violated",
    "error",
    "inconclusive",
    "untested",
    "depends",
    "review",
    "attested",
    "satisfied",
    "not_applicable",
)
"""The words of a verdict, the gravest first."""

RED_WORDS = ("violated", "error")
OPEN_WORDS = ("inconclusive", "untested")

Event = dict[str, Any]


class IncompleteRun(Exception):  # noqa: N818 - named for what the run is
    """A stream that was not written to its end; it is not a result."""

    def __init__(self, path: Path | None = None) -> None:
        super().__init__(str(path or "the event stream"))
        self.path = path

    def __str__(self) -> str:
        return f"{self.path or 'the event stream'} has no end line: resume the run before reporting on it"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunHeader:
    """What was run, with what, and what was declared."""

    run_id: str
    target: str
    mode: str
    seed: int
    started_at: str
    suite: str
    suite_digest: str
    contract_digest: str
    operator: str
    scenarios: int
    articles: tuple[str, ...]
    obligations: tuple[str, ...]
    readings: Mapping[str, Any]
    policy: Mapping[str, Any]
    profile: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One line of the preflight."""

    name: str
    ok: bool
    ja: str
    en: str

    def text(self, lang: str) -> str:
        return self.ja if lang == "ja" else self.en


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One contact with the world; `n` is its line in the record."""

    n: int
    who: str
    op: str
    args: Any
    status: str
    answer: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What one step said about one row."""

    scenario: str
    row: str
    word: str
    code: str
    shown: Mapping[str, Any]
    under: Mapping[str, Any]
    policy: str | None
    strength: str | None
    blame: str | None
    witnesses: tuple[str, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a scenario with the calls it made and the claims it raised."""

    index: int
    keyword: str
    text: str
    type: str
    calls: tuple[Call, ...]
    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One scenario as it went."""

    id: str
    name: str
    feature: str
    rows: tuple[str, ...]
    world_reading: Mapping[str, str]
    steps: tuple[Step, ...]
    outcome: str
    detail: Mapping[str, Any]

    @property
    def claims(self) -> tuple[Claim, ...]:
        return tuple(claim for step in self.steps for claim in step.claims)

    @property
    def word(self) -> str:
        """The gravest word it claimed."""
        words = {claim.word for claim in self.claims}
        return next((word for word in WORDS if word in words), "untested" if self.outcome == "not_run" else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One obligation, its word, and everything a reader asks beside it."""

    id: str
    chapter: str
    ja: str
    en: str
    severity: str
    machine: bool
    scored: bool
    selected: bool
    verdict: str
    code: str
    reason: str
    policy: str | None
    layer: str
    strength: str | None
    blame: str | None
    remarks: tuple[str, ...]
    under: Mapping[str, str]
    declared: str | None
    due: str | None
    scenarios: tuple[str, ...]
    claims: tuple[Claim, ...]

    def text(self, lang: str) -> str:
        return (self.ja or self.en) if lang == "ja" else (self.en or self.ja)

    @property
    def red(self) -> bool:
        return self.verdict in RED_WORDS

    @property
    def open(self) -> bool:
        """Whether a machine should have decided it in this run and did not."""
        return self.selected and self.machine and self.verdict in OPEN_WORDS

    @property
    def telling(self) -> tuple[Claim, ...]:
        """The claims that gave the row its word, the same finding once."""
        word = self.declared or self.verdict
        distinct = {(claim.code, str(claim.shown)): claim for claim in self.claims if claim.word == word}
        return tuple(distinct.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The words of a chapter's selected rows, counted without mixing the untested into anything."""

    chapter: str
    words: Mapping[str, int]
    unselected: int

    @property
    def selected(self) -> int:
        return sum(self.words.values())

    @property
    def decided(self) -> int:
        """Rows where the record settled the matter, one way or the other."""
        return self.count("satisfied") + self.count("violated")

    def count(self, word: str) -> int:
        return self.words.get(word, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenReading:
    """A row whose word changes with a reading: a question under Article 9."""

    row: Row
    option: str
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One whole run."""

    run: RunHeader
    preflight: tuple[Check, ...]
    rows: tuple[Row, ...]
    stories: tuple[Story, ...]
    exit: int
    digest: str
    _by_id: Mapping[str, Story] = field(repr=False, compare=False)

    @classmethod
    def of(cls, events: Iterable[Event], register: Register, *, source: Path | None = None) -> Report:
        """Folds the events of a finished run; raises `IncompleteRun` when they do not reach their end."""
        folding = _Folding()
        for event in events:
            folding.take(inert(event))
        if folding.end is None or folding.run is None:
            raise IncompleteRun(source)
        stories = folding.stories()
        return cls(
            run=_header(folding.run),
            preflight=folding.checks(),
            rows=_rows(folding.verdicts, register, stories),
            stories=stories,
            exit=int(folding.end["exit"]),
            digest=str(folding.end["digest"]),
            _by_id={story.id: story for story in stories},
        )

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
        return tuple(_tally(chapter, [row for row in self.scored if row.chapter == chapter]) for chapter in chapters)

    @property
    def total(self) -> Tally:
        return _tally("", self.scored)

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


class _Folding:
    """The events taken so far."""

    def __init__(self) -> None:
        self.run: Event | None = None
        self.end: Event | None = None
        self.verdicts: list[Event] = []
        self._preflight: list[Event] = []
        self._told: dict[str, _Telling] = {}

    def take(self, event: Event) -> None:
        match event["kind"]:
            case "run":
                self.run = event
            case "preflight":
                self._preflight.extend(event["checks"])
            case "scenario":
                # A resumed scenario is told again from its beginning.
                self._told[event["id"]] = _Telling(event)
            case "step" | "call" | "claim" | "scenario_end":
                if event["scenario"] in self._told:
                    self._told[event["scenario"]].take(event)
            case "verdict":
                self.verdicts.append(event)
            case "end":
                self.end = event
            case _:
                # A later version of the suite may write more kinds; reports read the ones they know.
                pass

    def stories(self) -> tuple[Story, ...]:
        return tuple(telling.story() for telling in self._told.values())

    def checks(self) -> tuple[Check, ...]:
        return tuple(
            Check(name=each["name"], ok=bool(each["ok"]), ja=each.get("ja", ""), en=each.get("en", ""))
            for each in self._preflight
        )


class _Telling:
    """One scenario while its events come; calls and claims belong to the step that began last."""

    def __init__(self, opening: Event) -> None:
        self._opening = opening
        self._ending: Event = {"outcome": "not_run", "detail": {}}
        self._steps: list[tuple[Event, list[Call], list[Claim]]] = []

    def take(self, event: Event) -> None:
        if event["kind"] == "scenario_end":
            self._ending = event
        elif event["kind"] == "step":
            self._steps.append((event, [], []))
        elif event["kind"] == "call":
            self._current()[1].append(_call(event))
        else:
            self._current()[2].append(_claim(event))

    def _current(self) -> tuple[Event, list[Call], list[Claim]]:
        if not self._steps:
            # What a background or the harness did before the first step still has to be shown.
            self._steps.append(({"index": 0, "keyword": "", "text": "", "type": "given"}, [], []))
        return self._steps[-1]

    def story(self) -> Story:
        return Story(
            id=self._opening["id"],
            name=self._opening["name"],
            feature=self._opening.get("feature", ""),
            rows=tuple(self._opening.get("rows", ())),
            world_reading=self._opening.get("world_reading") or {},
            steps=tuple(_step(*parts) for parts in self._steps),
            outcome=self._ending["outcome"],
            detail=self._ending.get("detail") or {},
        )


def _step(event: Event, calls: list[Call], claims: list[Claim]) -> Step:
    return Step(
        index=event["index"],
        keyword=event["keyword"],
        text=event["text"],
        type=event["type"],
        calls=tuple(calls),
        claims=tuple(claims),
    )


def _call(event: Event) -> Call:
    answer = event.get("answer") or {}
    return Call(
        n=event["n"],
        who=event["who"],
        op=event["op"],
        args=event.get("args"),
        status=answer.get("status", ""),
        answer={name: part for name, part in answer.items() if name != "status"},
    )


def _claim(event: Event) -> Claim:
    return Claim(
        scenario=event["scenario"],
        row=event["row"],
        word=event["word"],
        code=event.get("code") or "",
        shown=event.get("shown") or {},
        under=event.get("under") or {},
        policy=event.get("policy"),
        strength=event.get("strength"),
        blame=event.get("blame"),
        witnesses=tuple(event.get("witnesses") or ()),
        remarks=tuple(event.get("remarks") or ()),
    )


def _header(event: Event) -> RunHeader:
    suite, selection = event.get("suite") or {}, event.get("selection") or {}
    return RunHeader(
        run_id=event["run_id"],
        target=event["target"],
        mode=event.get("mode", ""),
        seed=event["seed"],
        started_at=event.get("started_at", ""),
        suite=suite.get("version", ""),
        suite_digest=suite.get("digest", ""),
        contract_digest=event.get("contract_digest", ""),
        operator=event.get("operator", ""),
        scenarios=event.get("scenarios", 0),
        articles=tuple(str(each) for each in selection.get("articles") or ()),
        obligations=tuple(selection.get("obligations") or ()),
        readings=event.get("readings") or {},
        policy=event.get("policy") or {},
        profile=event.get("profile") or {},
    )


def _rows(verdicts: Iterable[Event], register: Register, stories: Iterable[Story]) -> tuple[Row, ...]:
    claims: dict[str, list[Claim]] = {}
    for story in stories:
        for claim in story.claims:
            claims.setdefault(claim.row, []).append(claim)
    return tuple(_row(event, register, tuple(claims.get(event["row"], ()))) for event in verdicts)


def _row(event: Event, register: Register, claims: tuple[Claim, ...]) -> Row:
    # A run recorded with a newer register may name a row that this one does not have: it is still shown.
    known = register.by_id.get(event["row"])
    return Row(
        id=event["row"],
        chapter=event["row"].rpartition("-")[0],
        ja=known.ja if known else "",
        en=known.en if known else "",
        severity=known.severity if known else "",
        machine=known.machine if known else True,
        scored=bool(event.get("scored", True)),
        selected=bool(event.get("selected", True)),
        verdict=event["verdict"],
        code=event.get("code") or "",
        reason=event.get("reason") or "",
        policy=event.get("policy"),
        layer=event.get("layer") or "",
        strength=event.get("strength"),
        blame=event.get("blame"),
        remarks=tuple(event.get("remarks") or ()),
        under={option: _word(told) for option, told in (event.get("under") or {}).items()},
        declared=event.get("declared"),
        due=event.get("due"),
        scenarios=tuple(event.get("scenarios") or ()),
        claims=claims,
    )


def _word(told: Any) -> str:
    """An option's word, which stands alone or before its finding code."""
    return told if isinstance(told, str) else str(next(iter(told), ""))


def _tally(chapter: str, rows: Iterable[Row]) -> Tally:
    rows = tuple(rows)
    counted = Counter(row.verdict for row in rows if row.selected)
    return Tally(
        chapter=chapter,
        words={word: counted[word] for word in WORDS if counted[word]},
        unselected=sum(not row.selected for row in rows),
    )
