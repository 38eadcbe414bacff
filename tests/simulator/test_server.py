"""Claims about the real process: it answers over HTTP, survives bad input, and what it answered is on disk."""

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from ccus_simulator import worlds
from ccus_simulator.server import DidNotStart, Running, running, start

ADMIN = "admin-of-the-tests"
BEARER = {"Authorization": f"Bearer {ADMIN}"}
WORLD = "w0002000"


def put_world(
    url: str, http: Any = requests, client: dict[str, str] | None = None, dialect: str = "json"
) -> dict[str, Any]:
    document = worlds.instantiate(worlds.shipped("tiny"), seed=7, number=2000)
    client = client or {"id": "c", "secret": "s"}
    body = {"document": document, "client": client, "commitment_key": "00" * 32, "dialect": dialect}
    http.put(f"{url}/_sim/v1/worlds/{WORLD}", json=body, headers=BEARER, timeout=10).raise_for_status()
    return document


def token(url: str) -> dict[str, str]:
    form = {"grant_type": "client_credentials"}
    answer = requests.post(f"{url}/w/{WORLD}/oauth/token", data=form, auth=("c", "s"), timeout=10)
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def ask(document: dict[str, Any], request_id: str = "r1") -> dict[str, Any]:
    firm = next(b["id"] for b in document["businesses"] if b["label"] == "F1")
    return {
        "request_id": request_id,
        "user": {"account": "u_f1-0002000", "credential": "secret:u_f1"},
        "acting_for": firm,
        "capacity": "business",
        "purpose": "safety_documents",
        "subjects": {"technicians": "all", "own_business": True},
    }


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(tmp_path_factory.mktemp("state") / "sim.sqlite", ADMIN) as base:
        yield base


def test_a_candidate_requests_and_collects_over_http(url: str) -> None:
    document = put_world(url)
    base, headers = f"{url}/w/{WORLD}/v1", token(url)
    asked = requests.post(f"{base}/requests", json=ask(document), headers=headers, timeout=10)
    assert (asked.status_code, asked.json()["status"]) == (201, "ready")
    collected = requests.get(f"{base}/requests/r1/provisions", headers=headers, timeout=10)
    assert {p["record_type"] for p in collected.json()["provisions"]} == {"technician", "business"}
    assert requests.get(f"{base}/requests/r1/provisions", headers=headers, timeout=10).status_code == 410


def test_it_cannot_be_taken_for_the_real_ccus(url: str) -> None:
    for path in ("/", "/health", "/_sim/v1/health"):
        answer = requests.get(f"{url}{path}", timeout=10).json()
        assert answer["simulated"] is True
        assert "模擬" in answer["ja"]


BAD_BODIES = [
    b"{",
    b"",
    b"\xff\xfe",
    b"[" * 100_000,
    b'{"a":NaN}',
    b'"\\ud800"',
    b'{"a":1,"a":2}',
    b"9" * 5000,
    b"null",
]


@pytest.mark.parametrize("body", BAD_BODIES)
def test_a_broken_body_is_refused_in_the_error_shape(url: str, body: bytes) -> None:
    put_world(url)
    for path in ("requests", "notices"):
        answer = requests.post(f"{url}/w/{WORLD}/v1/{path}", data=body, headers=token(url), timeout=10)
        if path == "notices" and body == b"null":
            assert answer.status_code == 201
        else:
            assert (answer.status_code, answer.json()["error"]["code"]) == (400, "document.invalid")


def test_a_body_that_is_too_large_is_refused(url: str) -> None:
    answer = requests.post(f"{url}/w/{WORLD}/v1/requests", data=b"x" * 3_000_000, timeout=10)
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "body.too_large")


def test_paths_and_methods_that_do_not_exist_are_refused_in_words(url: str) -> None:
    assert requests.get(f"{url}/w/x/y", timeout=10).json()["error"]["code"] == "path.unknown"
    assert requests.delete(f"{url}/health", timeout=10).json()["error"]["allowed"] == ["GET"]


def test_what_was_answered_is_on_disk_even_when_the_process_is_killed(tmp_path: Path) -> None:
    simulator = start(tmp_path / "sim.sqlite", ADMIN)
    try:
        document, headers = put_world(simulator.base_url), token(simulator.base_url)
        base = f"{simulator.base_url}/w/{WORLD}/v1"
        requests.post(f"{base}/requests", json=ask(document), headers=headers, timeout=10)
        assert requests.get(f"{base}/requests/r1/provisions", headers=headers, timeout=10).status_code == 200
    finally:
        simulator.process.send_signal(signal.SIGKILL)
        simulator.stop()
    with running(tmp_path / "sim.sqlite", ADMIN) as again:
        ledger = requests.get(f"{again}/_sim/v1/worlds/{WORLD}/ledger", headers=BEARER, timeout=10).json()
        assert [e["kind"] for e in ledger["entries"]].count("provision.collected") == 3
        assert requests.get(f"{again}/_sim/v1/ledger/verify", headers=BEARER, timeout=10).json()["ok"]
        repeated = requests.get(f"{again}/w/{WORLD}/v1/requests/r1/provisions", headers=headers, timeout=10)
        assert repeated.status_code == 410


def test_a_world_file_given_at_the_start_is_there_to_try(tmp_path: Path) -> None:
    file = Path(str(worlds.__file__)).parent / "worldfiles" / "tiny.yaml"
    for _ in range(2):
        simulator: Running = start(tmp_path / "sim.sqlite", ADMIN, "--world", str(file))
        health = requests.get(f"{simulator.base_url}/health", timeout=10).json()
        simulator.stop()
        assert health["worlds"] == 1


def test_a_process_that_does_not_start_says_why(tmp_path: Path) -> None:
    with pytest.raises(DidNotStart, match="CCUS_SIM_ADMIN_TOKEN"), running(tmp_path / "sim.sqlite", ""):
        pass
