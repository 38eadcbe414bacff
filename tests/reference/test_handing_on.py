"""What a user hands on, carries away or gets on another channel is what an own look would give, and no more."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from ccus_reference.behaviour import Behaviour

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Bench

LATER = "2026-04-13T10:00:00+09:00"


def name_of(bench: Bench, label: str) -> str:
    return next(row["値"] for row in bench.held(label) if row["項目"] == "氏名")


@pytest.mark.parametrize("form", ["link", "mail", "file"])
def test_a_shared_record_opens_only_for_those_who_may_see_it_anyway(standard: Bench, form: str) -> None:
    standard.request("u_f2", "T1")
    shared = standard.share("u_f2", "T1", form)
    handle = shared.detail["handle"]
    opened = {user: standard.fetch(handle, user).outcome for user in ("u_p1", "u_f2b", "u_f4", "u_t1")}
    assert opened == {"u_p1": "done", "u_f2b": "done", "u_f4": "refused", "u_t1": "done"}
    assert standard.fetch(handle, None).outcome == "refused"
    assert all(name_of(standard, "T1").encode() not in shared.body for _ in shared.artefacts)


def test_nothing_is_shared_with_an_address_outside_or_by_somebody_who_may_not_look(standard: Bench) -> None:
    standard.request("u_f2", "T1")
    assert standard.share("u_f2", "T1", "mail", to="somebody@elsewhere.example").outcome == "refused"
    assert standard.share("u_f4", "T1", "link").outcome == "refused"
    assert standard.share("u_f2", "T8", "link").outcome == "refused"


def test_a_share_closes_with_the_right_of_whoever_opens_it(standard: Bench) -> None:
    standard.request("u_f2", "T8")
    handle = standard.share("u_f2", "T8", "file").detail["handle"]
    assert standard.fetch(handle, "u_f2b").outcome == "done"
    ended = {"technician": "T8", "business": "F2", "kind": "main"}
    standard.happens("relate", change="end", affiliation=ended)
    assert standard.fetch(handle, "u_f2b").outcome == "refused"


def test_a_forbidden_share_and_an_unknown_one_look_alike(standard: Bench) -> None:
    standard.request("u_f2", "T1")
    handle = standard.share("u_f2", "T1", "link").detail["handle"]
    assert standard.fetch(handle, "u_f4") == standard.fetch("s-unknown", "u_f4")


def test_a_device_gets_what_its_user_may_see_and_keeps_nothing(standard: Bench) -> None:
    standard.request("u_f2", "T1")
    name = name_of(standard, "T1")
    assert name in standard.device("u_p1", "sync").text
    assert name not in standard.device("u_f4", "sync").text
    assert standard.device("u_p1", "show").outcome == "refused"
    assert list(standard.stores()["devices"].iterdir()) == []


def test_a_leased_copy_lasts_as_long_as_its_lease_and_goes_at_the_end(
    with_conduct: Callable[..., Bench],
) -> None:
    bench = with_conduct(Behaviour(device_lease=timedelta(minutes=5)))
    bench.request("u_f2", "T1")
    bench.device("u_p1", "sync")
    assert name_of(bench, "T1") in bench.device("u_p1", "show").text
    bench.do("advance", to=LATER)
    assert bench.device("u_p1", "show").outcome == "refused"
    bench.device("u_p1", "sync")
    bench.end()
    assert list(bench.stores()["devices"].iterdir()) == []


@pytest.mark.parametrize("channel", ["print", "api"])
def test_another_channel_shows_the_same_record_to_the_same_people(standard: Bench, channel: str) -> None:
    standard.request("u_f2", "T1")
    assert name_of(standard, "T1") in standard.view("u_p1", "record", "T1", channel=channel).text
    assert standard.view("u_f4", "record", "T1", channel=channel).outcome == "refused"
