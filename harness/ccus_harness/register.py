"""The register: every obligation read out of the agreement, as one row each."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from ccus_harness.documents import Bilingual, Fault, load, raise_any
from ccus_harness.locator import data
from ccus_harness.readings import load_policy, load_readings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from ccus_harness.readings import Policy, Reading

Party = Literal["operator", "fund", "builder", "harness"]
Severity = Literal["C", "M", "m", "i"]
Stage = Literal["書類審査", "認定試験", "監査", "事故時", "終了時"]
Layer = Literal["text", "agreed_reading", "derived", "policy"]
Method = Literal["A", "W", "S", "L", "E", "T", "N"]
Witness = Literal["answered", "kept", "ledger", "inbox", "declared", "person"]

ROWS = 175
MACHINE_METHODS = frozenset("AWSL")
ALWAYS = frozenset({"untested", "inconclusive", "error"})
BREACH_LAYERS = ("text", "agreed_reading")
"""The layers whose rows can be violated; what is derived or policy goes to a person (design §5)."""
_NEVER_SATISFIED = ("A2-3-15", "A2-4-01")  # absence and sufficiency cannot be shown

_ID = re.compile(r"(?P<part>PRE|SIG|ANX|A[1-9][0-9]*)(?:-(?P<paragraph>[1-9]))?-(?P<number>[0-9]{2})")
_EDGES = {"PRE": (0, 0), "SIG": (2, 0), "ANX": (3, 0)}
_ARTICLE_EDGES = {"pre": (0, 0), "sign": (2, 0), "annex": (3, 0)}
_PART_ARTICLES = {"PRE": "pre", "SIG": "sign", "ANX": "annex"}

RowKey = tuple[int, int, int, int]


class NotARowId(ValueError):
    """A text is not the id of an obligation."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text

    def __str__(self) -> str:
        return f"{self.text!r} is not the id of an obligation; ids look like A2-2-01, PRE-01 or ANX-04"


def row_key(row_id: str) -> RowKey:
    """Sorts ids as the agreement runs: preamble, articles by number, signature, annex."""
    match = _ID.fullmatch(row_id)
    if match is None:
        raise NotARowId(row_id)
    part = match["part"]
    group, article = _EDGES.get(part) or (1, int(part.removeprefix("A")))
    return (group, article, int(match["paragraph"] or 0), int(match["number"]))


def article_key(article: str) -> tuple[int, int]:
    """Sorts articles as the agreement runs, article 10 after article 2."""
    return _ARTICLE_EDGES.get(article) or (1, int(article))


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """The place in the agreement that a row was read out of."""

    article: str
    paragraph: str | None
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a row that weighs less, or rests on another layer, than the row itself."""

    name: str
    severity: Severity
    layer: Layer
    text: Bilingual


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """One row of the register."""

    id: str
    clause: Clause
    obliged: tuple[Party, ...]
    scored: bool
    severity: Severity
    stage: Stage
    decisive: bool
    layer: Layer
    demand: Bilingual
    trigger: Bilingual
    method: tuple[Method, ...]
    machine: bool
    readings: tuple[str, ...]
    witnesses: tuple[Witness, ...]
    words: tuple[str, ...]
    parent: str | None
    reruns: tuple[str, ...]
    parts: tuple[Part, ...]
    text_defects: tuple[str, ...]
    why_not: Bilingual | None
    notes: tuple[Bilingual, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """All obligations in the order of the agreement, found by id or by article."""

    rows: tuple[Obligation, ...]
    by_id: Mapping[str, Obligation]
    by_article: Mapping[str, tuple[Obligation, ...]]

    @classmethod
    def of(cls, rows: Iterable[Obligation]) -> Register:
        ordered = tuple(sorted(rows, key=lambda row: row_key(row.id)))
        articles: dict[str, list[Obligation]] = {}
        for row in ordered:
            articles.setdefault(row.clause.article, []).append(row)
        return cls(
            rows=ordered,
            by_id=MappingProxyType({row.id: row for row in ordered}),
            by_article=MappingProxyType({article: tuple(found) for article, found in articles.items()}),
        )

    def children(self, row_id: str) -> tuple[Obligation, ...]:
        return tuple(row for row in self.rows if row.parent == row_id)

    @property
    def machine(self) -> tuple[Obligation, ...]:
        return tuple(row for row in self.rows if row.machine)


def load_register(folder: Path | None = None) -> Register:
    """Load the register of our schemas, or of another folder; raise every fault of its rows at once."""
    return _load(folder or data("schemas"))


@cache
def _load(folder: Path) -> Register:
    raw = load(folder / "register.json", "register.schema.json")["rows"]
    rows = [_obligation(row) for row in raw]
    raise_any("register.json", cross_faults(rows, load_readings(folder), load_policy(folder)))
    return Register.of(rows)


_LISTS = ("obliged", "method", "readings", "witnesses", "words", "reruns", "text_defects")


def _obligation(raw: Mapping[str, Any]) -> Obligation:
    lists: dict[str, Any] = {key: tuple(raw[key]) for key in _LISTS}
    shaped: dict[str, Any] = {
        "clause": Clause(**raw["clause"]),
        "demand": Bilingual(**raw["demand"]),
        "trigger": Bilingual(**raw["trigger"]),
        "parts": tuple(_part(part) for part in raw["parts"]),
        "why_not": Bilingual(**raw["why_not"]) if raw["why_not"] else None,
        "notes": tuple(Bilingual(**note) for note in raw["notes"]),
    }
    return Obligation(**{**raw, **lists, **shaped})


def _part(raw: Mapping[str, Any]) -> Part:
    text = Bilingual(ja=raw["ja"], en=raw["en"])
    return Part(name=raw["name"], severity=raw["severity"], layer=raw["layer"], text=text)


def cross_faults(
    rows: list[Obligation], readings: Mapping[str, Reading], policy: Mapping[str, Policy]
) -> Iterator[Fault]:
    """Find what no schema sees: rows against each other, the readings and the policy numbers."""
    yield from _table_faults(rows)
    ids = frozenset(row.id for row in rows)
    for index, row in enumerate(rows):
        path = f"$.rows[{index}]"
        for field, text in _own_faults(row):
            yield Fault(path=f"{path}.{field}", text=f"{row.id}: {text}")
        for field, text in _reference_faults(row, ids, readings, policy):
            yield Fault(path=f"{path}.{field}", text=f"{row.id}: {text}")
    yield from _unanswered_faults(rows, readings, policy)


def _table_faults(rows: list[Obligation]) -> Iterator[Fault]:
    if len(rows) != ROWS:
        yield Fault(path="$.rows", text=f"{len(rows)} rows stand where {ROWS} belong")
    times = Counter(row.id for row in rows)
    for index, row in enumerate(rows):
        if times[row.id] > 1:
            yield Fault(path=f"$.rows[{index}].id", text=f"{row.id} stands {times[row.id]} times")
        if index and row_key(rows[index - 1].id) > row_key(row.id):
            yield Fault(path=f"$.rows[{index}].id", text=f"{row.id} stands after {rows[index - 1].id}")


def _article(row: Obligation) -> str:
    part = row.id.split("-")[0]
    return _PART_ARTICLES.get(part, part.removeprefix("A"))


_OWN: tuple[tuple[str, Callable[[Obligation], bool], str], ...] = (
    ("clause.article", lambda row: row.clause.article == _article(row), "the id names another article"),
    (
        "machine",
        lambda row: row.machine == bool(MACHINE_METHODS & set(row.method)),
        "machine and method disagree",
    ),
    (
        "why_not",
        lambda row: (row.why_not is not None) == ("N" in row.method),
        "a reason is due for method N only",
    ),
    ("method", lambda row: "N" not in row.method or len(row.method) == 1, "N stands alone"),
    (
        "scored",
        lambda row: not row.scored or "operator" in row.obliged,
        "only the operator's rows are scored",
    ),
    ("words", lambda row: set(row.words) >= ALWAYS, "untested, inconclusive and error are always possible"),
    (
        "words",
        lambda row: "violated" not in row.words or row.layer in BREACH_LAYERS,
        "only the text and an agreed reading can be violated",
    ),
    (
        "decisive",
        lambda row: not (row.decisive and row.severity == "i"),
        "an informational row decides nothing",
    ),
    ("decisive", lambda row: not row.decisive or row.scored, "a row outside the score decides nothing"),
    (
        "decisive",
        lambda row: not row.decisive or "satisfied" in row.words,
        "what is never satisfied decides nothing",
    ),
    (
        "words",
        lambda row: row.id not in _NEVER_SATISFIED or "satisfied" not in row.words,
        "can never be satisfied",
    ),
)


def _own_faults(row: Obligation) -> Iterator[tuple[str, str]]:
    return ((field, text) for field, holds, text in _OWN if not holds(row))


def _reference_faults(
    row: Obligation, ids: frozenset[str], readings: Mapping[str, Reading], policy: Mapping[str, Policy]
) -> Iterator[tuple[str, str]]:
    if row.parent is not None and (row.parent not in ids or row.parent == row.id):
        yield "parent", f"there is no other row {row.parent}"
    for other in row.reruns:
        if other not in ids:
            yield "reruns", f"there is no row {other}"
    for name in row.readings:
        if name not in readings:
            yield "readings", f"there is no reading {name}"
        elif row.id not in readings[name].rows:
            yield "readings", f"{name} does not name this row"
    if (
        "depends" in row.words
        and not row.readings
        and not any(row.id in number.rows for number in policy.values())
    ):
        yield "readings", "what depends must name the reading or policy number it depends on"


def _unanswered_faults(
    rows: list[Obligation], readings: Mapping[str, Reading], policy: Mapping[str, Policy]
) -> Iterator[Fault]:
    by_id = {row.id: row for row in rows}
    for reading in readings.values():
        for row_id in reading.rows:
            if row_id not in by_id or reading.name not in by_id[row_id].readings:
                yield Fault(
                    path="$.rows", text=f"the reading {reading.name} names {row_id}, which does not name it"
                )
    for number in policy.values():
        for row_id in number.rows:
            if row_id not in by_id:
                yield Fault(
                    path="$.rows", text=f"the policy number {number.name} names {row_id}, which is not there"
                )
