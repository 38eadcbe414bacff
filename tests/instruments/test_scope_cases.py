"""The tricky cases of the scope rule, each answered by both oracles."""

from __future__ import annotations

from typing import Any

import pytest

from ccus_harness.instruments import scope, scope_sets
from ccus_harness.instruments.scope_terms import OPTIONS, REASONS, UnknownReading
from ccus_harness.instruments.world import Standing, Viewer, World, WorldUnreadable


@pytest.mark.parametrize("oracle", [scope, scope_sets], ids=["walk", "sets"])
def test_each_named_case_has_its_answer(case: Any, oracle: Any, at_day: Any) -> None:
    world = case.sketch.world()
    for cell, relation in case.sees.items():
        viewer, technician = cell.split()
        decision = oracle.may_view(world, viewer, technician, at_day(case.at), case.readings)
        assert (decision.relation if decision.allowed else "-") == relation, cell


def test_every_reason_is_explained(cases: Any, at_day: Any) -> None:
    for case in cases:
        for decision in scope.matrix(case.sketch.world(), at_day(case.at), case.readings).values():
            assert decision.reason in REASONS


def test_an_account_of_two_firms_sees_what_the_acting_firm_sees(cases: Any, at_day: Any) -> None:
    world = next(case for case in cases if case.name.startswith("T33")).sketch.world()
    as_f2, as_f5 = world.acting("u", "F2"), world.acting("u", "F5")
    assert scope.may_view(world, as_f2, "T2", at_day(10)).relation == "affiliated"
    assert not scope.may_view(world, as_f5, "T2", at_day(10)).allowed
    assert world.acting("u", "F1").standing is Standing.NOBODY


def test_an_allowed_view_names_site_and_entry_it_rests_on(cases: Any, at_day: Any) -> None:
    world = next(case for case in cases if case.name.startswith("T16")).sketch.world()
    decision = scope.may_view(world, "F8", "T2", at_day(10))
    assert (decision.site, decision.entry) == ("S2", "e2")


def test_outsiders_never_see_anybody(cases: Any, at_day: Any) -> None:
    for case in cases:
        world = case.sketch.world()
        for standing in (Standing.CLIENT, Standing.STAFF, Standing.GUEST, Standing.NOBODY):
            who = Viewer(standing=standing, id=world.businesses[0].id)
            assert not scope.may_view(world, who, world.technicians[0].id, at_day(case.at)).allowed


def test_an_unknown_option_is_refused_with_the_known_ones(cases: Any, at_day: Any) -> None:
    with pytest.raises(UnknownReading, match="all_ancestors, direct_parent"):
        scope.matrix(cases[0].sketch.world(), at_day(1), {"scope.upper": "sideways"})
    with pytest.raises(UnknownReading, match="no scope reading"):
        scope.matrix(cases[0].sketch.world(), at_day(1), {"scope.sideways": "yes"})


def test_readings_of_other_subjects_are_left_alone(cases: Any, at_day: Any) -> None:
    world = cases[0].sketch.world()
    others = {"term.instant": "24:00", "scope.vendor_staff": "break_glass"}
    assert scope.matrix(world, at_day(10), others) == scope.matrix(world, at_day(10))


def test_a_contested_cell_names_the_readings_it_hangs_on(cases: Any, at_day: Any) -> None:
    world = next(case for case in cases if case.name.startswith("T26 approved")).sketch.world()
    cells = scope.contested(world, at_day(10))
    assert cells["F1", "T2"] == {"scope.chain_time"}
    assert ("P1", "T2") not in cells
    agreed = {**OPTIONS, "scope.chain_time": ("at_entry",)}
    assert ("F1", "T2") not in scope.contested(world, at_day(10), agreed)


def test_an_unreadable_world_shows_all_its_faults(cases: Any) -> None:
    document = cases[0].sketch.document()
    document["now"] = "2026-04-13T09:00:00"
    document["entries"][0]["at"] = "yesterday"
    document["sites"][0]["links"] = "none"
    document["accounts"] = [7]
    with pytest.raises(WorldUnreadable) as raised:
        World.of(document)
    paths = [fault.path for fault in raised.value.faults]
    assert paths == ["/now", "/sites/0/links", "/entries/0/at", "/accounts/0"]
    assert "must carry an offset" in str(raised.value)
