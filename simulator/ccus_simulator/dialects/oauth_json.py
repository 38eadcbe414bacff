"""The dialect `json`: OAuth 2.0 client credentials, and JSON documents."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qs

from ccus_simulator import commitment, counter, tokens
from ccus_simulator.call import Call, Handler
from ccus_simulator.dialects import honest
from ccus_simulator.dialects.port import Access, Caller, Outcome
from ccus_simulator.documents import Fault
from ccus_simulator.faults.records import Record
from ccus_simulator.handover import page_size
from ccus_simulator.moments import written
from ccus_simulator.provision import Subject
from ccus_simulator.reading import read_json
from ccus_simulator.refusals import CATALOGUE, Refused, invalid
from ccus_simulator.routing import Routes, routes
from ccus_simulator.state import InboxKind, Recorded
from ccus_simulator.types import Plan, Request


class OauthJson:
    """Bearer tokens for the client's secret; requests, provisions and letters as JSON."""

    name: str = "json"

    @property
    def routes(self) -> Routes:
        return ROUTES

    def access(self, world: str) -> Access:
        client = f"kou-{world}"
        return Access(client_id=client, told={"client_id": client}, proof="client_secret")

    def ask_honestly(self, caller: Caller, document: Mapping[str, Any]) -> Outcome:
        return honest.over_oauth(caller, document)

    def shows(self, request: Request) -> tuple[str, str]:
        return tokens.basic(request)[0], tokens.world_of(tokens.bearer(request))

    def admits(self, call: Call) -> bool:
        return tokens.belongs(call.token_key, call.world, tokens.bearer(call.request))

    def refusal(self, refused: Refused) -> Plan:
        return refused.plan()


def token(call: Call) -> Plan:
    """Give an access token for the client's own secret."""
    if call.world not in call.states:
        raise Refused("client.unknown")
    admitted = counter.admit(call.counter, *tokens.basic(call.request))
    if _form(call).get("grant_type") != ["client_credentials"]:
        raise invalid([Fault(path="$.grant_type", text="client_credentials にしてください。")])
    body = {
        "access_token": tokens.issue(call.token_key, call.world, admitted.result),
        "token_type": "Bearer",
        "expires_in": tokens.LIFETIME_SECONDS,
    }
    return Plan(status=200, body=body, events=admitted.events)


def contract(call: Call) -> Plan:
    """Tell the state of the contract; this stays open after the end."""
    known = counter.contract(call.counter)
    body = {
        "contract_id": known.id,
        "state": known.life,
        "signed_on": known.signed_on,
        "ends_at": written(known.ends_at),
        "now": written(known.now),
        "commitment": {"alg": commitment.ALGORITHM, "key_id": known.key_id, "key": known.key.hex()},
    }
    return Plan(status=200, body=body)


def request(call: Call) -> Plan:
    """Take in a request; the same request_id again gives the same answer."""
    decided = counter.ask(call.counter, *counter.read_request(read_json(call.request)))
    return Plan(status=201, body=_request(decided.result), events=decided.events)


def request_status(call: Call) -> Plan:
    return Plan(status=200, body=_request(counter.request(call.counter, call.parts["request_id"])))


def provisions(call: Call) -> Plan:
    """Hand over what a request was promised, once; a large one in pages."""
    cursor, limit = call.request.query.get("cursor"), page_size(call.request, "limit")
    handed = counter.hand_over(call.counter, call.parts["request_id"], cursor, limit)
    more = {"next": handed.result.next} if handed.result.next else {}
    body = {"provisions": [_record(record) for record in handed.result.records], **more}
    return Plan(status=200, body=body, events=handed.events)


def letter(kind: InboxKind) -> Handler:
    """Make the handler that receipts letters of one kind."""

    def receive(call: Call) -> Plan:
        received = counter.receive(call.counter, kind, read_json(call.request))
        receipt = received.result
        body: dict[str, Any] = {"receipt_id": receipt.receipt_id, "received_at": receipt.received_at}
        noted = {"faults": [fault.as_json() for fault in receipt.faults]} if receipt.faults else {}
        return Plan(status=201, body={**body, **noted}, events=received.events)

    return receive


def _request(known: Recorded) -> dict[str, Any]:
    return {
        "request_id": known.request_id,
        "status": known.status,
        "ready_at": written(known.ready_at),
        "refusal": CATALOGUE[known.refusal].as_json() if known.refusal else None,
        "subjects": [_subject(subject) for subject in known.subjects],
    }


def _subject(subject: Subject) -> dict[str, Any]:
    return {
        "record_type": subject.record_type,
        "id": subject.id,
        "status": subject.status,
        "reason": CATALOGUE[subject.reason].as_json() if subject.reason else None,
    }


def _record(record: Record) -> dict[str, Any]:
    return {
        "provision_id": record.provision_id,
        "record_type": record.record_type,
        "id": record.id,
        "provided_at": written(record.provided_at),
        "items": record.items,
    }


def _form(call: Call) -> dict[str, list[str]]:
    try:
        return parse_qs(call.request.body.decode(), max_num_fields=20)
    except ValueError:
        return {}


ROUTES: Final = routes(
    ("POST", "/oauth/token", "open", token, "token"),
    ("GET", "/v1/contract", "client", contract, "contract"),
    ("POST", "/v1/requests", "client", request, "request"),
    ("GET", "/v1/requests/{request_id}", "client", request_status, "request_status"),
    ("GET", "/v1/requests/{request_id}/provisions", "client", provisions, "provisions"),
    ("POST", "/v1/notices", "client", letter("notice"), "notice"),
    ("POST", "/v1/certificates", "client", letter("certificate"), "certificate"),
    ("POST", "/v1/retention-claims", "client", letter("retention_claim"), "retention_claim"),
)
DIALECT: Final = OauthJson()
