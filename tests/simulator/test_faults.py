"""Claims about faults: each does what its name says, as often as it may, and the ledger shows it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from ccus_simulator import dialects, population, server
from ccus_simulator.annex1 import KEYS
from ccus_simulator.answers import answer
from ccus_simulator.documents import schema
from ccus_simulator.faults import CATALOGUE, OPERATIONS
from ccus_simulator.faults.answers import PLACES, WRONG
from ccus_simulator.faults.forgetting import FORGETTING
from ccus_simulator.faults.records import DISTURB
from ccus_simulator.types import Transport

from .conftest import ADMIN, CLIENT, KEY, Bench
from .test_inbox import NOTICE

WORLD = "/worlds/w0001000"


def set_fault(bench: Bench, name: str, **parameters: Any) -> None:
    assert bench.admin("PUT", f"{WORLD}/faults/{name}", parameters).status == 200


def status(bench: Bench, name: str) -> dict[str, Any]:
    return bench.admin("GET", f"{WORLD}/faults/{name}").body


def collected(bench: Bench, technicians: Any = ("T1", "T2"), **options: Any) -> Any:
    assert bench.request(technicians=technicians, **options).status == 201
    return bench.collect()


def items_of(plan: Any) -> list[dict[str, Any]]:
    return [record["items"] for record in plan.body["provisions"]]


# -- the catalogue ------------------------------------------------------------------------------------


def test_every_fault_of_the_catalogue_is_done_somewhere_and_nothing_else_is() -> None:
    in_rules = {"answers_after_end", "answers_before_start", "affiliation_lapses", "keeps_leavers"}
    in_rules |= FORGETTING
    layers = {"rule": in_rules, "record": set(DISTURB), "answer": set(WRONG)}
    for layer, names in layers.items():
        assert {fault.name for fault in CATALOGUE.values() if fault.layer == layer} == names


def test_every_fault_says_in_two_languages_what_shows_it_and_what_a_lawful_system_does() -> None:
    for fault in CATALOGUE.values():
        texts = [fault.ja, fault.en, *fault.seen_by.values(), *fault.must.values()]
        assert all(texts)
        assert len(texts) == 6
        assert set(fault.operations) <= set(OPERATIONS)
        assert set(fault.accepts) <= set(schema("admin-fault-1")["properties"])


def test_the_form_of_a_fault_knows_the_operations_and_places_of_the_code() -> None:
    form = schema("admin-fault-1")["properties"]
    assert form["operations"]["items"]["enum"] == list(OPERATIONS)
    assert form["at"]["enum"] == ["headers", *PLACES]


@pytest.mark.parametrize("name", dialects.known())
def test_every_operation_of_every_dialect_can_be_hit_by_a_fault(name: str) -> None:
    named = [route.operation for route in dialects.dialect(name).routes]
    assert set(named) - {None} == set(OPERATIONS)


def test_the_catalogue_is_told_by_the_administration(standard: Bench) -> None:
    told = standard.admin("GET", "/faults").body["faults"]
    assert [fault["name"] for fault in told] == list(CATALOGUE)


def test_an_unknown_name_or_parameter_is_answered_with_the_valid_ones(standard: Bench) -> None:
    unknown = standard.admin("PUT", f"{WORLD}/faults/nonsense", {})
    assert (unknown.status, unknown.body["error"]["valid"]) == (422, sorted(CATALOGUE))
    for method in ("GET", "DELETE"):
        assert standard.admin(method, f"{WORLD}/faults/nonsense").status == 422
    foreign = standard.admin("PUT", f"{WORLD}/faults/slow", {"retry_after": 3})
    assert (foreign.status, foreign.body["error"]["unknown"]) == (422, ["retry_after"])
    assert "ms" in foreign.body["error"]["valid"]
    assert standard.admin("PUT", f"{WORLD}/faults/slow", {"ms": "x"}).status == 400
    assert "fault.set" not in standard.kinds()


# -- limits and draws ---------------------------------------------------------------------------------


def test_a_fault_with_a_count_fires_so_often_and_is_then_exhausted(standard: Bench) -> None:
    set_fault(standard, "error_5xx", count=2, operations=["request"])
    ask = standard.ask()
    for fired in (1, 2):
        assert standard.wire("POST", "/v1/requests", ask).status == 500
        assert status(standard, "error_5xx")["fired"] == fired
    assert standard.wire("POST", "/v1/requests", ask).body["status"] == "ready"
    told = status(standard, "error_5xx")
    assert (told["set"], told["hits"], told["fired"], told["exhausted"]) == (True, 2, 2, True)


def test_a_fault_spares_the_first_occasions_when_told_to(standard: Bench) -> None:
    set_fault(standard, "error_5xx", after=1, operations=["request"])
    assert [standard.request().status for _ in range(3)] == [201, 500, 500]
    assert [e["kind"] for e in standard.ledger() if e["kind"].startswith("fault.")] == [
        "fault.set",
        "fault.spared",
        "fault.fired",
        "fault.fired",
    ]


def drawn(path: Path, seed: int) -> list[int]:
    bench = Bench.open(path)
    bench.create(seed=seed)
    set_fault(bench, "error_5xx", probability=0.5, operations=["request"])
    first = [bench.request().status for _ in range(10)]
    bench = bench.restarted()
    answers = [*first, *(bench.request().status for _ in range(10))]
    bench.store.close()
    return answers


def test_whether_a_fault_fires_is_drawn_from_the_seed_and_survives_a_restart(tmp_path: Path) -> None:
    one, again, other = (drawn(tmp_path / f"{n}.sqlite", seed) for n, seed in enumerate((7, 7, 8)))
    assert one == again
    assert one != other
    assert set(one) == {201, 500}


def test_a_fault_about_somebody_leaves_the_others_alone(standard: Bench) -> None:
    set_fault(standard, "missing_field", subjects=[standard.id("T2")], items=["t05_address"])
    first, second = items_of(collected(standard))
    assert set(first) == KEYS["technician"]
    assert KEYS["technician"] - set(second) == {"t05_address"}
    assert set(items_of(collected(standard, ["T1"]))[0]) == KEYS["technician"]
    assert status(standard, "missing_field")["hits"] == 1


def test_a_fault_taken_away_is_gone_but_still_says_what_it_did(standard: Bench) -> None:
    set_fault(standard, "unavailable")
    standard.request()
    standard.admin("DELETE", f"{WORLD}/faults/unavailable")
    assert standard.request().status == 201
    told = status(standard, "unavailable")
    assert (told["set"], told["fired"], told["parameters"]) == (False, 1, None)
    assert [fault["name"] for fault in standard.admin("GET", f"{WORLD}/faults").body["faults"]] == [
        "unavailable"
    ]


def test_the_administration_is_never_hit(standard: Bench) -> None:
    set_fault(standard, "error_5xx")
    assert standard.admin("GET", f"{WORLD}/ledger").status == 200
    assert standard.wire("GET", "/v1/contract").status == 200


# -- faults in what is decided ------------------------------------------------------------------------


@pytest.mark.parametrize("seconds", [0, 60])
def test_an_affiliation_that_lapses_in_flight_brings_no_provision(bench: Bench, seconds: int) -> None:
    bench.create(processing_seconds=seconds)
    set_fault(bench, "affiliation_lapses", subjects=[bench.id("T1")], count=1)
    bench.request(technicians=["T1", "T2"])
    bench.clock("2026-04-13T09:01:00+09:00")
    assert [record["id"] for record in bench.collect().body["provisions"]] == [bench.id("T2")]
    kinds = [
        kind for kind in bench.kinds() if kind in {"request.accepted", "registry.changed", "provision.ready"}
    ]
    assert kinds == ["request.accepted", "registry.changed", "provision.ready"]
    assert bench.request(technicians=["T1"]).body["status"] == "refused"


def test_ccus_that_keeps_leavers_provides_who_has_left(bench: Bench) -> None:
    bench.create(processing_seconds=60)
    set_fault(bench, "keeps_leavers", count=1)
    for _ in range(2):
        bench.request(technicians=["T1"])
    pair = {"technician": bench.id("T1"), "business": bench.id("F2")}
    bench.admin("POST", f"{WORLD}/registry", {"change": "affiliation.ended", **pair})
    bench.clock("2026-04-13T09:01:00+09:00")
    assert [bench.collect(f"r{n}").status for n in (1, 2)] == [200, 403]
    assert (status(bench, "keeps_leavers")["fired"], status(bench, "keeps_leavers")["exhausted"]) == (1, True)


def test_ccus_that_forgets_the_end_may_do_so_once(standard: Bench) -> None:
    set_fault(standard, "answers_after_end", count=1, operations=["request"])
    standard.admin("POST", f"{WORLD}/contract", {"event": "end", "cause": "解除"})
    assert standard.request().body["status"] == "ready"
    assert standard.collect().body["error"]["code"] == "contract.ended"
    assert standard.request().status == 403
    assert status(standard, "answers_after_end")["exhausted"]


# -- faults in the records ----------------------------------------------------------------------------


def test_the_form_of_a_next_version_brings_an_unknown_item_and_an_unknown_value(standard: Bench) -> None:
    set_fault(standard, "schema_growth")
    technician, business = items_of(collected(standard, ["T1"], own_business=True))
    mail = population.extra(7, standard.id("T1"))["x_email"]  # noqa: S610 - not Django
    assert set(technician) - KEYS["technician"] == {"t35_mail"}
    assert (technician["t35_mail"], technician["t02_sex"]) == (mail, "その他の区分")
    assert set(business) - KEYS["business"] == {"b24_mail"}


def test_smuggled_text_stands_in_the_free_text_of_listed_items_and_nowhere_else(standard: Bench) -> None:
    set_fault(standard, "smuggled_text")
    technician, business = items_of(collected(standard, ["T1"], own_business=True))
    mail = population.extra(7, standard.id("T1"))["x_email"]  # noqa: S610 - not Django
    assert (set(technician), set(business)) == (KEYS["technician"], KEYS["business"])
    carrying = {key for key, value in technician.items() if mail in str(value)}
    assert carrying == {"t29_training", "t30_awards"}
    assert technician["t30_awards"][-1]["name"].endswith(standard.id("T1"))
    assert business["b22_main_clients"][-1].endswith(standard.id("F2"))


def test_a_value_of_another_type_or_of_no_known_kind_is_handed_over_as_asked(standard: Bench) -> None:
    set_fault(standard, "wrong_type", items=["t01_name", "b01_trade_name"])
    set_fault(standard, "unknown_enum", items=["t28_skill_level"])
    technician, business = items_of(collected(standard, ["T1"], own_business=True))
    assert isinstance(technician["t01_name"], dict)
    assert isinstance(business["b01_trade_name"], dict)
    assert technician["t28_skill_level"] == "その他の区分"


def test_a_record_of_the_wrong_person_is_written_down_as_what_it_is(standard: Bench) -> None:
    set_fault(standard, "wrong_person", count=1)
    plan = collected(standard, ["T1"])
    (record,) = plan.body["provisions"]
    assert record["id"] not in {standard.id("T1"), standard.id("F2")}
    assert record["items"]["t01_name"] == population.technician(7, record["id"])["t01_name"]
    body = next(e["body"] for e in standard.ledger() if e["kind"] == "provision.collected")
    assert body["id"] == record["id"]


def test_after_the_wrong_person_the_request_is_used_up(standard: Bench) -> None:
    set_fault(standard, "wrong_person", count=1)
    collected(standard, ["T1"])
    assert standard.collect().body["error"]["code"] == "request.collected"


def test_an_unsolicited_record_comes_on_top_and_the_request_is_still_answered_once(standard: Bench) -> None:
    set_fault(standard, "unsolicited")
    records = collected(standard).body["provisions"]
    assert len({record["provision_id"] for record in records}) == 3
    assert standard.collect().status == 410
    assert collected(standard, ["T3", "T1"]).body["provisions"][-1]["id"] not in {
        standard.id("T1"),
        standard.id("T3"),
    }
    assert [
        e["body"].get("unsolicited", False) for e in standard.ledger() if e["kind"] == "provision.collected"
    ] == [
        False,
        False,
        True,
        False,
        True,
    ]
    assert standard.admin("GET", f"{WORLD}/commitment").body["leaf_count"] == 5


def test_a_repeated_record_is_one_provision(standard: Bench) -> None:
    set_fault(standard, "duplicate")
    records = collected(standard).body["provisions"]
    assert len(records) == 3
    assert records[2] == records[0]
    assert standard.kinds().count("provision.collected") == 2


def test_records_in_another_order_are_the_same_records(standard: Bench) -> None:
    set_fault(standard, "reordered")
    records = collected(standard).body["provisions"]
    assert [record["id"] for record in records] == [standard.id("T2"), standard.id("T1")]


def test_a_stale_record_is_as_of_the_moment_it_names(standard: Bench) -> None:
    joined = {"technician": standard.id("T1"), "business": standard.id("F1"), "kind": "sub"}
    standard.admin("POST", f"{WORLD}/registry", {"change": "affiliation.began", **joined})
    standard.clock("2026-04-14T09:00:00+09:00")
    fresh = collected(standard, ["T1"]).body["provisions"][0]
    set_fault(standard, "stale", seconds=2 * 24 * 3600)
    stale = collected(standard, ["T1"]).body["provisions"][0]
    assert stale["provided_at"] == "2026-04-12T09:00:00+09:00"
    assert len(fresh["items"]["t11_affiliated_firms"]) == 2
    assert len(stale["items"]["t11_affiliated_firms"]) == 1
    fired = next(e["body"] for e in standard.ledger() if e["kind"] == "fault.fired")
    assert fired["as_of"] == stale["provided_at"]


# -- faults in the answers ----------------------------------------------------------------------------

BEFORE = [
    ("expired_token", 401, "client.token_invalid", None),
    ("error_5xx", 500, "service.failed", None),
    ("unavailable", 503, "service.unavailable", "30"),
    ("rate_limit", 429, "service.busy", "30"),
]


@pytest.mark.parametrize(("name", "code", "error", "retry"), BEFORE)
def test_what_is_refused_by_a_fault_was_not_done(
    standard: Bench, name: str, code: int, error: str, retry: str | None
) -> None:
    set_fault(standard, name, count=1)
    ask = standard.ask()
    refused = standard.wire("POST", "/v1/requests", ask)
    assert (refused.status, refused.body["error"]["code"]) == (code, error)
    assert refused.headers.get("retry-after") == retry
    assert standard.kinds()[-1] == "fault.fired"
    assert not {"request.accepted", "provision.ready"} & set(standard.kinds())
    assert standard.wire("POST", "/v1/requests", ask).body["status"] == "ready"


def test_an_error_says_the_status_it_was_told_to(standard: Bench) -> None:
    set_fault(standard, "error_5xx", status=502)
    assert standard.request().status == 502
    set_fault(standard, "rate_limit", retry_after=7)
    standard.admin("DELETE", f"{WORLD}/faults/error_5xx")
    assert standard.request().headers["retry-after"] == "7"


LOST = [
    ("timeout_before", "silent", 0),
    ("timeout_after", "silent", 1),
    ("reset", "reset", 1),
    ("empty", "close", 1),
]


@pytest.mark.parametrize(("name", "kind", "acted"), LOST)
def test_a_lost_answer_was_given_or_not_and_a_retry_adds_nothing(
    standard: Bench, name: str, kind: str, acted: int
) -> None:
    set_fault(standard, name, count=1)
    ask = standard.ask()
    assert standard.wire("POST", "/v1/requests", ask).transport == Transport(kind=kind)  # pyright: ignore[reportArgumentType]
    assert standard.kinds().count("request.accepted") == acted
    assert standard.wire("POST", "/v1/requests", ask).body["status"] == "ready"
    assert standard.kinds().count("request.accepted") == 1
    fired = next(e["body"] for e in standard.ledger() if e["kind"] == "fault.fired")
    assert fired["acted"] is bool(acted)


def broken(plan: Any) -> bool:
    try:
        json.loads(plan.body)
    except ValueError:
        return True
    return False


@pytest.mark.parametrize("name", ["malformed_json", "truncated"])
def test_a_broken_body_cannot_be_read(standard: Bench, name: str) -> None:
    set_fault(standard, name)
    plan = collected(standard)
    assert plan.status == 200
    assert broken(plan)


@pytest.mark.parametrize(
    ("name", "said"), [("wrong_content_type", "text/html"), ("wrong_charset", "shift_jis")]
)
def test_an_answer_under_a_wrong_name_is_whole(standard: Bench, name: str, said: str) -> None:
    set_fault(standard, name)
    plan = collected(standard)
    assert said in plan.headers["content-type"]
    assert len(plan.body["provisions"]) == 2


def test_a_slow_answer_is_held_back_as_long_as_it_says(standard: Bench) -> None:
    set_fault(standard, "slow", ms=1500)
    assert standard.request().delay_seconds == 1.5


def test_the_inbox_may_be_down_for_a_while(standard: Bench) -> None:
    set_fault(standard, "inbox_down", count=1, retry_after=5)
    down = standard.wire("POST", "/v1/notices", NOTICE)
    assert (down.status, down.headers["retry-after"]) == (503, "5")
    assert standard.admin("GET", f"{WORLD}/inbox").body["items"] == []
    assert standard.wire("POST", "/v1/notices", NOTICE).status == 201


# -- over real HTTP -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Any]]:
    """A real server; gives a function that makes a world with a fault and collects in it."""
    folder = tmp_path_factory.mktemp("faults")
    made = iter(range(1000, 1100))
    bench = Bench.open(folder / "documents.sqlite")
    with server.running(folder / "sim.sqlite", ADMIN) as base:

        def collect(name: str, **parameters: Any) -> tuple[list[Any], Any]:
            document = bench.create("tiny", number=next(made))
            world = document["world"]
            admin = {"Authorization": f"Bearer {ADMIN}"}
            put = {"document": document, "client": CLIENT, "commitment_key": KEY}
            requests.put(
                f"{base}/_sim/v1/worlds/{world}", json=put, headers=admin, timeout=10
            ).raise_for_status()
            form = {"grant_type": "client_credentials"}
            auth = (CLIENT["id"], CLIENT["secret"])
            token = requests.post(f"{base}/w/{world}/oauth/token", data=form, auth=auth, timeout=10).json()
            headers = {"Authorization": f"Bearer {token['access_token']}"}
            ask = bench.ask("u_f1", "F1", ["T1"], world=world)
            requests.post(
                f"{base}/w/{world}/v1/requests", json=ask, headers=headers, timeout=10
            ).raise_for_status()
            path = f"{base}/_sim/v1/worlds/{world}/faults/{name}"
            requests.put(path, json=parameters, headers=admin, timeout=10).raise_for_status()
            try:
                url = f"{base}/w/{world}/v1/requests/{ask['request_id']}/provisions"
                met: Any = requests.get(url, headers=headers, timeout=2)
            except requests.RequestException as error:
                met = error
            ledger = requests.get(f"{base}/_sim/v1/worlds/{world}/ledger", headers=admin, timeout=10).json()
            return [
                e for e in ledger["entries"] if e["kind"] in {"provision.collected", "provision.delivered"}
            ], met

        yield collect
    bench.store.close()


CUTS = [
    ("body", requests.exceptions.ChunkedEncodingError, "none"),
    ("character", requests.exceptions.ChunkedEncodingError, "partial"),
    ("token", requests.exceptions.ChunkedEncodingError, "partial"),
    ("last_byte", requests.exceptions.ChunkedEncodingError, "partial"),
]


@pytest.mark.parametrize(("place", "met", "delivered"), CUTS)
def test_an_answer_can_be_cut_at_every_sort_of_place(
    served: Callable[..., Any], place: str, met: type[Exception], delivered: str
) -> None:
    entries, raised = served("cut", at=place)
    assert isinstance(raised, met)
    assert entries[-1]["body"]["delivered"] == delivered


def test_an_answer_cut_in_its_headers_has_no_body(served: Callable[..., Any]) -> None:
    entries, met = served("cut", at="headers")
    # What stands before the cut looks whole to this client: a status, and nothing else.
    assert (met.status_code, met.content) == (200, b"")
    assert entries[-1]["body"]["delivered"] == "none"


def test_what_is_cut_in_a_character_ends_inside_it(standard: Bench) -> None:
    set_fault(standard, "cut", at="character")
    plan = collected(standard)
    assert plan.transport is not None
    with pytest.raises(UnicodeDecodeError):
        answer(plan).content[: plan.transport.after_bytes].decode()


@pytest.mark.parametrize(
    ("name", "met"),
    [
        ("timeout_after", requests.ReadTimeout),
        ("reset", requests.ConnectionError),
        ("empty", requests.ConnectionError),
    ],
)
def test_a_lost_answer_is_lost_on_a_real_connection(
    served: Callable[..., Any], name: str, met: type[Exception]
) -> None:
    entries, raised = served(name)
    assert isinstance(raised, met)
    assert entries[0]["kind"] == "provision.collected"


def test_every_answer_fault_works_in_every_dialect(bench: Bench) -> None:
    for number, dialect in enumerate(dialects.known()):
        bench.create(number=1000 + number)
        speaks = dialects.dialect(dialect)
        for wrong in WRONG.values():
            plan = bench.wire("GET", "/v1/contract", world=f"w000{1000 + number}")
            assert wrong.spoil(plan, {}, speaks.refusal).status >= 200
