"""The 52 tricky cases as files: both oracles give the expected decision, and CCUS takes every one of the worlds."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from ccus_harness.instruments import scope, scope_sets
from ccus_harness.instruments.world import Viewer, World
from ccus_simulator import cases, worlds
from ccus_simulator.documents import MalformedDocument
from ccus_simulator.registry import read_world

if TYPE_CHECKING:
    from collections.abc import Mapping

CASES = cases.shipped()
NAMES = [case.id for case in CASES]


def document(case: cases.Case) -> dict[str, Any]:
    return worlds.instantiate(case.world, seed=7, number=1000)


def ids(made: Mapping[str, Any]) -> dict[str, str]:
    sections = ("businesses", "technicians", "accounts")
    return {member["label"]: member["id"] for section in sections for member in made[section]}


def viewer(world: World, known: Mapping[str, str], name: str) -> Viewer:
    account, _, acting_for = name.partition("@")
    who = known.get(account, account)
    return world.acting(who, known[acting_for]) if acting_for else world.viewer(who)


def test_every_tricky_case_stands_in_the_file_once() -> None:
    assert [f"T{number:02d}" for number in range(1, 53)] == NAMES


@pytest.mark.parametrize("oracle", [scope, scope_sets], ids=["walk", "sets"])
@pytest.mark.parametrize("named", CASES, ids=NAMES)
def test_each_case_is_decided_as_expected(named: cases.Case, oracle: Any) -> None:
    made = document(named)
    world, known = World.of(made), ids(made)
    for expected in named.expectations:
        at = datetime.fromisoformat(expected.at)
        for (who, technician), relation in expected.sees.items():
            decision = oracle.may_view(
                world, viewer(world, known, who), known[technician], at, expected.readings
            )
            found = decision.relation if decision.allowed else "-"
            assert found == relation, f"{named.id} {named.en}: {who} {technician} at {expected.at}"


@pytest.mark.parametrize("named", CASES, ids=NAMES)
def test_the_oracles_agree_on_every_cell_of_the_case(named: cases.Case) -> None:
    world = World.of(document(named))
    for expected in named.expectations:
        at = datetime.fromisoformat(expected.at)
        assert scope.matrix(world, at, expected.readings) == scope_sets.matrix(world, at, expected.readings)


@pytest.mark.parametrize("named", CASES, ids=NAMES)
def test_ccus_takes_the_world_of_the_case(named: cases.Case) -> None:
    assert read_world(document(named)).name == "w0001000"


def test_every_case_has_somebody_who_may_not_see_or_says_why_not() -> None:
    for case in CASES:
        relations = {relation for one in case.expectations for relation in one.sees.values()}
        assert "-" in relations or case.beside or len(relations) > 2, case.id
        assert relations - {"-"}, case.id


def test_all_faults_of_a_file_of_cases_are_told_at_once() -> None:
    text = """
common: {now: 2026-04-13T09:00:00+09:00, contract: {signed_on: 2026-04-01, ends_on: 2027-03-31}}
cases:
  T01:
    ja: 一
    en: one
    businesses: {P1: {}}
    technicians: {T1: {main: F9}}
    sites: {S1: {prime: P1, chains: [P1 > F8]}}
    decisions: [{sees: {P1 T1: prime}}]
  T02:
    ja: 二
    en: two
    businesses: {P1: {}}
    technicians: {T1: {main: P1}}
    sites: {}
    decisions: [{sees: {Q1 T1: "-", P1 T2: prime}}]
"""
    with pytest.raises(MalformedDocument) as told:
        cases.read(text)
    assert [fault.path for fault in told.value.faults] == [
        "$.cases.T01.technicians.T1.main",
        "$.cases.T01.sites.S1.chains[0]",
        "$.cases.T02.decisions[0].sees.Q1 T1",
        "$.cases.T02.decisions[0].sees.P1 T2",
    ]
    with pytest.raises(MalformedDocument, match="使えません"):
        cases.read(text.replace('"-"', "maybe"))
