"""A call on its way to its handler."""

from collections.abc import Callable, Mapping
from hmac import compare_digest
from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct

from ccus_simulator import tokens
from ccus_simulator.counter import Counter
from ccus_simulator.refusals import Refused
from ccus_simulator.state import WorldState
from ccus_simulator.store import TOKEN_KEY, Store
from ccus_simulator.types import Event, Plan, Request

if TYPE_CHECKING:
    from ccus_simulator.journal import Journal

WIRE: Final = "w"
"""The first part of every path below which a world's dialect answers."""

LONGEST_PATH_KEPT: Final = 200

Guard = Literal["open", "client", "admin"]


class Call(Struct, frozen=True, kw_only=True):
    """A request with the parts of its path, and what its handler may look at."""

    request: Request
    parts: Mapping[str, str]
    world: str
    """The world that it is about, or nothing."""
    states: Mapping[str, WorldState]
    journals: "Mapping[str, Journal]"
    store: Store
    admin_token: str
    default_dialect: str

    @property
    def state(self) -> WorldState:
        """Return the world of the path; its guard has seen that there is one."""
        try:
            return self.states[self.world]
        except KeyError:
            raise Refused("world.unknown") from None

    @property
    def counter(self) -> Counter:
        """Return the counter at which the client of this world is served."""
        return Counter(state=self.state, vault=self.store.vault)

    @property
    def token_key(self) -> str:
        return self.store.vault.read(self.world, TOKEN_KEY) or ""


Handler = Callable[[Call], Plan]


def has_admin_token(call: Call) -> bool:
    """Whether the caller administers the simulator."""
    given = tokens.bearer(call.request).encode(errors="replace")
    return compare_digest(given, call.admin_token.encode())


def note_refusal(call: Call, refused: Refused) -> tuple[Event, ...]:
    """Write down that a candidate was turned away; administration leaves no trace of its mistakes."""
    state = call.states.get(call.world)
    if state is None or call.request.path.startswith("/_sim/"):
        return ()
    body = {
        "method": call.request.method,
        "path": call.request.path[:LONGEST_PATH_KEPT],
        **refused.refusal.for_ledger(),
    }
    return (Event(world=call.world, at=state.now, kind="call.refused", body=body),)
