"""Attempts at a certification kept together: what each tried, and what stands when they are taken together.

The certification demands that every item passes, and allows one re-test free of charge after a fix; further ones
are charged. A verdict of an earlier attempt stands only while nothing that was mended touches it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from ccus_harness.comparing.comparison import compare
from ccus_harness.register import row_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ccus_harness.comparing.again import Again
    from ccus_harness.comparing.sides import RowSide, Side
    from ccus_harness.exam import Exam
    from ccus_harness.register import Register

FREE_ATTEMPTS = 2
"""The first attempt and one re-test."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attempt: which rows it tried, which of them failed, and whether it is free of charge."""

    number: int
    side: Side
    tried: tuple[str, ...]
    failed: tuple[str, ...]

    @property
    def free(self) -> bool:
        return self.number <= FREE_ATTEMPTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A row with the word that stands, and the attempt whose evidence it rests on."""

    row: str
    word: str
    machine: str
    decided: bool
    attempt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempts:
    """All attempts taken together; `missing` are rows that the last one should have tried again and did not."""

    attempts: tuple[Attempt, ...]
    rows: Mapping[str, Standing]
    missing: tuple[Again, ...]

    @property
    def carried(self) -> tuple[str, ...]:
        """The rows that stand by an earlier attempt than the last."""
        return tuple(row for row, one in self.rows.items() if one.attempt < len(self.attempts))

    @property
    def words(self) -> dict[str, str]:
        """The word of every row that stands; what was left out of a re-test has none."""
        return {row: one.word for row, one in self.rows.items()}


class NotAttempts(Exception):
    """Runs that are not attempts of one certification; carries the codes of all reasons, each with its attempt."""

    def __init__(self, reasons: Sequence[tuple[int, str]]) -> None:
        super().__init__(", ".join(f"attempt {number}: {code}" for number, code in reasons))
        self.reasons = tuple(reasons)


def together(sides: Sequence[Side], register: Register, exam: Exam) -> Attempts:
    """The attempts in the order they were made; raises `NotAttempts`."""
    attempts = tuple(
        Attempt(
            number=place,
            side=side,
            tried=tuple(sorted(side.selected, key=row_key)),
            failed=side.failed(register.by_id),
        )
        for place, side in enumerate(sides, 1)
    )
    if reasons := list(_reasons(attempts)):
        raise NotAttempts(reasons)
    return _folded(attempts, register, exam)


def _reasons(attempts: Sequence[Attempt]) -> Iterator[tuple[int, str]]:
    if len(attempts) < FREE_ATTEMPTS:
        yield 1, "alone"
    for before, after in pairwise(attempts):
        if _name(before.side) != _name(after.side):
            yield after.number, "other_candidate"
        if before.side.events == after.side.events:
            yield after.number, "same_run"
        elif before.side.header.get("started_at", "") > after.side.header.get("started_at", ""):
            yield after.number, "order"


def _name(side: Side) -> str:
    profile: dict[str, dict[str, str]] = side.header.get("profile") or {}
    return profile.get("candidate", {}).get("name", "")


def _folded(attempts: Sequence[Attempt], register: Register, exam: Exam) -> Attempts:
    first = attempts[0]
    whole = first.side
    rows = {row: _standing(whole.rows[row], 1) for row in first.tried}
    owed: dict[str, Again] = {}
    for attempt in attempts[1:]:
        due = compare(whole, attempt.side, register, exam).again
        owed = {
            again.row: again for again in (*owed.values(), *due) if again.row not in attempt.side.selected
        }
        rows |= {row: _standing(attempt.side.rows[row], attempt.number) for row in attempt.tried}
        rows = {row: one for row, one in rows.items() if row not in owed}
        whole = _merged(whole, attempt.side)
    missing = tuple(owed[row] for row in sorted(owed, key=row_key))
    ordered = {row: rows[row] for row in sorted(rows, key=row_key)}
    return Attempts(attempts=tuple(attempts), rows=ordered, missing=missing)


def _standing(row: RowSide, attempt: int) -> Standing:
    return Standing(row=row.row, word=row.word, machine=row.machine, decided=row.decided, attempt=attempt)


def _merged(one: Side, two: Side) -> Side:
    """What is known after `two`: its own rows, and those of before that it did not try."""
    own = {row: side for row, side in two.rows.items() if side.selected}
    return replace(two, rows={**one.rows, **own})
