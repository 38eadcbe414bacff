"""Claims about delegation, affiliation and registration while a world runs, under each reading of them."""

from typing import Any

import pytest

from ccus_simulator import handover
from ccus_simulator.annex1 import KEYS
from ccus_simulator.refusals import CATALOGUE

from .conftest import Bench

START = "2025-04-01T00:00:00+09:00"
IN_AN_HOUR = "2026-04-13T10:00:00+09:00"


def change(bench: Bench, name: str, **fields: str) -> int:
    return bench.admin("POST", "/worlds/w0001000/registry", {"change": name, **fields}).status


def leave(bench: Bench, technician: str, business: str) -> int:
    pair = {"technician": bench.id(technician), "business": bench.id(business)}
    return change(bench, "affiliation.ended", **pair)


def delegation(bench_ids: tuple[str, str], **changes: Any) -> dict[str, Any]:
    principal, delegate = bench_ids
    return {"id": "D1", "principal": principal, "delegate": delegate, "from": START} | changes


def with_delegation(bench: Bench, *, readings: dict[str, str] | None = None, **changes: Any) -> None:
    document = bench.create() | {"world": "w0001000x", "readings": readings or {}}
    ids = (bench.id("F2"), bench.id("F1"))
    document["delegations"] = [delegation(ids, **changes)]
    assert bench.put(document).status == 201
    bench.documents["w0001000x"] = document
    bench.tokens["w0001000x"] = bench.token("w0001000x")


def ask_as_delegate(bench: Bench, technicians: Any = ("T1",), *, firm: str = "F2", **changes: Any) -> Any:
    return bench.request("u_f1", firm, technicians, world="w0001000x", **changes)


def test_a_delegate_asks_with_the_rights_of_the_principal_and_no_others(bench: Bench) -> None:
    with_delegation(bench)
    answer = ask_as_delegate(bench, ["T1", "T9", "T3"]).body
    assert [subject["status"] for subject in answer["subjects"]] == ["provided", "provided", "refused"]
    bench.request("u_f2", "F2", world="w0001000x")
    accepted = [e["body"] for e in bench.ledger("w0001000x") if e["kind"] == "request.accepted"]
    assert [body.get("delegation") for body in accepted] == ["D1", None]


def test_a_delegates_request_may_be_replayed(bench: Bench) -> None:
    with_delegation(bench)
    ask = bench.ask("u_f1", "F2", world="w0001000x")
    answers = [bench.wire("POST", "/v1/requests", ask, world="w0001000x") for _ in range(2)]
    assert answers[0].body == answers[1].body
    assert answers[1].status == 201


DELEGATIONS = [
    ("delegation.unknown", {}, {}, {"delegation": "D2"}),
    ("delegation.not_valid", {"to": "2026-04-13T09:00:00+09:00"}, {}, {}),
    ("delegation.not_valid", {"from": "2026-04-13T09:00:01+09:00"}, {}, {}),
    ("delegation.not_allowed", {}, {"request.delegate": "none"}, {}),
    ("capacity.not_held", {}, {}, {"firm": "F4"}),
]


@pytest.mark.parametrize(("code", "registered", "readings", "asked"), DELEGATIONS)
def test_without_a_valid_delegation_nobody_asks_for_another(
    bench: Bench, code: str, registered: dict[str, Any], readings: dict[str, str], asked: dict[str, Any]
) -> None:
    with_delegation(bench, readings=readings, **registered)
    refused = ask_as_delegate(bench, **asked)
    assert (refused.status, refused.body["error"]["code"]) == (403, code)
    last = bench.ledger("w0001000x")[-1]["body"]
    assert last["refusal"]["obligation"] == CATALOGUE[code].obligation
    assert bench.request("u_f2", "F2", world="w0001000x").body["status"] == "ready"


def test_a_technician_too_may_let_somebody_act(standard: Bench) -> None:
    account, firm = standard.id("T1"), standard.id("F1")
    asked = {"capacity": "technician"}
    assert standard.request("u_f1", account, ["T1"], **asked).body["error"]["code"] == "capacity.not_held"
    assert change(standard, "delegation.began", id="D9", principal=account, delegate=firm) == 200
    assert standard.request("u_f1", account, ["T1"], **asked).body["status"] == "ready"
    other = standard.request("u_f1", account, ["T2"], **asked).body
    assert other["refusal"]["code"] == "subject.own_record_only"
    assert change(standard, "delegation.ended", id="D9") == 200
    assert standard.request("u_f1", account, ["T1"], **asked).body["error"]["code"] == "delegation.not_valid"


def test_who_leaves_may_not_be_asked_for_and_who_joins_may(standard: Bench) -> None:
    assert leave(standard, "T1", "F2") == 200
    assert standard.request(technicians=["T1"]).body["refusal"]["code"] == "subject.not_yours"
    joined = {"technician": standard.id("T6"), "business": standard.id("F2"), "kind": "sub"}
    assert standard.request(technicians=["T6"]).body["status"] == "refused"
    assert change(standard, "affiliation.began", **joined) == 200
    assert standard.request(technicians=["T6"]).body["status"] == "ready"


def test_changes_of_the_registry_survive_a_restart(bench: Bench) -> None:
    bench.create()
    leave(bench, "T1", "F2")
    again = bench.restarted()
    assert again.request(technicians=["T1"]).body["status"] == "refused"
    again.store.close()


def test_a_change_that_changes_nothing_is_refused(standard: Bench) -> None:
    assert leave(standard, "T3", "F2") == 400
    assert change(standard, "delegation.ended", id="none") == 400
    assert change(standard, "affiliation.ended", id="x") == 400
    assert "registry.changed" not in standard.kinds()


@pytest.mark.parametrize("whose", ["u_f2", "F2"])
def test_an_expired_registration_causes_no_provision_until_it_is_renewed(standard: Bench, whose: str) -> None:
    change(standard, "registration.ended", id=standard.id(whose))
    refused = standard.request()
    assert (refused.status, refused.body["error"]["code"]) == (403, "registration.ended")
    assert standard.ledger()[-1]["body"]["refusal"]["obligation"] == "A1-20"
    change(standard, "registration.renewed", id=standard.id(whose))
    assert standard.request().body["status"] == "ready"


def test_everybody_is_the_closed_set_of_the_moment_of_the_request(bench: Bench) -> None:
    bench.create(processing_seconds=3600)
    bench.request(technicians="all")
    change(bench, "affiliation.began", technician=bench.id("T6"), business=bench.id("F2"))
    bench.clock(IN_AN_HOUR)
    provided = {record["id"] for record in bench.collect().body["provisions"]}
    assert provided == {bench.id(label) for label in ("T1", "T2", "T8", "T9")}


# Who has left when, and who is still provided: T1 leaves while CCUS processes, T2 after that but before collecting.
MOMENTS = [("request", {"T1", "T2", "T8"}), ("provision", {"T2", "T8"}), ("storage", {"T8"})]


@pytest.mark.parametrize(("reading", "provided"), MOMENTS)
def test_affiliation_is_judged_at_the_moment_that_the_reading_names(
    bench: Bench, reading: str, provided: set[str]
) -> None:
    bench.create(processing_seconds=3600, readings={"request.affiliation_at": reading})
    bench.request(technicians=["T1", "T2", "T8"])
    leave(bench, "T1", "F2")
    bench.clock(IN_AN_HOUR)
    leave(bench, "T2", "F2")
    records = bench.collect().body["provisions"]
    assert {record["id"] for record in records} == {bench.id(label) for label in provided}
    withheld = [e["body"]["id"] for e in bench.ledger() if e["kind"] == "provision.withheld"]
    assert withheld == ([bench.id("T2")] if reading == "storage" else [])
    assert bench.collect().status == 410


def test_when_all_have_left_at_the_last_moment_nothing_is_handed_over(bench: Bench) -> None:
    bench.create(readings={"request.affiliation_at": "storage"})
    bench.request(technicians=["T1"])
    leave(bench, "T1", "F2")
    assert bench.collect().body["error"]["code"] == "request.refused"
    assert bench.kinds()[-1] == "provision.withheld"
    assert "provision.collected" not in bench.kinds()


@pytest.mark.parametrize(("reading", "status"), [("main_and_sub", "ready"), ("main_only", "refused")])
def test_a_side_affiliation_counts_as_the_reading_says(bench: Bench, reading: str, status: str) -> None:
    bench.create(readings={"request.affiliation_kind": reading})
    assert bench.request("u_f2", "F2", ["T9"]).body["status"] == status
    assert bench.request("u_f1", "F1", ["T9"]).body["status"] == "ready"


def test_the_same_request_refreshes_only_under_the_reading_that_allows_it(bench: Bench) -> None:
    bench.create(readings={"request.refresh": "same_request"})
    bench.request(technicians=["T1", "T2"])
    first, second = (bench.collect().body["provisions"] for _ in range(2))
    assert [r["id"] for r in first] == [r["id"] for r in second]
    assert {r["provision_id"] for r in first}.isdisjoint(r["provision_id"] for r in second)
    leave(bench, "T1", "F2")
    assert [r["id"] for r in bench.collect().body["provisions"]] == [bench.id("T2")]
    leave(bench, "T2", "F2")
    assert bench.collect().body["error"]["code"] == "request.refused"
    assert bench.kinds().count("provision.collected") == 5


@pytest.mark.parametrize("reading", ["respected", "ignored"])
def test_what_a_technician_hides_others_do_not_get(bench: Bench, reading: str) -> None:
    document = bench.create()
    people = [p | {"undisclosed": ["t05_address", "t31_nationality"]} for p in document["technicians"]]
    readings = {"whitelist.disclosure_choice": reading}
    other = document | {"world": "w0001000h", "technicians": people, "readings": readings}
    assert bench.put(other).status == 201
    bench.documents["w0001000h"], bench.tokens["w0001000h"] = other, bench.token("w0001000h")
    seen: list[frozenset[str]] = []
    for user, firm in (("u_f2", "F2"), ("u_t1", None)):
        bench.request(user, firm, ["T1"], world="w0001000h")
        got = bench.wire("GET", f"/v1/requests/r{bench.asked}/provisions", world="w0001000h")
        seen.append(KEYS["technician"] - set(got.body["provisions"][0]["items"]))
    hidden = {"t05_address", "t31_nationality"} if reading == "respected" else set[str]()
    assert seen == [frozenset(hidden), frozenset()]


def large(bench: Bench, size: int) -> None:
    """A firm of `size` technicians."""
    document = bench.create()
    firm = bench.id("F2")
    people = [{"id": f"9900011{index:07d}", "label": f"L{index}"} for index in range(size)]
    ties = [
        {"technician": person["id"], "business": firm, "kind": "main", "from": START, "to": None}
        for person in people
    ]
    bigger = document | {
        "world": "w0001000l",
        "technicians": [*document["technicians"], *people],
        "affiliations": ties,
    }
    assert bench.put(bigger).status == 201
    bench.documents["w0001000l"], bench.tokens["w0001000l"] = bigger, bench.token("w0001000l")


def pages(bench: Bench, *, limit: int) -> list[list[str]]:
    found: list[list[str]] = []
    path = f"/v1/requests/r{bench.asked}/provisions?limit={limit}"
    cursor = ""
    while True:
        answer = bench.wire("GET", path + cursor, world="w0001000l").body
        found.append([record["id"] for record in answer["provisions"]])
        if "next" not in answer:
            return found
        cursor = f"&cursor={answer['next']}"


def test_a_large_firm_is_handed_over_in_pages_each_written_down(bench: Bench) -> None:
    large(bench, 50)
    bench.request(technicians="all", world="w0001000l")
    got = pages(bench, limit=20)
    assert [len(page) for page in got] == [20, 20, 10]
    collected = [e["body"]["id"] for e in bench.ledger("w0001000l") if e["kind"] == "provision.collected"]
    assert collected == [one for page in got for one in page]
    again = bench.wire("GET", f"/v1/requests/r{bench.asked}/provisions", world="w0001000l")
    assert again.status == 410


def test_a_page_is_handed_over_once_and_in_its_order(bench: Bench) -> None:
    large(bench, 50)
    bench.request(technicians="all", world="w0001000l")
    path = f"/v1/requests/r{bench.asked}/provisions?limit=20"
    first = bench.wire("GET", path, world="w0001000l").body["next"]
    for cursor, code in (
        ("p0", "request.collected"),
        ("p40", "request.page_unknown"),
        ("x", "request.page_unknown"),
    ):
        answer = bench.wire("GET", f"{path}&cursor={cursor}", world="w0001000l").body
        assert answer["error"]["code"] == code
    assert bench.wire("GET", path, world="w0001000l").status == 410
    again = bench.restarted()
    assert len(again.wire("GET", f"{path}&cursor={first}", world="w0001000l").body["provisions"]) == 20
    for limit in ("0", "1001", "-1", "x"):
        assert again.wire("GET", path.replace("20", limit), world="w0001000l").status == 400
    again.store.close()


@pytest.mark.slow
def test_ten_thousand_technicians_come_in_answers_of_bounded_size(bench: Bench) -> None:
    large(bench, 10_000)
    answer = bench.request(technicians="all", world="w0001000l").body
    assert len(answer["subjects"]) == 10_000
    sizes: list[int] = [len(page) for page in pages(bench, limit=handover.LARGEST_PAGE)]
    assert sizes == [handover.LARGEST_PAGE] * 10
