"""What happens on sites and between firms moves who may look, from that moment on and for good."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from conftest import Bench, System

LATER = "2026-04-13T10:00:00+09:00"
T8_OF_F2 = {"technician": "T8", "business": "F2", "kind": "main"}


def sees(bench: Bench, user: str, label: str) -> bool:
    return bench.view(user, "record", label).outcome == "done"


def test_an_entry_opens_the_record_to_those_above_when_it_happens(standard: Bench) -> None:
    standard.request("u_f2", "T8")
    assert not sees(standard, "u_p1", "T8")

    answer = standard.happens("enter", technician="T8", site="S1", under="F2", at=LATER)

    assert answer.detail == {"entry": f"e{len(standard.document['entries']) + 1}"}
    assert not sees(standard, "u_p1", "T8")
    standard.do("advance", to=LATER)
    assert sees(standard, "u_p1", "T8")
    assert sees(standard, "u_f1", "T8")
    assert not sees(standard, "u_f4", "T8")


def test_a_cancelled_entry_closes_it_again_and_the_earlier_look_stays_on_record(standard: Bench) -> None:
    standard.request("u_f4", "T4")
    assert sees(standard, "u_p1", "T4")
    assert standard.happens("cancel", entry="e4").outcome == "done"
    assert not sees(standard, "u_p1", "T4")
    assert sees(standard, "u_f4", "T4")
    assert "元請" in standard.do("view_log").text


def test_the_end_of_an_affiliation_closes_the_record_to_the_former_employer(standard: Bench) -> None:
    standard.request("u_f2", "T8")
    assert sees(standard, "u_f2", "T8")
    assert standard.happens("relate", change="end", affiliation=T8_OF_F2).outcome == "done"
    assert not sees(standard, "u_f2", "T8")
    standard.happens("relate", change="begin", affiliation={**T8_OF_F2, "business": "F6"})
    assert sees(standard, "u_f6", "T8")


def test_a_link_that_was_only_requested_gives_no_view(standard: Bench) -> None:
    standard.request("u_f2", "T8")
    link = {"site": "S1", "child": "F2", "parent": "F6", "status": "requested"}
    standard.happens("relate", change="begin", link=link)
    standard.happens("enter", technician="T8", site="S1", under="F2")
    assert not sees(standard, "u_f6", "T8")
    standard.happens("relate", change="begin", link={**link, "status": "approved"})
    standard.happens("enter", technician="T8", site="S1", under="F2")
    assert sees(standard, "u_f6", "T8")


def test_a_firm_that_left_the_tree_keeps_those_who_entered_before(standard: Bench) -> None:
    standard.request("u_f2", "T1", "T8")
    link = {"site": "S1", "child": "F2", "parent": "F1", "status": "approved"}
    standard.happens("relate", change="end", link=link)
    standard.happens("enter", technician="T8", site="S1", under="F2")
    assert sees(standard, "u_f1", "T1")
    assert not sees(standard, "u_f1", "T8")


@pytest.mark.parametrize(
    ("op", "parts"),
    [
        ("enter", {"technician": "T1", "site": "S9", "under": "F2"}),
        ("enter", {"technician": "T99", "site": "S1", "under": "F2"}),
        ("cancel", {"entry": "e99"}),
        ("relate", {"change": "end", "affiliation": {**T8_OF_F2, "business": "F6"}}),
        (
            "relate",
            {"change": "end", "link": {"site": "S1", "child": "F6", "parent": "F1", "status": "approved"}},
        ),
    ],
)
def test_what_does_not_fit_is_refused_and_changes_nothing(
    standard: Bench, op: str, parts: dict[str, Any]
) -> None:
    standard.request("u_f2", "T1")
    assert standard.happens(op, **parts).outcome == "refused"
    assert sees(standard, "u_p1", "T1")


def test_a_restarted_system_still_knows_what_happened(
    standard: Bench, start: Callable[[Path], AbstractContextManager[System]], tmp_path: Path
) -> None:
    with start(tmp_path) as system:
        before = standard.beside(system)
        before.request("u_f2", "T8")
        before.happens("relate", change="end", affiliation=T8_OF_F2)
    with start(tmp_path) as system:
        after = standard.beside(system, known=True)
        assert not sees(after, "u_f2", "T8")
        assert after.happens("enter", technician="T8", site="S1", under="F2").outcome == "done"


def test_an_unregistered_middle_tier_breaks_the_chain_and_a_partner_counts_as_prime(tangled: Bench) -> None:
    tangled.request("u_f7", "T7")
    tangled.request("u_f5", "T3")
    assert sees(tangled, "u_p2", "T7")
    assert not sees(tangled, "u_f6", "T7")
    assert sees(tangled, "u_p3", "T3")
