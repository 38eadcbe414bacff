"""The notebook of the scope draws the sites, says who may see whom and why, and shows a system that gets it wrong."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

NOT_HERE = "the extra `notebook` is not installed"
for needed in ("nbclient", "jupytext", "altair", "vl_convert", "great_tables", "nbconvert"):
    pytest.importorskip(needed, reason=NOT_HERE)

from ccus_harness import showing  # noqa: E402 - after the extra is known to be here
from ccus_harness.instruments import scope  # noqa: E402
from ccus_harness.showing import sites  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from tests.notebooks.conftest import Ran

    from ccus_harness.instruments.world import World
    from ccus_harness.reports import Report


@pytest.fixture(scope="module")
def shown(ran: Callable[[str], Ran]) -> Ran:
    return ran("05_scope")


def drawn(picture: showing.Picture) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", picture.svg)


@pytest.mark.slow
def test_the_trees_show_every_site_with_prime_and_dates(shown: Ran) -> None:
    trees, _, _ = shown.pictures()
    assert {"S1　発注者 C1", "P1 元請 prime", "要請中", "取下げ", "04-10〜", "T14 T15(遅)"} <= trees.words


@pytest.mark.slow
def test_the_grid_tells_relations_by_letter_and_counts_them(shown: Ran) -> None:
    _, grid, _ = shown.pictures()
    assert {"所", "元", "上", "・", "読み方で変わる"} <= grid.words


@pytest.mark.slow
def test_every_reading_stands_with_what_it_turns(shown: Ran) -> None:
    plain = shown.table("compared").replace("<wbr>", "")
    assert [reading for reading in sites.OPTIONS if reading not in plain] == []


@pytest.mark.slow
def test_the_system_that_gets_it_wrong_is_shown_with_whom_it_showed(shown: Ran) -> None:
    assert "u_f1" in shown.table("over")
    assert ">A2-2-05<" in shown.table("red")


def test_a_claim_that_the_rule_does_not_bear_stops_the_page() -> None:
    with pytest.raises(showing.OtherDecision, match="F4"):
        showing.why(showing.world(), "F4", "T1", may=True)


def test_the_way_up_from_an_entry_is_that_of_its_site() -> None:
    world = showing.world()
    assert "F2 → F1 → P1" in showing.why(world, "F1", "T1", may=True)._repr_html_()
    assert "F2 → P2" in showing.why(world, "F1", "T2", may=False)._repr_html_()


def test_who_entered_stands_only_where_the_firm_then_stood() -> None:
    words = drawn(showing.trees(showing.world()))
    assert len([word for word in words if word == "P3"]) == 5
    assert len([word for word in words if word.startswith("T14")]) == 1


def test_the_grid_has_one_sign_for_every_pair() -> None:
    world = showing.world()
    words = drawn(showing.who_may(world))
    legend = 4
    signs = [word for word in words if word in ("所", "元", "上", "・")]
    assert len(signs) - legend == len(world.world.businesses) * len(world.world.technicians)


def test_two_ways_that_disagree_are_not_shown_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def permissive(world: World, at: datetime, _readings: object) -> object:
        return {
            cell: scope.Decision(allowed=True, reason="self", relation="self")
            for cell in scope.matrix(world, at)
        }

    monkeypatch.setattr(sites.scope_sets, "matrix", permissive)
    with pytest.raises(showing.Disagreeing):
        showing.two_ways(showing.world())


def test_the_matrix_of_a_run_has_a_cross_for_every_look_against_the_rule(
    recorded: Callable[[str], Report],
) -> None:
    report = recorded("any_prime")
    picture = showing.saw(report)
    assert isinstance(picture, showing.Picture)
    table = showing.seen_against_the_rule(report)
    assert isinstance(table, showing.Table)
    told = set(re.findall(r">(u_p\d)</td>\s*<td[^>]*>(T\d)<", table._repr_html_()))
    assert told == {("u_p1", "T2"), ("u_p2", "T1"), ("u_p2", "T3"), ("u_p2", "T5")}
    legend = 1
    assert drawn(picture).count("×") - legend == len(told)


def test_a_run_that_keeps_the_rule_has_no_cross(recorded: Callable[[str], Report]) -> None:
    report = recorded("reference")
    picture = showing.saw(report)
    assert isinstance(picture, showing.Picture)
    assert drawn(picture).count("×") == 1
    said = showing.seen_against_the_rule(report)
    assert isinstance(said, showing.Both)
    assert "ありません" in said.ja
