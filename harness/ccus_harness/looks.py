"""Looks: who looked at whom, when, how the world stood then, and whether anything was shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ccus_harness.instruments.scope_bounds import bound
from ccus_harness.instruments.scope_terms import OPTIONS
from ccus_harness.instruments.world import World
from ccus_harness.verdicts import SATISFIED, Finding, untested, violated

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from ccus_harness.case import Case
    from ccus_harness.claims import Claiming, Policy
    from ccus_harness.instruments.scope_bounds import Bound
    from ccus_harness.instruments.world import Viewer


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One user looked at one technician, in the name of a firm or not, over one channel."""

    user: str
    label: str
    subject: str
    viewer: Viewer
    world: World = field(repr=False)
    at: datetime
    shown: bool
    items: frozenset[str] = frozenset()
    acting: str = ""
    channel: str = "screen"

    def __str__(self) -> str:
        """As a report names it: 「u_f1→T2」, with the firm acted for and the channel where they matter."""
        who = f"{self.user}[{self.acting}]" if self.acting else self.user
        how = "" if self.channel == "screen" else f" ({self.channel})"
        return f"{who}→{self.label}{how}"

    def bound(self, fixed: Mapping[str, str] | None = None) -> Bound:
        """What every choice of the open readings says of this look, but for the fixed ones."""
        return bound(self.world, self.viewer, self.subject, self.at, fixed or {})


def world_of(case: Case) -> World:
    """The world as it stands now, read once as long as nothing happens in it."""
    known: tuple[object, World] | None = case.seen.get("world")
    if known is None or known[0] is not case.document:
        known = case.seen["world"] = (case.document, World.of(case.document))
    return known[1]


def looks_of(case: Case) -> list[Look]:
    """Everything that was looked at so far."""
    return case.seen.setdefault("looks", [])


def pick(looks: Iterable[Look], users: str, labels: str) -> list[Look]:
    """The looks of some users at some technicians, both written as scenarios write them."""
    who, whom = users.split("、"), labels.split("、")
    return [look for look in looks if look.user in who and look.label in whom]


def lay_claim_on(
    claim: Claiming,
    code: str,
    looks: Sequence[Look],
    *,
    reading: str = "",
    controls: Sequence[Look] = (),
) -> None:
    """Claims a row over looks: nobody saw whom no open reading allows; under `reading`, each of its options apart.

    `controls` are further looks that may serve as the permitted ones beside the refused.
    """

    def judge(readings: Mapping[str, str], _policy: Policy) -> Finding:
        fixed = {reading: readings[reading]} if reading else {}
        return judged(code, looks, controls, fixed)

    fixed = {reading: OPTIONS[reading][0]} if reading else {}
    claim(
        judge,
        shown={
            "cells": [{"look": str(look), "shown": look.shown, "rule": look.bound(fixed)} for look in looks],
            "over": [str(look) for look in looks if look.shown and look.bound(fixed) == "denied"],
        },
        witnesses=["answered"],
    )


def judged(code: str, looks: Sequence[Look], controls: Sequence[Look], fixed: Mapping[str, str]) -> Finding:
    """One finding over looks under fixed readings; a refusal counts only beside something permitted and seen."""
    bounds = [(look, look.bound(fixed)) for look in looks]
    if any(look.shown and word == "denied" for look, word in bounds):
        return violated(code)
    seen = any(look.shown for look in (*looks, *controls))
    refused = any(word == "denied" for _, word in bounds)
    return SATISFIED if seen and refused else untested("untested.no_control")
