"""Claims about the two faces: through HTTP and in process the same calls meet the same bytes and the same failures."""

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from ccus_simulator import worlds
from ccus_simulator.store import Store
from ccus_simulator.types import Transport

from .conftest import ADMIN, CLIENT, KEY
from .faces import Spoiled, in_process, over_http

OF_THE_CONNECTION = {"date", "connection"}
SPOILS: list[dict[str, Any]] = [
    *([{}] * 30),
    {"delay_seconds": 0.01},
    {"transport": Transport(kind="cut")},
    {"transport": Transport(kind="cut", after_bytes=7)},
    {"transport": Transport(kind="cut", after_bytes=10_000_000)},
    {"transport": Transport(kind="close")},
    {"transport": Transport(kind="reset")},
]
SLOW: list[dict[str, Any]] = [{"transport": Transport(kind="silent")}, {"delay_seconds": 5.0}]


class Walker:
    """Calls one face and writes down what it met."""

    def __init__(self, base: str, simulator: Spoiled) -> None:
        self.base = base
        self.simulator = simulator
        self.token = ""
        self.met: list[Any] = []

    def call(self, method: str, path: str, spoil: dict[str, Any], timeout: Any = 20, **options: Any) -> None:
        self.simulator.spoil = spoil
        try:
            answer = requests.request(method, f"{self.base}{path}", timeout=timeout, **options)
        except requests.RequestException as error:
            self.met.append(type(error).__name__)
            return
        headers = {k.lower(): v for k, v in answer.headers.items() if k.lower() not in OF_THE_CONNECTION}
        self.met.append((answer.status_code, headers, answer.content))
        if path.endswith("/oauth/token") and answer.ok and not spoil:
            self.token = answer.json()["access_token"]


def steps(
    rng: random.Random, world: str, document: dict[str, Any]
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Say what a client may do in a world, sensible or not."""
    accounts, people = document["accounts"], document["technicians"]
    while True:
        account, wanted = rng.choice(accounts), rng.sample(people, 2)
        number = rng.randrange(6)
        ask = {
            "request_id": f"r{number}",
            "user": {"account": account["id"], "credential": rng.choice([account["credential"], "wrong"])},
            "acting_for": rng.choice([*account["businesses"], None]),
            "capacity": rng.choice(["business", "business", "technician"]),
            "purpose": "safety_documents",
            "subjects": {"technicians": rng.choice(["all", [p["id"] for p in wanted]]), "own_business": True},
        }
        form = {"data": {"grant_type": "client_credentials"}, "auth": (CLIENT["id"], CLIENT["secret"])}
        base = f"/w/{world}"
        yield rng.choice(
            [
                ("POST", f"{base}/oauth/token", form),
                ("GET", f"{base}/v1/contract", {}),
                *([("POST", f"{base}/v1/requests", {"json": ask})] * 4),
                *([("GET", f"{base}/v1/requests/r{number}/provisions", {})] * 4),
                ("GET", f"{base}/v1/requests/r{number}", {"params": {"日本": "語 &?"}}),
                ("POST", f"{base}/v1/notices", {"json": {"notice": "壊れた"}}),
                ("POST", f"{base}/v1/requests", {"data": rng.randbytes(30)}),
                (rng.choice(["DELETE", "GET"]), f"{base}/v1/%E6%97%A5%2F本", {}),
                ("DELETE", f"{base}/v1/contract", {}),
                ("GET", "/health", {}),
                ("GET", f"/_sim/v1/worlds/{world}/ledger", {"headers": {"Authorization": f"Bearer {ADMIN}"}}),
            ]
        )


def walked(walker: Walker, seed: int, length: int) -> list[Any]:
    rng = random.Random(seed)  # noqa: S311 - a walk, not a secret
    document = worlds.instantiate(worlds.shipped("standard"), seed=seed, number=1000 + seed)
    world = document["world"]
    body = {"document": document, "client": CLIENT, "commitment_key": KEY}
    bearer = {"Authorization": f"Bearer {ADMIN}"}
    walker.call("PUT", f"/_sim/v1/worlds/{world}", {}, json=body, headers=bearer)
    form = {"data": {"grant_type": "client_credentials"}, "auth": (CLIENT["id"], CLIENT["secret"])}
    walker.call("POST", f"/w/{world}/oauth/token", {}, **form)
    walk = steps(rng, world, document)
    for _ in range(length):
        method, path, options = next(walk)
        options.setdefault("headers", {"Authorization": f"Bearer {walker.token}"})
        walker.call(method, path, rng.choice(SPOILS), **options)
    cut_short(walker, document)
    for spoil in SLOW:
        headers = {"Authorization": f"Bearer {walker.token}"}
        walker.call("GET", f"/w/{world}/v1/contract", spoil, headers=headers, timeout=(5, 0.05))
    return walker.met


def cut_short(walker: Walker, document: dict[str, Any]) -> None:
    """A lawful request whose records are cut on the way: the ledger says how much of them went out."""
    world = document["world"]
    user = next(account for account in document["accounts"] if account["label"] == "u_f2")
    ask = {
        "request_id": "last",
        "user": {"account": user["id"], "credential": user["credential"]},
        "acting_for": user["businesses"][0],
        "capacity": "business",
        "purpose": "safety_documents",
        "subjects": {"technicians": "all", "own_business": False},
    }
    bearer = {"Authorization": f"Bearer {walker.token}"}
    walker.call("POST", f"/w/{world}/v1/requests", {}, json=ask, headers=bearer)
    cut = {"transport": Transport(kind="cut", after_bytes=7)}
    walker.call("GET", f"/w/{world}/v1/requests/last/provisions", cut, headers=bearer)
    admin = {"Authorization": f"Bearer {ADMIN}"}
    walker.call("GET", f"/_sim/v1/worlds/{world}/ledger", {}, headers=admin)


def test_both_faces_meet_the_same_bytes_and_the_same_failures(tmp_path: Path) -> None:
    met: list[list[Any]] = []
    for name, face in (("http", over_http), ("process", in_process)):
        store = Store(tmp_path / f"{name}.sqlite")
        simulator = Spoiled(store, ADMIN)
        with face(simulator) as base:
            met.append(
                walked(Walker(base, simulator), seed=1, length=250) + walked(Walker(base, simulator), 2, 100)
            )
        store.close()
    over_wire, within = met
    for order, (one, other) in enumerate(zip(over_wire, within, strict=True)):
        assert one == other, order
    failures = {failure for failure in within if isinstance(failure, str)}
    assert failures == {"ChunkedEncodingError", "ConnectionError", "ReadTimeout"}
    assert {answer[0] for answer in within if not isinstance(answer, str)} >= {
        200,
        201,
        400,
        403,
        404,
        405,
        410,
    }
    assert "partial" in json.dumps([str(answer) for answer in within])


@pytest.mark.parametrize("face", [over_http, in_process])
def test_a_body_that_is_too_large_is_refused_by_both_faces(tmp_path: Path, face: Any) -> None:
    store = Store(tmp_path / "sim.sqlite")
    with face(Spoiled(store, ADMIN)) as base:
        answer = requests.post(f"{base}/w/w0001000/v1/requests", data=b"x" * 3_000_000, timeout=20)
    store.close()
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "body.too_large")
