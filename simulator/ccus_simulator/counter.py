"""What CCUS does for a client, in no dialect: typed questions in, typed decisions out.

A dialect turns bytes into these calls and their results into bytes. The rules of 第1条, 第2条1, 第5条 and 第6条
are applied here and nowhere else, so that no dialect can soften them.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, Generic, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from ccus_simulator import commitment, faults, handover, inbox, retention, timers
from ccus_simulator.contract_life import State
from ccus_simulator.documents import Fault, faults_of
from ccus_simulator.faults.drawing import NOT_SET, Chance, Drawn, draw
from ccus_simulator.faults.forgetting import forgets
from ccus_simulator.handover import LARGEST_PAGE, Page
from ccus_simulator.ledger import canonical_of_plain
from ccus_simulator.moments import written
from ccus_simulator.provision import Ask, Subject, decide, delegation_used, term_refusal, user_refusal
from ccus_simulator.refusals import CATALOGUE, Refused, invalid
from ccus_simulator.state import InboxKind, Letter, Recorded, WorldState, processed, recorded
from ccus_simulator.store import Vault
from ccus_simulator.types import Event, Json

CLIENT_SECRET: Final = "client_secret"  # noqa: S105 - its name, not its value
COMMITMENT_KEY: Final = "commitment_key"

Result = TypeVar("Result")


class Counter(Struct, frozen=True, kw_only=True):
    """The place where the client of one world is served: its state, and the vault that knows its secrets."""

    state: WorldState
    vault: Vault


class Decision(Struct, Generic[Result], frozen=True, kw_only=True):
    """What was decided, and what has to be written down before anybody hears of it."""

    result: Result
    events: tuple[Event, ...] = ()


class Contract(Struct, frozen=True, kw_only=True):
    """The contract as its other party may know it, with the key for committing to records."""

    id: str
    life: State
    signed_on: str
    ends_at: datetime
    now: datetime
    key: bytes

    @property
    def key_id(self) -> str:
        return commitment.key_id(self.key)


class Receipt(Struct, frozen=True, kw_only=True):
    """The Fund's word that it has a letter, with everything it found wrong in it."""

    receipt_id: str
    received_at: str
    faults: tuple[Fault, ...]


def admit(counter: Counter, client: str, secret: str) -> Decision[int]:
    """Let in the client of this world; gives the number of its admission."""
    state = counter.state
    right = counter.vault.matches(state.world.name, CLIENT_SECRET, secret)
    if (not right or client != state.client_id) and not forgets(state, "client.unknown"):
        raise Refused("client.unknown")
    number = state.tokens + 1
    issued = event(state, "token.issued", {"client_id": client, "number": number})
    return Decision(result=number, events=(issued,))


def contract(counter: Counter) -> Contract:
    """Tell the state of the contract; this stays open after the end."""
    state = counter.state
    return Contract(
        id=state.world.term.id,
        life=state.life,
        signed_on=state.world.term.signed_on,
        ends_at=state.ends_at,
        now=state.now,
        key=commitment_key(counter.vault, state.world.name),
    )


def read_request(document: Json) -> tuple[Ask, str]:
    """Read a request from its document; gives it with the user's credential, or raises with every fault."""
    shape = faults_of("provision-request-1", document)
    if shape:
        raise invalid(shape)
    if not any(document["subjects"].values()):
        raise invalid([Fault(path="$.subjects", text="何を依頼するのか、一つ以上書いてください。")])
    return Ask.of(document), document["user"]["credential"]


def ask(counter: Counter, wanted: Ask, credential: str) -> Decision[Recorded]:
    """Take in a request of a user, decide each of its subjects and process it when its time has come."""
    state = counter.state
    right = counter.vault.matches(state.world.name, account_secret(wanted.user), credential)
    late = _forgotten_term(state, "request")
    refusal = None if late.fires else term_refusal(state.life)
    refusal = refusal or user_refusal(state.world, wanted, state.now, credential_right=right)
    if refusal and not forgets(state, refusal):
        raise Refused(refusal, events=(_stopped_at_door(state, wanted, refusal),))
    if known := state.requests.get(wanted.request_id):
        return _again(known, wanted)
    taken_in = _take_in(state, wanted)
    return replace(taken_in, events=(*late.events, *taken_in.events)) if late.events else taken_in


def request(counter: Counter, request_id: str) -> Recorded:
    """Return what became of a request."""
    return _known(counter.state, request_id, _forgotten_term(counter.state, "request_status"))


def hand_over(
    counter: Counter, request_id: str, cursor: str | None = None, limit: int = LARGEST_PAGE
) -> Decision[Page]:
    """Hand over what a request was promised, once; a large one in pages."""
    state = counter.state
    late = _forgotten_term(state, "provisions")
    page = handover.hand_over(state, _known(state, request_id, late), cursor, limit)
    return Decision(result=page, events=(*late.events, *page.events))


def receive(counter: Counter, kind: InboxKind, document: Json) -> Decision[Receipt]:
    """Receipt a letter; what is wrong in it is noted, and a bad letter is still a letter."""
    return receive_letter(counter.state, kind, document)


def receive_letter(
    state: WorldState,
    kind: InboxKind,
    document: Json,
    noted: tuple[Fault, ...] = (),
    mail: Mapping[str, Any] | None = None,
) -> Decision[Receipt]:
    """Receipt a letter however it came; the same notice once more gets the receipt it has."""
    if kind == "notice" and (known := inbox.same_notice(state, document)):
        return _receipted_before(state, known)
    found = (*noted, *inbox.letter_faults(state, kind, document))
    received = inbox.received(state, kind, document, found, mail)
    step = () if found else _contract_step(state, kind, document)
    receipt = Receipt(
        receipt_id=received.body["receipt_id"], received_at=received.body["received_at"], faults=found
    )
    return Decision(result=receipt, events=(received, *step))


def _receipted_before(state: WorldState, known: Letter) -> Decision[Receipt]:
    faults_then = tuple(Fault(path=fault["path"], text=fault["text"]) for fault in known.faults)
    receipt = Receipt(receipt_id=known.receipt_id, received_at=known.received_at, faults=faults_then)
    repeated = event(state, "letter.repeated", {"receipt_id": known.receipt_id})
    return Decision(result=receipt, events=(repeated,))


def commitment_key(vault: Vault, world: str) -> bytes:
    """Return the key that a world shares with its candidate."""
    return bytes.fromhex(vault.read(world, COMMITMENT_KEY) or "")


def account_secret(account: str) -> str:
    """Name the secret of a user's account."""
    return f"account:{account}"


def event(state: WorldState, kind: str, body: dict[str, Any]) -> Event:
    """Make an event of this world, now."""
    return Event(world=state.world.name, at=state.now, kind=kind, body=body)


def _forgotten_term(state: WorldState, operation: str) -> Drawn:
    """Faults: CCUS forgets that the contract has ended, or that it has not begun."""
    forgotten = _FORGOTTEN.get(term_refusal(state.life) or "")
    return NOT_SET if forgotten is None else draw(state, Chance(name=forgotten, operation=operation))


_FORGOTTEN: Final = {
    "contract.ended": faults.ANSWERS_AFTER_END,
    "contract.not_started": faults.ANSWERS_BEFORE_START,
}


def _known(state: WorldState, request_id: str, late: Drawn) -> Recorded:
    refusal = None if late.fires else term_refusal(state.life)
    if refusal:
        raise Refused(refusal)
    known = state.requests.get(request_id)
    if known is None:
        raise Refused("request.unknown")
    return known


def _again(known: Recorded, wanted: Ask) -> Decision[Recorded]:
    if known.fingerprint != _fingerprint(wanted):
        raise Refused("request.id_reused")
    return Decision(result=known)


def _take_in(state: WorldState, wanted: Ask) -> Decision[Recorded]:
    subjects = decide(state.world, wanted, state.now)
    if state.faults:
        subjects = tuple([_forgiven(state, one) for one in subjects])
    taken_in = _decided(state, wanted, subjects)
    known = recorded(taken_in.body)
    if known.status == "refused":
        return Decision(result=known, events=(taken_in,))
    lapsed = _lapses(state, known)
    if known.ready_at > state.now:
        return Decision(result=known, events=(taken_in, *lapsed))
    trial = state.copy() if lapsed else state
    for happened in lapsed:
        trial.apply(happened.kind, happened.at, happened.body)
    ready = timers.ready(trial, known, state.now)
    return Decision(result=processed(known, ready.body), events=(taken_in, *lapsed, ready))


def _forgiven(state: WorldState, subject: Subject) -> Subject:
    """Fault: CCUS forgets a rule, and so provides whom it should refuse."""
    if subject.id is None or not forgets(state, subject.reason):
        return subject
    return replace(subject, status="processing", reason=None)


def _lapses(state: WorldState, known: Recorded) -> tuple[Event, ...]:
    """Fault: somebody asked for leaves the business right after the request was taken in."""
    if faults.AFFILIATION_LAPSES not in state.faults:
        return ()
    wanted = state.faults[faults.AFFILIATION_LAPSES].get("subjects", ())
    people = [s.id for s in known.subjects if s.record_type == "technician" and s.id and not s.reason]
    leaving = [person for person in people if not wanted or person in wanted][:1]
    if known.acting_for is None or known.capacity != "business" or not leaving:
        return ()
    drawn = draw(state, Chance(name=faults.AFFILIATION_LAPSES, operation="request", subjects=people))
    body = {"change": "affiliation.ended", "technician": leaving[0], "business": known.acting_for}
    left = (event(state, "registry.changed", body),) if drawn.fires else ()
    return (*drawn.events, *left)


def _decided(state: WorldState, wanted: Ask, subjects: tuple[Subject, ...]) -> Event:
    refusal = timers.whole_refusal(subjects)
    used = delegation_used(state.world, wanted, state.now)
    body = {
        **_asked(state, wanted),
        **({"delegation": used} if used else {}),
        "taken_in": True,
        "ready_at": written(timers.ready_at(state)),
        "subjects": [subject.for_ledger() for subject in subjects],
        "refusal": refusal,
    }
    return event(state, "request.refused" if refusal else "request.accepted", body)


def _stopped_at_door(state: WorldState, wanted: Ask, refusal: str) -> Event:
    nothing: dict[str, Any] = {"taken_in": False, "ready_at": None, "subjects": []}
    body = {**_asked(state, wanted), **nothing, "refusal": CATALOGUE[refusal].for_ledger()}
    return event(state, "request.refused", body)


def _asked(state: WorldState, wanted: Ask) -> dict[str, Any]:
    technicians = wanted.technicians if wanted.technicians == "all" else list(wanted.technicians)
    asked = {
        "technicians": technicians,
        "own_business": wanted.own_business,
        "businesses": list(wanted.businesses),
    }
    return {
        **wanted.for_ledger(),
        "asked": asked,
        "fingerprint": _fingerprint(wanted),
        "faults_on": sorted(state.faults),
    }


def _fingerprint(wanted: Ask) -> str:
    asked = [sorted(wanted.businesses), wanted.own_business]
    technicians = wanted.technicians if wanted.technicians == "all" else sorted(wanted.technicians)
    return sha256(canonical_of_plain([wanted.for_ledger(), technicians, asked]).encode()).hexdigest()


def _contract_step(state: WorldState, kind: InboxKind, document: Any) -> Sequence[Event]:
    if kind == "retention_claim":
        return retention.claimed(state, document)
    if kind == "certificate" and _closes(state, document):
        return (timers.contract_event(state, "certify", state.now),)
    return ()


def _closes(state: WorldState, certificate: Any) -> bool:
    """Whether a certificate ends the matter: under retention only one that keeps nothing does."""
    if state.life == "retaining":
        return certificate["counts"]["retained"] == 0
    return state.life == "disposing"
