"""The exam of a certification: a closed, versioned list of items, each passed, failed or held.

Every decisive row of the exam's stage stands in exactly one item. An item fails with one row violated, passes
when all its rows are satisfied or do not apply, and is held while anything else is said of a row: a person, an
answer under article 9 or another run has to come first.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from ccus_harness.documents import Bilingual, Fault, load, raise_any
from ccus_harness.locator import data
from ccus_harness.register import load_register

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from ccus_harness.register import Register

Mark = Literal["passed", "failed", "held"]

_PASSING = ("satisfied", "not_applicable")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item of the list; `reruns` are the items that are tried again with it after it failed."""

    id: str
    title: Bilingual
    rows: tuple[str, ...]
    reruns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exam:
    """The closed list, under the version that a certificate names."""

    version: str
    stage: str
    items: tuple[Item, ...]

    @property
    def rows(self) -> tuple[str, ...]:
        return tuple(row for item in self.items for row in item.rows)

    def again(self, failed: Iterable[str]) -> tuple[str, ...]:
        """The rows of a re-test: those of the failed items and of the items they name, in the list's order."""
        first = set(failed)
        named = {other for item in self.items if item.id in first for other in item.reruns}
        return tuple(row for item in self.items if item.id in first | named for row in item.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """One item with its mark, and the rows that keep it from passing with their words."""

    item: Item
    mark: Mark
    because: tuple[tuple[str, str], ...]


def mark(exam: Exam, words: Mapping[str, str]) -> tuple[Marked, ...]:
    """Marks every item from the word of each row; a row without a word was not tried."""
    return tuple(_marked(item, words) for item in exam.items)


def _marked(item: Item, words: Mapping[str, str]) -> Marked:
    said = tuple((row, words.get(row, "untested")) for row in item.rows)
    because = tuple((row, word) for row, word in said if word not in _PASSING)
    failed = any(word == "violated" for _, word in because)
    return Marked(item=item, mark="failed" if failed else "held" if because else "passed", because=because)


@cache
def load_exam(folder: Path | None = None) -> Exam:
    """The list in force; raises `DocumentFaults` with every row that it lacks, repeats or should not have."""
    raw = load((folder or data("schemas")) / "exam.json", "exam.schema.json")
    exam = Exam(
        version=raw["version"],
        stage=raw["stage"],
        items=tuple(_item(entry) for entry in raw["items"]),
    )
    raise_any("exam.json", _faults(exam, load_register()))
    return exam


def _item(raw: Mapping[str, Any]) -> Item:
    return Item(
        id=raw["id"],
        title=Bilingual(**raw["title"]),
        rows=tuple(raw["rows"]),
        reruns=tuple(raw["reruns"]),
    )


def _faults(exam: Exam, register: Register) -> Iterator[Fault]:
    belonging = {row.id for row in register.rows if row.decisive and row.stage == exam.stage}
    times = Counter(exam.rows)
    known = {item.id for item in exam.items}
    for row in sorted(belonging - set(times)):
        yield Fault(path="$.items", text=f"{row} is decisive at this stage and stands in no item")
    for row in sorted(set(times) - belonging):
        yield Fault(path="$.items", text=f"{row} is not decisive at this stage")
    for row, often in times.items():
        if often > 1:
            yield Fault(path="$.items", text=f"{row} stands {often} times")
    for index, item in enumerate(exam.items):
        for other in item.reruns:
            if other not in known or other == item.id:
                yield Fault(path=f"$.items[{index}].reruns", text=f"there is no other item {other}")
