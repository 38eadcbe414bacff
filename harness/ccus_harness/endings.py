"""What was seen around the end of a contract, as values that the rows of 第6条 are judged from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from ccus_harness.instruments.reconcile import Found, reconcile
from ccus_harness.observations import collected

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ccus_harness.case import Case, StoreScan
    from ccus_harness.instruments.reconcile import Table
    from ccus_harness.instruments.residue import Hits
    from ccus_harness.observations import Entry, Moment

PRIMARY = ("primary",)
BACKUP = ("backup",)
FILES = ("file", "export", "paper")
DERIVED = ("warehouse", "model_artifact")
SECONDARY = ("replica", "cache", "search", "queue", "log", "subprocessor", "undeclared")
"""The classes of stores by the row that judges them; what lies in no declared store is `undeclared`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """A watched end: whose data there were, what was found before, and what at each instant after.

    `own` are values that a user typed, though CCUS had provided the same: finding them says nothing.
    """

    people: tuple[str, ...]
    own: frozenset[tuple[str, str]]
    before: StoreScan | None
    moments: tuple[Moment, ...]
    began: datetime
    told: bool

    @property
    def triggered(self) -> bool:
        """Whether there was anything to dispose of, and somebody who was told to."""
        return bool(self.people) and self.told

    def found(self, scan: StoreScan | None, *classes: str) -> list[str]:
        """What a scan found of registration data in stores of these classes, a user's own values left out."""
        if scan is None:
            return []
        return [
            one for one in scan.found(self.people, *classes) if tuple(one.split(":")[-2:]) not in self.own
        ]

    def found_before(self, *classes: str) -> list[str]:
        return self.found(self.before, *classes)

    def left(self, *classes: str) -> list[str]:
        """What was still found at the last instant."""
        return self.found(self.moments[-1].scan, *classes)

    def gone_at(self, *classes: str) -> datetime | None:
        """The first instant from which on nothing was found in these stores; None while something was."""
        left = [m.at for m in self.moments if m.scan is None or self.found(m.scan, *classes)]
        return next((m.at for m in self.moments if not left or m.at > left[-1]), None)

    def certificates(self) -> list[Entry]:
        """Every certificate that arrived while it was watched."""
        return [item for item in self.moments[-1].inbox if item["kind"] == "certificate"]

    def certificate(self) -> Entry | None:
        return next(iter(self.certificates()), None)

    def at_receipt(self, item: Entry) -> StoreScan | None:
        """What was found at the first instant not before the certificate arrived."""
        received = datetime.fromisoformat(item["received_at"])
        return next((m.scan for m in self.moments if m.at >= received), None)

    def hits(self, scan: StoreScan) -> Hits:
        """The same findings as the residue scan gives them."""
        hits = scan.hits(self.people)
        return replace(hits, hits=tuple(one for one in hits.hits if (one.id, one.item) not in self.own))


def watched(case: Case) -> Ending:
    """The end that a scenario watched."""
    return Ending(
        people=tuple(sorted({body["id"] for body in collected(case.seen["ledger"])})),
        own=frozenset(case.seen.get("typed_the_same", ())),
        before=case.seen.get("before"),
        moments=tuple(case.seen["watch"]),
        began=case.seen["watch_began"],
        told=case.seen["end_announced"].done,
    )


def reconciled(case: Case, ending: Ending, item: Entry) -> Table:
    """Ledger, certificate, and what was found when the certificate arrived, side by side."""
    after = ending.at_receipt(item)
    held = (
        {str(s["id"]) for s in ending.before.stores if s["hits"] and s["class"] != "undeclared"}
        if ending.before
        else None
    )
    found = Found(
        before=ending.hits(ending.before) if ending.before else None,
        after=ending.hits(after) if after else None,
        leaf_count=case.seen["commitment"]["leaf_count"],
        root=case.seen["commitment"]["root"],
        stores=frozenset(held) if held is not None else None,
        ended_at=case.seen["end"],
        now=datetime.fromisoformat(item["received_at"]),
    )
    return reconcile(case.seen["ledger"], item["document"], found)


def member(document: Any, *path: str) -> Any:
    """What stands at a place of a document that may be of any form; None where nothing does."""
    for key in path:
        document = cast("dict[str, Any]", document).get(key) if isinstance(document, dict) else None
    return document


def rows(document: Any, *path: str) -> list[dict[str, Any]]:
    """The objects of a list in such a document."""
    found = member(document, *path)
    listed = cast("list[Any]", found) if isinstance(found, list) else []
    return [cast("dict[str, Any]", one) for one in listed if isinstance(one, dict)]


def moment(value: Any) -> datetime | None:
    """A point in time with an offset; None for anything else."""
    try:
        read = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return read if read.tzinfo is not None else None


def conditions(profile: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The conditions of retention that the candidate's profile brings along; empty until they are supplied."""
    return rows(profile, "files", "lists.retention_conditions", "document", "entries")
