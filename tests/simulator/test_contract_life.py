"""Claims about the term: nothing before the signing, nothing after the end, for every cause and to the second."""

import pytest

from ccus_simulator import contract_life
from ccus_simulator.contract_life import CAUSES, STEPS, NoSuchStep

from .conftest import Bench

INSTANTS = [("24:00", "2027-04-01T00:00:00+09:00"), ("00:00", "2027-03-31T00:00:00+09:00")]


def at_instant(bench: Bench, instant: str, *, seconds: int = 0) -> None:
    term = {"id": "K", "nintei_contract_id": "N", "signed_on": "2026-04-01", "ends_on": "2027-03-31"}
    bench.create(contract=term | {"instant": instant}, processing_seconds=seconds)


@pytest.mark.parametrize(("instant", "end"), INSTANTS)
def test_the_term_ends_at_its_instant_and_not_a_second_sooner(bench: Bench, instant: str, end: str) -> None:
    at_instant(bench, instant)
    assert bench.wire("GET", "/v1/contract").body["ends_at"] == end
    day_before = "2027-03-31" if instant == "24:00" else "2027-03-30"
    bench.clock(f"{day_before}T23:59:59+09:00")
    assert bench.request().body["status"] == "ready"
    assert bench.collect().status == 200
    bench.request()
    assert bench.clock(end).body["fired"][0]["timer"] == "contract.ended"
    assert bench.collect().body["error"]["code"] == "contract.ended"
    assert bench.request().body["error"]["code"] == "contract.ended"
    bench.clock(end.replace("00:00:00", "00:00:01"))
    assert bench.request().body["error"]["code"] == "contract.ended"


@pytest.mark.parametrize("cause", CAUSES)
def test_an_early_end_stops_everything_whatever_its_cause(standard: Bench, cause: str) -> None:
    standard.request()
    ended = standard.admin("POST", "/worlds/w0001000/contract", {"event": "end", "cause": cause})
    assert ended.body["state"] == "disposing"
    assert standard.collect().status == 403
    assert standard.wire("GET", "/v1/requests/r1").status == 403
    assert standard.request().body["error"]["code"] == "contract.ended"
    assert standard.ledger()[-1]["body"]["refusal"]["obligation"] == "A5-02"
    assert standard.wire("GET", "/v1/contract").body["state"] == "disposing"
    assert standard.token("w0001000")


def test_an_end_announced_for_a_coming_moment_comes_then(standard: Bench) -> None:
    end = "2026-05-01T12:00:00+09:00"
    body = {"event": "end", "cause": "解除", "at": end}
    assert standard.admin("POST", "/worlds/w0001000/contract", body).body["state"] == "in_force"
    assert standard.wire("GET", "/v1/contract").body["ends_at"] == end
    standard.clock("2026-05-01T11:59:59+09:00")
    assert standard.request().status == 201
    standard.clock(end)
    assert standard.request().status == 403
    assert (
        next(e for e in reversed(standard.ledger()) if e["kind"] == "contract.event")["body"]["cause"]
        == "解除"
    )


def test_nothing_is_provided_before_the_day_of_signing(bench: Bench) -> None:
    bench.create(now="2026-03-31T23:59:59+09:00")
    assert bench.request().body["error"]["code"] == "contract.not_started"
    assert bench.clock("2026-04-01T00:00:00+09:00").body["fired"][0]["timer"] == "contract.signed"
    assert bench.request().status == 201


def test_requests_in_flight_at_the_end_are_dropped(bench: Bench) -> None:
    at_instant(bench, "24:00", seconds=60)
    bench.clock("2027-03-31T23:59:00+09:00")
    assert bench.request().body["status"] == "processing"
    fired = bench.clock("2027-04-01T00:10:00+09:00").body["fired"]
    assert [timer["timer"] for timer in fired] == ["contract.ended"]
    assert "provision.ready" not in bench.kinds()


def test_ccus_that_forgets_the_end_goes_on_until_the_fault_is_taken_away(standard: Bench) -> None:
    standard.admin("PUT", "/worlds/w0001000/faults/answers_after_end", {})
    standard.clock("2027-04-01T00:00:00+09:00")
    assert standard.wire("GET", "/v1/contract").body["state"] == "disposing"
    assert standard.request().body["status"] == "ready"
    assert standard.collect().status == 200
    standard.admin("DELETE", "/worlds/w0001000/faults/answers_after_end")
    assert standard.request().status == 403


def test_processing_takes_the_worlds_own_time(bench: Bench) -> None:
    bench.create(processing_seconds=3600)
    answer = bench.request().body
    assert (answer["status"], answer["ready_at"]) == ("processing", "2026-04-13T10:00:00+09:00")
    early = bench.collect()
    assert (early.status, early.body["error"]["ready_at"]) == (425, answer["ready_at"])
    bench.clock("2026-04-13T09:59:59+09:00")
    assert bench.collect().status == 425
    bench.clock("2026-04-13T10:00:00+09:00")
    assert bench.wire("GET", "/v1/requests/r1").body["status"] == "ready"
    assert bench.collect().status == 200


def test_who_leaves_while_ccus_is_processing_is_not_provided(bench: Bench) -> None:
    bench.create(processing_seconds=3600, leaving={"T1": "2026-04-13T09:30:00+09:00"})
    bench.request(technicians=["T1", "T2"])
    bench.clock("2026-04-13T10:00:00+09:00")
    subjects = bench.wire("GET", "/v1/requests/r1").body["subjects"]
    assert [subject["status"] for subject in subjects] == ["refused", "provided"]
    assert [record["id"] for record in bench.collect().body["provisions"]] == [bench.id("T2")]


def test_timers_fire_in_the_order_of_time(bench: Bench) -> None:
    bench.create(processing_seconds=60)
    bench.request()
    bench.clock("2026-04-13T09:00:30+09:00")
    bench.request(technicians=["T2"])
    fired = bench.clock("2027-05-01T00:00:00+09:00").body["fired"]
    assert [timer["request_id"] or timer["timer"] for timer in fired] == ["r1", "r2", "contract.ended"]


def test_the_clock_never_goes_back(standard: Bench) -> None:
    assert standard.clock("2026-04-13T08:59:59+09:00").status == 422
    assert standard.clock("2026-04-13T09:00:00+09:00").status == 200
    assert standard.clock("2026-02-30T09:00:00+09:00").status == 400


def test_a_step_that_the_table_does_not_know_is_refused(standard: Bench) -> None:
    refused = standard.admin("POST", "/worlds/w0001000/contract", {"event": "lapse"})
    assert (refused.status, refused.body["error"]["state"]) == (409, "in_force")
    with pytest.raises(NoSuchStep, match="possible here: end"):
        contract_life.after("in_force", "certify")


def test_the_diagram_shows_every_step_of_the_table() -> None:
    assert len(contract_life.diagram().splitlines()) == len(STEPS)
