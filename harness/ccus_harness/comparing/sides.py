"""One run as it is compared: under what it was judged, and how each row stands."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ccus_harness import events as stream
from ccus_harness.profiles import digest_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ccus_harness.deciding import Decisions
    from ccus_harness.events import Event
    from ccus_harness.register import Obligation


@dataclass(frozen=True, slots=True, kw_only=True)
class RowSide:
    """How a row stands in one run: the word that counts, the machine's, and why."""

    row: str
    word: str
    machine: str
    code: str
    policy: str | None
    strength: str | None
    under: Mapping[str, str]
    selected: bool
    decided: bool
    seen: str
    """The digest of what was claimed and shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One run: what it was made of, and its rows."""

    run_id: str
    events: str
    header: Mapping[str, Any]
    rows: Mapping[str, RowSide]

    @property
    def build(self) -> str:
        """The candidate's build, as its profile declares it."""
        declared: Mapping[str, Any] = self.header.get("profile", {}).get("candidate", {})
        return " ".join(str(declared[name]) for name in ("name", "version", "build") if declared.get(name))

    @property
    def selected(self) -> frozenset[str]:
        return frozenset(row.row for row in self.rows.values() if row.selected)

    def failed(self, register: Mapping[str, Obligation]) -> tuple[str, ...]:
        """The rows that did not come out well: violated, or a machine's and not judged to the end."""
        return tuple(
            row.row for row in self.rows.values() if row.row in register and _failed(row, register[row.row])
        )


_UNSETTLED = frozenset({"error", "inconclusive", "untested"})


def _failed(row: RowSide, own: Obligation) -> bool:
    return row.selected and (row.word == "violated" or (own.machine and row.word in _UNSETTLED))


def side_of(events: Iterable[Event], decisions: Decisions | None = None) -> Side:
    """A finished run as it is compared, with what people decided about it."""
    told = list(events)
    header, end = told[0], told[-1]
    claims: dict[str, list[Event]] = {}
    for event in told:
        if event["kind"] == "claim":
            claims.setdefault(event["row"], []).append(event)
    verdicts = [event for event in told if event["kind"] == "verdict"]
    return Side(
        run_id=header["run_id"],
        events=end["digest"],
        header=header,
        rows={event["row"]: _row(event, claims.get(event["row"], ()), decisions) for event in verdicts},
    )


def _row(event: Event, claims: Sequence[Event], decisions: Decisions | None) -> RowSide:
    ruled = decisions.rows.get(event["row"]) if decisions else None
    return RowSide(
        row=event["row"],
        word=ruled.word if ruled else event["verdict"],
        machine=event["verdict"],
        code=event.get("code") or "",
        policy=event.get("policy"),
        strength=event.get("strength"),
        under=event.get("under") or {},
        selected=bool(event.get("selected", True)),
        decided=bool(ruled and ruled.decision),
        seen=_seen(claims),
    )


def _seen(claims: Iterable[Event]) -> str:
    digest = hashlib.sha256()
    for claim in claims:
        digest.update(stream.line({name: claim.get(name) for name in ("scenario", "word", "code", "shown")}))
    return digest.hexdigest()


def declared_apart_from_build(header: Mapping[str, Any]) -> str:
    """The digest of the profile without the lines that every new build changes."""
    profile: dict[str, Any] = header.get("profile") or {}
    return digest_of({name: part for name, part in profile.items() if name != "candidate"})
