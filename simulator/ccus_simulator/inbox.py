"""The Fund's inbox: every letter is receipted, and all of its faults are noted."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, cast

from ccus_simulator.annex1 import KEYS
from ccus_simulator.documents import DocumentName, Fault, faults_of
from ccus_simulator.moments import written
from ccus_simulator.retention import claim_faults
from ccus_simulator.state import InboxKind, WorldState
from ccus_simulator.types import Event, Json

SCHEMAS: Final[dict[InboxKind, DocumentName]] = {
    "notice": "incident-notice-1",
    "certificate": "disposal-certificate-1",
    "retention_claim": "retention-claim-1",
}
EVENTS: Final[dict[InboxKind, str]] = {
    "notice": "notice.received",
    "certificate": "certificate.received",
    "retention_claim": "retention.claimed",
}


def letter_faults(state: WorldState, kind: InboxKind, document: Json) -> tuple[Fault, ...]:
    """Every fault of a letter: against its form, and against the contract it belongs to."""
    shape = faults_of(SCHEMAS[kind], document)
    look = _LOOKS.get(kind)
    if look is None or not isinstance(document, dict):
        return shape
    return (*shape, *look(state, cast("dict[str, Any]", document)))


def received(state: WorldState, kind: InboxKind, document: Json, faults: tuple[Fault, ...]) -> Event:
    """Write a letter down with its receipt."""
    body = {
        "receipt_id": f"RC-{state.world.name}-{len(state.inbox) + 1:06d}",
        "received_at": written(state.now),
        "document": document,
        "faults": [fault.as_json() for fault in faults],
    }
    return Event(world=state.world.name, at=state.now, kind=EVENTS[kind], body=body)


def _of_notice(state: WorldState, document: Mapping[str, Any]) -> Iterator[Fault]:
    yield from _other_contract(state, document)
    data = document.get("data")
    items = cast("Mapping[str, Any]", data).get("items") if isinstance(data, dict) else None
    known = KEYS["technician"] | KEYS["business"]
    for order, item in enumerate(cast("list[object]", items) if isinstance(items, list) else []):
        if isinstance(item, str) and item not in known:
            text = f"{item} は別紙1の項目の鍵ではありません。t01_name のような鍵で書いてください。"
            yield Fault(path=f"$.data.items[{order}]", text=text)


def _of_certificate(state: WorldState, document: Mapping[str, Any]) -> Iterator[Fault]:
    yield from _other_contract(state, document)
    performed, verified = (_name(document.get(key)) for key in ("performed_by", "verified_by"))
    if performed is not None and performed == verified:
        text = "廃棄した者と確かめた者が同じです。別の者が確かめてください。"
        yield Fault(path="$.verified_by.name", text=text)


def _other_contract(state: WorldState, document: Mapping[str, Any]) -> Iterator[Fault]:
    contract = document.get("contract")
    named = cast("Mapping[str, Any]", contract).get("id") if isinstance(contract, dict) else None
    if isinstance(named, str) and named != state.world.term.id:
        text = f"契約番号が違います。{state.world.term.id} にしてください。"
        yield Fault(path="$.contract.id", text=text)


def _name(person: object) -> str | None:
    name = cast("Mapping[str, Any]", person).get("name") if isinstance(person, dict) else None
    return name if isinstance(name, str) else None


def _of_claim(state: WorldState, document: Mapping[str, Any]) -> Iterator[Fault]:
    yield from claim_faults(state.world, document)


_LOOKS: Final[Mapping[InboxKind, Callable[[WorldState, Mapping[str, Any]], Iterator[Fault]]]] = {
    "notice": _of_notice,
    "certificate": _of_certificate,
    "retention_claim": _of_claim,
}
