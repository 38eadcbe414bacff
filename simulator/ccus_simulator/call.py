"""A call on its way to its handler, and the guards it passes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hmac import compare_digest
from typing import Literal

from ccus_simulator import tokens
from ccus_simulator.refusals import Refused
from ccus_simulator.state import WorldState
from ccus_simulator.store import NO_WORLD, TOKEN_KEY, Store
from ccus_simulator.types import Plan, Request

Guard = Literal["open", "client", "admin"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request with the parts of its path, and what its handler may look at."""

    request: Request
    parts: Mapping[str, str]
    states: Mapping[str, WorldState]
    store: Store
    admin_token: str

    @property
    def world(self) -> str:
        return self.parts.get("world", "")

    @property
    def state(self) -> WorldState:
        """Return the world of the path; its guard has seen that there is one."""
        try:
            return self.states[self.world]
        except KeyError:
            raise Refused("world.unknown") from None

    @property
    def token_key(self) -> str:
        return self.store.vault.read(NO_WORLD, TOKEN_KEY) or ""


Handler = Callable[[Call], Plan]


def let_pass(call: Call, guard: Guard) -> None:
    """Raise `Refused` unless the caller may come here."""
    if guard == "client" and not _has_client_token(call):
        raise Refused("client.token_invalid")
    if guard == "admin" and not _has_admin_token(call):
        raise Refused("admin.token_invalid")


def _has_client_token(call: Call) -> bool:
    return (
        tokens.belongs(call.token_key, call.world, tokens.bearer(call.request)) and call.world in call.states
    )


def _has_admin_token(call: Call) -> bool:
    given = tokens.bearer(call.request).encode(errors="replace")
    return compare_digest(given, call.admin_token.encode())
