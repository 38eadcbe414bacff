"""What a dialect of CCUS has to be: it turns bytes into the core's questions and decisions into bytes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from ccus_simulator.call import Call
from ccus_simulator.refusals import Refused
from ccus_simulator.routing import Routes
from ccus_simulator.types import Plan, Request

if TYPE_CHECKING:
    import requests


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """How the client of a world is known: to the core by one id, to itself by what it is told."""

    client_id: str
    told: Mapping[str, str]
    """What a candidate is told beside the base URL, without its secret."""
    proof: str
    """The name under which it is told its secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Somebody who speaks to CCUS as the client of one world."""

    base_url: str
    access: Access
    secret: str = field(repr=False)
    http: "requests.Session"
    """Knows which certificates to trust, and whether there is a proxy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What an honest client got for one request: the last status, the answer, and the records if there were any."""

    status: int
    request: Any
    provisions: Mapping[str, Any] | None = None


class Dialect(Protocol):
    """One wire format of CCUS; it decides nothing that `ccus_simulator.counter` decides."""

    @property
    def name(self) -> str:
        """The name by which a world chooses this dialect."""
        ...

    @property
    def routes(self) -> Routes:
        """What it answers, with paths below the base of a world."""
        ...

    def shows(self, request: Request) -> tuple[str, str]:
        """The client id with which a call signs in, or the world for which it has signed in; else two empty texts."""
        ...

    def admits(self, call: Call) -> bool:
        """Whether the caller has shown that it is the client of this world; asked for routes guarded `client`."""
        ...

    def refusal(self, refused: Refused) -> Plan:
        """The answer that refuses a call, in this dialect's own error form."""
        ...

    def access(self, world: str) -> Access:
        """How the operator of the system under test is known to CCUS in a world that a run makes."""
        ...

    def ask_honestly(self, caller: Caller, document: Mapping[str, Any]) -> Outcome:
        """Ask and collect as a client that knows nothing of tests: with it the simulator proves itself first."""
        ...
