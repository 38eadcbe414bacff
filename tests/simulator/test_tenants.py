"""Claims about worlds side by side: chosen by path or by client, apart from each other, dropped and run again."""

import base64
import json
import sqlite3
import threading
from pathlib import Path
from typing import Any

from ccus_simulator import mocked, worlds
from ccus_simulator.answers import answer
from ccus_simulator.core import Simulator
from ccus_simulator.store import Store
from ccus_simulator.types import Plan, Request

from .conftest import ADMIN, KEY, Bench


def put(bench: Bench, number: int, client: str, *, seed: int = 7, dialect: str = "json") -> dict[str, Any]:
    document = worlds.instantiate(worlds.shipped("tiny"), seed=seed, number=number)
    body = {"document": document, "client": {"id": client, "secret": f"of-{client}"}, "commitment_key": KEY}
    plan = bench.admin("PUT", f"/worlds/{document['world']}", body | {"dialect": dialect})
    assert plan.status == 201
    return document


def signed_in(bench: Bench, client: str, base: str = "") -> Plan:
    packed = base64.b64encode(f"{client}:of-{client}".encode()).decode()
    return bench.simulator.handle(
        Request(
            method="POST",
            path=f"{base}/oauth/token",
            headers={"authorization": f"Basic {packed}"},
            body=b"grant_type=client_credentials",
        )
    )


def contract_of(bench: Bench, token: str, path: str = "/v1/contract") -> Plan:
    return bench.call("GET", path, bearer=token)


def test_a_client_reaches_its_world_without_the_base_path(bench: Bench) -> None:
    for number in (1000, 1001):
        put(bench, number, f"client-{number}")
    token = signed_in(bench, "client-1001").body["access_token"]
    assert contract_of(bench, token).body["contract_id"] == "KYODO-0001001"
    assert contract_of(bench, token, "/w/w0001001/v1/contract").body["contract_id"] == "KYODO-0001001"
    assert (
        contract_of(bench, token, "/w/w0001000/v1/contract").body["error"]["code"] == "client.token_invalid"
    )
    assert [e["kind"] for e in bench.ledger("w0001000")].count("call.refused") == 1


def test_a_call_that_shows_no_client_reaches_no_world(bench: Bench) -> None:
    put(bench, 1000, "client-1000")
    assert contract_of(bench, "").body["error"]["code"] == "path.unknown"
    assert contract_of(bench, "w0009999.1.abc").body["error"]["code"] == "path.unknown"
    assert contract_of(bench, "w0001000.1.abc").body["error"]["code"] == "client.token_invalid"
    assert signed_in(bench, "nobody").body["error"]["code"] == "path.unknown"


def test_a_client_of_several_worlds_has_to_say_which(bench: Bench) -> None:
    for number in (1000, 1001):
        put(bench, number, "both")
    assert signed_in(bench, "both").body["error"]["code"] == "client.ambiguous"
    assert signed_in(bench, "both", "/w/w0001001").status == 200
    bench.admin("DELETE", "/worlds/w0001000")
    assert signed_in(bench, "both").status == 200


def test_a_session_finds_its_world_by_its_cookie(bench: Bench) -> None:
    business, admin = "95000000000001", "94000000000001"
    document = worlds.instantiate(worlds.shipped("tiny"), seed=7, number=1000)
    client = {"id": f"{business}/{admin}", "secret": "pw"}
    put(bench, 1001, "other")
    body = {"document": document, "client": client, "commitment_key": KEY, "dialect": "session"}
    assert bench.admin("PUT", "/worlds/w0001000", body).status == 201
    form = f"business_id={business}&admin_id={admin}&password=pw".encode()
    opened = bench.simulator.handle(Request(method="POST", path="/login", body=form))
    assert opened.status == 200, opened.body
    assert opened.headers["set-cookie"].split("=", 1)[1].startswith("w0001000.")


def test_what_happens_in_one_world_is_not_seen_in_another(bench: Bench) -> None:
    bench.create("tiny", number=1000)
    bench.create("tiny", number=1001)
    before = bench.ledger("w0001001")
    bench.admin("PUT", "/worlds/w0001000/faults/extra_fields", {})
    bench.clock("2026-05-01T00:00:00+09:00")
    bench.wire("POST", "/v1/notices", {"any": "thing"})
    assert bench.ledger("w0001001") == before
    assert bench.admin("GET", "/worlds/w0001001/inbox").body["items"] == []
    plan = contract_of(bench, bench.tokens["w0001001"], "/w/w0001001/v1/contract")
    assert plan.body["now"].startswith("2026-04-13")


def test_a_dropped_world_is_gone_with_its_secrets_and_stays_in_the_ledger(bench: Bench) -> None:
    bench.create("tiny")
    assert bench.admin("DELETE", "/worlds/w0001000").body["dropped"] == "w0001000"
    assert bench.wire("GET", "/v1/contract").body["error"]["code"] == "client.token_invalid"
    assert bench.admin("DELETE", "/worlds/w0001000").body["error"]["code"] == "world.unknown"
    assert bench.ledger()[-1]["kind"] == "world.dropped"
    assert bench.admin("GET", "/ledger/verify").body["ok"]
    assert sqlite3.connect(bench.path).execute("SELECT COUNT(*) FROM secrets").fetchone() == (0,)
    again = bench.restarted()
    assert again.admin("GET", "/health").body["worlds"] == 0
    again.store.close()


def lived(simulator: Simulator, number: int) -> list[Any]:
    """Live through one life of a world; give everything that could be seen of it."""
    bench = Bench(path=Path(), store=simulator._store, simulator=simulator)
    bench.create("standard", number=number)
    world = f"w{number:07d}"
    seen: list[Any] = [bench.tokens[world]]
    plans = [
        bench.request(own_business=True, world=world),
        bench.wire("GET", "/v1/requests/r1/provisions", world=world),
        bench.wire("GET", "/v1/requests/r1/provisions", world=world),
        bench.admin("PUT", f"/worlds/{world}/faults/extra_fields", {}),
        bench.request(technicians="all", world=world),
        bench.wire("GET", "/v1/requests/r2/provisions", world=world),
        bench.wire("POST", "/v1/notices", {"a": 1.5}, world=world),
        bench.admin("POST", f"/worlds/{world}/clock", {"to": "2027-05-01T00:00:00+09:00"}),
        bench.request(world=world),
        bench.admin("GET", f"/worlds/{world}/inbox"),
        bench.admin("GET", f"/worlds/{world}/commitment"),
    ]
    seen += [(answer(plan).status, answer(plan).headers, answer(plan).content) for plan in plans]
    return [*seen, [(e["at"], e["kind"], json.dumps(e["body"])) for e in bench.ledger(world)]]


def test_a_world_run_again_equals_one_in_a_fresh_process(tmp_path: Path) -> None:
    store, fresh = Store(tmp_path / "used.sqlite"), Store(tmp_path / "fresh.sqlite")
    used = Simulator(store, ADMIN)
    lived(used, 2000)
    first = lived(used, 1000)
    Bench(path=Path(), store=store, simulator=used).admin("DELETE", "/worlds/w0001000")
    assert lived(used, 1000) == first == lived(Simulator(fresh, ADMIN), 1000)
    store.close()
    fresh.close()


def test_a_thousand_worlds_stand_side_by_side(bench: Bench) -> None:
    for number in range(1000, 2000):
        put(bench, number, f"client-{number}")
    for number in (1000, 1500, 1999):
        token = signed_in(bench, f"client-{number}").body["access_token"]
        assert contract_of(bench, token).body["contract_id"] == f"KYODO-000{number}"
    for number in range(1000, 2000):
        assert bench.admin("DELETE", f"/worlds/w000{number}").status == 200
    assert bench.admin("GET", "/health").body["worlds"] == 0
    assert bench.simulator._tenants._of_client == {}


def test_threads_in_one_world_get_one_provision_for_one_request() -> None:
    with mocked() as ccus:
        bench = Bench(path=Path(), store=ccus.simulator._store, simulator=ccus.simulator)
        bench.documents[ccus.world] = dict(ccus.document)
        token = ccus.simulator.handle(
            Request(
                method="POST",
                path=f"/w/{ccus.world}/oauth/token",
                headers={
                    "authorization": "Basic "
                    + base64.b64encode(f"{ccus.client_id}:{ccus.client_secret}".encode()).decode()
                },
                body=b"grant_type=client_credentials",
            )
        ).body["access_token"]
        bench.tokens[ccus.world] = token
        bench.request("u_f1", "F1", ("T1",), world=ccus.world)
        met: list[int] = []
        threads = [
            threading.Thread(target=lambda: met.append(bench.collect("r1").status), daemon=True)
            for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert sorted(met) == [200] + [410] * 7
        assert len(ccus.ledger("provision.collected")) == 1
