"""The wire of a candidate: token, contract, requests, provisions and letters under /w/{world}."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any, Final
from urllib.parse import parse_qs

from ccus_simulator import commitment, faults, inbox, population, timers, tokens
from ccus_simulator.call import Call, Handler
from ccus_simulator.documents import Fault
from ccus_simulator.ledger import canonical
from ccus_simulator.moments import written
from ccus_simulator.provision import Ask, Subject, decide, term_refusal, user_refusal
from ccus_simulator.reading import read_document, read_json
from ccus_simulator.refusals import CATALOGUE, Refused, invalid
from ccus_simulator.state import InboxKind, Recorded, WorldState, processed, recorded
from ccus_simulator.types import Event, Plan

CLIENT_SECRET: Final = "client_secret"  # noqa: S105 - its name, not its value
COMMITMENT_KEY: Final = "commitment_key"


def token(call: Call) -> Plan:
    """Give an access token for the client's own secret."""
    client, secret = tokens.basic(call.request)
    known = call.states.get(call.world)
    right = call.store.vault.matches(call.world, CLIENT_SECRET, secret)
    if known is None or not right or client != known.client_id:
        raise Refused("client.unknown")
    if _form(call).get("grant_type") != ["client_credentials"]:
        raise invalid([Fault(path="$.grant_type", text="client_credentials にしてください。")])
    number = known.tokens + 1
    body = {
        "access_token": tokens.issue(call.token_key, call.world, number),
        "token_type": "Bearer",
        "expires_in": tokens.LIFETIME_SECONDS,
    }
    issued = _event(known, "token.issued", {"client_id": client, "number": number})
    return Plan(status=200, body=body, events=(issued,))


def contract(call: Call) -> Plan:
    """Tell the state of the contract; this stays open after the end."""
    state = call.state
    key = commitment_key(call)
    body = {
        "contract_id": state.world.term.id,
        "state": state.life,
        "signed_on": state.world.term.signed_on,
        "ends_at": written(state.ends_at),
        "now": written(state.now),
        "commitment": {"alg": commitment.ALGORITHM, "key_id": commitment.key_id(key), "key": key.hex()},
    }
    return Plan(status=200, body=body)


def request(call: Call) -> Plan:
    """Take in a request of a user, decide each of its subjects and process it when its time has come."""
    state = call.state
    body = read_document(call.request, "provision-request-1")
    if not any(body["subjects"].values()):
        raise invalid([Fault(path="$.subjects", text="何を依頼するのか、一つ以上書いてください。")])
    ask = Ask.of(body)
    refusal = term_of(state) or _user(call, ask, body["user"]["credential"])
    if refusal:
        raise Refused(refusal, events=(_stopped_at_door(state, ask, refusal),))
    if known := state.requests.get(ask.request_id):
        return _again(known, ask)
    return _take_in(state, ask)


def request_status(call: Call) -> Plan:
    return Plan(status=200, body=_known(call).on_wire())


def provisions(call: Call) -> Plan:
    """Hand over what a request was promised, once."""
    state, known = call.state, _known(call)
    if known.status == "processing":
        raise Refused("request.not_ready", ready_at=written(known.ready_at))
    if known.status == "refused":
        raise Refused("request.refused", refusal=known.on_wire()["refusal"])
    if known.collected:
        raise Refused("request.collected")
    records = [_record(state, subject) for subject in known.subjects if subject.provision_id]
    events = tuple(_collected(state, known, record) for record in records)
    return Plan(status=200, body={"provisions": records}, events=events)


def letter(kind: InboxKind) -> Handler:
    """Make the handler that receipts letters of one kind."""

    def receive(call: Call) -> Plan:
        document = read_json(call.request)
        found = inbox.letter_faults(call.state, kind, document)
        event = inbox.received(call.state, kind, document, found)
        receipt = {key: event.body[key] for key in ("receipt_id", "received_at")}
        noted = {"faults": event.body["faults"]} if found else {}
        step = () if found else _contract_step(call.state, kind, document)
        return Plan(status=201, body={**receipt, **noted}, events=(event, *step))

    return receive


def commitment_key(call: Call) -> bytes:
    """Return the key that this world shares with its candidate."""
    return bytes.fromhex(call.store.vault.read(call.world, COMMITMENT_KEY) or "")


def term_of(state: WorldState) -> str | None:
    """Return why nothing is provided now, unless CCUS is made to forget the end."""
    refusal = term_refusal(state.life)
    forgets = faults.ANSWERS_AFTER_END in state.faults
    return None if refusal == "contract.ended" and forgets else refusal


def account_secret(account: str) -> str:
    """Name the secret of a user's account."""
    return f"account:{account}"


def _user(call: Call, ask: Ask, credential: str) -> str | None:
    right = call.store.vault.matches(call.world, account_secret(ask.user), credential)
    return user_refusal(call.state.world, ask, credential_right=right)


def _again(known: Recorded, ask: Ask) -> Plan:
    if known.fingerprint != _fingerprint(ask):
        raise Refused("request.id_reused")
    return Plan(status=201, body=known.on_wire())


def _take_in(state: WorldState, ask: Ask) -> Plan:
    taken_in = _decided(state, ask, decide(state.world, ask, state.now))
    request = recorded(taken_in.body)
    if request.status == "refused" or request.ready_at > state.now:
        return Plan(status=201, body=request.on_wire(), events=(taken_in,))
    ready = timers.ready(state, request, state.now)
    return Plan(status=201, body=processed(request, ready.body).on_wire(), events=(taken_in, ready))


def _decided(state: WorldState, ask: Ask, subjects: tuple[Subject, ...]) -> Event:
    refusal = timers.whole_refusal(subjects)
    body = {
        **_asked(state, ask),
        "taken_in": True,
        "ready_at": written(timers.ready_at(state)),
        "subjects": [subject.for_ledger() for subject in subjects],
        "refusal": refusal,
    }
    return _event(state, "request.refused" if refusal else "request.accepted", body)


def _stopped_at_door(state: WorldState, ask: Ask, refusal: str) -> Event:
    nothing: dict[str, Any] = {"taken_in": False, "ready_at": None, "subjects": []}
    body = {**_asked(state, ask), **nothing, "refusal": CATALOGUE[refusal].for_ledger()}
    return _event(state, "request.refused", body)


def _asked(state: WorldState, ask: Ask) -> dict[str, Any]:
    technicians = ask.technicians if ask.technicians == "all" else list(ask.technicians)
    asked = {
        "technicians": technicians,
        "own_business": ask.own_business,
        "businesses": list(ask.businesses),
    }
    faults_on = sorted(state.faults)
    return {**ask.for_ledger(), "asked": asked, "fingerprint": _fingerprint(ask), "faults_on": faults_on}


def _fingerprint(ask: Ask) -> str:
    asked = [sorted(ask.businesses), ask.own_business]
    technicians = ask.technicians if ask.technicians == "all" else sorted(ask.technicians)
    return sha256(canonical([ask.for_ledger(), technicians, asked]).encode()).hexdigest()


def _known(call: Call) -> Recorded:
    refusal = term_of(call.state)
    if refusal:
        raise Refused(refusal)
    known = call.state.requests.get(call.parts["request_id"])
    if known is None:
        raise Refused("request.unknown")
    return known


def _record(state: WorldState, subject: Subject) -> dict[str, Any]:
    seed, registry_id = state.world.seed, subject.id or ""
    if subject.record_type == "technician":
        items = population.technician(seed, registry_id, state.world.firms_of(registry_id, state.now))
    else:
        items = population.business(seed, registry_id)
    if faults.EXTRA_FIELDS in state.faults:
        items |= population.extra(seed, registry_id)  # noqa: S610 - not Django
    return {
        "provision_id": subject.provision_id,
        "record_type": subject.record_type,
        "id": registry_id,
        "provided_at": written(state.now),
        "items": items,
    }


def _collected(state: WorldState, known: Recorded, record: dict[str, Any]) -> Event:
    body = {
        "request_id": known.request_id,
        "provision_id": record["provision_id"],
        "record_type": record["record_type"],
        "id": record["id"],
        "items": sorted(record["items"]),
        "user": known.user,
        "acting_for": known.acting_for,
        "capacity": known.capacity,
        "delivered": "full",
    }
    return _event(state, "provision.collected", body)


def _contract_step(state: WorldState, kind: InboxKind, document: Any) -> Sequence[Event]:
    if state.life != "disposing":
        return ()
    if kind == "certificate":
        return (timers.contract_event(state, "certify", state.now),)
    if kind == "retention_claim" and all(condition["met"] for condition in document["conditions"]):
        return (timers.contract_event(state, "claim", state.now),)
    return ()


def _form(call: Call) -> dict[str, list[str]]:
    try:
        return parse_qs(call.request.body.decode(), max_num_fields=20)
    except ValueError:
        return {}


def _event(state: WorldState, kind: str, body: dict[str, Any]) -> Event:
    return Event(world=state.world.name, at=state.now, kind=kind, body=body)
