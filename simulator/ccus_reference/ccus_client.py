"""The port to CCUS: what this system says to it, whatever dialect it is said in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from ccus_reference.ccus_json import JsonAccess, JsonClient
from ccus_reference.ccus_road import CcusRefused, CcusUnreachable, Road
from ccus_reference.ccus_session import SessionAccess, SessionClient

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["DIALECTS", "CcusClient", "CcusRefused", "CcusUnreachable", "Road", "opened"]

DIALECTS = ("json", "session")


class CcusClient(Protocol):
    """Speaks to CCUS as one registered client; raises `CcusRefused` or `CcusUnreachable`, nothing else."""

    def contract(self) -> dict[str, Any]:
        """State, end and present time of the contract as CCUS has them, and the key for commitments."""
        ...

    def ask(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Places a request; the answer has status, ready_at, refusal and subjects."""
        ...

    def progress(self, order_id: str) -> dict[str, Any]:
        """How a request stands now."""
        ...

    def provisions(self, order_id: str) -> list[Any]:
        """The records of a request that is ready; CCUS gives them once."""
        ...

    def send(self, path: str, document: Mapping[str, Any]) -> dict[str, Any]:
        """Hands a document to the Fund and gives its receipt."""
        ...

    def close(self) -> None:
        """Lets go of the connection."""
        ...


def opened(ccus: Mapping[str, str], road: Road) -> CcusClient:
    """A client in the dialect that the connection names; without a name it is `json`."""
    settings = {name: value for name, value in ccus.items() if name != "dialect"}
    if ccus.get("dialect") == "session":
        return SessionClient(SessionAccess(**settings), road)
    return JsonClient(JsonAccess(**settings), road)
