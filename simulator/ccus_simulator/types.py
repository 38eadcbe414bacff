"""What goes into the core and what comes out of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from msgspec import Struct, field

Json = Any
"""A JSON value: it has been read, but nothing is known about its shape yet."""


class Request(Struct, frozen=True, kw_only=True):
    """A call as it arrived; header names are in lower case."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict[str, str])
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""


class Event(Struct, frozen=True, kw_only=True):
    """Something that happened in a world; the ledger keeps it and the state is folded from it."""

    world: str
    at: datetime
    kind: str
    body: Mapping[str, Json]


class Secret(Struct, frozen=True, kw_only=True):
    """Something to keep outside the ledger; a sealed one can only be compared, never read again."""

    world: str
    name: str
    value: str
    sealed: bool = True


class Transport(Struct, frozen=True, kw_only=True):
    """What goes wrong with an answer on its way, after it was decided and written down."""

    kind: Literal["cut", "cut_headers", "close", "reset", "silent"]
    """cut_headers: the status and a part of the headers. cut: status, headers and the first `after_bytes` of the body, then the end of the connection. close: the
    end of the connection instead of an answer. reset: the same by a TCP reset. silent: no answer, the
    connection stays open until the caller gives up."""
    after_bytes: int = 0


class Plan(Struct, frozen=True, kw_only=True):
    """The answer to a call, with what has to be written down before it leaves; the faces only perform it."""

    status: int
    body: Json = None
    """A JSON value; or the bytes themselves, with their media type among the headers."""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    """Names in lower case; a content-type given here replaces the usual one."""
    events: tuple[Event, ...] = ()
    secrets: tuple[Secret, ...] = ()
    names_head: bool = False
    """Whether the answer tells the head of the ledger after these events."""
    delay_seconds: float = 0.0
    """How long the answer is held back, in seconds of the caller; no lock is held meanwhile."""
    transport: Transport | None = None
