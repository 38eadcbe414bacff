"""The parts of a report: plain frozen data, in no language and no format."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

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
    agreed: Mapping[str, Any] = field(default_factory=dict[str, Any])


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
    def title(self) -> str:
        return titled(self.id, self.name)

    @property
    def claims(self) -> tuple[Claim, ...]:
        return tuple(claim for step in self.steps for claim in step.claims)

    @property
    def word(self) -> str:
        """The gravest word it claimed."""
        words = {claim.word for claim in self.claims}
        return next(
            (word for word in WORDS if word in words), "untested" if self.outcome == "not_run" else ""
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One obligation, its word, and everything a reader asks beside it."""

    id: str
    chapter: str
    clause: str
    parent: str | None
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
        telling = [claim for claim in self.claims if claim.code == self.code and claim.code]
        telling = telling or [claim for claim in self.claims if claim.word == word]
        return tuple({(claim.code, str(claim.shown)): claim for claim in telling}.values())


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


def titled(scenario: str, name: str) -> str:
    """A scenario's id with its name, said once where the id holds it already."""
    return scenario if name in scenario else f"{scenario} {name}"


def tally(chapter: str, rows: Iterable[Row]) -> Tally:
    rows = tuple(rows)
    counted = Counter(row.verdict for row in rows if row.selected)
    return Tally(
        chapter=chapter,
        words={word: counted[word] for word in WORDS if counted[word]},
        unselected=sum(not row.selected for row in rows),
    )
