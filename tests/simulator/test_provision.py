"""Claims about 第1条, 第2条1, 第5条 and 第6条: who gets what, and that each refusal has a lawful neighbour."""

from typing import Any

import pytest

from ccus_simulator import population
from ccus_simulator.annex1 import KEYS
from ccus_simulator.refusals import CATALOGUE

from .conftest import CLIENT, Bench


def codes(answer: dict[str, Any]) -> list[str | None]:
    return [subject["reason"]["code"] if subject["reason"] else None for subject in answer["subjects"]]


DOOR = [
    ("user.unknown", {"user": {"account": "no-such", "credential": "x"}}),
    ("user.credential_wrong", {"user": {"account": "u_f2-0001000", "credential": "secret:u_f1"}}),
    ("capacity.not_held", {"acting_for": "98000100000004"}),
    ("capacity.not_held", {"acting_for": None}),
    ("capacity.not_held", {"capacity": "technician", "acting_for": None}),
    ("capacity.not_held", {"user": {"account": "u_c1-0001000", "credential": "secret:u_c1"}}),
    ("capacity.not_held", {"user": {"account": "u_staff-0001000", "credential": "secret:u_staff"}}),
    ("purpose.not_listed", {"purpose": "marketing"}),
]


@pytest.mark.parametrize(("code", "change"), DOOR)
def test_a_request_that_is_not_a_users_own_is_stopped_at_the_door(
    standard: Bench, code: str, change: dict[str, Any]
) -> None:
    lawful = standard.ask()
    refused = standard.wire("POST", "/v1/requests", lawful | change)
    assert (refused.status, refused.body["error"]["code"]) == (CATALOGUE[code].status, code)
    assert standard.ledger()[-1]["kind"] == "request.refused"
    assert standard.ledger()[-1]["body"]["refusal"]["obligation"] == CATALOGUE[code].obligation
    assert standard.collect(lawful["request_id"]).status == 404
    assert standard.wire("POST", "/v1/requests", lawful).body["status"] == "ready"
    assert standard.collect(lawful["request_id"]).status == 200


SUBJECTS = [
    ("subject.not_yours", {"user": "u_f2", "acting_for": "F2", "technicians": ["T3"]}, ["T1"]),
    ("subject.not_yours", {"user": "u_p1", "acting_for": "P1", "technicians": ["T1"]}, ["T10"]),
    ("subject.own_record_only", {"user": "u_t1", "acting_for": None, "technicians": ["T2"]}, ["T1"]),
]


@pytest.mark.parametrize(("code", "options", "lawful"), SUBJECTS)
def test_a_refused_subject_leaves_no_provision(
    standard: Bench, code: str, options: dict[str, Any], lawful: list[str]
) -> None:
    refused = standard.request(**options).body
    assert (refused["status"], refused["refusal"]["code"], codes(refused)) == ("refused", code, [code])
    assert standard.collect().body["error"]["code"] == "request.refused"
    assert standard.ledger()[-2]["body"]["subjects"][0]["obligation"] == CATALOGUE[code].obligation
    assert "provision.ready" not in standard.kinds()
    assert codes(standard.request(**options | {"technicians": lawful}).body) == [None]
    assert len(standard.collect().body["provisions"]) == 1


def test_another_firms_information_is_refused_beside_the_own(standard: Bench) -> None:
    ask = standard.ask(technicians=[])
    ask["subjects"] = {"own_business": True, "businesses": [standard.id("F1")]}
    answer = standard.wire("POST", "/v1/requests", ask).body
    assert codes(answer) == [None, "business.own_only"]
    assert [record["id"] for record in standard.collect().body["provisions"]] == [standard.id("F2")]


def test_a_technician_gets_no_business_information(standard: Bench) -> None:
    answer = standard.request("u_t1", None, ["T1"], own_business=True).body
    assert codes(answer) == [None, "subject.own_record_only"]
    assert {record["record_type"] for record in standard.collect().body["provisions"]} == {"technician"}


def test_a_sole_contractor_gets_by_capacity(standard: Bench) -> None:
    standard.request("u_f7", "F7", "all", own_business=True)
    assert {r["record_type"] for r in standard.collect().body["provisions"]} == {"technician", "business"}
    standard.request("u_t7", None, "all")
    assert [r["id"] for r in standard.collect().body["provisions"]] == [standard.id("T7")]


def test_all_means_the_affiliated_main_and_sub_and_nobody_else(standard: Bench) -> None:
    answer = standard.request(technicians="all").body
    assert [s["id"] for s in answer["subjects"]] == [standard.id(label) for label in ("T1", "T2", "T8", "T9")]


def test_a_former_employee_is_refused_from_the_moment_of_leaving(bench: Bench) -> None:
    bench.create(leaving={"T1": "2026-04-13T09:00:01+09:00"})
    assert codes(bench.request(technicians=["T1", "T2"]).body) == [None, None]
    bench.clock("2026-04-13T09:00:01+09:00")
    assert codes(bench.request(technicians=["T1", "T2"]).body) == ["subject.not_yours", None]


def test_absent_and_foreign_subjects_get_the_same_answer(standard: Bench) -> None:
    foreign = standard.request(technicians=["T6"]).body
    absent = standard.request(technicians=["99000100000099"]).body
    malformed = standard.request(technicians=["no-id"]).body
    same = [
        [str(answer).replace(answer["subjects"][0]["id"], "ID").replace(answer["request_id"], "R")]
        for answer in (foreign, absent, malformed)
    ]
    assert same[0] == same[1] == same[2]


def test_what_is_provided_is_the_record_of_the_population(standard: Bench) -> None:
    standard.request(technicians=["T9"], user="u_f1", acting_for="F1", own_business=True)
    technician, business = standard.collect().body["provisions"]
    firms = [(standard.id("F1"), "main"), (standard.id("F2"), "sub")]
    assert technician["items"] == population.technician(7, standard.id("T9"), firms)
    assert business["items"] == population.business(7, standard.id("F1"))
    assert set(technician["items"]) == KEYS["technician"]
    assert set(business["items"]) == KEYS["business"]


def test_one_request_brings_one_provision(standard: Bench) -> None:
    standard.request()
    assert standard.collect().status == 200
    assert standard.collect().body["error"]["code"] == "request.collected"
    assert standard.kinds().count("provision.collected") == 1


def test_a_replayed_request_id_gives_the_same_answer_and_nothing_new(standard: Bench) -> None:
    ask = standard.ask()
    first = standard.wire("POST", "/v1/requests", ask)
    standard.collect()
    written = len(standard.ledger())
    again = standard.wire("POST", "/v1/requests", ask)
    assert (again.status, again.body) == (first.status, first.body)
    assert len(standard.ledger()) == written
    assert standard.collect().status == 410


def test_a_request_id_used_for_another_request_is_refused(standard: Bench) -> None:
    ask = standard.ask()
    standard.wire("POST", "/v1/requests", ask)
    other = standard.wire("POST", "/v1/requests", ask | {"purpose": "work_history"})
    assert (other.status, other.body["error"]["code"]) == (409, "request.id_reused")


def test_a_request_for_nothing_is_no_request(standard: Bench) -> None:
    assert standard.request(technicians=[]).status == 400
    assert standard.request(technicians=[], own_business=True).status == 201


def test_an_unknown_request_has_no_provision(standard: Bench) -> None:
    standard.request()
    assert standard.collect("never").body["error"]["code"] == "request.unknown"
    assert standard.wire("GET", "/v1/requests/never").status == 404
    assert standard.wire("GET", "/v1/requests/r1").body["status"] == "ready"


def test_only_the_registered_client_gets_a_token(standard: Bench) -> None:
    for secret, client in (("wrong", CLIENT["id"]), (CLIENT["secret"], "other"), ("", "")):
        refused = standard.token_plan("w0001000", secret, client)
        assert (refused.status, refused.body["error"]["code"]) == (401, "client.unknown")
    assert standard.token_plan("w-none", CLIENT["secret"], CLIENT["id"]).status == 401
    assert standard.token("w0001000")


def test_a_token_opens_only_its_own_world(standard: Bench) -> None:
    standard.create(number=1001)
    standard.tokens["w0001000"], own = standard.tokens["w0001001"], standard.tokens["w0001000"]
    foreign = standard.wire("GET", "/v1/contract")
    assert foreign.body["error"]["code"] == "client.token_invalid"
    standard.tokens["w0001000"] = own
    assert standard.wire("GET", "/v1/contract").status == 200
    assert standard.ledger()[-1]["kind"] == "call.refused"


def test_a_forged_token_is_refused(standard: Bench) -> None:
    good = standard.tokens["w0001000"]
    for forged in (
        "",
        "x",
        f"{good[:-1]}{'0' if good[-1] != '0' else '1'}",
        good.replace(".1.", ".2."),
        "w0001000.1.é",
    ):
        standard.tokens["w0001000"] = forged
        assert standard.wire("GET", "/v1/contract").status == 401


def test_every_provision_stands_on_one_accepted_request(standard: Bench) -> None:
    for technicians in (["T1"], ["T3"], "all"):
        standard.request(technicians=technicians)
        standard.collect()
    ledger = standard.ledger()
    accepted = [e["body"]["request_id"] for e in ledger if e["kind"] == "request.accepted"]
    collected = {e["body"]["request_id"] for e in ledger if e["kind"] == "provision.collected"}
    assert collected == set(accepted)
    assert len(accepted) == len(set(accepted))


def test_the_extra_fields_fault_adds_only_forbidden_items_and_only_while_it_is_set(standard: Bench) -> None:
    standard.admin("PUT", "/worlds/w0001000/faults/extra_fields", {})
    standard.request(own_business=True)
    technician, business = standard.collect().body["provisions"]
    assert set(technician["items"]) - KEYS["technician"] == set(population.EXTRA_KEYS)
    assert set(business["items"]) - KEYS["business"] <= set(population.EXTRA_KEYS)
    assert "x_email" in standard.ledger()[-1]["body"]["items"]
    standard.admin("DELETE", "/worlds/w0001000/faults/extra_fields")
    standard.request()
    assert set(standard.collect().body["provisions"][0]["items"]) == KEYS["technician"]
