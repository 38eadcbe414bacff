"""Which rows have to be run again after some failed: those, and the ones that lean on them.

Three tables say what leans on what: the items of the exam list with the items they name, the rows of the
register that are parts of another, and the rows whose check is another row's check run again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ccus_harness.register import row_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ccus_harness.exam import Exam
    from ccus_harness.register import Register


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """One row to run again: why, and because of which rows or conditions."""

    row: str
    why: str
    because: tuple[str, ...] = ()


def again_after(failed: Iterable[str], exam: Exam, register: Register) -> tuple[Again, ...]:
    """The failed rows and those that lean on them, in the register's order; the first reason found is told."""
    first = tuple(failed)
    found: dict[str, Again] = {row: Again(row=row, why="failed") for row in first}
    for row, why, because in _leaning(first, exam, register):
        if row not in found:
            found[row] = Again(row=row, why=why, because=(because,))
        elif found[row].why == why and because not in found[row].because:
            found[row] = Again(row=row, why=why, because=(*found[row].because, because))
    return tuple(sorted(found.values(), key=lambda one: row_key(one.row)))


def _leaning(failed: tuple[str, ...], exam: Exam, register: Register) -> Iterator[tuple[str, str, str]]:
    for row in failed:
        yield from ((other, "family", row) for other in _family(row, register))
        yield from ((other, "check", row) for other in _checks(row, register))
        yield from ((other, "item", row) for other in _items(row, exam))


def _family(row: str, register: Register) -> Iterator[str]:
    """The row that this one is a part of, and the other parts."""
    whole = register.by_id[row].parent or row
    yield whole
    yield from (child.id for child in register.children(whole))


def _checks(row: str, register: Register) -> Iterator[str]:
    """The rows whose checks are this row's, either way round."""
    yield from register.by_id[row].reruns
    yield from (other.id for other in register.rows if row in other.reruns)


def _items(row: str, exam: Exam) -> tuple[str, ...]:
    return exam.again(item.id for item in exam.items if row in item.rows)
