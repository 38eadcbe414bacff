"""Wrong scope rules, on purpose: whatever tests the right one must tell each of these apart from it.

A wrong rule is written as the right rule on a world that is bent the way the rule errs, or under a reading that
nobody agreed to.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from ccus_harness.instruments import scope

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ccus_harness.instruments.world import Link, Site, World

LONG_AGO = datetime.fromisoformat("2000-01-01T00:00:00+09:00")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A wrong rule: the right one on a world that is bent first, or under a reading that nobody agreed to."""

    bend: Callable[[World], World] = lambda world: world
    readings: Mapping[str, str] = field(default_factory=dict[str, str])


def sites(world: World, change: Callable[[Site], Mapping[str, Any]]) -> World:
    return replace(world, sites=tuple(replace(one, **change(one)) for one in world.sites))


def links(world: World, change: Callable[[Link], Link]) -> World:
    return sites(world, lambda one: {"links": tuple(change(link) for link in one.links)})


def company_parent(world: World) -> World:
    every = tuple(link for one in world.sites for link in one.links)
    return sites(world, lambda _: {"links": every})


def swapped(world: World) -> World:
    return links(world, lambda link: replace(link, child=link.parent, parent=link.child))


def also_below(world: World) -> World:
    def both(one: Site) -> Mapping[str, Any]:
        turned = tuple(replace(link, child=link.parent, parent=link.child) for link in one.links)
        return {"links": one.links + turned}

    return sites(world, both)


def any_prime(world: World) -> World:
    return sites(world, lambda _: {"jv_members": tuple(one.prime for one in world.sites)})


def whole_site(world: World) -> World:
    return sites(
        world,
        lambda one: {"jv_members": tuple(firm for link in one.links for firm in (link.child, link.parent))},
    )


def siblings(world: World) -> World:
    def beside(one: Site) -> Mapping[str, Any]:
        more = tuple(
            replace(low, parent=other.child)
            for low in one.links
            for other in one.links
            if low.parent == other.parent and low.child != other.child
        )
        return {"links": one.links + more}

    return sites(world, beside)


def no_upper(world: World) -> World:
    return sites(world, lambda _: {"links": ()})


def entered_everywhere(world: World) -> World:
    everywhere = tuple(
        replace(entry, id=f"{entry.id}-{one.id}", site=one.id)
        for entry in world.entries
        for one in world.sites
    )
    return replace(world, entries=everywhere)


def entries(world: World, **change: Any) -> World:
    return replace(world, entries=tuple(replace(one, **change) for one in world.entries))


def under_main_firm(world: World) -> World:
    main = {one.technician: one.business for one in world.affiliations if one.kind == "main"}
    moved = tuple(replace(one, under=main.get(one.technician, one.under)) for one in world.entries)
    return replace(world, entries=moved)


def roster_is_entry(world: World) -> World:
    """Count everybody of a firm as entered wherever the firm works."""
    more = tuple(
        replace(entry, id=f"{entry.id}-{belongs.technician}", technician=belongs.technician)
        for entry in world.entries
        for belongs in world.affiliations
        if belongs.business == entry.under
    )
    return replace(world, entries=world.entries + more)


def union_of_firms(world: World) -> World:
    """Let every firm of an account see what the others see."""
    more = tuple(
        replace(belongs, business=other)
        for account in world.accounts
        for belongs in world.affiliations
        if belongs.business in account.businesses
        for other in account.businesses
    )
    return replace(world, affiliations=world.affiliations + more)


def clients_see(world: World) -> World:
    return sites(world, lambda one: {"jv_members": (*one.jv_members, *([one.client] if one.client else []))})


def site_of_employer(world: World) -> World:
    """Let the prime of any site on which the employer works see, entered or not."""
    every = tuple(
        replace(
            world.entries[0], id=f"x{number}-{one.id}", technician=belongs.technician, site=one.id, under="-"
        )
        for number, belongs in enumerate(world.affiliations)
        for one in world.sites
        if any(belongs.business == link.child for link in one.links)
    )
    return replace(world, entries=world.entries + every)


def former_employer(world: World) -> World:
    return replace(world, affiliations=tuple(replace(one, until=None) for one in world.affiliations))


def entering_firm_sees(world: World) -> World:
    loop = [
        replace(belongs, technician=entry.technician, business=entry.under)
        for entry in world.entries
        for belongs in world.affiliations[:1]
    ]
    return replace(world, affiliations=(*world.affiliations, *loop))


def approved(status: str) -> Callable[[World], World]:
    """Count links of a status as approved."""

    def one(link: Link) -> Link:
        return replace(link, status="approved") if link.status == status else link

    return lambda world: links(world, one)


def no_prime(world: World) -> World:
    return sites(world, lambda _: {"prime": "-", "jv_members": ()})


def everybody_registered(world: World) -> World:
    return replace(world, businesses=tuple(replace(one, registered=True) for one in world.businesses))


def everybody_a_user(world: World) -> World:
    return replace(world, businesses=tuple(replace(one, user=True) for one in world.businesses))


MUTANTS: Final[Mapping[str, Mutant]] = {
    "a parent is a parent at every site": Mutant(bend=company_parent),
    "up and down are swapped": Mutant(bend=swapped),
    "lower tiers see as well": Mutant(bend=also_below),
    "any prime sees": Mutant(bend=any_prime),
    "the whole site sees": Mutant(bend=whole_site),
    "siblings see": Mutant(bend=siblings),
    "upper tiers do not see": Mutant(bend=no_upper),
    "the prime does not see": Mutant(bend=no_prime),
    "the site of the entry is ignored": Mutant(bend=entered_everywhere),
    "colleagues count as entered": Mutant(bend=roster_is_entry),
    "the employer's site is enough": Mutant(bend=site_of_employer),
    "the firms of a user are united": Mutant(bend=union_of_firms),
    "a client sees": Mutant(bend=clients_see),
    "only the direct parent sees": Mutant(readings={"scope.upper": "direct_parent"}),
    "only the main firm sees": Mutant(readings={"scope.affiliation": "main_only"}),
    "the employer needs an entry": Mutant(readings={"scope.employer_needs_entry": "yes"}),
    "the firm at entry replaces the employer": Mutant(readings={"scope.affiliation": "firm_at_entry"}),
    "the chain starts at the main firm": Mutant(bend=under_main_firm),
    "the latest chain decides": Mutant(readings={"scope.chain_time": "at_viewing"}),
    "links are for ever": Mutant(
        bend=lambda world: links(world, lambda link: replace(link, since=LONG_AGO, until=None))
    ),
    "a pending link counts": Mutant(bend=approved("pending")),
    "a withdrawn link counts": Mutant(bend=approved("withdrawn")),
    "a cancelled entry counts": Mutant(bend=lambda world: entries(world, cancelled_at=None)),
    "the time of the entry is ignored": Mutant(
        bend=lambda world: entries(world, at=LONG_AGO, known_at=LONG_AGO)
    ),
    "the time an entry became known is ignored": Mutant(bend=lambda world: entries(world, known_at=LONG_AGO)),
    "a former employer sees": Mutant(bend=former_employer),
    "the firm of the entry sees": Mutant(bend=entering_firm_sees),
    "a gap is bridged": Mutant(readings={"scope.gap_tier": "bridge"}),
    "an unregistered firm counts as registered": Mutant(bend=everybody_registered),
    "a firm that is no user sees": Mutant(bend=everybody_a_user),
    "an entry is forgotten after a year": Mutant(readings={"scope.post_entry_limit": "period"}),
    "a roster is enough": Mutant(readings={"scope.pre_entry": "allow_if_roster"}),
    "only the representative of a joint venture sees": Mutant(readings={"scope.jv": "representative"}),
}


def killed(mutant: Mutant, world: World, at: datetime) -> scope.Cell | None:
    """Find a cell of the world on which the wrong rule decides otherwise than the right one."""
    bent = mutant.bend(world)
    for viewer in scope.viewers(world):
        for technician in world.technicians:
            wrong = scope.may_view(bent, viewer, technician.id, at, mutant.readings)
            if wrong.allowed != scope.may_view(world, viewer, technician.id, at).allowed:
                return viewer, technician.id
    return None


def kills(world: World, at: datetime) -> dict[str, scope.Cell | None]:
    """Say for each wrong rule the cell that shows it, or that this world does not."""
    return {name: killed(mutant, world, at) for name, mutant in MUTANTS.items()}
