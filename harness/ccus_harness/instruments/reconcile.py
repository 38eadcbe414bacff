"""The three-way reconciliation of 第6条: what was provided, what the certificate says, what is still found.

A row says no more than was looked at: what nobody looked at stays `not_looked_at`, and a scan that has not
proved that it sees stays `blind`.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, cast

if TYPE_CHECKING:
    from ccus_harness.instruments.residue import Hits


class Outcome(StrEnum):
    """What a check came to."""

    AGREES = "agrees"
    NOT_LOOKED_AT = "not_looked_at"
    BLIND = "blind"
    DISAGREES = "disagrees"


_GRAVITY: Final = tuple(Outcome)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One row: `expected` is what the witnesses say, `seen` what the certificate or the scan says."""

    id: str
    part: str
    outcome: Outcome
    expected: str
    seen: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """All rows of a reconciliation, in order of their check."""

    rows: tuple[Check, ...]

    def outcome(self, id: str) -> Outcome:  # noqa: A002 - the word of the check
        """Give the gravest outcome over the parts of a check."""
        found = [row.outcome for row in self.rows if row.id == id]
        if not found:
            raise LookupError(f"There is no check {id!r}. Use one of: {', '.join(CHECKS)}")
        return max(found, key=_GRAVITY.index)

    def disagreeing(self) -> tuple[Check, ...]:
        return tuple(row for row in self.rows if row.outcome is Outcome.DISAGREES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was looked at besides ledger and certificate; None stands for what nobody looked at.

    `root` and `leaf_count` are recomputed by the simulator over everything collected, `stores` are those
    that were observed, `controls_*` the hashes of records of other origin, by id, `supplements` later
    certificates of the same end.
    """

    before: Hits | None = None
    after: Hits | None = None
    leaf_count: int | None = None
    root: str | None = None
    stores: frozenset[str] | None = None
    controls_before: Mapping[str, str] | None = None
    controls_after: Mapping[str, str] | None = None
    ended_at: datetime | None = None
    now: datetime | None = None
    supplements: Sequence[Any] = ()


NOTES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "": "",
        "certificate.none": "there is no certificate to compare with",
        "certificate.unreadable": "the certificate is not an object",
        "value.missing": "the certificate does not say, or not in the right form",
        "witness.none": "nobody looked",
        "time.offset_missing": "a time without an offset, or no time at all",
        "time.order": "times in an order that cannot be",
        "store.undeclared": "a store was observed that the certificate leaves out",
        "scan.blind": "the scan before disposal found nothing, so it does not prove that it sees",
        "scan.not_before": "nothing was scanned before disposal, so the scan does not prove that it sees",
        "scan.incomplete": "nothing was found in what was read, but not everything could be read",
        "scan.residue": "registration data was found outside every declared exception",
        "exception.undeclared": "more is found than the exceptions declare",
        "exception.more_declared": "the exceptions declare more than was found",
        "exception.groundless": "an exception without ground or without an end",
        "delivered.open": "of some records it is not known that they arrived whole; they may be counted or not",
        "control.changed": "records of other origin were changed or lost",
        "deferred.none": "nothing is deferred",
        "deferred.open": "open until the due time of the deferred stores",
        "deferred.overdue": "a deferred store is due and no supplementary certificate names it",
    }
)
"""What each note code says."""


def reconcile(ledger: Iterable[Mapping[str, Any]], certificate: Any, found: Found) -> Table:
    """Compare ledger, certificate (any JSON, or None when none came) and what was found."""
    provided, open_ = _provided(ledger)
    side = _Side(provided=provided, open=open_, certificate=certificate, found=found)
    return Table(rows=tuple(row for check, compare in CHECKS.items() for row in compare(side, check)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """All that is compared, and the way to say what came of it."""

    provided: tuple[Mapping[str, Any], ...]
    open: tuple[Mapping[str, Any], ...] = ()
    """Handed over, but not known to have arrived whole: an honest certificate may count them or not."""
    certificate: Any
    found: Found

    def says(self, *path: str) -> Any:
        """Give what the certificate says at a path; None where it says nothing."""
        value = self.certificate
        for key in path:
            value = cast("Mapping[str, Any]", value).get(key) if isinstance(value, Mapping) else None
        return value

    def list(self, *path: str) -> list[Mapping[str, Any]]:
        value = self.says(*path)
        rows = cast("list[Any]", value) if isinstance(value, list) else []
        return [cast("Mapping[str, Any]", row) for row in rows if isinstance(row, Mapping)]

    def silent(self) -> str:
        """Say why the certificate cannot be compared at all; empty when it can."""
        if self.certificate is None:
            return "certificate.none"
        return "" if isinstance(self.certificate, Mapping) else "certificate.unreadable"


# What was provided

_Bodies = tuple[Mapping[str, Any], ...]


def _provided(ledger: Iterable[Mapping[str, Any]]) -> tuple[_Bodies, _Bodies]:
    """Give what arrived whole, and what the ledger says was cut short, lost on its way or never told of."""
    collected: dict[str, Mapping[str, Any]] = {}
    delivered: dict[str, str] = {}
    for entry in ledger:
        body = entry["body"]
        if entry["kind"] == "provision.collected":
            collected[body["provision_id"]] = body
            delivered[body["provision_id"]] = body.get("delivered", "full")
        elif entry["kind"] == "provision.delivered":
            delivered.update(dict.fromkeys(body["provision_ids"], body["delivered"]))
    whole = tuple(body for name, body in collected.items() if delivered[name] == "full")
    return whole, tuple(body for name, body in collected.items() if delivered[name] != "full")


def _records(side: _Side, check: str) -> Iterator[Check]:
    least, most = len(side.provided), len(side.provided) + len(side.open)
    yield _between(side, check, "records", (least, most), ("counts", "provided_records"))
    of_whole, of_open = _items(side.provided), _items(side.open)
    said = side.says("counts", "by_item")
    if side.open and _within(said, of_whole, of_whole + of_open):
        yield _row(check, "items", Outcome.AGREES, dict(of_whole), said, "delivered.open")
    else:
        yield _equal(side, check, "items", dict(of_whole), ("counts", "by_item"))


def _items(bodies: _Bodies) -> Counter[str]:
    return Counter(item for body in bodies for item in body["items"] if not item.startswith("x_"))


def _within(said: Any, least: Counter[str], most: Counter[str]) -> bool:
    """Tell whether every item is counted at least and at most so often, and no other item is."""
    if not isinstance(said, Mapping):
        return False
    counts = cast("Mapping[str, Any]", said)
    numbers = {item: _number(counts.get(item, 0)) for item in {*counts, *least}}
    return all(number is not None and least[item] <= number <= most[item] for item, number in numbers.items())


def _subjects(side: _Side, check: str) -> Iterator[Check]:
    for part, kind, key in (
        ("technicians", "technician", "distinct_technicians"),
        ("firms", "business", "distinct_firms"),
    ):
        distinct = {body["id"] for body in side.provided if body["record_type"] == kind}
        others = {body["id"] for body in side.open if body["record_type"] == kind} - distinct
        yield _between(side, check, part, (len(distinct), len(distinct) + len(others)), ("counts", key))


def _sum(side: _Side, check: str) -> Iterator[Check]:
    parts = [_number(side.says("counts", key)) for key in ("disposed", "retained", "never_stored")]
    whole = _number(side.says("counts", "provided_records"))
    known = [part for part in parts if part is not None]
    if whole is None or len(known) < len(parts):
        yield _missing(side, check, "sum", whole, parts)
        return
    yield _compared(check, "sum", whole, sum(known))


def _commitment(side: _Side, check: str) -> Iterator[Check]:
    leaves, root = side.found.leaf_count, side.found.root
    whole, bounds = len(side.provided), (leaves, leaves)
    if side.open and leaves is not None:
        bounds = (whole, whole + len(side.open))
    yield _between(side, check, "leaf_count", bounds, ("commitment", "leaf_count"))
    if side.open and side.says("commitment", "root") not in {None, root} and not side.silent():
        # The simulator's root leaves out what broke on the way; which open records this one leaves out, nobody knows.
        said = side.says("commitment", "root")
        yield _row(check, "root", Outcome.NOT_LOOKED_AT, root, said, "delivered.open")
    else:
        yield _equal(side, check, "root", root, ("commitment", "root"))


# When it was done


def _times(side: _Side, check: str) -> Iterator[Check]:
    if side.silent():
        yield _missing(side, check, "order", None, None)
        return
    chains = list(_chains(side))
    faulty = sorted({name for chain in chains for name, text in chain if _moment(text) is None})
    yield _compared(check, "offset", [], faulty, "time.offset_missing")
    wrong = [
        f"{earlier} > {later}"
        for chain in chains
        for (earlier, first), (later, second) in _known_pairs(chain)
        if first > second
    ]
    yield _compared(check, "order", [], sorted(set(wrong)), "time.order")
    ended = _moment(side.says("end_event", "ended_at"))
    if side.found.ended_at is None or ended is None:
        yield _row(check, "end", Outcome.NOT_LOOKED_AT, side.found.ended_at, ended, "witness.none")
    else:
        yield _compared(check, "end", side.found.ended_at, ended, "time.order")


_Named = tuple[str, Any]


def _chains(side: _Side) -> Iterator[list[_Named]]:
    """Give the times that must follow each other: one chain for each store that held anything."""
    ended: _Named = ("end_event.ended_at", side.says("end_event", "ended_at"))
    last: list[_Named] = [(name, side.says(name)) for name in ("issued_at", "submitted_at")]
    yield [ended, *last]
    for store in side.list("stores"):
        action = store.get("action")
        if store.get("held") is True and isinstance(action, Mapping):
            times = cast("Mapping[str, Any]", action)
            named: list[_Named] = [
                (f"stores.{name}", times.get(name)) for name in ("started_at", "completed_at")
            ]
            yield [ended, *named, *last]


def _known_pairs(chain: list[_Named]) -> Iterator[tuple[tuple[str, datetime], tuple[str, datetime]]]:
    known = [(name, moment) for name, text in chain if (moment := _moment(text)) is not None]
    yield from pairwise(known)


# Where it lay


def _stores(side: _Side, check: str) -> Iterator[Check]:
    if side.silent():
        yield _missing(side, check, "stores", None, None)
        return
    declared = {_shown(store.get("store_id")) for store in side.list("stores")}
    observed = side.found.stores
    if observed is None:
        yield _row(check, "stores", Outcome.NOT_LOOKED_AT, None, sorted(declared), "witness.none")
        return
    left_out = sorted(observed - declared)
    outcome = Outcome.DISAGREES if left_out else Outcome.AGREES
    note = "store.undeclared" if left_out else ""
    yield _row(check, "stores", outcome, sorted(observed), sorted(declared), note)


# What is still found


def _residue(side: _Side, check: str) -> Iterator[Check]:
    before, after = side.found.before, side.found.after
    if after is None:
        yield _row(check, "residue", Outcome.NOT_LOOKED_AT, 0, None, "witness.none")
        return
    outside = sorted({f"{hit.source}:{hit.id}:{hit.item}" for hit in after if not _excepted(side, hit.item)})
    if outside:
        yield _row(check, "residue", Outcome.DISAGREES, 0, outside, "scan.residue")
    elif before is None:
        yield _row(check, "residue", Outcome.BLIND, 0, 0, "scan.not_before")
    elif before.blind:
        yield _row(check, "residue", Outcome.BLIND, 0, 0, "scan.blind")
    elif not after.complete:
        yield _row(check, "residue", Outcome.NOT_LOOKED_AT, 0, _unread(after), "scan.incomplete")
    else:
        yield _row(check, "residue", Outcome.AGREES, 0, 0)


def _unread(hits: Hits) -> list[str]:
    return [f"{gap.source}:{gap.member}:{gap.reason}" for gap in hits.truncated if gap.hides]


def _excepted(side: _Side, item: str) -> bool:
    """Tell whether any exception covers an item; one that names no list of items covers all."""
    scopes = [exception.get("item_scope") for exception in side.list("exceptions")]
    return any(not isinstance(scope, list) or item in cast("list[Any]", scope) for scope in scopes)


def _exceptions(side: _Side, check: str) -> Iterator[Check]:
    if side.silent():
        yield _missing(side, check, "found", None, None)
        return
    exceptions = side.list("exceptions")
    groundless = [
        _shown(exception.get("category"))
        for exception in exceptions
        if not (_text(exception.get("ground")) and _text(exception.get("until")))
    ]
    yield _compared(check, "grounds", [], groundless, "exception.groundless")
    if side.found.after is None:
        yield _row(check, "found", Outcome.NOT_LOOKED_AT, None, None, "witness.none")
        return
    left, declared = len(side.found.after.ids), sum(_number(one.get("count")) or 0 for one in exceptions)
    if left > declared:
        yield _row(check, "found", Outcome.DISAGREES, left, declared, "exception.undeclared")
    elif side.found.before is None or side.found.before.blind:
        yield _row(check, "found", Outcome.BLIND, left, declared, "scan.blind")
    elif not side.found.after.complete:
        yield _row(check, "found", Outcome.NOT_LOOKED_AT, left, declared, "scan.incomplete")
    else:
        note = "exception.more_declared" if left < declared else ""
        yield _row(check, "found", Outcome.AGREES, left, declared, note)


# What was to stay as it was


def _controls(side: _Side, check: str) -> Iterator[Check]:
    before, after = side.found.controls_before, side.found.controls_after
    if not before or after is None:
        yield _row(check, "controls", Outcome.NOT_LOOKED_AT, None, None, "witness.none")
        return
    changed = sorted(name for name, value in before.items() if after.get(name) != value)
    yield _compared(check, "controls", [], changed, "control.changed")


# What is put off


def _deferred(side: _Side, check: str) -> Iterator[Check]:
    if side.silent():
        yield _missing(side, check, "deferred", None, None)
        return
    later = [one for one in side.list("stores") if _is_deferred(one) and not _supplemented(side, one)]
    if not later:
        yield _row(check, "deferred", Outcome.AGREES, None, None, "deferred.none")
    for store in later:
        yield _deferred_store(side, check, store)


def _deferred_store(side: _Side, check: str, store: Mapping[str, Any]) -> Check:
    due, now, name = _moment(store.get("due_at")), side.found.now, _shown(store.get("store_id"))
    if due is None:
        return _row(check, name, Outcome.DISAGREES, None, store.get("due_at"), "time.offset_missing")
    if now is None:
        return _row(check, name, Outcome.NOT_LOOKED_AT, None, due, "witness.none")
    if now < due:
        return _row(check, name, Outcome.NOT_LOOKED_AT, now, due, "deferred.open")
    return _row(check, name, Outcome.DISAGREES, now, due, "deferred.overdue")


def _is_deferred(store: Mapping[str, Any]) -> bool:
    action = store.get("action")
    level = cast("Mapping[str, Any]", action).get("level") if isinstance(action, Mapping) else None
    return store.get("due_at") is not None or level == "expire_beyond_use"


def _supplemented(side: _Side, store: Mapping[str, Any]) -> bool:
    """Tell whether a later certificate, in place of this one, says that the store is done with."""
    return any(
        later.get("store_id") == store.get("store_id") and not _is_deferred(later)
        for supplement in side.found.supplements
        for document in [_Side(provided=(), certificate=supplement, found=side.found)]
        if document.says("supersedes") == side.says("certificate_id") is not None
        for later in document.list("stores")
    )


CHECKS: Final[Mapping[str, Callable[[_Side, str], Iterator[Check]]]] = MappingProxyType(
    {
        "R1": _records,
        "R2": _subjects,
        "R3": _sum,
        "R4": _commitment,
        "R5": _times,
        "R6": _stores,
        "R7": _residue,
        "R10": _controls,
        "R11": _exceptions,
        "R14": _deferred,
    }
)
"""The checks that are made here; R8, R9, R12 and R13 need a candidate that acts."""


# Saying it


def _between(
    side: _Side, check: str, part: str, bounds: tuple[int | None, int | None], path: tuple[str, ...]
) -> Check:
    """Compare a count with the least and the most that it may be; mostly the two are one."""
    (least, most), said = bounds, _number(side.says(*path))
    if least is None or most is None or said is None or least == most or not least <= said <= most:
        return _equal(side, check, part, least, path)
    return _row(check, part, Outcome.AGREES, least, said, "delivered.open")


def _equal(side: _Side, check: str, part: str, expected: Any, path: tuple[str, ...]) -> Check:
    said = side.says(*path)
    if side.silent() or said is None:
        return _missing(side, check, part, expected, said)
    if expected is None:
        return _row(check, part, Outcome.NOT_LOOKED_AT, expected, said, "witness.none")
    return _compared(check, part, expected, said)


def _missing(side: _Side, check: str, part: str, expected: Any, said: Any) -> Check:
    """Report a certificate that does not say: no certificate is not a wrong one."""
    note = side.silent() or "value.missing"
    outcome = Outcome.NOT_LOOKED_AT if note == "certificate.none" else Outcome.DISAGREES
    return _row(check, part, outcome, expected, said, note)


def _compared(check: str, part: str, expected: Any, said: Any, note: str = "") -> Check:
    same = _same(expected, said)
    outcome = Outcome.AGREES if same else Outcome.DISAGREES
    return _row(check, part, outcome, expected, said, "" if same else note)


def _same(expected: object, said: object) -> bool:
    """Compare as JSON does: true is not 1, and 1.0 is not a count."""
    if type(expected) is not type(said):
        return False
    if not isinstance(expected, dict):
        return expected == said
    pairs, others = cast("dict[Any, Any]", expected), cast("dict[Any, Any]", said)
    return pairs.keys() == others.keys() and all(_same(pairs[key], others[key]) for key in pairs)


def _row(check: str, part: str, outcome: Outcome, expected: Any, seen: Any, note: str = "") -> Check:
    return Check(
        id=check, part=part, outcome=outcome, expected=_shown(expected), seen=_shown(seen), note=note
    )


def _shown(value: object) -> str:
    """Write a value shortly; what a certificate says may be of any size and depth."""
    match value:
        case None:
            return ""
        case datetime():
            text = value.isoformat()
        case str():
            text = value
        case _:
            text = _as_json(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _as_json(value: object) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    except (TypeError, ValueError, RecursionError):
        return "(unreadable)"


_LONGEST: Final = 400


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _moment(value: Any) -> datetime | None:
    """Read a moment with an offset; None for anything else."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None
