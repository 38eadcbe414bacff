"""An honest certificate agrees everywhere, and each single untruth shows in exactly the checks that name it."""

from __future__ import annotations

import contextlib
import copy
import dataclasses
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccus_harness.instruments.reconcile import CHECKS, NOTES, Found, Outcome, Table, reconcile
from ccus_harness.instruments.residue import Gap, Hit, Hits
from ccus_simulator import commitment

if TYPE_CHECKING:
    from collections.abc import Callable

KEY = b"k" * 32
ENDED = datetime.fromisoformat("2027-04-01T00:00:00+09:00")
AGREES, DISAGREES = Outcome.AGREES, Outcome.DISAGREES


def hits(*found: tuple[str, str], gaps: tuple[Gap, ...] = ()) -> Hits:
    return Hits(
        hits=tuple(
            Hit(source="app.db", member="", offset=0, id=record, item=item, encoding="utf-8")
            for record, item in found
        ),
        truncated=gaps,
        sources=1,
        scanned_bytes=1,
    )


@dataclasses.dataclass(kw_only=True)
class Affair:
    """One end of a contract, honest until somebody falsifies it."""

    ledger: list[dict[str, Any]]
    certificate: Any
    found: Found

    def table(self) -> Table:
        return reconcile(self.ledger, self.certificate, self.found)

    def disagreeing(self) -> set[str]:
        return {f"{row.id}.{row.part}" for row in self.table().disagreeing()}


def provision(number: int, record_type: str, record: str) -> dict[str, Any]:
    items = ["t01_name", "t05_address"] if record_type == "technician" else ["b01_trade_name"]
    return {"provision_id": f"p{number}", "record_type": record_type, "id": record, "items": items}


def root_over(bodies: list[dict[str, Any]]) -> str:
    return commitment.root(
        commitment.leaf(KEY, body["record_type"], body["id"], body["provision_id"]) for body in bodies
    )


def honest(people: int = 3, firms: int = 2, retained: int = 0) -> Affair:
    bodies = [provision(n, "technician", f"99{n:012d}") for n in range(people)]
    bodies += [provision(people + n, "business", f"98{n:012d}") for n in range(firms)]
    bodies += [provision(100, "technician", f"99{0:012d}")] if people else []
    left = bodies[:retained]
    per_item = {
        "t01_name": people + bool(people),
        "t05_address": people + bool(people),
        "b01_trade_name": firms,
    }
    return Affair(
        ledger=[
            {"kind": "world.created", "body": {}},
            *({"kind": "provision.collected", "body": body} for body in bodies),
        ],
        certificate={
            "schema": "disposal-certificate/1",
            "certificate_id": "c1",
            "end_event": {"ended_at": at(0), "known_at": at(1)},
            "counts": {
                "provided_records": len(bodies),
                "distinct_technicians": people,
                "distinct_firms": firms,
                "disposed": len(bodies) - retained,
                "retained": retained,
                "never_stored": 0,
                "by_item": {item: count for item, count in per_item.items() if count},
            },
            "commitment": {"leaf_count": len(bodies), "root": root_over(bodies)},
            "stores": [store("db"), store("log"), {"store_id": "paper", "class": "paper", "held": False}],
            "exceptions": [
                {
                    "category": "statute",
                    "item_scope": ["t01_name"],
                    "count": 1,
                    "ground": "法令",
                    "until": at(999),
                }
                for _ in left
            ],
            "issued_at": at(5),
            "submitted_at": at(6),
        },
        found=Found(
            before=hits(*((body["id"], body["items"][0]) for body in bodies)),
            after=hits(*((body["id"], "t01_name") for body in left)),
            leaf_count=len(bodies),
            root=root_over(bodies),
            stores=frozenset({"db", "log"}),
            controls_before={"own-1": "aa"},
            controls_after={"own-1": "aa", "own-2": "bb"},
            ended_at=ENDED,
            now=ENDED + timedelta(hours=10),
        ),
    )


def at(hours: float) -> str:
    return (ENDED + timedelta(hours=hours)).isoformat()


def store(name: str) -> dict[str, Any]:
    action = {"level": "logical_delete", "method": "DELETE", "started_at": at(2), "completed_at": at(3)}
    return {"store_id": name, "class": "primary", "held": True, "action": action}


@given(st.integers(0, 6), st.integers(0, 4), st.integers(0, 2))
def test_an_honest_certificate_agrees_everywhere(people: int, firms: int, retained: int) -> None:
    affair = honest(people, firms, min(retained, people))
    if not affair.found.before:
        affair.found = dataclasses.replace(affair.found, before=hits(("control", "t01_name")))
    assert [row for row in affair.table().rows if row.outcome is not AGREES] == []


def _count(affair: Affair) -> None:
    affair.certificate["counts"]["provided_records"] += 1


def _disposed(affair: Affair) -> None:
    affair.certificate["counts"]["disposed"] -= 1


def _whole_count(affair: Affair) -> None:
    affair.certificate["counts"]["provided_records"] += 1
    affair.certificate["counts"]["disposed"] += 1


def _item(affair: Affair) -> None:
    del affair.certificate["counts"]["by_item"]["t05_address"]


def _people(affair: Affair) -> None:
    affair.certificate["counts"]["distinct_technicians"] -= 1


def _firms(affair: Affair) -> None:
    affair.certificate["counts"]["distinct_firms"] = True


def _swapped(affair: Affair) -> None:
    bodies = [entry["body"] for entry in affair.ledger if entry["kind"] == "provision.collected"]
    affair.certificate["commitment"]["root"] = root_over([{**bodies[0], "id": "99999999999999"}, *bodies[1:]])


def _leaves(affair: Affair) -> None:
    affair.certificate["commitment"]["leaf_count"] += 1


def _store_left_out(affair: Affair) -> None:
    affair.certificate["stores"] = [store("db")]


def _order(affair: Affair) -> None:
    affair.certificate["stores"][0]["action"]["started_at"] = at(4)


def _before_the_end(affair: Affair) -> None:
    affair.certificate["stores"][1]["action"]["started_at"] = at(-1)


def _submitted_early(affair: Affair) -> None:
    affair.certificate["submitted_at"] = at(4)


def _no_offset(affair: Affair) -> None:
    affair.certificate["issued_at"] = at(5)[:19]


def _end(affair: Affair) -> None:
    affair.certificate["end_event"]["ended_at"] = at(1)


def _exception_dropped(affair: Affair) -> None:
    affair.certificate["exceptions"] = []


def _exception_count(affair: Affair) -> None:
    affair.certificate["exceptions"][0]["count"] = 0


def _exception_without_end(affair: Affair) -> None:
    affair.certificate["exceptions"][0]["until"] = None


def _residue(affair: Affair) -> None:
    affair.found = dataclasses.replace(affair.found, after=hits((f"99{0:012d}", "t05_address")))


def _control(affair: Affair) -> None:
    affair.found = dataclasses.replace(affair.found, controls_after={"own-2": "bb"})


def _overdue(affair: Affair) -> None:
    affair.certificate["stores"][1]["action"]["level"] = "expire_beyond_use"
    affair.certificate["stores"][1]["due_at"] = at(9)


FALSIFIED: dict[str, tuple[Callable[[Affair], None], set[str]]] = {
    "the count of records": (_count, {"R1.records", "R3.sum"}),
    "the count disposed of": (_disposed, {"R3.sum"}),
    "both counts alike": (_whole_count, {"R1.records"}),
    "an item left out": (_item, {"R1.items"}),
    "the count of technicians": (_people, {"R2.technicians"}),
    "a truth value for the count of firms": (_firms, {"R2.firms"}),
    "a record swapped for another": (_swapped, {"R4.root"}),
    "the count of leaves": (_leaves, {"R4.leaf_count"}),
    "a store left out": (_store_left_out, {"R6.stores"}),
    "done before it was begun": (_order, {"R5.order"}),
    "begun before the end": (_before_the_end, {"R5.order"}),
    "submitted before it was signed": (_submitted_early, {"R5.order"}),
    "a time without offset": (_no_offset, {"R5.offset"}),
    "another end": (_end, {"R5.end"}),
    "an exception dropped": (_exception_dropped, {"R7.residue", "R11.found"}),
    "an exception for nobody": (_exception_count, {"R11.found"}),
    "an exception without end": (_exception_without_end, {"R11.grounds"}),
    "an item outside the exception": (_residue, {"R7.residue"}),
    "a record of other origin lost": (_control, {"R10.controls"}),
    "a deferred store overdue": (_overdue, {"R14.log"}),
}


@pytest.mark.parametrize("name", list(FALSIFIED))
def test_one_untruth_shows_in_exactly_the_checks_that_name_it(name: str) -> None:
    falsify, expected = FALSIFIED[name]
    affair = honest(retained=1)
    assert affair.disagreeing() == set()
    falsify(affair)
    assert affair.disagreeing() == expected


@given(st.lists(st.sampled_from(list(FALSIFIED)), min_size=1, max_size=4, unique=True))
def test_untruths_never_cancel_out(names: list[str]) -> None:
    affair = honest(retained=1)
    for name in names:
        with contextlib.suppress(LookupError):  # what it would have changed is gone by another
            FALSIFIED[name][0](affair)
    assert affair.disagreeing()


def test_residue_is_blind_when_the_scan_before_found_nothing() -> None:
    affair = honest()
    affair.found = dataclasses.replace(affair.found, before=hits())
    assert affair.table().outcome("R7") is Outcome.BLIND
    affair.found = dataclasses.replace(affair.found, before=None)
    assert affair.table().outcome("R7") is Outcome.BLIND


def test_residue_found_is_residue_even_for_a_blind_scan() -> None:
    affair = honest()
    affair.found = dataclasses.replace(affair.found, before=None, after=hits(("99", "t01_name")))
    assert affair.table().outcome("R7") is DISAGREES


def test_nothing_found_in_half_the_places_is_not_agreement() -> None:
    affair = honest()
    gap = Gap(source="old.tar.gz", member="", reason="damaged")
    affair.found = dataclasses.replace(affair.found, after=hits(gaps=(gap,)))
    row = next(row for row in affair.table().rows if row.id == "R7")
    assert (row.outcome, row.note) == (Outcome.NOT_LOOKED_AT, "scan.incomplete")
    assert "old.tar.gz" in row.seen
    link = dataclasses.replace(gap, reason="symlink")
    affair.found = dataclasses.replace(affair.found, after=hits(gaps=(link,)))
    assert affair.table().outcome("R7") is AGREES


def test_what_nobody_looked_at_is_not_looked_at() -> None:
    affair = honest()
    table = reconcile(affair.ledger, affair.certificate, Found())
    unseen = {row.id for row in table.rows if row.outcome is Outcome.NOT_LOOKED_AT}
    assert unseen == {"R4", "R5", "R6", "R7", "R10", "R11"}
    assert table.disagreeing() == ()


def test_no_certificate_is_nothing_looked_at_and_no_untruth() -> None:
    affair = honest()
    affair.certificate = None
    outcomes = {row.id: row.outcome for row in affair.table().rows}
    assert outcomes["R7"] is AGREES
    assert {outcomes[check] for check in CHECKS if check not in {"R7", "R10"}} == {Outcome.NOT_LOOKED_AT}


def test_a_deferred_store_stays_open_until_due_and_ends_with_a_supplement() -> None:
    affair = honest()
    _overdue(affair)
    affair.found = dataclasses.replace(affair.found, now=ENDED + timedelta(hours=8))
    assert [row.note for row in affair.table().rows if row.id == "R14"] == ["deferred.open"]
    later = {"certificate_id": "c2", "supersedes": "c1", "stores": [store("log")]}
    affair.found = dataclasses.replace(affair.found, now=ENDED + timedelta(hours=99), supplements=(later,))
    assert affair.table().outcome("R14") is AGREES
    affair.found = dataclasses.replace(affair.found, supplements=({**later, "supersedes": "c9"}, 7, None))
    assert affair.table().outcome("R14") is DISAGREES


def test_items_outside_annex_1_are_no_part_of_what_is_counted() -> None:
    affair = honest()
    affair.ledger[1]["body"]["items"] = [*affair.ledger[1]["body"]["items"], "x_email"]
    assert affair.disagreeing() == set()


def told(affair: Affair, provision_id: str, delivered: str) -> None:
    """Let the ledger say what became of one provision on its way; CCUS commits to none that broke."""
    body = {"provision_ids": [provision_id], "delivered": delivered}
    affair.ledger.append({"kind": "provision.delivered", "body": body})
    if delivered in {"partial", "none"}:
        bodies = [entry["body"] for entry in affair.ledger if entry["kind"] == "provision.collected"]
        left = [body for body in bodies if body["provision_id"] != provision_id]
        affair.found = dataclasses.replace(affair.found, leaf_count=len(left), root=root_over(left))


def without_the_first(affair: Affair) -> None:
    """Count the first person's first provision nowhere, as a system does that never got it."""
    counts = affair.certificate["counts"]
    for name in ("provided_records", "disposed"):
        counts[name] -= 1
    counts["by_item"] = {item: count - item.startswith("t") for item, count in counts["by_item"].items()}
    affair.certificate["commitment"]["leaf_count"] -= 1
    bodies = [entry["body"] for entry in affair.ledger if entry["kind"] == "provision.collected"]
    affair.certificate["commitment"]["root"] = root_over(bodies[1:])


@pytest.mark.parametrize("delivered", ["partial", "none", "unknown"])
def test_what_did_not_arrive_whole_may_be_counted_or_not(delivered: str) -> None:
    affair = honest()
    told(affair, "p0", delivered)
    counted = affair.table()
    without_the_first(affair)
    left_out = affair.table()
    assert not counted.disagreeing()
    assert not left_out.disagreeing()
    # CCUS commits to one of the two; the other is neither proved nor disproved by its root.
    agreeing, other = (counted, left_out) if delivered == "unknown" else (left_out, counted)
    assert agreeing.outcome("R4") is AGREES
    root = next(row for row in other.rows if (row.id, row.part) == ("R4", "root"))
    assert (root.outcome, root.note) == (Outcome.NOT_LOOKED_AT, "delivered.open")


def test_what_arrived_whole_has_to_be_counted() -> None:
    affair = honest()
    told(affair, "p0", "unknown")
    told(affair, "p0", "full")
    without_the_first(affair)
    assert affair.disagreeing() == {"R1.records", "R1.items", "R4.leaf_count", "R4.root"}


def test_one_open_record_excuses_no_second() -> None:
    affair = honest()
    told(affair, "p0", "none")
    without_the_first(affair)
    without_the_first(affair)
    assert affair.disagreeing() == {"R1.records", "R1.items", "R4.leaf_count"}


def test_every_note_is_explained_and_every_check_has_a_row() -> None:
    tables = [
        honest().table(),
        reconcile([], None, Found()),
        reconcile([], {}, Found()),
        reconcile([], [], Found()),
    ]
    assert {row.note for table in tables for row in table.rows} <= set(NOTES)
    assert all({row.id for row in table.rows} == set(CHECKS) for table in tables)
    with pytest.raises(LookupError, match="R14"):
        tables[0].outcome("R99")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_certificate_whatever_it_holds_raises(data: st.DataObject) -> None:
    affair = honest(retained=1)
    certificate = copy.deepcopy(affair.certificate)
    for _ in range(data.draw(st.integers(1, 3))):
        place: Any = certificate
        while True:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            if not keys:
                break
            key = data.draw(st.sampled_from(keys))
            if isinstance(place[key], dict | list) and data.draw(st.booleans()):
                place = place[key]
                continue
            place[key] = data.draw(json_values)
            break
    affair.certificate = certificate
    assert {row.id for row in affair.table().rows} == set(CHECKS)


def test_a_certificate_of_any_size_is_shown_shortly() -> None:
    affair = honest()
    deep: Any = 0
    for _ in range(5_000):
        deep = [deep]
    for value in (deep, "x" * 1_000_000, 10**5_000, [1] * 100_000):
        affair.certificate["counts"]["provided_records"] = value
        assert all(len(row.seen) < 500 for row in affair.table().rows)
        assert "R1.records" in affair.disagreeing()
