"""Wrong scope rules: each is told apart from the right one by the standard world or by a named case."""

from __future__ import annotations

from typing import Any

import pytest

from ccus_harness.instruments import scope
from ccus_harness.instruments.scope_mutants import MUTANTS, Mutant, killed, kills
from ccus_harness.instruments.scope_search import as_world, search
from ccus_harness.instruments.world import World
from ccus_simulator import worlds


@pytest.fixture(scope="module")
def standard() -> World:
    return World.of(worlds.instantiate(worlds.shipped("standard"), seed=7, number=1234))


def test_the_standard_world_tells_every_wrong_rule_apart(standard: World) -> None:
    assert [name for name, cell in kills(standard, standard.now).items() if cell is None] == []


@pytest.mark.parametrize("name", list(MUTANTS))
def test_each_wrong_rule_fails_a_named_case_or_the_standard_world(
    name: str, standard: World, cases: Any, at_day: Any
) -> None:
    by_case = [case.name for case in cases if fails(MUTANTS[name], case, at_day)]
    assert by_case or killed(MUTANTS[name], standard, standard.now)


def test_the_right_rule_fails_nothing(standard: World, cases: Any, at_day: Any) -> None:
    right = Mutant()
    assert killed(right, standard, standard.now) is None
    assert not [case.name for case in cases if fails(right, case, at_day)]


def test_the_standard_world_has_a_cell_for_every_relation(standard: World) -> None:
    found = {decision.relation for decision in scope.matrix(standard, standard.now).values()}
    assert found == {"self", "affiliated", "prime", "upper", "none"}


def test_the_search_kills_more_and_changes_nobodys_view() -> None:
    start = worlds.shipped("tiny")
    found = search(start, steps=60, seed=3)
    before, after = as_world(start), as_world(found.world)
    assert found.kills > {name for name, cell in kills(before, before.now).items() if cell}
    for cell, decision in scope.matrix(before, before.now).items():
        assert scope.matrix(after, after.now)[cell].allowed == decision.allowed


def test_the_same_seed_finds_the_same_world() -> None:
    start = worlds.shipped("tiny")
    assert search(start, steps=15, seed=5) == search(start, steps=15, seed=5)


def fails(mutant: Mutant, case: Any, at_day: Any) -> bool:
    world = mutant.bend(case.sketch.world())
    for cell, relation in case.sees.items():
        viewer, technician = cell.split()
        readings = {**case.readings, **mutant.readings}
        decision = scope.may_view(world, viewer, technician, at_day(case.at), readings)
        if (decision.relation if decision.allowed else "-") != relation:
            return True
    return False
