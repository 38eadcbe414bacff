"""What a dialect of CCUS has to be: it turns bytes into the core's questions and decisions into bytes."""

from collections.abc import Sequence
from typing import Protocol

from ccus_simulator.call import Call
from ccus_simulator.refusals import Refused
from ccus_simulator.routing import Route
from ccus_simulator.types import Plan


class Dialect(Protocol):
    """One wire format of CCUS; it decides nothing that `ccus_simulator.counter` decides."""

    @property
    def name(self) -> str:
        """The name by which a world chooses this dialect."""
        ...

    @property
    def routes(self) -> Sequence[Route]:
        """What it answers, with paths below the base of a world."""
        ...

    def admits(self, call: Call) -> bool:
        """Whether the caller has shown that it is the client of this world; asked for routes guarded `client`."""
        ...

    def refusal(self, refused: Refused) -> Plan:
        """The answer that refuses a call, in this dialect's own error form."""
        ...
