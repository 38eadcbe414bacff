"""The scope rule of 第2条2 as a walk: from the technician's entries up the contractor tree of that site.

Whether the contract is in force is not asked here: this says who may look while anybody may.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from ccus_harness.instruments.scope_terms import OPTIONS, POST_ENTRY_DAYS, Decision, chosen
from ccus_harness.instruments.world import Entry, Site, Standing, Viewer, World

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Cell = tuple[str, str]
"""A viewer's id and a technician's id."""

_DEFAULTS: Mapping[str, str] = MappingProxyType({})


def may_view(
    world: World,
    viewer: Viewer | str,
    technician: str,
    at: datetime,
    readings: Mapping[str, str] = _DEFAULTS,
) -> Decision:
    """Decide whether the viewer may see the technician at that moment, under the readings."""
    readings = chosen(readings)
    who = world.viewer(viewer) if isinstance(viewer, str) else viewer
    if not any(one.id == technician for one in world.technicians):
        return _denied("technician.unknown")
    if who.standing is Standing.TECHNICIAN:
        return _own_record(who, technician)
    if who.standing is not Standing.BUSINESS:
        return _denied(f"viewer.{who.standing}")
    if not any(one.id == who.id and one.user for one in world.businesses):
        return _denied("viewer.not_user")
    return _business_view(world, who.id, technician, at, readings)


def matrix(world: World, at: datetime, readings: Mapping[str, str] = _DEFAULTS) -> Mapping[Cell, Decision]:
    """Decide every cell: all businesses, technicians and outside accounts against all technicians."""
    return {
        (viewer, one.id): may_view(world, viewer, one.id, at, readings)
        for viewer in viewers(world)
        for one in world.technicians
    }


def viewers(world: World) -> tuple[str, ...]:
    """List everybody whose view can be decided from the id alone."""
    outside = (one.id for one in world.accounts if one.role != "member")
    inside = (*(one.id for one in world.businesses), *(one.id for one in world.technicians))
    return (*inside, *outside)


def contested(
    world: World,
    at: datetime,
    open_readings: Mapping[str, Sequence[str]] = OPTIONS,
    base: Mapping[str, str] = _DEFAULTS,
) -> Mapping[Cell, frozenset[str]]:
    """Name the cells on which open readings disagree, each with the readings it hangs on.

    One reading is varied at a time around `base`; a reading agreed under 第9条 has one option left.
    """
    standing = matrix(world, at, base)
    hangs_on: dict[Cell, set[str]] = {}
    for reading, options in open_readings.items():
        for option in options:
            for cell, decision in matrix(world, at, {**base, reading: option}).items():
                if decision.allowed != standing[cell].allowed:
                    hangs_on.setdefault(cell, set()).add(reading)
    return {cell: frozenset(readings) for cell, readings in hangs_on.items()}


def _own_record(who: Viewer, technician: str) -> Decision:
    if who.id == technician:
        return Decision(allowed=True, reason="self", relation="self")
    return _denied("technician.other")


def _denied(reason: str) -> Decision:
    return Decision(allowed=False, reason=reason, relation="none")


def _business_view(
    world: World, business: str, technician: str, at: datetime, readings: Mapping[str, str]
) -> Decision:
    entries = [one for one in world.entries if one.technician == technician and counts(one, at, readings)]
    entries.sort(key=lambda one: (one.at, one.id))
    if _affiliated(world, (business, technician), at, entries, readings):
        return Decision(allowed=True, reason="affiliated", relation="affiliated")
    sites = {site.id: site for site in world.sites}
    for entry in entries:
        if business in _primes(sites[entry.site], readings):
            return Decision(allowed=True, reason="prime", relation="prime", site=entry.site, entry=entry.id)
    for entry in entries:
        if business in _uppers(world, sites[entry.site], entry, at, readings):
            return Decision(allowed=True, reason="upper", relation="upper", site=entry.site, entry=entry.id)
    return _denied("relation.none")


def counts(entry: Entry, at: datetime, readings: Mapping[str, str]) -> bool:
    """Tell whether an entry carries a right at that moment: happened, known, not cancelled, not too old.

    An entry that is known ahead is a place on the roster; it counts only where a reading says so.
    """
    if entry.known_at > at:
        return False
    if entry.cancelled_at is not None and entry.cancelled_at <= at:
        return False
    if entry.at > at and readings["scope.pre_entry"] == "deny":
        return False
    limited = readings["scope.post_entry_limit"] == "period"
    return not (limited and entry.at + timedelta(days=POST_ENTRY_DAYS) <= at)


def _affiliated(
    world: World,
    cell: Cell,
    at: datetime,
    entries: Sequence[Entry],
    readings: Mapping[str, str],
) -> bool:
    business, technician = cell
    if readings["scope.employer_needs_entry"] == "yes" and not entries:
        return False
    if readings["scope.affiliation"] == "firm_at_entry":
        return any(entry.under == business for entry in entries)
    return any(
        one.technician == technician
        and one.business == business
        and one.holds(at)
        and (one.kind == "main" or readings["scope.affiliation"] == "any_current")
        for one in world.affiliations
    )


def _primes(site: Site, readings: Mapping[str, str]) -> tuple[str, ...]:
    if readings["scope.jv"] == "representative":
        return (site.prime,)
    return (site.prime, *site.jv_members)


def _uppers(
    world: World, site: Site, entry: Entry, at: datetime, readings: Mapping[str, str]
) -> frozenset[str]:
    """Walk up the tree of the site from the firm of the entry; a firm is never above itself."""
    when = min(entry.at, at) if readings["scope.chain_time"] == "at_entry" else at
    unregistered = _unregistered(world, site)
    bridge = readings["scope.gap_tier"] == "bridge"
    only_next = readings["scope.upper"] == "direct_parent"
    above: set[str] = set()
    seen = {entry.under}
    path = [entry.under]
    while path:
        firm = path.pop()
        if firm in unregistered and not bridge:
            continue
        if only_next and firm in above:
            continue
        for parent in _parents(site, firm, when):
            if parent in seen:
                continue
            seen.add(parent)
            path.append(parent)
            if parent not in unregistered:
                above.add(parent)
    return frozenset(above)


def _parents(site: Site, firm: str, when: datetime) -> Iterator[str]:
    for link in site.links:
        if link.child == firm and link.status == "approved" and link.holds(when):
            yield link.parent


def _unregistered(world: World, site: Site) -> frozenset[str]:
    registered = {one.id for one in world.businesses if one.registered}
    on_site = {firm for link in site.links for firm in (link.child, link.parent)}
    return frozenset(on_site - registered)
