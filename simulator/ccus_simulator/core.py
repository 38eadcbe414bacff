"""The simulator behind one entry: `handle` decides, writes down, lets it happen, and answers."""

import sys
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from threading import Lock
from typing import Final

from ccus_simulator import admin, wire
from ccus_simulator.call import Call, Guard, Handler, let_pass
from ccus_simulator.ledger import Entry
from ccus_simulator.moments import moment
from ccus_simulator.refusals import Refused
from ccus_simulator.state import WorldState, created
from ccus_simulator.store import Store
from ccus_simulator.types import Event, Plan, Request

WIRE: Final = "/w/{world}"
ADMIN: Final = "/_sim/v1"
LONGEST_PATH_KEPT: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One line of the dispatch table."""

    method: str
    pattern: tuple[str, ...]
    guard: Guard
    handler: Handler

    def parts(self, path: tuple[str, ...]) -> Mapping[str, str] | None:
        """Return the named parts of a path that fits, or nothing."""
        if len(path) != len(self.pattern):
            return None
        pairs = list(zip(self.pattern, path, strict=True))
        if any(wanted != given for wanted, given in pairs if not wanted.startswith("{")):
            return None
        return {wanted[1:-1]: given for wanted, given in pairs if wanted.startswith("{")}


def _segments(path: str) -> tuple[str, ...]:
    return tuple(path.strip("/").split("/"))


def _routes(*rows: tuple[str, str, Guard, Handler]) -> tuple[Route, ...]:
    return tuple(
        Route(method=method, pattern=_segments(path), guard=guard, handler=handler)
        for method, path, guard, handler in rows
    )


ROUTES: Final = _routes(
    ("GET", "/", "open", admin.banner),
    ("GET", "/health", "open", admin.health),
    ("POST", f"{WIRE}/oauth/token", "open", wire.token),
    ("GET", f"{WIRE}/v1/contract", "client", wire.contract),
    ("POST", f"{WIRE}/v1/requests", "client", wire.request),
    ("GET", f"{WIRE}/v1/requests/{{request_id}}", "client", wire.request_status),
    ("GET", f"{WIRE}/v1/requests/{{request_id}}/provisions", "client", wire.provisions),
    ("POST", f"{WIRE}/v1/notices", "client", wire.letter("notice")),
    ("POST", f"{WIRE}/v1/certificates", "client", wire.letter("certificate")),
    ("POST", f"{WIRE}/v1/retention-claims", "client", wire.letter("retention_claim")),
    ("GET", f"{ADMIN}/health", "open", admin.health),
    ("PUT", f"{ADMIN}/worlds/{{world}}", "admin", admin.put_world),
    ("POST", f"{ADMIN}/worlds/{{world}}/clock", "admin", admin.clock),
    ("POST", f"{ADMIN}/worlds/{{world}}/contract", "admin", admin.contract),
    ("GET", f"{ADMIN}/worlds/{{world}}/ledger", "admin", admin.ledger),
    ("GET", f"{ADMIN}/worlds/{{world}}/inbox", "admin", admin.inbox),
    ("GET", f"{ADMIN}/worlds/{{world}}/commitment", "admin", admin.commitment_root),
    ("PUT", f"{ADMIN}/worlds/{{world}}/faults/{{fault}}", "admin", admin.put_fault),
    ("DELETE", f"{ADMIN}/worlds/{{world}}/faults/{{fault}}", "admin", admin.delete_fault),
    ("GET", f"{ADMIN}/ledger/verify", "admin", admin.verify),
)


class BrokenLedger(Exception):
    """A ledger file whose chain does not hold is not carried on."""

    def __init__(self, break_at: int) -> None:
        self.break_at = break_at
        super().__init__(break_at)

    def __str__(self) -> str:
        return f"台帳の連鎖が {self.break_at} 番で切れています。このファイルは続けず、保全して別のファイルで始めてください。"


class Simulator:
    """CCUS and the Fund over one file; a new process on the same file goes on where the last one stopped."""

    def __init__(self, store: Store, admin_token: str) -> None:
        self._store = store
        self._admin_token = admin_token
        self._states: dict[str, WorldState] = {}
        self._lock = Lock()
        checked = store.ledger.verify()
        if checked.break_at is not None:
            raise BrokenLedger(checked.break_at)
        for entry in store.ledger.entries():
            self._happen(entry)

    def handle(self, request: Request) -> Plan:
        """Answer a call; when this returns, what it changed is on disk."""
        with self._lock:
            try:
                return self._perform(self._decide(request))
            except Exception:  # noqa: BLE001 - whatever comes in, the answer has the error shape
                traceback.print_exc(file=sys.stderr)
                return Refused("simulator.failed").plan()

    def _decide(self, request: Request) -> Plan:
        call = self._call(request, {})
        try:
            route, parts = _find(request)
            call = self._call(request, parts)
            let_pass(call, route.guard)
            return route.handler(call)
        except Refused as refused:
            return replace(refused.plan(), events=refused.events or tuple(_noted(call, refused)))

    def _call(self, request: Request, parts: Mapping[str, str]) -> Call:
        return Call(
            request=request,
            parts=parts,
            states=self._states,
            store=self._store,
            admin_token=self._admin_token,
        )

    def _perform(self, plan: Plan) -> Plan:
        if plan.events:
            for entry in self._store.commit(plan.events, plan.secrets):
                self._happen(entry)
        if not plan.names_head:
            return plan
        return replace(plan, body={**plan.body, "ledger_head": self._store.ledger.head().as_json()})

    def _happen(self, entry: Entry) -> None:
        at = moment(entry.at)
        if entry.kind == "world.created":
            self._states[entry.world] = created(at, entry.body)
        else:
            self._states[entry.world].apply(entry.kind, at, entry.body)


def _find(request: Request) -> tuple[Route, Mapping[str, str]]:
    path = _segments(request.path)
    fitting = [(route, parts) for route in ROUTES if (parts := route.parts(path)) is not None]
    for route, parts in fitting:
        if route.method == request.method:
            return route, parts
    if fitting:
        raise Refused("method.not_allowed", allowed=sorted(route.method for route, _ in fitting))
    raise Refused("path.unknown")


def _noted(call: Call, refused: Refused) -> Iterator[Event]:
    """Write down that a candidate was turned away; administration leaves no trace of its mistakes."""
    state = call.states.get(call.world)
    if state is None or not call.request.path.startswith("/w/"):
        return
    body = {
        "method": call.request.method,
        "path": call.request.path[:LONGEST_PATH_KEPT],
        **refused.refusal.for_ledger(),
    }
    yield Event(world=call.world, at=state.now, kind="call.refused", body=body)
