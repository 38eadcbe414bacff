"""The event stream of a run: one canonical JSON object a line, closed by a digest over all lines before."""

from __future__ import annotations

import hashlib
import json
from typing import IO, TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Event = dict[str, Any]

FORMAT = "ccus-conformance/events/1"
EVENTS_FILE = "events.jsonl"


def line(event: Event) -> bytes:
    """The event as its line on the stream, newline included."""
    return json.dumps(event, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


class Digest(Protocol):
    """What `hashlib` gives: it takes bytes, says a hexadecimal digest, and can be copied half-way."""

    def update(self, data: bytes, /) -> None: ...
    def hexdigest(self) -> str: ...
    def copy(self) -> Digest: ...


class Stream:
    """Writes events in order, each flushed as a whole line, numbered from 0, digested as it goes."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self._next = 0

    def write(self, kind: str, **fields: Any) -> Event:
        event: Event = {"n": self._next, "kind": kind, **fields}
        written = line(event)
        self._file.write(written)
        self._file.flush()
        self._digest.update(written)
        self._next += 1
        return event

    def end(self, **fields: Any) -> Event:
        """The last line; a file without it, or with another digest, is not a result.

        The digest covers every line before and the end line itself without its digest.
        """
        return self.write(
            "end", **fields, digest=_closing(self._digest, {"n": self._next, "kind": "end", **fields})
        )


def _closing(lines: Digest, end: Event) -> str:
    digest = lines.copy()
    digest.update(line(end))
    return digest.hexdigest()


class DamagedStream(Exception):
    """A line of the event stream is not what was written; `place` is its number from 0."""

    def __init__(self, path: Path, place: int, why: str) -> None:
        super().__init__(f"{path.name}, line {place + 1}: {why}")
        self.path = path
        self.place = place
        self.why = why


def read(path: Path) -> Iterator[Event]:
    """The events of a file in order; checks numbering and, where there is an end line, the digest.

    A last line that was cut short (the writer was killed) is left out. Anything else that does not
    fit raises `DamagedStream`.
    """
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for place, written in enumerate(file):
            if not written.endswith(b"\n"):
                return
            try:
                event: Event = json.loads(written)
            except ValueError as fault:
                raise DamagedStream(path, place, "not JSON") from fault
            if event.get("n") != place or "kind" not in event:
                raise DamagedStream(path, place, "out of order")
            if event["kind"] == "end" and not _fits(digest, event, written):
                raise DamagedStream(path, place, "the digest does not fit the lines")
            digest.update(written)
            yield event


def _fits(lines: Digest, end: Event, written: bytes) -> bool:
    body = {key: part for key, part in end.items() if key != "digest"}
    return written == line(end) and end.get("digest") == _closing(lines, body)


def is_whole(path: Path) -> bool:
    """Whether the file is a finished run: undamaged, with its end line last."""
    try:
        kinds = [event["kind"] for event in read(path)]
    except (OSError, DamagedStream):
        return False
    return kinds[-1:] == ["end"]
