"""The simulator behind one entry: `handle` decides, writes down, lets it happen, and answers."""

import sys
import traceback
from collections.abc import Mapping
from threading import Lock
from typing import Final

from msgspec.structs import replace

from ccus_simulator import admin, admin_journal, dialects, postbox
from ccus_simulator.answers import delivered
from ccus_simulator.call import WIRE, Call, Guard, has_admin_token, note_refusal
from ccus_simulator.faults.answers import disturbed
from ccus_simulator.faults.catalogue import Operation
from ccus_simulator.mail import Mail
from ccus_simulator.moments import moment
from ccus_simulator.refusals import Refused
from ccus_simulator.routing import routes, segments
from ccus_simulator.state import WorldState
from ccus_simulator.store import UNKEPT, Store
from ccus_simulator.tenants import Place, Tenants
from ccus_simulator.types import Event, Plan, Request

ADMIN: Final = "/_sim/v1"


ROUTES: Final = routes(
    ("GET", "/", "open", admin.banner),
    ("GET", f"/{WIRE}/{{world}}", "open", admin.banner),
    ("GET", "/health", "open", admin.health),
    ("GET", f"{ADMIN}/health", "open", admin.health),
    ("GET", f"{ADMIN}/openapi.json", "open", admin.about("admin")),
    ("GET", f"{ADMIN}/provision/openapi.json", "open", admin.about("provision")),
    ("PUT", f"{ADMIN}/worlds/{{world}}", "admin", admin.put_world),
    ("DELETE", f"{ADMIN}/worlds/{{world}}", "admin", admin.drop_world),
    ("POST", f"{ADMIN}/worlds/{{world}}/clock", "admin", admin.clock),
    ("POST", f"{ADMIN}/worlds/{{world}}/contract", "admin", admin.contract),
    ("POST", f"{ADMIN}/worlds/{{world}}/registry", "admin", admin.registry),
    ("GET", f"{ADMIN}/worlds/{{world}}/ledger", "admin", admin.ledger),
    ("GET", f"{ADMIN}/worlds/{{world}}/journal", "admin", admin_journal.journal),
    ("GET", f"{ADMIN}/worlds/{{world}}/journal/near-misses", "admin", admin_journal.near_misses),
    ("GET", f"{ADMIN}/worlds/{{world}}/inbox", "admin", admin.inbox),
    ("GET", f"{ADMIN}/worlds/{{world}}/incidents", "admin", admin.incidents),
    ("GET", f"{ADMIN}/worlds/{{world}}/outbox", "admin", admin.outbox),
    ("GET", f"{ADMIN}/worlds/{{world}}/commitment", "admin", admin.commitment_root),
    ("GET", f"{ADMIN}/faults", "admin", admin.fault_catalogue),
    ("GET", f"{ADMIN}/worlds/{{world}}/faults", "admin", admin.faults_set),
    ("GET", f"{ADMIN}/worlds/{{world}}/faults/{{fault}}", "admin", admin.fault_status),
    ("PUT", f"{ADMIN}/worlds/{{world}}/faults/{{fault}}", "admin", admin.put_fault),
    ("DELETE", f"{ADMIN}/worlds/{{world}}/faults/{{fault}}", "admin", admin.delete_fault),
    ("GET", f"{ADMIN}/ledger/heads", "admin", admin.heads),
    ("GET", f"{ADMIN}/ledger/verify", "admin", admin.verify),
)
OURS: Final = frozenset(route.pattern[0] for route in ROUTES) - {WIRE}
"""What is answered beside the worlds; below /w/{world} the dialect of that world answers."""


class BrokenLedger(Exception):
    """A ledger file whose chain does not hold is not carried on."""

    def __init__(self, break_at: int) -> None:
        self.break_at = break_at
        super().__init__(break_at)

    def __str__(self) -> str:
        return f"台帳の連鎖が {self.break_at} 番で切れています。このファイルは続けず、保全して別のファイルで始めてください。"


class Simulator:
    """CCUS and the Fund over one file; a new process on the same file goes on where the last one stopped."""

    def __init__(self, store: Store, admin_token: str, dialect: str = dialects.DEFAULT) -> None:
        self._store = store
        self._admin_token = admin_token
        self._default_dialect = dialects.dialect(dialect)
        self._tenants = Tenants(self._default_dialect)
        self._lock = Lock()
        checked = store.ledger.verify(store.heads.last())
        if checked.break_at is not None:
            raise BrokenLedger(checked.break_at)
        self._fold()
        for state in self._tenants.states.values():
            dialects.dialect(state.dialect)

    def handle(self, request: Request) -> Plan:
        """Answer a call; when this returns, what it changed is on disk."""
        plan = self.decide(request)
        return plan if self.settle() else self.failed(request)

    def decide(self, request: Request) -> Plan:
        """Answer a call; what it changed is on disk after `settle`, and before that the answer must not leave."""
        with self._lock:
            try:
                return self._perform(self._decide(request))
            except Exception:  # noqa: BLE001 - whatever comes in, the answer has the error shape
                traceback.print_exc(file=sys.stderr)
                return self.failed(request)

    @property
    def settled(self) -> bool:
        """Whether everything decided so far is on disk."""
        return self._store.settled

    def settle(self) -> bool:
        """Put everything decided so far on disk; if that fails, none of it has happened."""
        with self._lock:
            try:
                self._store.settle()
            except UNKEPT:
                traceback.print_exc(file=sys.stderr)
                self._fold()
                return False
            return True

    def failed(self, request: Request) -> Plan:
        """Return the answer to a call that we could not write down."""
        return self.refusal(request, Refused("simulator.failed"))

    def refusal(self, request: Request, refused: Refused) -> Plan:
        """Return the answer that refuses a call, in the error form of whoever is called."""
        try:
            place = self._place(request, segments(request.path))
        except Refused:
            place = None
        return place.dialect.refusal(refused) if place else refused.plan()

    def has_world(self, name: str) -> bool:
        return name in self._tenants.states

    def post(self, world: str, envelope_sender: str, letter: Mail) -> postbox.Reply:
        """Take in a mail for the Fund in one world; like any answer, the reply must not leave before `settle`."""
        with self._lock:
            state = self._tenants.states.get(world)
            if state is None:
                return postbox.NOBODY
            try:
                reply = postbox.receive(state, letter, envelope_sender)
                self._perform(Plan(status=reply.code, events=reply.events))
            except Exception:  # noqa: BLE001 - whatever comes in, the sender is told to come again
                traceback.print_exc(file=sys.stderr)
                return postbox.FAILED
            return reply

    def sent(self, plan: Plan, size: int, whole: int) -> None:
        """Write down how much of an answer the face managed to send, if it carried provisions."""
        # Told by the events, so that no dialect can leave it out.
        handed = [event for event in plan.events if event.kind == "provision.collected"]
        if not handed:
            return
        with self._lock:
            state = self._tenants.states.get(handed[0].world)
            ids = [event.body["provision_id"] for event in handed]
            # A world may have been dropped, or begun again, while an answer was held back.
            if state is not None and all(one in state.provided for one in ids):
                self._perform(Plan(status=plan.status, events=(_delivery(state, ids, size, whole),)))

    def _fold(self) -> None:
        """Let everything in the ledger happen again."""
        self._tenants.clear()
        for entry in self._store.ledger.entries():
            event = Event(world=entry.world, at=moment(entry.at), kind=entry.kind, body=entry.body)
            self._tenants.happen(event, entry.seq)

    def _decide(self, request: Request) -> Plan:
        path = segments(request.path)
        place, route, refusal, call = None, None, None, None
        try:
            place = self._place(request, path)
            table, below = (place.dialect.routes, place.path) if place else (ROUTES, path)
            route, parts = table.find(request.method, below)
            call = self._call(request, parts, place)
            self._let_pass(call, route.guard, place)
            plan = route.handler(call)
        except Refused as refused:
            refusal = refused.refusal.code
            events = refused.events or note_refusal(call or self._call(request, {}, None), refused)
            plan = replace(place.dialect.refusal(refused) if place else refused.plan(), events=events)
        operation = route.operation if route else None
        if call is not None and operation is not None and place is not None:
            plan = self._disturbed(place, operation, plan)
        if place is not None:
            self._tenants.note(place.world, request, operation, plan, refusal)
        return plan

    def _disturbed(self, place: Place, operation: Operation, plan: Plan) -> Plan:
        """Let the faults of a world spoil the answers of its dialect, and nobody else's."""
        state = self._tenants.states.get(place.world)
        if state is None or not state.faults:
            return plan
        return disturbed(state, operation, plan, place.dialect.refusal)

    def _place(self, request: Request, path: tuple[str, ...]) -> Place | None:
        return None if path[0] in OURS else self._tenants.place(request, path)

    def _let_pass(self, call: Call, guard: Guard, place: Place | None) -> None:
        if guard == "open":
            return
        if guard == "admin":
            if not has_admin_token(call):
                raise Refused("admin.token_invalid")
        elif place is None or call.world not in call.states or not place.dialect.admits(call):
            raise Refused("client.token_invalid")

    def _call(self, request: Request, parts: Mapping[str, str], place: Place | None) -> Call:
        return Call(
            request=request,
            parts=parts,
            world=place.world if place else parts.get("world", ""),
            states=self._tenants.states,
            journals=self._tenants.journals,
            store=self._store,
            admin_token=self._admin_token,
            default_dialect=self._default_dialect.name,
        )

    def _perform(self, plan: Plan) -> Plan:
        if plan.events:
            first = self._store.write(plan.events, plan.secrets)
            for number, event in enumerate(plan.events, first):
                self._tenants.happen(event, number)
        if not plan.names_head:
            return plan
        return replace(plan, body={**plan.body, "ledger_head": self._store.ledger.head().as_json()})


def _delivery(state: WorldState, provision_ids: list[str], size: int, whole: int) -> Event:
    body = {
        "provision_ids": provision_ids,
        "delivered": delivered(whole, size),
        "bytes_sent": size,
        "bytes_of": whole,
    }
    return Event(world=state.world.name, at=state.now, kind="provision.delivered", body=body)
