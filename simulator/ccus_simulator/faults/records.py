"""Faults in the records that CCUS hands over: wrong items, wrong people, wrong order."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from ccus_simulator import population
from ccus_simulator.annex1 import RecordType
from ccus_simulator.faults.drawing import Chance, draw
from ccus_simulator.moments import written
from ccus_simulator.state import Recorded, WorldState
from ccus_simulator.types import Event

CODED: Final = {"t02_sex": "その他の区分", "b04_firm_kind": "その他の区分"}
GROWN: Final = {"technician": "t35_mail", "business": "b24_mail"}
"""What a next version of the form might add; its value is the canary of the record's e-mail address."""
FREE_TEXT: Final[Mapping[str, Mapping[str, str] | None]] = {
    "t29_training": {"completed_on": "2020-04-01"},
    "t30_awards": {"awarded_on": "2020-04-01"},
    "b22_main_clients": None,
}
"""Lists whose names anybody may write, with what else an entry has; None where the name is all of it."""
STALE_SECONDS: Final = 90 * 24 * 3600


class Record(Struct, frozen=True, kw_only=True):
    """One record as it is handed over."""

    provision_id: str
    record_type: RecordType
    id: str
    provided_at: datetime
    items: dict[str, Any]
    unsolicited: bool = False
    """Whether it comes on top of what was promised."""


class Handed(Struct, frozen=True, kw_only=True):
    """Records that leave together; a repeated one is in `sent` more often than in `records`."""

    records: tuple[Record, ...]
    sent: tuple[Record, ...]
    events: tuple[Event, ...] = ()


class Disturbance(Struct, frozen=True, kw_only=True):
    """What a record fault may look at."""

    state: WorldState
    known: Recorded
    parameters: Mapping[str, Any]
    number: int
    """How often the fault has fired before."""


def disturbed(state: WorldState, known: Recorded, records: Sequence[Record]) -> Handed:
    """Let every record fault that fires change what is handed over."""
    handed = Handed(records=tuple(records), sent=tuple(records))
    if not state.faults:
        return handed
    for name in (name for name in DISTURB if name in state.faults):
        ids = [record.id for record in handed.records]
        effect = _as_of(state, name)
        drawn = draw(state, Chance(name=name, operation="provisions", subjects=ids), **effect)
        if drawn.fires and handed.records:
            handed = DISTURB[name](_disturbance(state, known, name), handed)
        handed = replace(handed, events=(*handed.events, *drawn.events))
    return handed


def _disturbance(state: WorldState, known: Recorded, name: str) -> Disturbance:
    fired = state.fault_counts[name].fired
    return Disturbance(state=state, known=known, parameters=state.faults[name], number=fired)


def _as_of(state: WorldState, name: str) -> dict[str, str]:
    if name != "stale":
        return {}
    seconds = state.faults[name].get("seconds", STALE_SECONDS)
    return {"as_of": written(state.now - timedelta(seconds=seconds))}


Change = Callable[[Disturbance, Record], Record]


def _each(change: Change) -> Callable[[Disturbance, Handed], Handed]:
    """Make a disturbance of one that changes records one by one, those of `subjects` if any are named."""

    def disturb(disturbance: Disturbance, handed: Handed) -> Handed:
        wanted = disturbance.parameters.get("subjects")
        records = tuple(
            change(disturbance, record) if not wanted or record.id in wanted else record
            for record in handed.records
        )
        return replace(handed, records=records, sent=records)

    return disturb


def _extra(disturbance: Disturbance, record: Record) -> Record:
    more = population.extra(disturbance.state.world.seed, record.id)  # noqa: S610 - not Django
    return replace(record, items=record.items | more)


def _grown(disturbance: Disturbance, record: Record) -> Record:
    mail = population.extra(disturbance.state.world.seed, record.id)["x_email"]  # noqa: S610 - not Django
    coded = {key: value for key, value in CODED.items() if key in record.items}
    return replace(record, items={**record.items, **coded, GROWN[record.record_type]: mail})


def _smuggled(disturbance: Disturbance, record: Record) -> Record:
    mail = population.extra(disturbance.state.world.seed, record.id)["x_email"]  # noqa: S610 - not Django
    name = f"連絡先 {mail} {record.id}"
    more = {
        key: [*(record.items[key] or ()), name if rest is None else {"name": name, **rest}]
        for key, rest in FREE_TEXT.items()
        if key in record.items
    }
    return replace(record, items=record.items | more)


def _missing(disturbance: Disturbance, record: Record) -> Record:
    gone = _chosen(disturbance, record, default=list(record.items)[2:3])
    return replace(record, items={key: value for key, value in record.items.items() if key not in gone})


def _wrong_type(disturbance: Disturbance, record: Record) -> Record:
    chosen = _chosen(disturbance, record, default=list(record.items)[:1])
    return replace(record, items=record.items | {key: {"value": [record.items[key]]} for key in chosen})


def _unknown_value(disturbance: Disturbance, record: Record) -> Record:
    chosen = _chosen(disturbance, record, default=[key for key in CODED if key in record.items])
    return replace(record, items=record.items | dict.fromkeys(chosen, "その他の区分"))


def _stale(disturbance: Disturbance, record: Record) -> Record:
    at = disturbance.state.now - timedelta(seconds=disturbance.parameters.get("seconds", STALE_SECONDS))
    if record.record_type != "technician":
        return replace(record, provided_at=at)
    world = disturbance.state.world
    then = population.technician(world.seed, record.id, world.firms_of(record.id, at))
    return replace(record, provided_at=at, items={key: then[key] for key in record.items if key in then})


def _chosen(disturbance: Disturbance, record: Record, *, default: Iterable[str]) -> list[str]:
    named = disturbance.parameters.get("items")
    return [key for key in (named or default) if key in record.items]


def _wrong_person(disturbance: Disturbance, handed: Handed) -> Handed:
    stranger = _stranger(disturbance, handed)
    first, *others = handed.records
    if stranger is None:
        return handed
    instead = replace(stranger, provision_id=first.provision_id, unsolicited=False)
    records = (instead, *others)
    return replace(handed, records=records, sent=records)


def _unsolicited(disturbance: Disturbance, handed: Handed) -> Handed:
    stranger = _stranger(disturbance, handed)
    records = handed.records if stranger is None else (*handed.records, stranger)
    return replace(handed, records=records, sent=records)


def _stranger(disturbance: Disturbance, handed: Handed) -> Record | None:
    """Return the record of somebody of this world who was not asked for."""
    state = disturbance.state
    asked = {subject.id for subject in disturbance.known.subjects} | {record.id for record in handed.records}
    others = [person["id"] for person in state.document["technicians"] if person["id"] not in asked]
    if not others:
        return None
    id_ = others[disturbance.number % len(others)]
    return Record(
        provision_id=f"PV-{state.world.name}-U{disturbance.number + 1:05d}",
        record_type="technician",
        id=id_,
        provided_at=state.now,
        items=population.technician(state.world.seed, id_, state.world.firms_of(id_, state.now)),
        unsolicited=True,
    )


def _duplicated(_: Disturbance, handed: Handed) -> Handed:
    return replace(handed, sent=(*handed.sent, handed.sent[0]))


def _reordered(_: Disturbance, handed: Handed) -> Handed:
    return replace(handed, sent=handed.sent[::-1])


DISTURB: Final[Mapping[str, Callable[[Disturbance, Handed], Handed]]] = {
    "extra_fields": _each(_extra),
    "schema_growth": _each(_grown),
    "smuggled_text": _each(_smuggled),
    "missing_field": _each(_missing),
    "wrong_type": _each(_wrong_type),
    "unknown_enum": _each(_unknown_value),
    "stale": _each(_stale),
    "wrong_person": _wrong_person,
    "unsolicited": _unsolicited,
    "duplicate": _duplicated,
    "reordered": _reordered,
}
"""In the order in which they act: what is repeated or reordered is what the others have made."""
