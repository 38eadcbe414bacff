"""Claims about the term: nothing before the signing, nothing after the end, for every cause and to the second."""

import json
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from ccus_simulator import contract_life, timers
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


def contract(bench: Bench, **body: Any) -> Any:
    return bench.admin("POST", "/worlds/w0001000/contract", body)


def life(bench: Bench) -> str:
    return bench.wire("GET", "/v1/contract").body["state"]


def claim(bench: Bench, **met: bool) -> Any:
    conditions = [{"ref": ref, "met": yes, "evidence": "x"} for ref, yes in met.items()]
    return bench.wire("POST", "/v1/retention-claims", {"conditions": conditions})


def ended(bench: Bench, reading: str = "all") -> None:
    conditions = [{"ref": ref, "ja": ref} for ref in ("c1", "c2")]
    bench.create(retention_conditions=conditions, readings={"art6.conditions": reading})
    contract(bench, event="end", cause="解除")


def test_a_renewal_moves_the_end_and_the_candidate_is_told(standard: Bench) -> None:
    later = "2028-04-01T00:00:00+09:00"
    assert contract(standard, event="renew", at=later).body == {"state": "in_force", "ends_at": later}
    assert standard.wire("GET", "/v1/contract").body["ends_at"] == later
    standard.clock("2027-04-01T00:00:00+09:00")
    assert standard.request().body["status"] == "ready"
    standard.clock(later)
    assert standard.request().status == 403
    assert contract(standard, event="renew", at="2029-04-01T00:00:00+09:00").status == 409


def test_a_renewal_into_the_past_is_refused(standard: Bench) -> None:
    assert contract(standard, event="renew", at="2026-04-13T09:00:00+09:00").status == 400
    assert contract(standard, event="renew").status == 400


@pytest.mark.parametrize("cause", CAUSES)
def test_where_only_expiry_ends_the_contract_other_causes_are_noted(bench: Bench, cause: str) -> None:
    bench.create(readings={"term.end_causes": "expiry_only"})
    answer = contract(bench, event="end", cause=cause).body
    assert answer["state"] == ("disposing" if cause == "満了" else "in_force")
    assert bench.request().status == (403 if cause == "満了" else 201)
    noted = next(e["body"] for e in reversed(bench.ledger()) if e["kind"] == "contract.event")
    assert noted["cause"] == cause


CLAIMS = [
    ("all", {"c1": True, "c2": True}, "retaining"),
    ("all", {"c1": True, "c2": False}, "disposing"),
    ("all", {"c1": True}, "disposing"),
    ("any", {"c1": True, "c2": False}, "retaining"),
    ("any", {"c1": False, "c2": False}, "disposing"),
    ("any", {"c9": True}, "disposing"),
]


@pytest.mark.parametrize(("reading", "met", "state"), CLAIMS)
def test_a_claim_needs_the_conditions_that_the_reading_demands(
    bench: Bench, reading: str, met: dict[str, bool], state: str
) -> None:
    ended(bench, reading)
    claim(bench, **met)
    assert life(bench) == state


def test_a_condition_that_the_list_does_not_know_is_a_fault(bench: Bench) -> None:
    ended(bench)
    (fault,) = claim(bench, c1=True, c9=True).body["faults"]
    assert fault["path"] == "$.conditions[1].ref"


def test_where_any_condition_is_enough_the_last_loss_ends_retention(bench: Bench) -> None:
    ended(bench, "any")
    claim(bench, c1=True, c2=True)
    assert contract(bench, event="lapse", ref="c1").body["state"] == "retaining"
    assert bench.restarted().admin("POST", "/worlds/w0001000/contract", {"event": "lapse", "ref": "c2"}).body[
        "state"
    ] == ("disposing")


def test_where_all_conditions_are_needed_the_first_loss_ends_retention(bench: Bench) -> None:
    ended(bench)
    claim(bench, c1=True, c2=True)
    assert contract(bench, event="lapse", ref="c1").body["state"] == "disposing"


def test_a_cure_period_ends_retention_unless_the_conditions_are_restored(bench: Bench) -> None:
    ended(bench)
    claim(bench, c1=True, c2=True)
    contract(bench, event="lapse", at="2026-04-20T09:00:00+09:00")
    bench.clock("2026-04-20T08:59:59+09:00")
    assert contract(bench, event="restore").body["state"] == "retaining"
    assert bench.clock("2026-04-21T09:00:00+09:00").body["fired"] == []
    contract(bench, event="lapse", at="2026-04-30T09:00:00+09:00")
    assert bench.clock("2026-05-01T09:00:00+09:00").body["fired"][0]["timer"] == "retention.lapsed"
    assert life(bench) == "disposing"


def test_several_timers_due_at_once_fire_in_their_order(bench: Bench) -> None:
    bench.create(now="2026-03-31T23:59:00+09:00", processing_seconds=60)
    bench.clock("2026-04-01T00:00:00+09:00")
    bench.request()
    bench.request(technicians=["T2"])
    contract(bench, event="end", cause="認定取消", at="2026-04-01T00:01:00+09:00")
    fired = bench.clock("2026-04-01T00:01:00+09:00").body["fired"]
    assert [timer["timer"] for timer in fired] == ["contract.ended"]
    assert bench.kinds().count("provision.ready") == 0
    for number in (1, 2):
        assert bench.collect(f"r{number}").body["error"]["code"] == "contract.ended"


def test_every_step_of_the_table_is_labelled_and_reachable() -> None:
    assert set(contract_life.LABELS) == {step for _, step in STEPS}
    reached = {"unsigned"}
    while more := {to for (state, _), to in STEPS.items() if state in reached} - reached:
        reached |= more
    assert reached == set(contract_life.STATES)


def test_the_page_shows_the_diagram_and_the_words_of_the_table() -> None:
    page = (Path(__file__).parents[2] / "docs" / "contract-life.md").read_text("utf-8")
    assert f"```mermaid\n{contract_life.diagram()}\n```" in page
    for name, (ja, en) in {**contract_life.STATES, **contract_life.LABELS}.items():
        assert f"| `{name}` | {ja} | {en} |" in page
    assert "・".join(CAUSES) in page
    assert re.findall(r"^\d\. `(\S+)`", page, re.MULTILINE) == sorted(
        timers.ORDER, key=timers.ORDER.__getitem__
    )


def test_the_sample_list_of_conditions_fits_the_world_document(bench: Bench) -> None:
    sample = files("ccus_simulator").joinpath("retention_conditions.sample.json").read_text("utf-8")
    bench.create(retention_conditions=json.loads(sample)["retention_conditions"])
    contract(bench, event="end", cause="満了")
    claim(bench, **{"sample-1": True, "sample-2": True})
    assert life(bench) == "retaining"
