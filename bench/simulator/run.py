"""Measures the simulator side by side with what somebody would use instead: `run.py PEERS_FOLDER`; `python bench` calls it.

All configurations take turns in each round. CPU time per request is the figure to trust on a shared machine; requests
per second depend on what else the machine does. Results go to results.json and results.md beside this file.
"""

import argparse
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import core
from peers import HERE, PEERS, Peer

TICKS = os.sysconf("SC_CLK_TCK")
MOST_REFUSED = 0.01
"""A collection that overtakes its own request is refused; if there are many, something else was measured."""
UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3}
WARM_UP_SECONDS = 2
"""Longer than for our own sake: node and the JVM begin cold."""
SYNCS = 200


def cpu_seconds(pid: int) -> float:
    """CPU time of a process and all processes below it."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    own = (int(fields[11]) + int(fields[12])) / TICKS
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return own + sum(cpu_seconds(int(child)) for child in children)


def wrk(url: str, script: Path | None, connections: int, seconds: int) -> dict[str, Any]:
    command = [
        "wrk",
        "-t1",
        f"-c{connections}",
        f"-d{seconds}s",
        "--latency",
        *(["-s", str(script)] if script else []),
    ]
    said = subprocess.run([*command, url], capture_output=True, text=True, check=True).stdout
    count = int(re.search(r"(\d+) requests in", said)[1])
    tail = re.search(r"99%\s+([\d.]+)(us|ms|s)\b", said)
    errors = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    return {
        "requests": count,
        "per_second": float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1]),
        "p99_ms": float(tail[1]) * UNITS[tail[2]],
        "errors": int(errors[1]) if errors else 0,
    }


def measured(peer: Peer, peers: Path, seconds: int) -> dict[str, Any]:
    """One round of one configuration: all connections busy, then a sixteenth of them."""
    with tempfile.TemporaryDirectory() as folder, peer.serve(Path(folder), peers) as served:
        wrk(served.url, served.script, 32, WARM_UP_SECONDS)
        before = cpu_seconds(served.process.pid)
        busy = wrk(served.url, served.script, 32, seconds)
        cpu = cpu_seconds(served.process.pid) - before
        calm = wrk(served.url, served.script, 2, seconds)
    return {**busy, "cpu_us": cpu / busy["requests"] * 1e6, "p99_calm_ms": calm["p99_ms"]}


def disk() -> dict[str, float]:
    """How long the disk takes to keep 4 kB: no answer that has to be on disk can be faster."""
    took: list[float] = []
    with tempfile.TemporaryFile() as file:
        for _ in range(SYNCS):
            os.write(file.fileno(), b"x" * 4096)
            before = time.perf_counter()
            os.fdatasync(file.fileno())
            took.append((time.perf_counter() - before) * 1e3)
    took.sort()
    return {"median_ms": took[SYNCS // 2], "p99_ms": took[SYNCS * 99 // 100]}


def versions(peers: Path) -> dict[str, str]:
    said = {"python": platform.python_version(), "kernel": platform.release(), "cpus": str(os.cpu_count())}
    said |= {name: version(name) for name in ("uvicorn", "httptools", "requests", "responses")}
    for name, command in {
        "nginx": ["nginx", "-v"],
        "wrk": ["wrk", "-v"],
        "node": ["node", "--version"],
        "java": ["java", "-version"],
        "peers": [str(peers / "venv/bin/pip"), "list", "--format=freeze"],
    }.items():
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        except OSError:
            continue
        lines = (done.stdout + done.stderr).strip().splitlines()
        wanted = [line for line in lines if re.match(r"(moto|fastapi|starlette|pydantic)==", line)]
        said[name] = ", ".join(wanted) if name == "peers" else lines[0]
    for package in ("json-server", "@stoplight/prism-cli", "wiremock"):
        file = peers / "node_modules" / package / "package.json"
        if file.is_file():
            said[package] = json.loads(file.read_text())["version"]
    return said


def spread(values: list[float]) -> str:
    digits = 1 if max(values) < 100 else 0
    return f"{statistics.median(values):.{digits}f} [{min(values):.{digits}f}–{max(values):.{digits}f}]"


def table(rounds: dict[str, list[dict[str, Any]]]) -> list[str]:
    base = (
        statistics.median(r["cpu_us"] for r in rounds["nginx static"]) if "nginx static" in rounds else None
    )
    prism = statistics.median(r["cpu_us"] for r in rounds["Prism"]) if "Prism" in rounds else None
    lines = [
        "| configuration | asked for | CPU µs/request | of nginx | × Prism | requests/s | p99 ms, 32 conn. | p99 ms, 2 conn. |"
    ]
    lines.append("| --- | --- | --- | --- | --- | --- | --- | --- |")
    says = {peer.name: peer.says for peer in PEERS}
    for name, results in rounds.items():
        refused = sum(r["errors"] for r in results) / sum(r["requests"] for r in results)
        if refused > MOST_REFUSED:
            raise SystemExit(f"{name}: {refused:.0%} of the answers were errors, so nothing was measured")
        cpu = statistics.median(r["cpu_us"] for r in results)
        columns = [
            spread([r[key] for r in results]) for key in ("cpu_us", "per_second", "p99_ms", "p99_calm_ms")
        ]
        ratio = f"{base / cpu:.2f}" if base else "–"
        times = f"{prism / cpu:.1f}" if prism else "–"
        lines.append(
            f"| {name} | {says[name]} | {columns[0]} | {ratio} | {times} | {' | '.join(columns[1:])} |"
        )
    return lines


def aims(results: dict[str, Any]) -> list[str]:
    """What was aimed at, what was measured, and whether that is it."""
    inside, cpu = results["core"], {}
    for name, rounds in results["rounds"].items():
        cpu[name] = statistics.median(r["cpu_us"] for r in rounds)
    rows: list[tuple[str, str, bool]] = []

    def at_most(aim: str, name: str, limit: float, unit: str) -> None:
        value = inside[name]["median"]
        rows.append((aim, f"{value:.2f} {unit}", value <= limit))

    at_most("`handle`, a record collected and generated, at most 25 µs", "collect_generated_us", 25, "µs")
    at_most(
        "`handle`, a record collected that is at hand, at most 6 µs", "collect_cached_encoded_us", 6, "µs"
    )
    for who in ("ccus read", "ccus provision"):
        for peer, least in (("nginx static", 0.3), ("Prism", 10.0), ("Prism, bare", 10.0)):
            if who in cpu and peer in cpu:
                ratio = cpu[peer] / cpu[who]
                rows.append(
                    (
                        f"{who}: at least {least:g} times as fast as {peer}, by CPU",
                        f"{ratio:.2f}",
                        ratio >= least,
                    )
                )
    if "ccus provision" in results["rounds"]:
        slowest = statistics.median(r["p99_calm_ms"] for r in results["rounds"]["ccus provision"])
        rows.append(("ccus provision: p99 under 5 ms with 2 connections", f"{slowest:.1f} ms", slowest < 5))
    at_most("first answer within 500 ms of the start", "first_answer_ms", 500, "ms")
    at_most("a world created within 1 ms", "create_world_ms", 1, "ms")
    at_most("a world dropped within 1 ms", "drop_world_ms", 1, "ms")
    left = inside["bytes_left_behind"]
    rows.append(
        (f"memory flat over {left['calls']:,} reads", f"{left['reads']:.1f} bytes a read", left["reads"] < 1)
    )
    lines = ["", "| aim | measured | |", "| --- | --- | --- |"]
    return [*lines, *(f"| {aim} | {was} | {'met' if met else 'missed'} |" for aim, was, met in rows)]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("peers", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=1)
    parser.add_argument("--requests", type=int, default=200_000, help="for the memory of the core")
    options = parser.parse_args()
    peers = options.peers.resolve()
    missing = {peer.name: why for peer in PEERS if (why := peer.needs(peers))}
    rounds: dict[str, list[dict[str, Any]]] = {peer.name: [] for peer in PEERS if peer.name not in missing}
    load = os.getloadavg()
    for number in range(options.rounds):
        for peer in PEERS:
            if peer.name in rounds:
                try:
                    rounds[peer.name].append(measured(peer, peers, options.seconds))
                except (RuntimeError, subprocess.CalledProcessError, OSError) as error:
                    missing[peer.name] = str(error)
                    continue
                print(number, peer.name, rounds[peer.name][-1], flush=True)
    rounds = {name: results for name, results in rounds.items() if results}
    inside = core.measured(options.requests)
    results = {
        "at": time.strftime("%Y-%m-%d"),
        "load_before": load,
        "load_after": os.getloadavg(),
        "versions": versions(peers),
        "rounds": rounds,
        "left_out": missing,
        "disk": disk(),
        "core": inside,
    }
    (HERE / "results.json").write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n")
    text = [
        "# Results",
        "",
        (
            f"Measured {results['at']}, {options.rounds} rounds of {options.seconds} s, taking turns; median [min–max]. "
            f"Load average of the machine {load[0]:.1f} before and {results['load_after'][0]:.1f} after."
        ),
        "",
        *table(rounds),
        "",
        *(f"Left out: {name} ({why})." for name, why in missing.items()),
        *core.told(inside),
        "",
        (
            f"The disk takes {results['disk']['median_ms']:.1f} ms to keep 4 kB, p99 {results['disk']['p99_ms']:.1f} ms: "
            "what has to be on disk is not answered sooner."
        ),
        *aims(results),
        "",
        "Versions: " + "; ".join(f"{name} {said}" for name, said in results["versions"].items()),
    ]
    (HERE / "results.md").write_text("\n".join(text) + "\n")
    print("\n".join(text))
    return 0


if __name__ == "__main__":
    sys.exit(main())
