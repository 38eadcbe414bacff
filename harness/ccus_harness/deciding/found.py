"""What the machine found in one run, as far as a decision is bound to it."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from ccus_harness import events as stream

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ccus_harness.events import Event

JST = timezone(timedelta(hours=9))


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Which run: its name, the digest of its first line (a resumed run keeps it) and of the whole record."""

    run_id: str
    header: str
    events: str

    def document(self) -> dict[str, str]:
        return {"run_id": self.run_id, "header_sha256": self.header, "events_sha256": self.events}


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFound:
    """The machine's word on a row, and the digest of its verdict with all claims under it."""

    row: str
    word: str
    code: str
    selected: bool
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A whole run as decisions see it."""

    run: Identity
    started_on: str
    rows: Mapping[str, RowFound]


class Unfinished(Exception):
    """A record without its end line: there is nothing yet to decide on."""


def found_in(events: Iterable[Event]) -> Found:
    """What a finished run found; raises `Unfinished` when its end line is missing."""
    header: Event = {}
    end: Event = {}
    verdicts: list[Event] = []
    claims: defaultdict[str, list[Event]] = defaultdict(list)
    for event in events:
        match event["kind"]:
            case "run":
                header = event
            case "claim":
                claims[event["row"]].append(event)
            case "verdict":
                verdicts.append(event)
            case "end":
                end = event
            case _:
                pass
    if not header or not end:
        raise Unfinished
    return Found(
        run=Identity(run_id=header["run_id"], header=_digest([header]), events=end["digest"]),
        started_on=_day(header.get("started_at", "")),
        rows={verdict["row"]: _row(verdict, claims[verdict["row"]]) for verdict in verdicts},
    )


def _row(verdict: Event, claims: list[Event]) -> RowFound:
    return RowFound(
        row=verdict["row"],
        word=verdict["verdict"],
        code=verdict.get("code") or "",
        selected=bool(verdict.get("selected", True)),
        digest=_digest([verdict, *claims]),
    )


def _digest(events: Iterable[Event]) -> str:
    """Over the events without their place in the stream, which a resume may move."""
    digest = hashlib.sha256()
    for event in events:
        body: dict[str, Any] = {key: part for key, part in event.items() if key != "n"}
        digest.update(stream.line(body))
    return digest.hexdigest()


def _day(started_at: str) -> str:
    """The day on which a run began, as a calendar in Japan says; nothing when it was not recorded."""
    return datetime.fromisoformat(started_at).astimezone(JST).date().isoformat() if started_at else ""
