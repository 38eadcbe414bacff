"""A bound says of a cell what every single choice of readings says of it."""

from __future__ import annotations

from itertools import product
from typing import Any

from ccus_harness.instruments.scope import may_view
from ccus_harness.instruments.scope_bounds import NARROWEST, SIDEWAYS, WIDEST, bound
from ccus_harness.instruments.scope_terms import OPTIONS


def test_every_reading_is_either_widening_or_sideways() -> None:
    assert {*WIDEST, *SIDEWAYS} == set(OPTIONS)
    assert all(NARROWEST[name] != WIDEST[name] for name in WIDEST)


def test_a_bound_is_what_all_choices_agree_on(case: Any, at_day: Any) -> None:
    world, at = case.sketch.world(), at_day(case.at)
    choices = [dict(zip(OPTIONS, options, strict=True)) for options in product(*OPTIONS.values())]
    for cell in case.sees:
        viewer, technician = cell.split()
        who = world.viewer(viewer)
        said = {may_view(world, who, technician, at, choice).allowed for choice in choices}
        expected = "contested" if len(said) == 2 else ("allowed" if said == {True} else "denied")
        assert bound(world, who, technician, at) == expected, cell


def test_a_fixed_reading_leaves_the_others_open(cases: Any, at_day: Any) -> None:
    case = next(one for one in cases if one.name.startswith("T24 an unregistered"))
    world, at = case.sketch.world(), at_day(case.at)
    cell = (world.viewer("F0"), "T2", at)
    assert bound(world, *cell) == "contested"
    assert bound(world, *cell, {"scope.gap_tier": "deny_above_gap"}) == "denied"
    assert bound(world, *cell, {"scope.gap_tier": "bridge"}) == "allowed"
