"""Who may look at whose record (第2条2項): affiliated firm, prime contractor, upper-tier subcontractor.

A technician may look at the own record (第1条(2)). Nobody else sees anything: not siblings, not lower
tiers, not clients, not the operator's own staff. A firm's record is shown to that firm only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from ccus_reference.world import Account, Entry, Site, World


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """In whose name somebody looks: a firm, or a technician."""

    business: str | None = None
    technician: str | None = None


def viewer_of(account: Account | None, acting_for: str | None) -> Viewer | None:
    """The firm or technician an account stands for, or None when it stands for nobody.

    An account of several firms must name one: what its firms may see is never added together.
    """
    if account is None or account.role != "member":
        return None
    if acting_for is not None:
        return Viewer(business=acting_for) if acting_for in account.businesses else None
    if account.technician is not None:
        return Viewer(technician=account.technician)
    return Viewer(business=next(iter(account.businesses))) if len(account.businesses) == 1 else None


def is_prime(_world: World, site: Site, business: str) -> bool:
    """Whether `business` is prime contractor of this very site."""
    return business in site.primes


def employers(world: World, technician: str, at: datetime) -> frozenset[str]:
    """The firms he belongs to now, mainly or on the side; a former one has no say."""
    return world.employers(technician, at)


def entries(world: World, technician: str, at: datetime) -> tuple[Entry, ...]:
    """The entries that stand: they have happened, we know of them, and nobody voided them."""
    return world.entries_of(technician, at)


def upper_tiers(world: World, site: Site, entry: Entry, _at: datetime) -> frozenset[str]:
    """The firms above the one he entered under, in the tree of this site as it stood when he entered.

    A firm that CCUS does not know breaks the chain: who stands above it cannot be vouched for.
    """

    def parents(child: str) -> frozenset[str]:
        return frozenset() if child in world.unregistered else site.parents(child, entry.at)

    return climbed(parents, entry.under) - world.unregistered


def climbed(parents: Callable[[str], frozenset[str]], start: str) -> frozenset[str]:
    """Every firm reached by going up from `start`; a circle in bad data ends the climb."""
    found: set[str] = set()
    open_ends = {start}
    while open_ends:
        above = parents(open_ends.pop()) - found
        found |= above
        open_ends |= above
    return frozenset(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The viewing rule, made of the questions who looks, to whom he belongs, where he entered and who stands above."""

    viewer_of: Callable[[Account | None, str | None], Viewer | None] = viewer_of
    is_prime: Callable[[World, Site, str], bool] = is_prime
    employers: Callable[[World, str, datetime], frozenset[str]] = employers
    entries: Callable[[World, str, datetime], tuple[Entry, ...]] = entries
    upper_tiers: Callable[[World, Site, Entry, datetime], frozenset[str]] = upper_tiers

    def relation(self, world: World, viewer: Viewer, technician: str, at: datetime) -> str | None:
        """Why this viewer may see this technician's record, or None when there is no ground."""
        if viewer.technician is not None:
            return "本人" if viewer.technician == technician else None
        if viewer.business is None or viewer.business not in world.users:
            return None
        if viewer.business in self.employers(world, technician, at):
            return "所属事業者"
        entered = self.entries(world, technician, at)
        grounds = (self._at_site(world, viewer.business, entry, at) for entry in entered)
        return next((ground for ground in grounds if ground), None)

    def _at_site(self, world: World, business: str, entry: Entry, at: datetime) -> str | None:
        site = world.sites[entry.site]
        if self.is_prime(world, site, business):
            return "元請"
        return "上位下請事業者" if business in self.upper_tiers(world, site, entry, at) else None


def business_relation(viewer: Viewer, business: str) -> str | None:
    """Why this viewer may see this firm's record: only as that firm itself."""
    return "本人(事業者)" if viewer.business is not None and viewer.business == business else None
