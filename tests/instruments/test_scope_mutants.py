"""Wrong scope rules: each is told apart from the right one by the standard world or by a named case.

A wrong rule is written as the right rule on a world that is bent the way the rule errs, or under a
reading that nobody agreed to.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from ccus_harness.instruments import scope
from ccus_harness.instruments.world import Link, Site, World
from ccus_simulator import worlds

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LONG_AGO = datetime.fromisoformat("2000-01-01T00:00:00+09:00")


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """A wrong rule; `standard` says that the standard world alone tells it apart."""

    bend: Callable[[World], World] = lambda world: world
    readings: Mapping[str, str] = field(default_factory=dict)
    standard: bool


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


def everybody_registered(world: World) -> World:
    return replace(world, businesses=tuple(replace(one, registered=True) for one in world.businesses))


def everybody_a_user(world: World) -> World:
    return replace(world, businesses=tuple(replace(one, user=True) for one in world.businesses))


MUTANTS = {
    "a parent is a parent at every site": Mutant(bend=company_parent, standard=True),
    "up and down are swapped": Mutant(bend=swapped, standard=True),
    "lower tiers see as well": Mutant(bend=also_below, standard=True),
    "any prime sees": Mutant(bend=any_prime, standard=True),
    "the whole site sees": Mutant(bend=whole_site, standard=True),
    "siblings see": Mutant(bend=siblings, standard=True),
    "upper tiers do not see": Mutant(bend=no_upper, standard=True),
    "the site of the entry is ignored": Mutant(bend=entered_everywhere, standard=True),
    "colleagues count as entered": Mutant(bend=roster_is_entry, standard=True),
    "the employer's site is enough": Mutant(bend=site_of_employer, standard=True),
    "the firms of a user are united": Mutant(bend=union_of_firms, standard=True),
    "a client sees": Mutant(bend=clients_see, standard=True),
    "only the direct parent sees": Mutant(readings={"scope.upper": "direct_parent"}, standard=True),
    "only the main firm sees": Mutant(readings={"scope.affiliation": "main_only"}, standard=True),
    "the employer needs an entry": Mutant(readings={"scope.employer_needs_entry": "yes"}, standard=True),
    "the firm at entry replaces the employer": Mutant(
        readings={"scope.affiliation": "firm_at_entry"}, standard=True
    ),
    "the chain starts at the main firm": Mutant(bend=under_main_firm, standard=False),
    "the latest chain decides": Mutant(readings={"scope.chain_time": "at_viewing"}, standard=False),
    "links are for ever": Mutant(
        bend=lambda world: links(world, lambda link: replace(link, since=LONG_AGO, until=None)),
        standard=False,
    ),
    "a pending link counts": Mutant(
        bend=lambda world: links(world, lambda link: replace(link, status="approved")), standard=False
    ),
    "a cancelled entry counts": Mutant(bend=lambda world: entries(world, cancelled_at=None), standard=False),
    "the time of the entry is ignored": Mutant(
        bend=lambda world: entries(world, at=LONG_AGO, known_at=LONG_AGO), standard=False
    ),
    "the time an entry became known is ignored": Mutant(
        bend=lambda world: entries(world, known_at=LONG_AGO), standard=False
    ),
    "a former employer sees": Mutant(bend=former_employer, standard=False),
    "the firm of the entry sees": Mutant(bend=entering_firm_sees, standard=False),
    "a gap is bridged": Mutant(readings={"scope.gap_tier": "bridge"}, standard=False),
    "an unregistered firm counts as registered": Mutant(bend=everybody_registered, standard=False),
    "a firm that is no user sees": Mutant(bend=everybody_a_user, standard=False),
    "a roster is enough": Mutant(readings={"scope.pre_entry": "allow_if_roster"}, standard=False),
    "only the representative of a joint venture sees": Mutant(
        readings={"scope.jv": "representative"}, standard=False
    ),
}


@pytest.fixture(scope="module")
def standard() -> World:
    return World.of(worlds.instantiate(worlds.shipped("standard"), seed=7, number=1234))


@pytest.mark.parametrize("name", [name for name, mutant in MUTANTS.items() if mutant.standard])
def test_the_standard_world_tells_a_wrong_rule_from_the_right_one(name: str, standard: World) -> None:
    assert differs(MUTANTS[name], standard, standard.now)


@pytest.mark.parametrize("name", list(MUTANTS))
def test_each_wrong_rule_fails_a_named_case_or_the_standard_world(
    name: str, standard: World, cases: Any, at_day: Any
) -> None:
    by_case = [case.name for case in cases if fails(MUTANTS[name], case, at_day)]
    assert by_case or differs(MUTANTS[name], standard, standard.now)


def test_the_right_rule_fails_nothing(standard: World, cases: Any, at_day: Any) -> None:
    right = Mutant(standard=True)
    assert not differs(right, standard, standard.now)
    assert not [case.name for case in cases if fails(right, case, at_day)]


def test_the_standard_world_has_a_cell_for_every_relation(standard: World) -> None:
    found = {decision.relation for decision in scope.matrix(standard, standard.now).values()}
    assert found == {"self", "affiliated", "prime", "upper", "none"}


def differs(mutant: Mutant, world: World, at: datetime) -> bool:
    bent = scope.matrix(mutant.bend(world), at, mutant.readings)
    right = scope.matrix(world, at)
    return any(bent[cell].allowed != right[cell].allowed for cell in right)


def fails(mutant: Mutant, case: Any, at_day: Any) -> bool:
    world = mutant.bend(case.sketch.world())
    for cell, relation in case.sees.items():
        viewer, technician = cell.split()
        readings = {**case.readings, **mutant.readings}
        decision = scope.may_view(world, viewer, technician, at_day(case.at), readings)
        if (decision.relation if decision.allowed else "-") != relation:
            return True
    return False
