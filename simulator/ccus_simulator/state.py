"""The state of a world: a fold over its ledger entries, so that a restart loses nothing."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, Literal

from msgspec import Struct, field
from msgspec.structs import replace

from ccus_simulator.answers import Delivered
from ccus_simulator.contract_life import State
from ccus_simulator.moments import moment
from ccus_simulator.provision import Capacity, Subject
from ccus_simulator.registry import World, world_of
from ccus_simulator.registry_changes import changed
from ccus_simulator.types import Json

RequestStatus = Literal["processing", "ready", "refused"]
InboxKind = Literal["notice", "certificate", "retention_claim"]

FIRST_DIALECT: Final = "json"
"""What a world speaks whose ledger was begun before worlds chose."""


class Provision(Struct, frozen=True, kw_only=True):
    """One record that was handed over."""

    provision_id: str
    record_type: str
    id: str
    delivered: Delivered = "unknown"


class Recorded(Struct, frozen=True, kw_only=True):
    """A request that CCUS took in, and what became of it."""

    request_id: str
    fingerprint: str
    user: str
    acting_for: str | None
    capacity: Capacity
    status: RequestStatus
    ready_at: datetime
    refusal: str | None
    subjects: tuple[Subject, ...]
    handed: int = 0
    """How many of the promised records were handed over, or withheld at the last moment."""

    @property
    def promised(self) -> tuple[Subject, ...]:
        return tuple([subject for subject in self.subjects if subject.provision_id])

    @property
    def collected(self) -> bool:
        return self.status == "ready" and self.handed >= len(self.promised)

    def with_handed(self, handed: int, subjects: tuple[Subject, ...]) -> "Recorded":
        """Return the request after so many of its records left; `replace` would take three times as long."""
        return Recorded(
            request_id=self.request_id,
            fingerprint=self.fingerprint,
            user=self.user,
            acting_for=self.acting_for,
            capacity=self.capacity,
            status=self.status,
            ready_at=self.ready_at,
            refusal=self.refusal,
            subjects=subjects,
            handed=handed,
        )


class Letter(Struct, frozen=True, kw_only=True):
    """Something the Fund received and receipted."""

    receipt_id: str
    kind: InboxKind
    received_at: str
    document: Json
    faults: tuple[dict[str, str], ...]
    mail: Json = None
    """What stood around the document when it came by e-mail."""

    def as_json(self) -> dict[str, Any]:
        return {
            "receipt_id": self.receipt_id,
            "kind": self.kind,
            "received_at": self.received_at,
            "by": "mail" if self.mail else "http",
            "mail": self.mail,
            "document": self.document,
            "faults": list(self.faults),
        }


class FaultCount(Struct, frozen=True, kw_only=True):
    """On how many occasions a fault could have fired since it was set, and on how many it did."""

    hits: int = 0
    fired: int = 0


class WorldState(Struct, kw_only=True):
    """Everything that has become of one world; only `apply` changes it."""

    world: World
    document: Mapping[str, Any]
    client_id: str
    dialect: str
    begins_at: int
    """The number of its first entry: a world of the same name may have been dropped before."""
    now: datetime
    life: State
    ends_at: datetime
    end_cause: str
    retained_by: frozenset[str] = frozenset()
    """The conditions of retention that are met, by reference."""
    lapse_at: datetime | None = None
    tokens: int = 0
    requests: dict[str, Recorded] = field(default_factory=dict[str, Recorded])
    promised: int = 0
    provided: dict[str, Provision] = field(default_factory=dict[str, Provision])
    inbox: list[Letter] = field(default_factory=list[Letter])
    outbox: list[Json] = field(default_factory=list[Json])
    """The Fund's answers by mail; nobody fetches them but who looks here."""
    faults: dict[str, Json] = field(default_factory=dict[str, Json])
    notes: dict[str, Json] = field(default_factory=dict[str, Json])
    """What the dialect of this world keeps for itself; the core only keeps it."""
    fault_counts: dict[str, FaultCount] = field(default_factory=dict[str, FaultCount])

    def copy(self) -> "WorldState":
        """Return a state to try events on; the things inside are frozen."""
        return replace(
            self,
            requests=dict(self.requests),
            provided=dict(self.provided),
            inbox=list(self.inbox),
            outbox=list(self.outbox),
            faults=dict(self.faults),
            notes=dict(self.notes),
            fault_counts=dict(self.fault_counts),
        )

    def apply(self, kind: str, at: datetime, body: Mapping[str, Any]) -> None:
        """Let one event happen."""
        self.now = max(self.now, at)
        change = _CHANGES.get(kind)
        if change is not None:
            change(self, body)


def created(at: datetime, body: Mapping[str, Any], begins_at: int = 0) -> WorldState:
    """Return the state of a world that has just been created."""
    world = world_of(body["document"])
    return WorldState(
        world=world,
        document=body["document"],
        client_id=body["client_id"],
        dialect=body.get("dialect", FIRST_DIALECT),
        begins_at=begins_at,
        now=at,
        life="unsigned",
        ends_at=world.term.ends_at,
        end_cause="満了",
    )


def recorded(body: Mapping[str, Any]) -> Recorded:
    """Return the request that an event of its taking in tells of."""
    return Recorded(
        request_id=body["request_id"],
        fingerprint=body["fingerprint"],
        user=body["user"],
        acting_for=body["acting_for"],
        capacity=body["capacity"],
        status="refused" if body["refusal"] else "processing",
        ready_at=moment(body["ready_at"]),
        refusal=body["refusal"]["code"] if body["refusal"] else None,
        subjects=tuple(Subject.of(subject) for subject in body["subjects"]),
    )


def processed(request: Recorded, body: Mapping[str, Any]) -> Recorded:
    """Return the request after the event of its processing."""
    refusal = body["refusal"]["code"] if body["refusal"] else None
    subjects = tuple(Subject.of(subject) for subject in body["subjects"])
    status: RequestStatus = "refused" if refusal else "ready"
    return Recorded(
        request_id=request.request_id,
        fingerprint=request.fingerprint,
        user=request.user,
        acting_for=request.acting_for,
        capacity=request.capacity,
        status=status,
        ready_at=request.ready_at,
        refusal=refusal,
        subjects=subjects,
    )


def _token_issued(state: WorldState, body: Mapping[str, Any]) -> None:
    state.tokens = body["number"]


def _request_decided(state: WorldState, body: Mapping[str, Any]) -> None:
    # A request stopped at the door was not taken in: the same id may come again.
    if body["taken_in"]:
        state.requests[body["request_id"]] = recorded(body)


def _provision_ready(state: WorldState, body: Mapping[str, Any]) -> None:
    request = processed(state.requests[body["request_id"]], body)
    state.requests[request.request_id] = request
    state.promised += sum(subject.provision_id is not None for subject in request.subjects)
    if body.get("leavers"):
        kept = state.fault_counts.get("keeps_leavers", FaultCount())
        state.fault_counts["keeps_leavers"] = FaultCount(hits=kept.hits + 1, fired=kept.fired + 1)


def _provision_collected(state: WorldState, body: Mapping[str, Any]) -> None:
    request = state.requests[body["request_id"]]
    if not body.get("unsolicited"):
        state.requests[request.request_id] = request.with_handed(request.handed + 1, request.subjects)
    state.provided[body["provision_id"]] = Provision(
        provision_id=body["provision_id"], record_type=body["record_type"], id=body["id"]
    )


def _provision_withheld(state: WorldState, body: Mapping[str, Any]) -> None:
    request = state.requests[body["request_id"]]
    subjects = tuple(
        replace(s, status="refused", reason=body["reason"]) if s.provision_id == body["provision_id"] else s
        for s in request.subjects
    )
    state.requests[request.request_id] = request.with_handed(request.handed + 1, subjects)


def _registry_changed(state: WorldState, body: Mapping[str, Any]) -> None:
    state.world = changed(state.world, body, state.now)


def _provision_delivered(state: WorldState, body: Mapping[str, Any]) -> None:
    for provision_id in body["provision_ids"]:
        provision = state.provided[provision_id]
        state.provided[provision_id] = Provision(
            provision_id=provision_id,
            record_type=provision.record_type,
            id=provision.id,
            delivered=body["delivered"],
        )


def _contract_moved(state: WorldState, body: Mapping[str, Any]) -> None:
    state.life = body["to"]
    if body["event"] in {"end", "end_set", "renew"}:
        state.ends_at = moment(body["at"])
        state.end_cause = body["cause"]
    if body["event"] in {"claim", "lose"}:
        state.retained_by = frozenset(body.get("conditions", ()))
    if body["event"] in {"lapse_set", "lapse", "restore"}:
        state.lapse_at = moment(body["at"]) if body["event"] == "lapse_set" else None
    for request_id in body["dropped"]:
        request = state.requests[request_id]
        subjects = tuple(_dropped(subject) for subject in request.subjects)
        state.requests[request_id] = replace(
            request, status="refused", refusal="contract.ended", subjects=subjects
        )


def _dropped(subject: Subject) -> Subject:
    return subject if subject.reason else replace(subject, status="refused", reason="contract.ended")


def _letter(kind: InboxKind) -> Callable[[WorldState, Mapping[str, Any]], None]:
    def received(state: WorldState, body: Mapping[str, Any]) -> None:
        state.inbox.append(
            Letter(
                receipt_id=body["receipt_id"],
                kind=kind,
                received_at=body["received_at"],
                document=body["document"],
                faults=tuple(body["faults"]),
                mail=body.get("mail"),
            )
        )

    return received


def _mail_replied(state: WorldState, body: Mapping[str, Any]) -> None:
    state.outbox.append(dict(body))


def _fault_set(state: WorldState, body: Mapping[str, Any]) -> None:
    if body["on"]:
        state.faults[body["name"]] = body["parameters"]
        state.fault_counts[body["name"]] = FaultCount()
    else:
        state.faults.pop(body["name"], None)


def _dialect_noted(state: WorldState, body: Mapping[str, Any]) -> None:
    state.notes[body["key"]] = body["value"]


def _fault_met(state: WorldState, body: Mapping[str, Any]) -> None:
    # Taking a fault away keeps its count, so that whoever set it can still ask what it did.
    state.fault_counts[body["name"]] = replace(state.fault_counts[body["name"]], hits=body["hit"])


def _fault_fired(state: WorldState, body: Mapping[str, Any]) -> None:
    count = state.fault_counts[body["name"]]
    state.fault_counts[body["name"]] = FaultCount(hits=body["hit"], fired=count.fired + 1)


_CHANGES: Final[Mapping[str, Callable[[WorldState, Mapping[str, Any]], None]]] = {
    "token.issued": _token_issued,
    "request.accepted": _request_decided,
    "request.refused": _request_decided,
    "provision.ready": _provision_ready,
    "provision.collected": _provision_collected,
    "provision.withheld": _provision_withheld,
    "registry.changed": _registry_changed,
    "provision.delivered": _provision_delivered,
    "contract.event": _contract_moved,
    "notice.received": _letter("notice"),
    "certificate.received": _letter("certificate"),
    "retention.claimed": _letter("retention_claim"),
    "mail.replied": _mail_replied,
    "fault.set": _fault_set,
    "dialect.noted": _dialect_noted,
    "fault.fired": _fault_fired,
    "fault.spared": _fault_met,
}
"""call.refused and clock.moved change nothing but the time."""
