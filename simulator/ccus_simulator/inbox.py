"""The Fund's inbox: every letter is receipted, and all of its faults are noted."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, cast

from ccus_simulator.annex1 import KEYS
from ccus_simulator.documents import DocumentName, Fault, faults_of
from ccus_simulator.moments import written
from ccus_simulator.retention import claim_faults
from ccus_simulator.state import InboxKind, Letter, WorldState
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


def received(
    state: WorldState,
    kind: InboxKind,
    document: Json,
    faults: tuple[Fault, ...],
    mail: Mapping[str, Any] | None = None,
) -> Event:
    """Write a letter down with its receipt; one that came by mail with what stood around it."""
    body: dict[str, Any] = {
        "receipt_id": f"RC-{state.world.name}-{len(state.inbox) + 1:06d}",
        "received_at": written(state.now),
        "document": document,
        "faults": [fault.as_json() for fault in faults],
        **({"mail": dict(mail)} if mail else {}),
    }
    return Event(world=state.world.name, at=state.now, kind=EVENTS[kind], body=body)


def same_notice(state: WorldState, document: Json) -> Letter | None:
    """Return the letter that this notice repeats word for word: sent again, it is still one notice."""
    if not isinstance(document, dict) or not cast("dict[str, Any]", document).get("notice_id"):
        return None
    return next((item for item in state.inbox if item.kind == "notice" and item.document == document), None)


def incidents(state: WorldState) -> list[dict[str, Any]]:
    """Return the notices by incident, each thread in the order in which it came."""
    threads: dict[str, list[Letter]] = {}
    for item in state.inbox:
        if incident := _incident(item):
            threads.setdefault(incident, []).append(item)
    return [
        {"incident_id": name, "notices": [_in_thread(item) for item in items]}
        for name, items in threads.items()
    ]


def _in_thread(item: Letter) -> dict[str, Any]:
    said = {key: item.document.get(key) for key in ("notice_id", "seq", "kind", "drill", "sent_at")}
    return {"receipt_id": item.receipt_id, "received_at": item.received_at, **said}


def _incident(item: Letter) -> str | None:
    document = item.document
    named = cast("dict[str, Any]", document).get("incident_id") if isinstance(document, dict) else None
    return named if item.kind == "notice" and isinstance(named, str) and named else None


def _out_of_thread(state: WorldState, document: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield what does not fit the notices that came before about the same incident."""
    incident, seq = document.get("incident_id"), document.get("seq")
    before = [item.document for item in state.inbox if _incident(item) == incident and incident]
    # The document may hold anything at all, also what cannot be looked up in a set.
    if document.get("kind") in ("update", "closing", "retraction") and not before:
        text = "この事故の最初の通知が届いていません。まず initial の通知を送ってください。"
        yield Fault(path="$.incident_id", text=text)
    known = [earlier.get("seq") for earlier in before]
    if isinstance(seq, int) and seq in known:
        yield Fault(path="$.seq", text=f"{seq} 番は使われています。通知ごとに番号を進めてください。")


def _of_notice(state: WorldState, document: Mapping[str, Any]) -> Iterator[Fault]:
    yield from _other_contract(state, document)
    yield from _out_of_thread(state, document)
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
