"""The claim that a killed process loses nothing that it acknowledged, and that its chain can be carried on.

The process is killed at moments that a seed chooses: CCUS_KILLS says how often (20 unless told).
"""

import os
import random
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests

from ccus_simulator import worlds
from ccus_simulator.server import ADMIN_TOKEN_VARIABLE, Running, running, start

ADMIN = "admin-of-the-tests"
BEARER = {"Authorization": f"Bearer {ADMIN}"}
WORLD = "w0003000"
KILLS = int(os.environ.get("CCUS_KILLS", "20"))
CLIENTS = 4
DOCUMENT = worlds.instantiate(worlds.shipped("tiny"), seed=7, number=3000)
FIRM = next(firm["id"] for firm in DOCUMENT["businesses"] if firm["label"] == "F1")


@dataclass(kw_only=True)
class Acknowledged:
    """What the callers heard from a process before it was killed."""

    accepted: set[str] = field(default_factory=set[str])
    collected: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    dropped: set[str] = field(default_factory=set[str])


def ask(request_id: str) -> dict[str, Any]:
    return {
        "request_id": request_id,
        "user": {"account": "u_f1-0003000", "credential": "secret:u_f1"},
        "acting_for": FIRM,
        "capacity": "business",
        "purpose": "safety_documents",
        "subjects": {"technicians": "all", "own_business": True},
    }


def put_world(http: requests.Session, url: str, name: str) -> int:
    document = DOCUMENT | {"world": name}
    body = {"document": document, "client": {"id": name, "secret": "s"}, "commitment_key": "00" * 32}
    return http.put(f"{url}/_sim/v1/worlds/{name}", json=body, headers=BEARER, timeout=20).status_code


def keep_asking(url: str, name: str, heard: Acknowledged) -> None:
    """Ask and collect until the process is gone; note only what was answered whole."""
    with requests.Session() as http:
        try:
            form = {"grant_type": "client_credentials"}
            token = http.post(f"{url}/w/{WORLD}/oauth/token", data=form, auth=(WORLD, "s"), timeout=20).json()
            headers = {"Authorization": f"Bearer {token['access_token']}"}
            for number in range(10**6):
                request_id = f"{name}-{number}"
                base = f"{url}/w/{WORLD}/v1/requests"
                if http.post(base, json=ask(request_id), headers=headers, timeout=20).status_code == 201:
                    heard.accepted.add(request_id)
                answer = http.get(f"{base}/{request_id}/provisions", headers=headers, timeout=20)
                heard.collected[request_id] = {p["provision_id"] for p in answer.json()["provisions"]}
                if number % 10 == 9:
                    put_world(http, url, f"w-{request_id}")
                    path = f"{url}/_sim/v1/worlds/w-{request_id}"
                    if http.delete(path, headers=BEARER, timeout=20).status_code == 200:
                        heard.dropped.add(f"w-{request_id}")
        except requests.RequestException:
            return


def killed_at_work(simulator: Running, name: str, seconds: float, heard: Acknowledged) -> None:
    names = [f"{name}-{client}" for client in range(CLIENTS)]
    threads = [
        threading.Thread(target=keep_asking, args=(simulator.base_url, one, heard), daemon=True)
        for one in names
    ]
    timer = threading.Timer(seconds, simulator.process.send_signal, [signal.SIGKILL])
    for thread in (*threads, timer):
        thread.start()
    for thread in (*threads, timer):
        thread.join(60)
    simulator.stop()


def killed_while_starting(state: Path, seconds: float) -> None:
    command = [sys.executable, "-m", "ccus_simulator", "--state", str(state)]
    environment = {**os.environ, ADMIN_TOKEN_VARIABLE: ADMIN}
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    timer = threading.Timer(seconds, process.kill)
    timer.start()
    process.wait(60)
    timer.join()


def in_the_ledger(url: str) -> Acknowledged:
    entries = requests.get(f"{url}/_sim/v1/worlds/{WORLD}/ledger", headers=BEARER, timeout=60).json()[
        "entries"
    ]
    found = Acknowledged()
    for entry in entries:
        body = entry["body"]
        if entry["kind"] == "request.accepted":
            found.accepted.add(body["request_id"])
        if entry["kind"] == "provision.collected":
            found.collected.setdefault(body["request_id"], set()).add(body["provision_id"])
    return found


@pytest.mark.slow
def test_nothing_that_was_acknowledged_is_lost_when_the_process_is_killed(tmp_path: Path) -> None:
    state, heard, rng = tmp_path / "sim.sqlite", Acknowledged(), random.Random(KILLS)  # noqa: S311 - moments
    with running(state, ADMIN) as url, requests.Session() as http:
        assert put_world(http, url, WORLD) == 201
    for kill in range(KILLS):
        if kill % 5 == 4:
            killed_while_starting(state, rng.uniform(0.0, 1.0))
        else:
            killed_at_work(start(state, ADMIN), f"k{kill}", rng.uniform(0.0, 0.6), heard)
    # A process that finds its chain broken, or shorter than a published head, does not start.
    with running(state, ADMIN) as url:
        found = in_the_ledger(url)
        assert requests.get(f"{url}/_sim/v1/ledger/verify", headers=BEARER, timeout=60).json()["ok"]
        assert heard.accepted <= found.accepted
        for request_id, provisions in heard.collected.items():
            assert provisions <= found.collected[request_id]
        for world in heard.dropped:
            kinds = requests.get(f"{url}/_sim/v1/worlds/{world}/ledger", headers=BEARER, timeout=60).json()
            assert kinds["entries"][-1]["kind"] == "world.dropped"
        health = requests.get(f"{url}/health", timeout=20).json()
    assert len(heard.collected) > KILLS
    assert health["worlds"] <= 1 + KILLS * CLIENTS
