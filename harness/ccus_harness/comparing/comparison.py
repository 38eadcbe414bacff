"""What changed from one run to another, and which verdicts can be carried over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from ccus_harness.comparing.again import Again, again_after
from ccus_harness.comparing.sides import declared_apart_from_build
from ccus_harness.readings import load_policy
from ccus_harness.register import row_key
from ccus_harness.verdicts import Word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from ccus_harness.comparing.sides import RowSide, Side
    from ccus_harness.exam import Exam
    from ccus_harness.register import Register

Kind = Literal["better", "worse", "reason", "seen", "added", "carried"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Something under which both runs were judged, and that is not the same in both."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A row that does not stand in both runs alike."""

    row: str
    kind: Kind
    before: RowSide | None
    after: RowSide | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two runs beside each other.

    `carried` are the rows that the later run did not try and whose earlier verdict still stands; `again` are
    those that have to be run again before the two together say something of the candidate as it is now.
    """

    conditions: tuple[Condition, ...]
    changes: tuple[Change, ...]
    same: int
    again: tuple[Again, ...]
    carried: tuple[str, ...]

    @property
    def worse(self) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.kind == "worse")


def compare(one: Side, two: Side, register: Register, exam: Exam) -> Comparison:
    """What changed from `one`, the earlier run, to `two`."""
    conditions = tuple(_conditions(one, two))
    both = sorted({*one.rows, *two.rows}, key=row_key)
    told: list[tuple[str, Kind | None]] = [(row, _kind(one.rows.get(row), two.rows.get(row))) for row in both]
    again = _again(one, two, conditions, register, exam)
    due = {each.row for each in again}
    return Comparison(
        conditions=conditions,
        changes=tuple(
            Change(row=row, kind=kind, before=one.rows.get(row), after=two.rows.get(row))
            for row, kind in told
            if kind and kind != "carried"
        ),
        same=sum(kind is None and row in two.selected for row, kind in told),
        again=again,
        carried=tuple(row for row, kind in told if kind == "carried" and row not in due),
    )


def _text(header: Mapping[str, Any], *path: str) -> str:
    """What stands at a place of the header, as text; nothing when it is not there."""
    part: Any = header
    for name in path:
        part = part.get(name) or {}
    return str(part or "")


_CONDITIONS: tuple[tuple[str, Callable[[Mapping[str, Any]], str], bool], ...] = (
    ("target", lambda header: _text(header, "target"), False),
    ("build", lambda header: _text(header, "profile", "candidate", "build"), False),
    ("version", lambda header: _text(header, "profile", "candidate", "version"), False),
    ("suite", lambda header: _text(header, "suite", "digest"), True),
    ("contract", lambda header: _text(header, "contract_digest"), True),
    ("profile", declared_apart_from_build, True),
    ("dialect", lambda header: _text(header, "dialect"), True),
    ("simulator_faults", lambda header: " ".join(header.get("simulator_faults") or ()), True),
    ("seed", lambda header: _text(header, "seed"), False),
    ("operator", lambda header: _text(header, "operator"), False),
)
"""What both runs are compared under; the last part says whether verdicts can no longer be carried over."""


def _conditions(one: Side, two: Side) -> Iterator[Condition]:
    for name, of, _ in _CONDITIONS:
        before, after = of(one.header), of(two.header)
        if before != after:
            yield Condition(name=name, before=before, after=after)
    for group in ("readings", "policy"):
        earlier: dict[str, str] = one.header.get(group) or {}
        later: dict[str, str] = two.header.get(group) or {}
        for name in sorted({*earlier, *later}):
            before, after = str(earlier.get(name, "")), str(later.get(name, ""))
            if before != after:
                yield Condition(name=f"{group}.{name}", before=before, after=after)


def _kind(before: RowSide | None, after: RowSide | None) -> Kind | None:
    """How a row changed; nothing when it stands as it stood."""
    if after is None or not after.selected:
        return "carried" if before is not None and before.selected else None
    if before is None or not before.selected:
        return "added"
    if before.word != after.word:
        return "worse" if Word[after.word] > Word[before.word] else "better"
    if _reasons(before) != _reasons(after):
        return "reason"
    return "seen" if before.seen != after.seen else None


def _reasons(row: RowSide) -> tuple[Any, ...]:
    return (row.machine, row.code, row.policy, row.strength, dict(row.under), row.decided)


def _again(
    one: Side, two: Side, conditions: tuple[Condition, ...], register: Register, exam: Exam
) -> tuple[Again, ...]:
    """What fails in the later run with what leans on it, and what that run did not try and cannot take over."""
    found = {each.row: each for each in again_after(two.failed(register.by_id), exam, register)}
    for each in again_after(one.failed(register.by_id), exam, register):
        if each.row not in two.selected:
            found.setdefault(each.row, each)
    for row in one.selected - two.selected:
        if because := tuple(_unsettling(row, conditions, register)):
            found.setdefault(row, Again(row=row, why="conditions", because=because))
    return tuple(sorted(found.values(), key=lambda each: row_key(each.row)))


def _unsettling(row: str, conditions: tuple[Condition, ...], register: Register) -> Iterator[str]:
    """The changed conditions under which a row's earlier verdict says nothing of the later run."""
    whole = {name for name, _, unsettles in _CONDITIONS if unsettles}
    numbers = load_policy()
    own = register.by_id.get(row)
    for condition in conditions:
        group, _, name = condition.name.partition(".")
        if (
            condition.name in whole
            or (group == "readings" and (own is None or name in own.readings))
            or (group == "policy" and name in numbers and row in numbers[name].rows)
        ):
            yield condition.name
