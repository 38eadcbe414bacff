"""The scope rule of 第2条2 a second time, as relations: products, selections and a closure over sets.

It shares only the words with the walk in `scope`, so that an error in one shows as a difference.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from ccus_harness.instruments.scope_terms import POST_ENTRY_DAYS, Decision, chosen
from ccus_harness.instruments.world import Entry, Standing, Viewer, World

if TYPE_CHECKING:
    from collections.abc import Mapping

Pair = tuple[str, str]
Pairs = frozenset[Pair]

_DEFAULTS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Relations:
    """Who stands in which relation to whom; entries are listed oldest first."""

    affiliated: Pairs
    prime: tuple[tuple[Pair, Entry], ...]
    upper: tuple[tuple[Pair, Entry], ...]


def may_view(
    world: World,
    viewer: Viewer | str,
    technician: str,
    at: datetime,
    readings: Mapping[str, str] = _DEFAULTS,
) -> Decision:
    """Decide whether the viewer may see the technician at that moment, under the readings."""
    who = world.viewer(viewer) if isinstance(viewer, str) else viewer
    return _decide(world, who, technician, relations(world, at, readings))


def matrix(world: World, at: datetime, readings: Mapping[str, str] = _DEFAULTS) -> Mapping[Pair, Decision]:
    """Decide every cell: all businesses, technicians and outside accounts against all technicians."""
    related = relations(world, at, readings)
    people = [one.id for one in world.technicians]
    outsiders = [one.id for one in world.accounts if one.role != "member"]
    ids = [one.id for one in world.businesses] + people + outsiders
    return {(v, t): _decide(world, world.viewer(v), t, related) for v in ids for t in people}


def relations(world: World, at: datetime, readings: Mapping[str, str] = _DEFAULTS) -> Relations:
    """Compute the three relations of the clause for a whole world."""
    choice = chosen(readings)
    entries = _entries_in_force(world, at, choice)
    return Relations(
        affiliated=_affiliated(world, at, entries, choice),
        prime=tuple(
            ((firm, entry.technician), entry)
            for entry in entries
            for firm in sorted(_primes(world, choice).get(entry.site, frozenset()))
        ),
        upper=tuple(
            ((firm, entry.technician), entry)
            for entry in entries
            for low, firm in sorted(_above(world, entry, at, choice))
            if low == entry.under
        ),
    )


def _decide(world: World, who: Viewer, technician: str, related: Relations) -> Decision:
    pair = (who.id, technician)
    users = {one.id for one in world.businesses if one.user}
    barred = {
        "technician.unknown": technician not in {one.id for one in world.technicians},
        "technician.other": who.standing is Standing.TECHNICIAN and who.id != technician,
        f"viewer.{who.standing}": who.standing not in {Standing.BUSINESS, Standing.TECHNICIAN},
        "viewer.not_user": who.standing is Standing.BUSINESS and who.id not in users,
    }
    for reason, applies in barred.items():
        if applies:
            return Decision(allowed=False, reason=reason, relation="none")
    if who.standing is Standing.TECHNICIAN:
        return Decision(allowed=True, reason="self", relation="self")
    if pair in related.affiliated:
        return Decision(allowed=True, reason="affiliated", relation="affiliated")
    for entry in (entry for found, entry in related.prime if found == pair):
        return Decision(allowed=True, reason="prime", relation="prime", site=entry.site, entry=entry.id)
    for entry in (entry for found, entry in related.upper if found == pair):
        return Decision(allowed=True, reason="upper", relation="upper", site=entry.site, entry=entry.id)
    return Decision(allowed=False, reason="relation.none", relation="none")


def _entries_in_force(world: World, at: datetime, choice: Mapping[str, str]) -> tuple[Entry, ...]:
    every = frozenset(world.entries)
    unknown = {one for one in every if at < one.known_at}
    withdrawn = {one for one in every if one.cancelled_at is not None and at >= one.cancelled_at}
    ahead = {one for one in every if at < one.at} if choice["scope.pre_entry"] == "deny" else set[Entry]()
    age = timedelta(days=POST_ENTRY_DAYS)
    old = (
        {one for one in every if at - one.at >= age}
        if choice["scope.post_entry_limit"] == "period"
        else set[Entry]()
    )
    return tuple(sorted(every - unknown - withdrawn - ahead - old, key=lambda one: (one.at, one.id)))


def _affiliated(world: World, at: datetime, entries: tuple[Entry, ...], choice: Mapping[str, str]) -> Pairs:
    current = {
        (one.business, one.technician, one.kind)
        for one in world.affiliations
        if one.since <= at and (one.until is None or one.until > at)
    }
    pairs = {
        "any_current": frozenset((firm, person) for firm, person, _ in current),
        "main_only": frozenset((firm, person) for firm, person, kind in current if kind == "main"),
        "firm_at_entry": frozenset((one.under, one.technician) for one in entries),
    }[choice["scope.affiliation"]]
    entered = {one.technician for one in entries}
    if choice["scope.employer_needs_entry"] == "yes":
        return frozenset(pair for pair in pairs if pair[1] in entered)
    return pairs


def _primes(world: World, choice: Mapping[str, str]) -> Mapping[str, frozenset[str]]:
    joint = choice["scope.jv"] == "all_members"
    return {
        site.id: frozenset((site.prime, *site.jv_members) if joint else (site.prime,)) for site in world.sites
    }


def _above(world: World, entry: Entry, at: datetime, choice: Mapping[str, str]) -> Pairs:
    """Relate each firm to the registered firms above it at the entry's site."""
    moment = at if choice["scope.chain_time"] == "at_viewing" or entry.at > at else entry.at
    registered = {one.id for one in world.businesses if one.registered}
    steps = frozenset(
        (link.child, link.parent)
        for site in world.sites
        if site.id == entry.site
        for link in site.links
        if link.status == "approved"
        if link.since <= moment and (link.until is None or moment < link.until)
    )
    if choice["scope.gap_tier"] == "deny_above_gap":
        steps = frozenset(step for step in steps if step[0] in registered)
    if choice["scope.upper"] == "all_ancestors":
        reach = _closure(steps, frozenset(step[0] for step in steps))
    else:
        gaps = frozenset(step[0] for step in steps) - registered
        reach = _closure(steps, gaps)
    return frozenset((low, high) for low, high in reach if high in registered and low != high)


def _closure(steps: Pairs, through: frozenset[str]) -> Pairs:
    """Compose the steps with themselves until nothing is added, passing only through the given firms."""
    reach = steps
    while True:
        further = {
            (low, high)
            for low, middle in reach
            if middle in through
            for step, high in steps
            if step == middle
        }
        if further <= reach:
            return reach
        reach = reach | further
