"""Claims about the request journal: the newest calls, found again, explained, and without their secrets."""

import json

import pytest

from ccus_simulator.journal import CALLS_KEPT, LONGEST_BODY, masked

from .conftest import CLIENT, Bench

JOURNAL = "/worlds/w0001000/journal"


def test_calls_are_counted_and_found(standard: Bench) -> None:
    standard.request()
    standard.collect()
    standard.collect()
    calls = standard.admin("GET", JOURNAL).body
    assert [(e["method"], e["status"], e["refusal"]) for e in calls["entries"]] == [
        ("POST", 200, None),
        ("POST", 201, None),
        ("GET", 200, None),
        ("GET", 410, "request.collected"),
    ]
    assert standard.admin("GET", f"{JOURNAL}?operation=provisions").body["count"] == 2
    refused = standard.admin("GET", f"{JOURNAL}?status=410&path=provisions").body
    assert [entry["refusal"] for entry in refused["entries"]] == ["request.collected"]
    none = standard.admin("GET", f"{JOURNAL}?limit=0").body
    assert (none["count"], none["entries"]) == (4, [])
    assert standard.admin("GET", f"{JOURNAL}?body={standard.id('T1')}").body["count"] == 1


def test_the_administration_leaves_no_trace_in_it(standard: Bench) -> None:
    before = standard.admin("GET", JOURNAL).body["calls"]
    standard.clock("2026-05-01T00:00:00+09:00")
    assert standard.admin("GET", JOURNAL).body["calls"] == before


def test_entries_carry_the_clock_of_their_world(standard: Bench) -> None:
    standard.clock("2026-05-01T00:00:00+09:00")
    standard.request()
    assert standard.admin("GET", JOURNAL).body["entries"][-1]["at"] == "2026-05-01T00:00:00+09:00"


def test_no_secret_is_shown(standard: Bench) -> None:
    standard.request()
    standard.call("POST", "/w/w0001000/v1/requests?token=hidden", raw=b"password=hidden&x=1")
    shown = json.dumps(standard.admin("GET", JOURNAL).body)
    secrets = (CLIENT["secret"], "secret:u_f2", standard.tokens["w0001000"], "hidden")
    assert [secret for secret in secrets if secret in shown] == []
    assert "u_f2-0001000" in shown
    assert masked({"a": [{"Credential": "x"}]}) == {"a": [{"Credential": "***"}]}


def test_it_keeps_the_newest_calls_only_and_no_large_body(standard: Bench) -> None:
    for _ in range(CALLS_KEPT + 10):
        standard.wire("GET", "/v1/contract")
    standard.wire("POST", "/v1/notices", {"text": "x" * LONGEST_BODY})
    calls = standard.admin("GET", f"{JOURNAL}?limit=1").body
    assert (calls["count"], calls["calls"]) == (CALLS_KEPT, CALLS_KEPT + 12)
    assert calls["entries"][0]["body"]["bytes"] > LONGEST_BODY
    assert not standard.simulator._tenants.journals["w0001000"]._heard[-1].request.body


def test_a_call_that_nearly_fitted_is_told_with_what_differs(standard: Bench) -> None:
    standard.request()
    standard.collect()
    near = standard.admin("GET", f"{JOURNAL}/near-misses?operation=provisions&status=410").body["entries"]
    assert near[0]["differs"] == {"status": {"wanted": "410", "was": "200"}}
    assert [len(entry["differs"]) for entry in near] == [1, 2, 2]


def test_a_call_that_fitted_no_route_is_told_with_the_nearest(standard: Bench) -> None:
    standard.wire("GET", "/v1/request/r1/provision")
    standard.wire("DELETE", "/v1/contract")
    entries = standard.admin("GET", f"{JOURNAL}/near-misses").body["entries"]
    assert [entry["refusal"] for entry in entries] == ["path.unknown", "method.not_allowed"]
    assert entries[0]["nearest"][0] == "GET /v1/requests/{request_id}/provisions"
    assert entries[1]["nearest"][0] == "GET /v1/contract"
    assert standard.kinds().count("call.refused") == 0


@pytest.mark.parametrize("query", ["?color=red", "?limit=x"])
def test_a_criterion_that_does_not_exist_is_refused(standard: Bench, query: str) -> None:
    assert standard.admin("GET", f"{JOURNAL}{query}").body["error"]["code"] == "document.invalid"
    assert standard.admin("GET", f"/worlds/w0009999/journal{query}").status in {400, 404}


def test_a_world_begun_again_has_a_journal_of_its_own(standard: Bench) -> None:
    standard.admin("DELETE", "/worlds/w0001000")
    assert standard.admin("GET", JOURNAL).body["error"]["code"] == "world.unknown"
    standard.create()
    assert standard.admin("GET", JOURNAL).body["calls"] == 1
