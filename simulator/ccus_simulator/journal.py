"""The request journal of a world: what came in lately and how it was answered, for whoever asks "why?".

It is not the ledger: it lives in memory, keeps the newest calls only, and may be lost. It shows metadata and masked
bodies; a body that is not JSON is shown by size and digest alone, and secrets are never shown.
"""

import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from difflib import SequenceMatcher
from hashlib import sha256
from typing import Any, Final, cast

from msgspec import Struct

from ccus_simulator.moments import written
from ccus_simulator.routing import Route, segments
from ccus_simulator.types import Json, Request

CALLS_KEPT: Final = 500
LONGEST_BODY: Final = 4_096
LONGEST_TEXT: Final = 200
NEAREST: Final = 3
MASK: Final = "***"
SECRETS: Final = frozenset(
    {
        "access_token",
        "authorization",
        "client_secret",
        "cookie",
        "credential",
        "key",
        "password",
        "secret",
        "token",
    }
)
SHOWN_HEADERS: Final = ("accept", "content-type", "user-agent")
UNMATCHED: Final = frozenset({"method.not_allowed", "path.unknown"})


class Heard(Struct, frozen=True):
    """One call as it is kept: what it asked, and what became of it."""

    number: int
    at: datetime
    request: Request
    operation: str | None
    status: int
    refusal: str | None
    transport: str | None
    size: int

    def as_json(self) -> dict[str, Any]:
        """Return it as it may be shown."""
        return {
            "number": self.number,
            "at": written(self.at),
            "method": self.request.method[:LONGEST_TEXT],
            "path": self.request.path[:LONGEST_TEXT],
            "query": masked(dict(self.request.query)),
            "headers": {
                name: self.request.headers[name][:LONGEST_TEXT]
                for name in SHOWN_HEADERS
                if name in self.request.headers
            },
            "body": _body(self.request.body, self.size),
            "operation": self.operation,
            "status": self.status,
            "refusal": self.refusal,
            "transport": self.transport,
        }


class Journal:
    """The newest calls of one world."""

    def __init__(self) -> None:
        self._heard: deque[Heard] = deque(maxlen=CALLS_KEPT)
        self._count = 0

    @property
    def count(self) -> int:
        """How many calls there were, kept or not."""
        return self._count

    def note(
        self,
        at: datetime,
        request: Request,
        operation: str | None,
        *,
        status: int,
        refusal: str | None,
        transport: str | None,
    ) -> None:
        """Keep a call; the oldest is forgotten for it."""
        self._count += 1
        size = len(request.body)
        if size > LONGEST_BODY:
            request = Request(
                method=request.method, path=request.path, query=request.query, headers=request.headers
            )
        self._heard.append(Heard(self._count, at, request, operation, status, refusal, transport, size))

    def found(self, wanted: Mapping[str, str]) -> list[Heard]:
        """Return the calls that meet every criterion."""
        return [heard for heard in self._heard if not _differing(heard, wanted)]

    def near(self, wanted: Mapping[str, str]) -> list[tuple[Heard, dict[str, Any]]]:
        """Return the calls that come nearest to criteria that they do not all meet, with what differs."""
        missed = [(heard, _differing(heard, wanted)) for heard in self._heard]
        nearest = sorted(
            (len(differs), -heard.number, heard, differs) for heard, differs in missed if differs
        )
        return [(heard, differs) for _, __, heard, differs in nearest[:NEAREST]]

    def unmatched(self) -> list[Heard]:
        """Return the calls that fitted no route."""
        return [heard for heard in self._heard if heard.refusal in UNMATCHED]


def nearest_routes(path: Sequence[str], method: str, table: Iterable[Route]) -> list[str]:
    """Return the routes that a call may have meant, the nearest first."""
    asked = f"{method} /{'/'.join(path)}"
    told = [f"{route.method} /{'/'.join(route.pattern)}" for route in table]
    return sorted(told, key=lambda one: (-SequenceMatcher(None, asked, one).ratio(), one))[:NEAREST]


def below_base(path: str, world: str) -> tuple[str, ...]:
    """Return the parts of a path below the base of its world."""
    parts = segments(path)
    return parts[2:] if parts[:2] == ("w", world) else parts


def masked(value: Json) -> Json:
    """Return a JSON value with every secret in it masked."""
    if isinstance(value, dict):
        members = cast("dict[str, Json]", value)
        return {name: MASK if name.lower() in SECRETS else masked(inner) for name, inner in members.items()}
    if isinstance(value, list):
        return [masked(inner) for inner in cast("list[Json]", value)]
    return value


def _body(body: bytes, size: int) -> Json:
    if size != len(body):
        return {"bytes": size}
    if not body:
        return None
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        document = None
    if isinstance(document, (dict, list)):
        return masked(document)
    return {"bytes": size, "sha256": sha256(body).hexdigest()}


_CRITERIA: Final[Mapping[str, Callable[[Heard], str]]] = {
    "method": lambda heard: heard.request.method,
    "path": lambda heard: heard.request.path,
    "operation": lambda heard: heard.operation or "",
    "status": lambda heard: str(heard.status),
    "refusal": lambda heard: heard.refusal or "",
    "body": lambda heard: json.dumps(_body(heard.request.body, heard.size), ensure_ascii=False),
}
CRITERIA: Final = tuple(_CRITERIA)
"""What calls can be found by: all exact, but for path and body, which need only contain the text."""
_CONTAINED: Final = frozenset({"path", "body"})


def _differing(heard: Heard, wanted: Mapping[str, str]) -> dict[str, Any]:
    return dict(_differences(heard, wanted))


def _differences(heard: Heard, wanted: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    for name, text in wanted.items():
        has = _CRITERIA[name](heard)
        if not (text in has if name in _CONTAINED else text == has):
            yield name, {"wanted": text, "was": has[:LONGEST_TEXT]}
