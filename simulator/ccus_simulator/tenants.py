"""The worlds side by side: each a tenant with its own clock, seed, faults, inbox and part of the ledger.

A call belongs to a world by its base path /w/{world}, or, without one, by what it shows: the client id when it
signs in, and afterwards what it was given then. Never by a header that a system would have to add for us.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct

from ccus_simulator import dialects
from ccus_simulator.call import WIRE
from ccus_simulator.dialects import Dialect
from ccus_simulator.journal import Journal
from ccus_simulator.refusals import Refused
from ccus_simulator.state import WorldState, created
from ccus_simulator.store import DROPPED
from ccus_simulator.types import Event, Plan, Request

SHORTEST_WIRE: Final = 3
"""A path below the base of a world has at least its two parts and one more."""


class Place(Struct, frozen=True, kw_only=True):
    """Where a call belongs: who speaks there, for which world, and the path below its base."""

    dialect: Dialect
    world: str
    path: Sequence[str]


class Tenants:
    """All worlds there are; only `happen` changes them."""

    def __init__(self, default: Dialect) -> None:
        self._default = default
        self._states: dict[str, WorldState] = {}
        self._journals: dict[str, Journal] = {}
        self._of_client: dict[str, dict[str, None]] = {}
        self._speaking: dict[str, int] = {}

    @property
    def states(self) -> Mapping[str, WorldState]:
        return self._states

    @property
    def journals(self) -> Mapping[str, Journal]:
        return self._journals

    def note(
        self, world: str, request: Request, operation: str | None, plan: Plan, refusal: str | None
    ) -> None:
        """Keep a call in the journal of its world."""
        state = self._states.get(world)
        if state is None:
            return
        transport = plan.transport.kind if plan.transport else None
        self._journals[world].note(
            state.now, request, operation, status=plan.status, refusal=refusal, transport=transport
        )

    def clear(self) -> None:
        """Forget every world, before all of it happens again."""
        self._states.clear()
        self._of_client.clear()
        self._speaking.clear()

    def happen(self, event: Event, number: int) -> None:
        """Let one event happen; the number is that of its entry in the ledger."""
        if event.kind == "world.created":
            self._add(event.world, created(event.at, event.body, number))
        elif event.kind == DROPPED:
            self._drop(event.world)
        else:
            self._states[event.world].apply(event.kind, event.at, event.body)

    def place(self, request: Request, path: Sequence[str]) -> Place | None:
        """Return where a call belongs, if to a world; the default dialect speaks where there is no such world."""
        if len(path) >= SHORTEST_WIRE and path[0] == WIRE:
            state = self._states.get(path[1])
            speaks = dialects.dialect(state.dialect) if state else self._default
            return Place(dialect=speaks, world=path[1], path=path[2:])
        return None if path[0] in {WIRE, ""} else self._shown(request, path)

    def _shown(self, request: Request, path: Sequence[str]) -> Place | None:
        for name in self._speaking:
            dialect = dialects.dialect(name)
            client, world = dialect.shows(request)
            if client:
                world = self._world_of(client)
            if world in self._states and self._states[world].dialect == name:
                return Place(dialect=dialect, world=world, path=path)
        return None

    def _world_of(self, client: str) -> str:
        worlds = self._of_client.get(client, {})
        if len(worlds) > 1:
            raise Refused("client.ambiguous")
        return next(iter(worlds), "")

    def _add(self, world: str, state: WorldState) -> None:
        self._states[world] = state
        self._journals.setdefault(world, Journal())
        self._of_client.setdefault(state.client_id, {})[world] = None
        self._speaking[state.dialect] = self._speaking.get(state.dialect, 0) + 1

    def _drop(self, world: str) -> None:
        state = self._states.pop(world)
        del self._journals[world]
        self._speaking[state.dialect] -= 1
        if not self._speaking[state.dialect]:
            del self._speaking[state.dialect]
        shared = self._of_client[state.client_id]
        del shared[world]
        if not shared:
            del self._of_client[state.client_id]
