"""Claims about worlds made by number: lawful, loadable, and shaped like real sites."""

from collections import Counter
from functools import cache
from typing import Any

import pytest

from ccus_harness.instruments import scope, scope_sets
from ccus_harness.instruments.world import World
from ccus_simulator import world_maker, worlds
from ccus_simulator.registry import read_world
from ccus_simulator.world_maker import Maker, TooManySites


@cache
def made(sites: int = 60, seed: int = 7) -> dict[str, Any]:
    return world_maker.generated(sites=sites, seed=seed)


def test_ccus_takes_a_made_world() -> None:
    world_file = worlds.of_document(made(), "made")
    assert read_world(worlds.instantiate(world_file, seed=7, number=2000)).name == "w0002000"


def test_the_text_of_a_made_world_says_the_same() -> None:
    small = made(6)
    assert worlds.parse(world_maker.as_yaml(small), "made") == (small, ())


def test_the_same_seed_makes_the_same_world_and_another_another() -> None:
    assert world_maker.generated(sites=6, seed=7) == made(6)
    assert world_maker.generated(sites=6, seed=8) != made(6)


def test_both_oracles_agree_on_a_made_world() -> None:
    document = worlds.instantiate(worlds.of_document(made(4), "made"), seed=7, number=2000)
    world = World.of(document)
    decided = scope.matrix(world, world.now)
    assert decided == scope_sets.matrix(world, world.now)
    assert {one.relation for one in decided.values()} == {"self", "affiliated", "prime", "upper", "none"}


def test_sites_are_as_deep_as_the_report_says() -> None:
    deepest = Counter(
        max(slot.tier for slot in Maker(sites=1000, seed=7).slots(site)) for site in range(1000)
    )
    for tier, share in {1: 0.054, 2: 0.256, 3: 0.387, 4: 0.241, 5: 0.062}.items():
        assert abs(deepest[tier] / 1000 - share) < 5 * (share * (1 - share) / 1000) ** 0.5, tier


def test_a_third_of_the_firms_are_sole_proprietors_each_of_one_person() -> None:
    document = made()
    firms = {label for label in document["businesses"] if label[0] in "FH"}
    soles = {label for label in firms if document["businesses"][label].get("sole")}
    assert 0.30 < len(soles) / len(firms) < 0.38
    people = Counter(body["main"] for body in document["technicians"].values() if body.get("sole"))
    assert set(people) == soles
    assert set(people.values()) == {1}


def test_no_firm_stands_twice_on_a_site_and_every_firm_hangs_on_the_tree() -> None:
    for site in range(60):
        maker = Maker(sites=60, seed=7)
        slots = maker.slots(site)
        firms = [slot.firm for slot in slots]
        assert len(set(firms)) == len(firms)
        assert {slot.parent for slot in slots} <= {maker.prime(site), *firms}


def test_a_made_world_has_what_real_sites_have() -> None:
    document = made()
    sites, entries = document["sites"].values(), document["entries"]
    links = [link for site in sites for link in site["links"]]
    assert any("partners" in site for site in sites)
    assert any("client" in site for site in sites)
    assert {link.get("status", "approved") for link in links} == {"approved", "pending", "withdrawn"}
    assert any("to" in link for link in links)
    assert any("past" in person for person in document["technicians"].values())
    assert any("sub" in person for person in document["technicians"].values())
    assert any(not firm.get("registered", True) for firm in document["businesses"].values())
    assert any("cancelled_at" in entry for entry in entries)
    assert any(entry["at"] > document["now"] for entry in entries)
    assert any(entry["technician"].split("_")[1] != entry["under"] for entry in entries)


@pytest.mark.parametrize("sites", [0, 1001])
def test_a_world_too_large_for_its_document_is_refused(sites: int) -> None:
    with pytest.raises(TooManySites, match="1 to 1,000"):
        world_maker.generated(sites=sites, seed=7)


@pytest.mark.slow
def test_the_largest_made_world_fits_the_document() -> None:
    worlds.of_document(world_maker.generated(sites=1000, seed=7), "made")
