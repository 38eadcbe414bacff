"""Measure the making of people: `python bench/population [--rounds 3] [--whole] [--out bench/population]`.

Every contender runs in a process of its own; rounds are interleaved, so that a busy minute of the machine falls on
all of them. Time is processor time, which a neighbour disturbs less than the clock on the wall; medians with their
least and greatest. mimesis is not needed by the suite: without `pip install mimesis` it is left out.
"""

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from contenders import CONTENDERS, json_size

from ccus_simulator.population import bulk
from ccus_simulator.population.register import BUSINESSES, TECHNICIANS

PACKAGES = tuple(
    name
    for name in ("ccus-conformance", "numpy", "pyarrow", "faker", "mimesis")
    if find_spec(name) or "-" in name
)
TAKING_PART = tuple(name for name in CONTENDERS if "mimesis" not in name or "mimesis" in PACKAGES)
"""Only mimesis has to be installed for this bench alone; without it the others take turns."""
WARM_UP = 50
MADE_ALONE = ("ours, record by record", "ours, records of worlds")
"""The aim is that of any record: the dearer of the two has to keep it."""


def one(name: str) -> None:
    make, count = CONTENDERS[name]
    make(WARM_UP)
    before, wall = time.process_time(), time.perf_counter()
    make(count)
    used = {"cpu": time.process_time() - before, "wall": time.perf_counter() - wall}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"count": count, "mib": peak, **used}))


def measured(rounds: int) -> dict[str, list[dict[str, float]]]:
    taken: dict[str, list[dict[str, float]]] = {name: [] for name in TAKING_PART}
    for _ in range(rounds):
        for name in TAKING_PART:
            command = [sys.executable, __file__, "--one", name]
            answer = subprocess.run(command, check=True, capture_output=True, text=True)
            taken[name].append(json.loads(answer.stdout))
    return taken


def told(taken: dict[str, list[dict[str, float]]]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for name, runs in taken.items():
        speeds = [run["count"] / run["cpu"] for run in runs]
        rows.append(
            {
                "contender": name,
                "records_per_cpu_second": [round(f(speeds)) for f in (median, min, max)],
                "microseconds_per_record": round(1e6 / median(speeds), 2),
                "peak_mib": round(median(run["mib"] for run in runs)),
            }
        )
    return rows


def whole(form: bulk.Form) -> dict[str, float]:
    """Write the whole register, on every core there is."""
    with tempfile.TemporaryDirectory() as folder:
        before, wall = _used(), time.perf_counter()
        workers = os.cpu_count() or 1
        counts = {"technicians": TECHNICIANS, "businesses": BUSINESSES}
        files = bulk.write(Path(folder) / "out", seed=7, **counts, form=form, workers=workers)
        size = sum(file.stat().st_size for file in files)
        return {
            "cpu_s": _used() - before,
            "wall_s": time.perf_counter() - wall,
            "mb": size / 1e6,
            "cores": workers,
        }


def _used() -> float:
    """Processor time of this process and of the processes it has waited for."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def table(rows: list[dict[str, Any]]) -> list[str]:
    against = next(row for row in rows if row["contender"] == "Faker ja_JP")["records_per_cpu_second"][0]
    lines = [
        "| contender | records per CPU second, median [min..max] | µs per record | times Faker | peak MiB |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for row in rows:
        middle, least, most = row["records_per_cpu_second"]
        lines.append(
            f"| {row['contender']} | {middle:,} [{least:,}..{most:,}] | {row['microseconds_per_record']} | "
            f"{middle / against:,.1f} | {row['peak_mib']} |"
        )
    return lines


def text(facts: dict[str, Any], load: tuple[float, float, float]) -> str:
    """The results as a page."""
    written = [
        f"The whole register, {TECHNICIANS:,} technicians and {BUSINESSES:,} businesses, as {form}: {one['cpu_s']:.0f} s of "
        f"processor time, {one['wall_s']:.0f} s on {one['cores']} cores, {one['mb']:,.0f} MB."
        for form, one in facts["whole"].items()
    ]
    alone = max(row["microseconds_per_record"] for row in facts["rows"] if row["contender"] in MADE_ALONE)
    return "\n".join(
        [
            "# Results",
            "",
            (
                f"Measured {facts['measured_at'][:10]}, {facts['rounds']} rounds, taking turns; load average {load[0]:.1f} "
                f"before and {os.getloadavg()[0]:.1f} after."
            ),
            "",
            *table(facts["rows"]),
            "",
            *written,
            "",
            "| aim | measured | |",
            "| --- | --- | --- |",
            f"| any record within 20 µs | {alone} µs | {'met' if alone <= 20 else 'missed'} |",
            "",
            f"A record is {facts['mean_json_bytes']:,} bytes of JSON. Python {facts['python']} on {facts['machine']}; "
            + "; ".join(f"{name} {said}" for name, said in facts["versions"].items()),
            "",
        ]
    )


def main() -> None:
    options = argparse.ArgumentParser(prog="bench/population")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--out", type=Path, default=Path(__file__).parent)
    options.add_argument("--whole", action="store_true", help="the whole register as NDJSON too: minutes")
    options.add_argument("--one", help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.one:
        one(chosen.one)
        return
    load = os.getloadavg()
    rows = told(measured(chosen.rounds))
    forms: list[bulk.Form] = ["parquet", "ndjson"] if chosen.whole else ["parquet"]
    facts: dict[str, Any] = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "versions": {name: version(name) for name in PACKAGES},
        "rounds": chosen.rounds,
        "mean_json_bytes": round(json_size(1000)),
        "rows": rows,
        "whole": {form: whole(form) for form in forms},
    }
    said = json.dumps(facts, ensure_ascii=False, indent=1)
    (chosen.out / "results.json").write_text(said + "\n", encoding="utf-8")
    (chosen.out / "results.md").write_text(text(facts, load), encoding="utf-8")
    print(text(facts, load))


if __name__ == "__main__":
    main()
