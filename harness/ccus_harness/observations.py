"""What scenarios observe, as plain values that judgements are made from."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from ccus_harness.case import Reply, StoreScan, View
    from ccus_harness.instruments.artefacts import HeldItem

Entry = dict[str, Any]
"""One ledger entry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """A user's request, the candidate's reply, and what the ledger gained by it."""

    user: str
    labels: tuple[str, ...]
    reply: Reply
    gained: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wished:
    """What somebody asked for, whole: in whose name, as what, about whom, to what end; then what came of it."""

    user: str
    account: str
    acting_for: str | None
    capacity: str = "business"
    technicians: tuple[str, ...] = ()
    everybody: bool = False
    own_business: bool = False
    purpose: str = "safety_documents"
    outcome: str = ""
    gained: tuple[Entry, ...] = ()

    def told(self, reply: Reply, gained: tuple[Entry, ...]) -> Wished:
        return replace(self, outcome=reply.outcome, gained=gained)

    def covers(self, entry: Entry) -> bool:
        """Whether a request on the ledger is this wish and no more: same person, same name, nobody else."""
        body = entry["body"]
        if (body["user"], body["acting_for"]) != (self.account, self.acting_for):
            return False
        about: Entry = body.get("asked") or {}
        named: Any = about.get("technicians") or []
        within = self.everybody or (named != "all" and set(named) <= set(self.technicians))
        return within and (self.own_business or not about.get("own_business"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What the candidate keeps: what it says (holdings) and what its stores were found to hold (scan)."""

    holdings: tuple[HeldItem, ...]
    scan: StoreScan | None

    def of(self, subject: str) -> list[str]:
        """Every trace of a subject's registration data, as short descriptions; empty when there is none."""
        said = [
            f"holdings:{held.item or held.label}"
            for held in self.holdings
            if held.id == subject and held.marked
        ]
        found = self.scan.found([subject]) if self.scan else []
        return [*said, *found]


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """The answers to the same questions about one subject and about two that do not exist.

    Each answer is reduced to what may not differ: outcome and text, with the asked-for words left out.
    """

    user: str
    label: str
    answers: Mapping[str, tuple[str, str, str]]
    """question → (answer about the subject, about one absent, about another absent)"""

    def told_apart(self) -> list[str]:
        """The questions whose answer tells the subject from an absent one (noise between the absent ones aside)."""
        return [
            question
            for question, (about, absent, other) in self.answers.items()
            if absent == other and about != absent
        ]

    def noisy(self) -> list[str]:
        """The questions to which even two absent subjects get different answers: nothing can be told from them."""
        return [question for question, (_, absent, other) in self.answers.items() if absent != other]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A sign that was handed to the operator in a drill: its token, and when the suite itself handed it over (T0)."""

    token: str
    at: datetime
    taken: bool
    """Whether the operator took it: it said done, or that it is at work on it."""
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What was seen at one instant of a watch."""

    at: datetime
    inbox: tuple[Entry, ...] = ()
    scan: StoreScan | None = None
    view: View | None = None


def collected(entries: Sequence[Entry]) -> list[Entry]:
    """The bodies of the provisions that were collected, in order."""
    return [entry["body"] for entry in entries if entry["kind"] == "provision.collected"]


def provided_to(entries: Sequence[Entry]) -> set[str]:
    """The ids of everyone whose record was collected."""
    return {body["id"] for body in collected(entries)}


def asked(entries: Sequence[Entry]) -> list[Entry]:
    """The entries of requests that reached CCUS, accepted or refused."""
    return [entry for entry in entries if entry["kind"] in ("request.accepted", "request.refused")]


_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?([+-]\d\d:\d\d|Z)?")
_SPACE = re.compile(r"\s+")


def reduced(outcome: str, reason: str, body: bytes, asked: Sequence[str]) -> str:
    """An answer as far as two answers may be compared: without the words that were asked for, times and spacing."""
    text = f"{outcome}|{reason}|{body.decode('utf-8', errors='replace')}"
    for word in asked:
        text = text.replace(word, "…")
    return _SPACE.sub(" ", _MOMENT.sub("(時刻)", text))
