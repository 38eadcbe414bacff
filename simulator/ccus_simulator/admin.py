"""The administration of worlds under /_sim/v1: create, move the clock, end the contract, read what happened."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ccus_simulator import commitment, contract_life, dialects, faults, openapi, retention, timers, tokens
from ccus_simulator.call import Call, Handler
from ccus_simulator.contract_life import NoSuchStep
from ccus_simulator.counter import CLIENT_SECRET, COMMITMENT_KEY, account_secret, commitment_key
from ccus_simulator.documents import Fault, MalformedDocument
from ccus_simulator.faults.drawing import exhausted
from ccus_simulator.inbox import incidents as threads
from ccus_simulator.ledger import Head
from ccus_simulator.moments import NoSuchMoment, moment, written
from ccus_simulator.population import FORMULA
from ccus_simulator.postbox import address
from ccus_simulator.reading import read_document
from ccus_simulator.refusals import Refused, invalid
from ccus_simulator.registry import read_world, without_credentials
from ccus_simulator.registry_changes import NothingToChange, changed
from ccus_simulator.state import FaultCount, WorldState, created
from ccus_simulator.store import DROPPED, TOKEN_KEY
from ccus_simulator.types import Event, Plan, Secret

BANNER = {
    "service": "ccus-simulator",
    "simulated": True,
    "ja": "これは模擬 CCUS です。実在の建設キャリアアップシステムではなく、人も会社もすべて架空です。",
    "en": "This is a simulated CCUS, not the real one: every person and firm in it is made up.",
}


def banner(_: Call) -> Plan:
    return Plan(status=200, body=BANNER)


def about(name: openapi.Name) -> Handler:
    """Make the handler that hands out one of the simulator's OpenAPI documents."""

    def told(_: Call) -> Plan:
        return Plan(status=200, body=openapi.document(name))

    return told


def health(call: Call) -> Plan:
    """Tell that the simulator is ready, and which people it makes."""
    head = call.store.ledger.head().as_json()
    body = {"ok": True, **BANNER, "population": FORMULA, "worlds": len(call.states), "ledger_head": head}
    return Plan(status=200, body=body)


def put_world(call: Call) -> Plan:
    """Create a world; the same document again changes nothing."""
    body = read_document(call.request, "admin-world-1")
    try:
        world = read_world(body["document"])
    except MalformedDocument as error:
        raise invalid(error.faults) from error
    if world.name != call.world:
        text = f"世界の名前が場所と違います。{call.world} にしてください。"
        raise invalid([Fault(path="$.document.world", text=text)])
    body = {"dialect": call.default_dialect, **body}
    if body["dialect"] not in dialects.known():
        raise Refused("dialect.unknown", valid=dialects.known())
    answer = {"base_url_path": f"/w/{call.world}", "mail": address(call.world)}
    if call.world in call.states:
        _must_be_the_same(call, body)
        return Plan(status=200, body=answer, names_head=True)
    return Plan(
        status=201, body=answer, names_head=True, events=_beginning(body), secrets=_secrets(call.world, body)
    )


def drop_world(call: Call) -> Plan:
    """Drop a world with its secrets; what it did stays in the ledger, and its name may be used again."""
    event = Event(world=call.world, at=call.state.now, kind=DROPPED, body={})
    return Plan(status=200, body={"dropped": call.world}, names_head=True, events=(event,))


def clock(call: Call) -> Plan:
    """Move a world's clock forward; everything due by then happens in order."""
    state = call.state
    to = _moment(read_document(call.request, "admin-clock-1")["to"], "$.to")
    if to < state.now:
        raise Refused("clock.backwards", now=written(state.now))
    fired, events = timers.run(state, to)
    body = {"from": written(state.now), "to": written(to), "fired": [timer.as_json() for timer in fired]}
    moved = Event(world=call.world, at=to, kind="clock.moved", body=body)
    answer = {"now": written(to), "fired": body["fired"]}
    return Plan(status=200, body=answer, events=(*events, moved))


def contract(call: Call) -> Plan:
    """Let the contract end or be renewed, or the conditions of retention lapse or be restored."""
    state = call.state
    body = read_document(call.request, "admin-contract-1")
    at = _moment(body["at"], "$.at") if "at" in body else state.now
    try:
        event = _contract_event(state, body, at)
    except NoSuchStep as error:
        raise Refused("contract.no_such_step", state=state.life, hint=str(error)) from error
    trial = state.copy()
    trial.apply(event.kind, event.at, event.body)
    answer = {"state": trial.life, "ends_at": written(trial.ends_at)}
    return Plan(status=200, body=answer, events=(event,))


def registry(call: Call) -> Plan:
    """Let people join or leave, and registrations or delegations end, at the world's present moment."""
    state = call.state
    body = read_document(call.request, "admin-registry-1")
    try:
        changed(state.world, body, state.now)
    except NothingToChange as error:
        raise invalid([Fault(path=error.path, text=error.text)]) from error
    event = Event(world=call.world, at=state.now, kind="registry.changed", body=body)
    return Plan(status=200, body={"now": written(state.now), **body}, events=(event,))


def ledger(call: Call) -> Plan:
    """Read a world's entries from a number on, also when it was dropped, and the head of the whole ledger."""
    state = call.states.get(call.world)
    if state is None and not call.store.ledger.knows(call.world):
        raise Refused("world.unknown")
    first = max(_number(call, "from", 1), state.begins_at if state else 1)
    entries = [entry.as_json() for entry in call.store.ledger.entries_of(call.world, first)]
    return Plan(status=200, body={"entries": entries, "head": call.store.ledger.head().as_json()})


def verify(call: Call) -> Plan:
    """Check the chain, and with ?seq=&hash= that it still holds a head seen before."""
    query = call.request.query
    known = Head(seq=_number(call, "seq", 0), hash=query["hash"]) if "hash" in query else None
    return Plan(status=200, body=call.store.ledger.verify(known).as_json())


def heads(call: Call) -> Plan:
    """Tell the newest heads that were published: keep one, and a shortened ledger will show."""
    newest = [head.as_json() for head in call.store.heads.newest()]
    return Plan(status=200, body={"heads": newest, "head": call.store.ledger.head().as_json()})


def inbox(call: Call) -> Plan:
    return Plan(status=200, body={"items": [item.as_json() for item in call.state.inbox]})


def outbox(call: Call) -> Plan:
    """Read the Fund's answers by mail."""
    return Plan(status=200, body={"items": call.state.outbox})


def incidents(call: Call) -> Plan:
    """Read the notices of a world by incident."""
    return Plan(status=200, body={"incidents": threads(call.state)})


def commitment_root(call: Call) -> Plan:
    """Recompute the commitment over everything handed over in this world, but for what broke on the way."""
    key = commitment_key(call.store.vault, call.world)
    arrived = [p for p in call.state.provided.values() if p.delivered not in {"partial", "none"}]
    leaves = [commitment.leaf(key, p.record_type, p.id, p.provision_id) for p in arrived]
    return Plan(status=200, body={"leaf_count": len(leaves), "root": commitment.root(leaves)})


def fault_catalogue(_: Call) -> Plan:
    """List every fault there is, with what it takes and what shows that it has set in."""
    return Plan(status=200, body={"faults": [fault.as_json() for fault in faults.CATALOGUE.values()]})


def faults_set(call: Call) -> Plan:
    """List the faults that were set in a world."""
    state = call.state
    return Plan(status=200, body={"faults": [_fault_status(state, name) for name in state.fault_counts]})


def fault_status(call: Call) -> Plan:
    """Tell whether a fault is set, how often it has fired, and whether it will again."""
    return Plan(status=200, body=_fault_status(call.state, _fault_name(call)))


def _fault_status(state: WorldState, name: str) -> dict[str, Any]:
    count = state.fault_counts.get(name, FaultCount())
    return {
        "name": name,
        "set": name in state.faults,
        "parameters": state.faults.get(name),
        "hits": count.hits,
        "fired": count.fired,
        "exhausted": exhausted(state, name),
        "seen_by": dict(faults.CATALOGUE[name].seen_by),
    }


def put_fault(call: Call) -> Plan:
    """Make CCUS do something wrong from now on."""
    name = _fault_name(call)
    parameters: dict[str, Any] = read_document(call.request, "admin-fault-1") if call.request.body else {}
    accepted = faults.CATALOGUE[name].accepts
    if unknown := sorted(set(parameters) - set(accepted)):
        raise Refused("fault.parameter_unknown", unknown=unknown, valid=sorted(accepted))
    return _fault_set(call, name, parameters, on=True)


def delete_fault(call: Call) -> Plan:
    """Make CCUS do right again."""
    return _fault_set(call, _fault_name(call), None, on=False)


def _fault_set(call: Call, name: str, parameters: Any, *, on: bool) -> Plan:
    state = call.state
    body = {"name": name, "parameters": parameters, "on": on}
    event = Event(world=call.world, at=state.now, kind="fault.set", body=body)
    unchanged = (name in state.faults) == on and state.faults.get(name) == parameters
    return Plan(status=200, body=body, events=() if unchanged else (event,))


def _fault_name(call: Call) -> str:
    name = call.parts["fault"]
    if name not in faults.CATALOGUE:
        raise Refused("fault.unknown", valid=sorted(faults.CATALOGUE))
    return name


def _beginning(body: Mapping[str, Any]) -> tuple[Event, ...]:
    document = without_credentials(body["document"])
    now = moment(document["now"])
    first = Event(
        world=document["world"],
        at=now,
        kind="world.created",
        body={"document": document, "client_id": body["client"]["id"], "dialect": body["dialect"]},
    )
    _, events = timers.run(created(now, first.body), now)
    return (first, *events)


def _secrets(world: str, body: Mapping[str, Any]) -> tuple[Secret, ...]:
    accounts = body["document"]["accounts"]
    return (
        Secret(world=world, name=CLIENT_SECRET, value=body["client"]["secret"]),
        Secret(world=world, name=COMMITMENT_KEY, value=body["commitment_key"], sealed=False),
        Secret(world=world, name=TOKEN_KEY, value=tokens.key(world, body["client"]["secret"]), sealed=False),
        *(Secret(world=world, name=account_secret(a["id"]), value=a["credential"]) for a in accounts),
    )


def _must_be_the_same(call: Call, body: Mapping[str, Any]) -> None:
    state, vault = call.state, call.store.vault
    told = (without_credentials(body["document"]), body["client"]["id"], body["dialect"])
    same = told == (state.document, state.client_id, state.dialect)
    kept = all(
        vault.matches(secret.world, secret.name, secret.value)
        if secret.sealed
        else vault.read(secret.world, secret.name) == secret.value
        for secret in _secrets(call.world, body)
    )
    if not same or not kept:
        raise Refused("world.differs")


def _contract_event(state: WorldState, body: Mapping[str, Any], at: datetime) -> Event:
    cause: str | None = body.get("cause")
    match body["event"]:
        case "lapse":
            return retention.lapse(state, at, body.get("ref"), cause)
        case "restore":
            return timers.contract_event(state, "restore", state.now)
        case "renew":
            return timers.contract_event(state, "renew", _coming(state, at), contract_life.EXPIRY)
        case _:
            return _ending(state, at, cause)


def _ending(state: WorldState, at: datetime, cause: str | None) -> Event:
    """Reading term.end_causes: what ends the contract, and what only has to be noted."""
    contract_life.after(state.life, "end")
    if cause != contract_life.EXPIRY and state.world.readings.end_causes == "expiry_only":
        return timers.contract_event(state, "note", state.now, cause)
    return timers.contract_event(state, "end_set" if at > state.now else "end", at, cause)


def _coming(state: WorldState, at: datetime) -> datetime:
    if at <= state.now:
        raise invalid([Fault(path="$.at", text=f"{written(state.now)} より後にしてください。")])
    return at


def _moment(text: str, path: str) -> datetime:
    try:
        return moment(text)
    except NoSuchMoment as error:
        raise invalid([Fault(path=path, text=str(error))]) from error


def _number(call: Call, name: str, default: int) -> int:
    text = call.request.query.get(name, str(default))
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise invalid([Fault(path=f"?{name}", text="数字で書いてください。")])
    return int(text)
