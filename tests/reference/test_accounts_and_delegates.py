"""Who asks may change: accounts end, firms let others act for them, and every road out is written down."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Bench, NewWorld

NOON = "2026-04-13T12:00:00+09:00"


def for_another_firm(bench: Bench, user: str, firm: str, technician: str) -> str:
    return bench.request(user, technician, acting_for=bench.id(firm)).outcome


@pytest.mark.parametrize("change", ["stop", "leave"])
def test_an_account_that_ended_neither_asks_nor_looks(standard: Bench, change: str) -> None:
    standard.request("u_f2", "T1")
    assert standard.do("account", account=standard.user("u_f2b")["id"], change=change).outcome == "done"
    before = len(standard.fund.ledger("request.accepted"))
    assert standard.request("u_f2b", "T8").outcome == "refused"
    assert standard.view("u_f2b", "record", "T1").outcome == "refused"
    assert standard.view("u_f2", "record", "T1").outcome == "done"
    assert len(standard.fund.ledger("request.accepted")) == before


def test_an_account_that_comes_back_asks_again(standard: Bench) -> None:
    account = standard.user("u_f2b")
    standard.do("account", account=account["id"], change="stop")
    standard.do("account", account=account["id"], change="create", businesses=account["businesses"])
    assert standard.request("u_f2b", "T1").outcome == "done"


def test_an_account_that_is_not_there_cannot_end(standard: Bench) -> None:
    assert standard.do("account", account="u_nobody", change="stop").outcome == "refused"


def test_nobody_asks_for_another_firm_without_its_recorded_wish(standard: Bench) -> None:
    assert for_another_firm(standard, "u_p1", "F2", "T1") == "refused"
    assert standard.fund.ledger("request.accepted") == standard.fund.ledger("request.refused") == []


def test_a_recorded_delegate_asks_until_the_delegation_ends(standard: Bench) -> None:
    delegate, firm = standard.user("u_p1")["id"], standard.id("F2")
    change = {"change": "delegation.began", "id": "D-1", "principal": firm, "delegate": delegate}
    standard.fund.call("POST", "/registry", change)
    told = {"business": firm, "account": delegate, "from": standard.document["now"], "to": NOON}
    assert standard.do("delegate", **told).detail == {"delegation": "d1"}

    assert for_another_firm(standard, "u_p1", "F2", "T1") == "done"
    assert for_another_firm(standard, "u_p2", "F2", "T1") == "refused"
    accepted = standard.fund.ledger("request.accepted")
    assert [(entry["user"], entry["acting_for"]) for entry in accepted] == [(delegate, firm)]
    assert standard.held("T1")

    standard.do("advance", to=NOON)
    assert for_another_firm(standard, "u_p1", "F2", "T2") == "refused"


def test_the_lawful_system_sends_to_ccus_and_to_nobody_else(standard: Bench) -> None:
    assert standard.do("egress").detail == {"hosts": []}
    standard.request("u_f2", "T1")
    standard.export("u_f2")
    assert [place["host"] for place in standard.do("egress").detail["hosts"]] == ["127.0.0.1"]


def test_a_world_that_was_reset_is_gone_with_its_files(new_world: NewWorld) -> None:
    bench = new_world("tiny")
    bench.request("u_f1", "T1")
    folder = bench.stores()["database"].parent
    assert bench.do("reset").outcome == "done"
    assert not folder.exists()
    assert bench.view("u_f1", "record", "T1").outcome == "refused"
    assert bench.do("reset").outcome == "refused"
