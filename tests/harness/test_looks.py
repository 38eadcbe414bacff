"""Looks are judged by what every open reading agrees on, and a refusal counts only beside something seen."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from ccus_harness import changes
from ccus_harness.instruments.world import World
from ccus_harness.looks import Look, judged, pick
from ccus_harness.verdicts import Word
from ccus_simulator import worlds

NOW = "2026-04-13T09:00:00+09:00"
LATER = datetime.fromisoformat("2026-04-13T10:00:00+09:00")


def document(name: str = "standard") -> dict[str, Any]:
    return worlds.instantiate(worlds.shipped(name), seed=7, number=4000)


def ids(world: dict[str, Any]) -> dict[str, str]:
    kinds = ("businesses", "technicians", "sites", "accounts")
    return {row["label"]: row["id"] for kind in kinds for row in world[kind]}


def look(world: dict[str, Any], user: str, label: str, *, shown: bool, **more: Any) -> Look:
    read, known = World.of(world), ids(world)
    account = next(one for one in world["accounts"] if one["label"] == user)
    firm = next(iter(account["businesses"]), None) if account["role"] == "member" else None
    return Look(
        user=user,
        label=label,
        subject=known[label],
        viewer=read.acting(known[user], firm),
        world=read,
        at=LATER,
        shown=shown,
        **more,
    )


def test_what_every_reading_forbids_is_violated_when_it_is_shown() -> None:
    world = document()
    looks = [look(world, "u_f2", "T1", shown=True), look(world, "u_f4", "T1", shown=True)]
    finding = judged("scope.stranger", looks, (), {})
    assert (finding.word, finding.code) == (Word.violated, "scope.stranger")


def test_what_some_reading_allows_is_no_violation() -> None:
    world = document()
    looks = [
        look(world, "u_f1", "T3", shown=True),
        look(world, "u_f1", "T1", shown=True),
        look(world, "u_f4", "T1", shown=False),
    ]
    assert looks[0].bound() == "contested"
    assert judged("scope.not_upper", looks, (), {}).word is Word.satisfied
    strict = {"scope.upper": "direct_parent"}
    assert judged("scope.not_upper", looks, (), strict).word is Word.violated


@pytest.mark.parametrize("shown", [(False, False), (True, None)])
def test_neither_silence_nor_a_missing_refusal_satisfies(shown: tuple[bool, bool | None]) -> None:
    world = document()
    looks = [look(world, "u_f2", "T1", shown=shown[0])]
    if shown[1] is not None:
        looks.append(look(world, "u_f4", "T1", shown=shown[1]))
    assert judged("scope.stranger", looks, (), {}).code == "untested.no_control"


def test_a_look_elsewhere_may_be_the_control() -> None:
    world = document()
    refused, control = look(world, "u_f4", "T1", shown=False), look(world, "u_p1", "T1", shown=True)
    assert judged("scope.stranger", [refused], [control], {}).word is Word.satisfied


def test_a_look_is_named_with_firm_and_channel_where_they_matter() -> None:
    world = document()
    assert str(look(world, "u_f4", "T1", shown=False)) == "u_f4→T1"
    named = look(world, "u_f4", "T1", shown=False, acting="F4", channel="export")
    assert str(named) == "u_f4[F4]→T1 (export)"
    assert pick([named], "u_f1、u_f4", "T1") == [named]
    assert pick([named], "u_f1", "T1") == []


def test_the_end_of_an_affiliation_denies_the_former_employer() -> None:
    before = document()
    known = ids(before)
    after = changes.affiliation_ended(before, known["T8"], known["F2"], NOW)
    assert look(before, "u_f2", "T8", shown=True).bound({"scope.employer_needs_entry": "no"}) != "denied"
    assert look(after, "u_f2", "T8", shown=True).bound() == "denied"
    moved = changes.affiliation_begun(after, known["T8"], known["F6"], NOW)
    assert look(moved, "u_f6", "T8", shown=True).bound() != "denied"


def test_a_cancelled_entry_denies_the_prime_contractor() -> None:
    before = document()
    known = ids(before)
    entry = changes.entry_of(before, known["T4"], known["S1"])
    after = changes.entry_cancelled(before, entry, NOW)
    assert look(before, "u_p1", "T4", shown=True).bound() == "allowed"
    assert look(after, "u_p1", "T4", shown=True).bound() == "denied"


def test_a_change_of_the_tree_hangs_on_when_the_chain_is_taken() -> None:
    before = document()
    known = ids(before)
    ended = changes.link_ended(before, known["S1"], known["F2"], known["F1"], NOW)
    after = changes.link_begun(ended, known["S1"], known["F2"], known["F6"], NOW)
    at_entry = {"scope.chain_time": "at_entry"}
    assert look(before, "u_f6", "T1", shown=True).bound() == "denied"
    assert look(after, "u_f6", "T1", shown=True).bound() == "contested"
    assert look(after, "u_f6", "T1", shown=True).bound(at_entry) == "denied"
    assert look(after, "u_f1", "T1", shown=True).bound(at_entry) == "allowed"


def test_a_change_leaves_the_earlier_document_as_it_was() -> None:
    before = document()
    known = ids(before)
    changes.affiliation_ended(before, known["T8"], known["F2"], NOW)
    changes.link_ended(before, known["S1"], known["F2"], known["F1"], NOW)
    changes.entry_cancelled(before, "e1", NOW)
    assert before == document()
