"""Both scope oracles on random worlds: they agree, and they keep the laws that any right rule keeps."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ccus_harness.instruments import scope, scope_sets
from ccus_harness.instruments.scope_terms import OPTIONS
from ccus_harness.instruments.world import (
    Account,
    Affiliation,
    Business,
    Contract,
    Entry,
    Link,
    Site,
    Technician,
    World,
)

START = datetime.fromisoformat("2026-04-01T00:00:00+09:00")
FIRMS = ["A", "B", "C", "D", "E", "F"]
PEOPLE = ["t1", "t2", "t3"]
SITES = ["s1", "s2", "s3"]
moments = st.sampled_from([START + timedelta(days=days) for days in (0, 1, 2, 3, 4, 400)])
ends = st.none() | moments
firms = st.sampled_from(FIRMS)
readings = st.fixed_dictionaries({name: st.sampled_from(options) for name, options in OPTIONS.items()})
quiet = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])

links = st.builds(
    Link,
    child=firms,
    parent=firms,
    status=st.sampled_from(["approved", "approved", "approved", "pending"]),
    since=moments,
    until=ends,
)
affiliations = st.builds(
    Affiliation,
    technician=st.sampled_from(PEOPLE),
    business=firms,
    kind=st.sampled_from(["main", "sub"]),
    since=moments,
    until=ends,
)


def tuples(of: st.SearchStrategy, at_most: int) -> st.SearchStrategy:
    return st.lists(of, max_size=at_most).map(tuple)


def site(name: str) -> st.SearchStrategy[Site]:
    return st.builds(
        Site,
        id=st.just(name),
        label=st.just(name),
        prime=firms,
        client=st.none() | firms,
        jv_members=tuples(firms, 1),
        links=tuples(links, 7),
    )


entries = st.lists(
    st.builds(
        Entry,
        id=st.just("e"),
        technician=st.sampled_from(PEOPLE),
        site=st.sampled_from(SITES),
        under=firms,
        at=moments,
        known_at=moments,
        cancelled_at=ends,
    ),
    max_size=5,
).map(lambda found: tuple(replace(one, id=f"e{number}") for number, one in enumerate(found)))


def business(name: str) -> st.SearchStrategy[Business]:
    mostly = st.sampled_from([True, True, True, False])
    return st.builds(Business, id=st.just(name), label=st.just(name), user=mostly, registered=mostly)


worlds = st.builds(
    World,
    id=st.just("w"),
    seed=st.just(1),
    now=moments,
    contract=st.just(
        Contract(
            id="k", nintei_contract_id="n", signed_on=START.date(), ends_on=START.date(), instant="24:00"
        )
    ),
    businesses=st.tuples(*(business(name) for name in FIRMS)),
    technicians=st.just(tuple(Technician(id=one, label=one) for one in PEOPLE)),
    affiliations=tuples(affiliations, 5),
    sites=st.tuples(*(site(name) for name in SITES)),
    entries=entries,
    accounts=st.just(
        (
            Account(id="u_c", label="u_c", businesses=("A",), technician=None, role="client"),
            Account(id="u_s", label="u_s", businesses=(), technician=None, role="staff"),
        )
    ),
)


@quiet
@given(worlds, moments, readings)
def test_the_two_oracles_agree_on_every_world(world: World, at: datetime, choice: dict[str, str]) -> None:
    assert scope.matrix(world, at, choice) == scope_sets.matrix(world, at, choice)


@quiet
@given(worlds, moments)
def test_the_two_oracles_agree_when_one_reading_is_varied(world: World, at: datetime) -> None:
    for name, options in OPTIONS.items():
        for option in options:
            assert scope.matrix(world, at, {name: option}) == scope_sets.matrix(world, at, {name: option})


@quiet
@given(worlds, moments, readings)
def test_a_list_is_the_set_of_single_checks(world: World, at: datetime, choice: dict[str, str]) -> None:
    for (viewer, person), decision in scope.matrix(world, at, choice).items():
        assert scope_sets.may_view(world, viewer, person, at, choice) == decision


@quiet
@given(worlds, moments, readings, site("s9"))
def test_a_site_nobody_entered_changes_nothing(
    world: World, at: datetime, choice: dict[str, str], unrelated: Site
) -> None:
    grown = replace(world, sites=(*world.sites, unrelated))
    assert scope.matrix(grown, at, choice) == scope.matrix(world, at, choice)


@quiet
@given(worlds, moments, readings, st.integers(0, 4))
def test_cancelling_an_entry_only_takes_rights_away(
    world: World, at: datetime, choice: dict[str, str], index: int
) -> None:
    cancelled = tuple(
        replace(one, cancelled_at=START) if number == index else one
        for number, one in enumerate(world.entries)
    )
    assert _allowed(replace(world, entries=cancelled), at, choice) <= _allowed(world, at, choice)


@quiet
@given(worlds, moments, readings)
def test_the_order_of_loading_changes_no_right(world: World, at: datetime, choice: dict[str, str]) -> None:
    turned = replace(
        world,
        sites=tuple(replace(one, links=one.links[::-1]) for one in world.sites[::-1]),
        entries=world.entries[::-1],
        affiliations=world.affiliations[::-1],
    )
    assert scope.matrix(turned, at, choice) == scope.matrix(world, at, choice)


@quiet
@given(worlds, moments, readings, st.permutations(FIRMS))
def test_renaming_firms_renames_the_rights(
    world: World, at: datetime, choice: dict[str, str], new: list[str]
) -> None:
    name = {**dict(zip(FIRMS, new, strict=True)), **{one: one for one in PEOPLE}, "u_c": "u_c", "u_s": "u_s"}
    renamed = {(name[viewer], person) for viewer, person in _allowed(world, at, choice)}
    assert _allowed(_renamed(world, name), at, choice) == renamed


@quiet
@given(worlds, moments, readings)
def test_a_middle_tier_put_in_keeps_those_above_it(
    world: World, at: datetime, choice: dict[str, str]
) -> None:
    choice = {**choice, "scope.upper": "all_ancestors"}
    longer = tuple(replace(one, links=tuple(_split(one))) for one in world.sites)
    middle = Business(id="M", label="M", user=True)
    grown = replace(world, sites=longer, businesses=(*world.businesses, middle))
    kept = {cell for cell in _allowed(grown, at, choice) if cell[0] != "M"}
    assert kept == _allowed(world, at, choice)


def _split(one: Site) -> list[Link]:
    if not one.links:
        return []
    first, *rest = one.links
    return [replace(first, parent="M"), replace(first, child="M"), *rest]


def _allowed(world: World, at: datetime, choice: dict[str, str]) -> set[scope.Cell]:
    return {cell for cell, decision in scope.matrix(world, at, choice).items() if decision.allowed}


def _renamed(world: World, name: dict[str, str]) -> World:
    return replace(
        world,
        businesses=tuple(replace(one, id=name[one.id]) for one in world.businesses),
        affiliations=tuple(replace(one, business=name[one.business]) for one in world.affiliations),
        entries=tuple(replace(one, under=name[one.under]) for one in world.entries),
        sites=tuple(
            replace(
                one,
                prime=name[one.prime],
                jv_members=tuple(name[member] for member in one.jv_members),
                links=tuple(
                    replace(link, child=name[link.child], parent=name[link.parent]) for link in one.links
                ),
            )
            for one in world.sites
        ),
    )
