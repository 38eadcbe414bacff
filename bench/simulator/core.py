"""Measures `core.handle` alone: no HTTP, no disk; CPU time of this process, median of five."""

import base64
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests

from ccus_simulator import handover, worlds
from ccus_simulator.answers import answer
from ccus_simulator.core import Simulator
from ccus_simulator.server import settle_memory, start
from ccus_simulator.store import Store
from ccus_simulator.types import Plan, Request

ADMIN = "bench"
REPEATS = 5


class Bench:
    """One world of a simulator in memory, and the calls that are measured."""

    def __init__(self, path: str = ":memory:") -> None:
        self.simulator = Simulator(Store(path), ADMIN)
        self.made = 0
        self.asked = 0
        document = self.create()
        self.base = f"/w/{document['world']}"
        ids = {m["label"]: m["id"] for s in ("businesses", "technicians", "accounts") for m in document[s]}
        credential = next(a["credential"] for a in document["accounts"] if a["label"] == "u_f1")
        self.ask_body = {
            "user": {"account": ids["u_f1"], "credential": credential},
            "acting_for": ids["F1"],
            "capacity": "business",
            "purpose": "safety_documents",
            "subjects": {"technicians": [ids["T1"]]},
        }
        packed = base64.b64encode(b"c:s").decode()
        signed_in = self.simulator.handle(
            Request(
                method="POST",
                path=f"{self.base}/oauth/token",
                headers={"authorization": f"Basic {packed}"},
                body=b"grant_type=client_credentials",
            )
        )
        self.headers = {"authorization": f"Bearer {signed_in.body['access_token']}"}

    def create(self) -> dict[str, Any]:
        document = worlds.instantiate(worlds.shipped("tiny"), seed=1, number=1000 + self.made)
        self.made += 1
        body = {"document": document, "client": {"id": "c", "secret": "s"}, "commitment_key": "ab" * 32}
        self.admin("PUT", document["world"], json.dumps(body).encode())
        return document

    def admin(self, method: str, world: str, body: bytes = b"") -> None:
        headers = {"authorization": f"Bearer {ADMIN}"}
        path = f"/_sim/v1/worlds/{world}"
        plan = self.simulator.handle(Request(method=method, path=path, headers=headers, body=body))
        assert plan.status < 300, plan.body

    def get(self, path: str) -> Any:
        plan = self.simulator.handle(Request(method="GET", path=f"{self.base}{path}", headers=self.headers))
        assert plan.status == 200, plan.body
        return plan

    def request(self) -> Request:
        """A request that nobody has made yet."""
        self.asked += 1
        body = json.dumps({"request_id": f"r{self.asked}", **self.ask_body}).encode()
        return Request(method="POST", path=f"{self.base}/v1/requests", headers=self.headers, body=body)

    def ask(self) -> None:
        plan = self.simulator.handle(self.request())
        assert plan.status == 201, plan.body


def timed(call: Callable[[int], object], count: int) -> float:
    """CPU microseconds of one call."""
    before = time.process_time()
    for number in range(count):
        call(number)
    return (time.process_time() - before) / count * 1e6


def median(once: Callable[[], float]) -> dict[str, float]:
    values = [once() for _ in range(REPEATS)]
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


TOGETHER = 32
"""So many calls are put on disk at once where only deciding is measured, as under load."""


def handled(bench: Bench, calls: list[Request], look: Callable[[Plan], object], *, settled: bool) -> float:
    """CPU microseconds of one call; without `settled`, putting the calls on disk is left out of the time."""
    perform = bench.simulator.handle if settled else bench.simulator.decide
    took = 0.0
    for first in range(0, len(calls), TOGETHER):
        began = time.process_time()
        for call in calls[first : first + TOGETHER]:
            look(perform(call))
        took += time.process_time() - began
        assert bench.simulator.settle()
    return took / len(calls) * 1e6


def asked(bench: Bench, count: int, *, settled: bool = True) -> float:
    def look(plan: Plan) -> None:
        assert plan.status == 201, plan.body

    return handled(bench, [bench.request() for _ in range(count)], look, settled=settled)


def collected(
    bench: Bench, count: int, *, cached: bool, encoded: bool = False, settled: bool = True
) -> float:
    first = bench.asked + 1
    asked(bench, count)
    paths = [f"{bench.base}/v1/requests/r{first + n}/provisions" for n in range(count)]
    calls = [Request(method="GET", path=path, headers=bench.headers) for path in paths]

    def look(plan: Plan) -> None:
        assert plan.status == 200, plan.body
        if encoded:
            answer(plan)
        if not cached:
            handover.forget_records()

    return handled(bench, calls, look, settled=settled)


def created_and_dropped(bench: Bench, count: int) -> tuple[float, float]:
    names: list[str] = []
    creation = timed(lambda _: names.append(bench.create()["world"]), count)
    # Making the document is the caller's work, not the simulator's.
    making = timed(lambda n: worlds.instantiate(worlds.shipped("tiny"), seed=1, number=2000 + n), count)
    dropping = timed(lambda number: bench.admin("DELETE", names[number]), count)
    return (creation - making) / 1000, dropping / 1000


def first_answer() -> float:
    """Milliseconds from starting the process to its first answer."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        running = start(Path(folder) / "s.sqlite", ADMIN)
        requests.get(f"{running.base_url}/health", timeout=30).raise_for_status()
        took = (time.monotonic() - began) * 1000
        running.stop()
    return took


def resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def grown(count: int) -> dict[str, float]:
    """How memory grows over reads, and over provisions, each in a process of its own."""
    told: dict[str, float] = {}
    for what in ("reads", "provisions"):
        command = [sys.executable, __file__, what, str(count if what == "reads" else count // 10)]
        told[what] = float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return told


def growth(what: str, count: int) -> float:
    """Bytes of memory that each call leaves behind, after a first tenth that fills what is bounded."""
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(f"{folder}/s.sqlite")
        settle_memory()

        def call() -> None:
            if what == "reads":
                bench.get("/v1/contract")
            else:
                bench.ask()
                bench.get(f"/v1/requests/r{bench.asked}/provisions")

        for _ in range(count // 10):
            call()
        before = resident()
        for _ in range(count):
            call()
        return (resident() - before) / count


def measured(requests_: int) -> dict[str, Any]:
    bench = Bench()
    settle_memory()
    worlds_: list[tuple[float, float]] = [created_and_dropped(bench, 200) for _ in range(REPEATS)]
    return {
        "contract_us": median(lambda: timed(lambda _: bench.get("/v1/contract"), 3000)),
        "request_us": median(lambda: asked(bench, 1000)),
        "request_decided_us": median(lambda: asked(bench, 1000, settled=False)),
        "collect_generated_us": median(lambda: collected(bench, 1000, cached=False)),
        "collect_cached_us": median(lambda: collected(bench, 1000, cached=True)),
        "collect_cached_encoded_us": median(lambda: collected(bench, 1000, cached=True, encoded=True)),
        "collect_generated_decided_us": median(lambda: collected(bench, 1000, cached=False, settled=False)),
        "collect_cached_decided_us": median(
            lambda: collected(bench, 1000, cached=True, encoded=True, settled=False)
        ),
        "create_world_ms": _spread([creation for creation, _ in worlds_]),
        "drop_world_ms": _spread([dropping for _, dropping in worlds_]),
        "first_answer_ms": _spread([first_answer() for _ in range(3)]),
        "bytes_left_behind": {"calls": requests_, **grown(requests_)},
    }


def _spread(values: list[float]) -> dict[str, float]:
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


SAID = {
    "contract_us": "`handle`, read of the contract, µs",
    "request_us": "`handle`, a request taken in (two ledger entries), µs",
    "collect_generated_us": "`handle`, one record collected, the record generated, µs",
    "collect_cached_us": "`handle`, one record collected, the record at hand, µs",
    "collect_cached_encoded_us": "the same with its bytes, µs",
    "request_decided_us": "`decide`, a request taken in; put on disk with others, as the server does, µs",
    "collect_generated_decided_us": "`decide`, one record collected, the record generated, µs",
    "collect_cached_decided_us": "`decide`, one record collected, at hand, with its bytes, µs",
    "create_world_ms": "a world created (`tiny`), ms",
    "drop_world_ms": "a world dropped, ms",
    "first_answer_ms": "process start to first answer, wall clock, ms",
}


def told(results: dict[str, Any]) -> list[str]:
    lines = ["", "| inside, CPU of the core alone | median [min–max] |", "| --- | --- |"]
    for name, said in SAID.items():
        value = results[name]
        lines.append(f"| {said} | {value['median']:.2f} [{value['min']:.2f}–{value['max']:.2f}] |")
    left = results["bytes_left_behind"]
    lines += [
        "",
        (
            f"Memory left behind: {left['reads']:.0f} bytes a read over {left['calls']} reads; {left['provisions']:.0f} bytes "
            f"a provision over {left['calls'] // 10} provisions, each with its ledger file."
        ),
    ]
    return lines


if __name__ == "__main__":
    print(growth(sys.argv[1], int(sys.argv[2])))
