"""What is let in of an answer from CCUS: what was asked for, about whom it may be kept, listed items only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from ccus_reference.annex1 import BUSINESS, ITEMS, TECHNICIAN
from ccus_reference.store import CCUS, Item, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ccus_reference.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One record as CCUS handed it over."""

    provision_id: str
    record_type: str
    subject: str
    provided_at: str
    items: Mapping[str, Any] = field(repr=False)

    def listed(self) -> tuple[str, ...]:
        return tuple(item for item in self.items if item in ITEMS[self.record_type])


def read(records: Iterable[Any]) -> list[Arrival]:
    """The records of an answer that have the agreed form, each once; anything else is passed over."""
    known = (arrival for arrival in map(_arrival, records) if arrival is not None)
    return list({arrival.provision_id: arrival for arrival in known}.values())


def _arrival(record: Any) -> Arrival | None:
    if not isinstance(record, Mapping):
        return None
    parts = cast("Mapping[str, Any]", record)
    texts = [parts.get(name) for name in ("provision_id", "record_type", "id", "provided_at")]
    items: Any = parts.get("items")
    if not all(isinstance(t, str) for t in texts) or texts[1] not in ITEMS or not isinstance(items, Mapping):
        return None
    provision_id, record_type, subject, provided_at = cast("list[str]", texts)
    return Arrival(
        provision_id=provision_id,
        record_type=record_type,
        subject=subject,
        provided_at=provided_at,
        items=cast("Mapping[str, Any]", items),
    )


def asked_for(order: Mapping[str, Any], arrival: Arrival) -> bool:
    """Whether this record answers the order: nothing unsolicited is taken (第2条3項)."""
    subjects = order["subjects"]
    if arrival.record_type == BUSINESS:
        return bool(subjects["own_business"]) and arrival.subject == order["acting_for"]
    return arrival.record_type == TECHNICIAN and arrival.subject in subjects["technicians"]


def still_ours(world: World, order: Mapping[str, Any], arrival: Arrival, roster: frozenset[str]) -> bool:
    """Whether the asker may still have this record now that it is here; people leave in between."""
    if arrival.record_type == BUSINESS:
        return True
    if order["capacity"] == "business":
        return arrival.subject in roster
    account = world.accounts.get(order["user"]["account"])
    return account is not None and account.technician == arrival.subject


def items_of(
    _world: World, _order: Mapping[str, Any], arrivals: Iterable[tuple[Arrival, Mapping[str, Any]]], at: str
) -> list[Item]:
    """The values to keep of the records let in, each marked as coming from CCUS."""
    return [
        Item(
            record_type=arrival.record_type,
            subject=arrival.subject,
            item=item,
            origin=CCUS,
            value=text_of(value),
            provision_id=arrival.provision_id,
            at=at,
        )
        for arrival, items in arrivals
        for item, value in items.items()
    ]
