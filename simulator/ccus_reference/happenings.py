"""What happens on sites and between firms while this system runs, and what we know of the world after it."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ccus_reference.moments import parsed
from ccus_reference.world import Account, Affiliation, Delegation, Entry, Link, Period

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from ccus_reference.store import Store
    from ccus_reference.world import World

Told = tuple[str, "Mapping[str, Any]"]
"""The kind of a happening and what was said about it."""


class DoesNotFit(ValueError):
    """A happening that names what we do not know, or that ends what does not stand."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class Knowledge:
    """The world as it was at set-up and as everything told since has made it; it outlives the process."""

    def __init__(self, world: World, store: Store) -> None:
        self._store = store
        self.world = after(world, store.happenings())

    def learn(self, kind: str, said: Mapping[str, Any]) -> World:
        """Takes in one happening; raises `DoesNotFit` and keeps nothing when it cannot be."""
        self.world = after(self.world, [(kind, said)])
        self._store.add_happening(kind, said)
        return self.world


def after(world: World, happenings: Iterable[Told]) -> World:
    """The world after these happenings, in their order."""
    for kind, said in happenings:
        world = _CHANGES[kind](world, said)
    return world


def _entered(world: World, said: Mapping[str, Any]) -> World:
    if said["technician"] not in world.technicians or said["under"] not in world.labels:
        raise DoesNotFit("technician or under")
    if said["site"] not in world.sites:
        raise DoesNotFit("site")
    at = parsed(said["at"])
    entry = Entry(
        id=said["id"],
        technician=said["technician"],
        site=said["site"],
        under=said["under"],
        at=at,
        known_at=parsed(said["known_at"]) if said.get("known_at") else at,
        cancelled_at=None,
    )
    return replace(world, entries=(*world.entries, entry))


def _cancelled(world: World, said: Mapping[str, Any]) -> World:
    if not any(entry.id == said["entry"] and entry.cancelled_at is None for entry in world.entries):
        raise DoesNotFit("entry")
    at = parsed(said["at"])
    entries = (replace(e, cancelled_at=at) if e.id == said["entry"] else e for e in world.entries)
    return replace(world, entries=tuple(entries))


def _related(world: World, said: Mapping[str, Any]) -> World:
    at, begins = parsed(said["at"]), said["change"] == "begin"
    if said.get("affiliation"):
        world = _affiliation(world, said["affiliation"], at, begins=begins)
    if said.get("link"):
        world = _link(world, said["link"], at, begins=begins)
    return world


def _affiliation(world: World, said: Mapping[str, Any], at: datetime, *, begins: bool) -> World:
    pair = (said["technician"], said["business"])
    if begins:
        if pair[0] not in world.technicians or pair[1] not in world.labels:
            raise DoesNotFit("affiliation")
        begun = Affiliation(
            technician=pair[0], business=pair[1], kind=said["kind"], period=Period(start=at, end=None)
        )
        return replace(world, affiliations=(*world.affiliations, begun))
    ending = {a for a in world.affiliations if (a.technician, a.business) == pair and a.period.holds(at)}
    if not ending:
        raise DoesNotFit("affiliation")
    kept = (replace(a, period=replace(a.period, end=at)) if a in ending else a for a in world.affiliations)
    return replace(world, affiliations=tuple(kept))


def _link(world: World, said: Mapping[str, Any], at: datetime, *, begins: bool) -> World:
    site = world.sites.get(said["site"])
    if site is None or not {said["child"], said["parent"]} <= world.labels.keys():
        raise DoesNotFit("link")
    if begins:
        begun = Link(
            child=said["child"],
            parent=said["parent"],
            approved=said["status"] == "approved",
            period=Period(start=at, end=None),
        )
        links = (*site.links, begun)
    else:
        ending = {
            one
            for one in site.links
            if (one.child, one.parent) == (said["child"], said["parent"]) and one.period.holds(at)
        }
        if not ending:
            raise DoesNotFit("link")
        links = tuple(
            replace(one, period=replace(one.period, end=at)) if one in ending else one for one in site.links
        )
    return replace(world, sites={**world.sites, site.id: replace(site, links=links)})


def _account(world: World, said: Mapping[str, Any]) -> World:
    name = said["account"]
    if said["change"] == "create":
        return _account_made(world, said)
    if name not in world.accounts:
        raise DoesNotFit("account")
    active = {known: account for known, account in world.accounts.items() if known != name}
    return replace(world, accounts=active, left={**world.left, name: world.accounts[name]})


def _account_made(world: World, said: Mapping[str, Any]) -> World:
    businesses, technician = frozenset(said["businesses"]), said["technician"]
    known = businesses <= world.labels.keys() and (technician is None or technician in world.technicians)
    if said["account"] in world.accounts or not known:
        raise DoesNotFit("account")
    before = world.left.get(said["account"])
    made = Account(
        id=said["account"],
        businesses=businesses,
        technician=technician,
        role=said["role"],
        credential=before.credential if before else "",
    )
    left = {name: account for name, account in world.left.items() if name != made.id}
    return replace(world, accounts={**world.accounts, made.id: made}, left=left)


def _delegated(world: World, said: Mapping[str, Any]) -> World:
    if said["business"] not in world.users or said["account"] not in world.accounts:
        raise DoesNotFit("business or account")
    period = Period(start=parsed(said["from"]), end=parsed(said["to"]) if said.get("to") else None)
    begun = Delegation(id=said["id"], business=said["business"], account=said["account"], period=period)
    return replace(world, delegations=(*world.delegations, begun))


_CHANGES: Mapping[str, Callable[[World, Mapping[str, Any]], World]] = MappingProxyType(
    {
        "enter": _entered,
        "cancel": _cancelled,
        "relate": _related,
        "account": _account,
        "delegate": _delegated,
    }
)
