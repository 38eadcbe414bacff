"""Handing over what a request was promised: once, in pages, each record written down before it leaves."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

from msgspec import Struct

from ccus_simulator import faults, population, timers
from ccus_simulator.documents import Fault
from ccus_simulator.faults.forgetting import IGNORES_HIDING, forgets
from ccus_simulator.faults.records import Record, disturbed
from ccus_simulator.moments import written
from ccus_simulator.provision import Subject, still_affiliated
from ccus_simulator.refusals import CATALOGUE, Refused, invalid
from ccus_simulator.registry import Kind
from ccus_simulator.state import Recorded, WorldState
from ccus_simulator.types import Event, Request

RECORDS_AT_HAND: Final = 4_096
"""A record is a function of seed and id: those that were asked for lately need not be made again."""

Firms = tuple[tuple[str, Kind], ...]

LARGEST_PAGE: Final = 1_000
"""A firm of ten thousand is handed over in pages, so that no answer grows with the firm."""


class Page(Struct, frozen=True, kw_only=True):
    """Some records of one provision, what to write down about them, and where the next ones begin."""

    records: tuple[Record, ...]
    events: tuple[Event, ...]
    next: str | None


def hand_over(state: WorldState, known: Recorded, cursor: str | None, limit: int = LARGEST_PAGE) -> Page:
    """Return the next page of a request; raises `Refused` when there is nothing (more) to hand over."""
    _must_be_open(known)
    first, collected = 0 if cursor is None else _position(cursor), known.collected
    renews = state.world.readings.refresh == "same_request" or forgets(state, "request.collected")
    if collected and first == 0 and renews:
        return _again(state, known, limit)
    if first < known.handed or collected:
        raise Refused("request.collected")
    if first > known.handed:
        raise Refused("request.page_unknown")
    return _page(state, known, first, limit)


def page_size(request: Request, name: str) -> int:
    """Return how many records a caller wants at once, by a parameter of this name; raises `Refused`."""
    text = request.query.get(name)
    if text is None:
        return LARGEST_PAGE
    if not text.isascii() or not text.isdigit() or len(text) > 9 or not 1 <= int(text) <= LARGEST_PAGE:
        raise invalid([Fault(path=f"?{name}", text=f"1 から {LARGEST_PAGE} までの数にしてください。")])
    return int(text)


def _must_be_open(known: Recorded) -> None:
    if known.status == "processing":
        raise Refused("request.not_ready", ready_at=written(known.ready_at))
    if known.status == "refused":
        raise Refused("request.refused", refusal=_why(known))


def _why(known: Recorded) -> dict[str, str] | None:
    return CATALOGUE[known.refusal].as_json() if known.refusal else None


def _again(state: WorldState, known: Recorded, limit: int) -> Page:
    """Reading request.refresh: the same request is processed once more and brings a provision of its own."""
    ready = timers.ready(state, known, state.now)
    trial = state.copy()
    trial.apply(ready.kind, ready.at, ready.body)
    renewed = trial.requests[known.request_id]
    if renewed.status == "refused":
        raise Refused("request.refused", refusal=_why(renewed), events=(ready,))
    page = _page(trial, renewed, 0, limit)
    return Page(records=page.records, events=(ready, *page.events), next=page.next)


def _page(state: WorldState, known: Recorded, first: int, limit: int) -> Page:
    everything = known.promised
    promised = everything[first : first + limit]
    withheld = tuple([subject for subject in promised if not _still(state, known, subject)])
    records = tuple([_record(state, known, subject) for subject in promised if subject not in withheld])
    handed = disturbed(state, known, records)
    collected = [_collected(state, known, record) for record in handed.records]
    events = (*_withheld(state, known, withheld), *handed.events, *collected)
    end = first + len(promised)
    if not records and end >= len(everything):
        reason = CATALOGUE["subject.not_yours"].as_json()
        raise Refused("request.refused", refusal=reason, events=events)
    return Page(records=handed.sent, events=events, next=f"p{end}" if end < len(everything) else None)


def _still(state: WorldState, known: Recorded, subject: Subject) -> bool:
    """Reading request.affiliation_at = storage: the last moment CCUS sees before the candidate stores."""
    if state.world.readings.affiliation_at != "storage" or faults.KEEPS_LEAVERS in state.faults:
        return True
    return still_affiliated(state.world, known.capacity, known.acting_for, subject, state.now)


def _record(state: WorldState, known: Recorded, subject: Subject) -> Record:
    seed, registry_id = state.world.seed, subject.id or ""
    if subject.record_type == "technician":
        items = _technician(seed, registry_id, state.world.firms_of(registry_id, state.now))
        hidden = _hidden(state, known, registry_id)
        items = {key: value for key, value in items.items() if key not in hidden} if hidden else dict(items)
    else:
        items = dict(_business(seed, registry_id))
    return Record(
        provision_id=subject.provision_id or "",
        record_type=subject.record_type,
        id=registry_id,
        provided_at=state.now,
        items=items,
    )


@lru_cache(maxsize=RECORDS_AT_HAND)
def _technician(seed: int, registry_id: str, firms: Firms) -> dict[str, Any]:
    return population.technician(seed, registry_id, firms)


@lru_cache(maxsize=RECORDS_AT_HAND)
def _business(seed: int, registry_id: str) -> dict[str, Any]:
    return population.business(seed, registry_id)


def forget_records() -> None:
    """Have every record generated again, for whoever measures that."""
    _technician.cache_clear()
    _business.cache_clear()


def _hidden(state: WorldState, known: Recorded, technician: str) -> frozenset[str]:
    """Reading whitelist.disclosure_choice: what somebody hides, others do not get; he gets it himself."""
    respected = state.world.readings.disclosure_choice == "respected" and known.capacity == "business"
    respected = respected and IGNORES_HIDING not in state.faults
    return state.world.undisclosed.get(technician, frozenset()) if respected else frozenset()


def _collected(state: WorldState, known: Recorded, record: Record) -> Event:
    body = {
        "request_id": known.request_id,
        "provision_id": record.provision_id,
        "record_type": record.record_type,
        "id": record.id,
        "items": sorted(record.items),
        "user": known.user,
        "acting_for": known.acting_for,
        "capacity": known.capacity,
        # Nobody can know before the answer is sent; provision.delivered tells afterwards.
        "delivered": "unknown",
        **({"unsolicited": True} if record.unsolicited else {}),
    }
    return Event(world=state.world.name, at=state.now, kind="provision.collected", body=body)


def _withheld(state: WorldState, known: Recorded, subjects: tuple[Subject, ...]) -> Iterator[Event]:
    reason = CATALOGUE["subject.not_yours"]
    for subject in subjects:
        body = {
            "request_id": known.request_id,
            "provision_id": subject.provision_id,
            "record_type": subject.record_type,
            "id": subject.id,
            "reason": reason.code,
            "obligation": "A1-15",
        }
        yield Event(world=state.world.name, at=state.now, kind="provision.withheld", body=body)


def _position(cursor: str) -> int:
    number = cursor.removeprefix("p")
    if cursor == number or not number.isascii() or not number.isdigit() or len(number) > 9:
        raise Refused("request.page_unknown")
    return int(number)
