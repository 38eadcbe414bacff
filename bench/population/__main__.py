"""Measure the making of people: `python bench/population [--rounds 5] [--out bench/population/results.json]`.

Every contender runs in a process of its own; rounds are interleaved, so that a busy minute of the machine falls on
all of them. Time is processor time, which a neighbour disturbs less than the clock on the wall; medians with their
least and greatest. Faker and mimesis are not needed by the suite: pip install faker mimesis.
"""

import argparse
import json
import platform
import resource
import subprocess
import sys
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parent))

from contenders import CONTENDERS, json_size

PACKAGES = ("ccus-conformance", "numpy", "pyarrow", "faker", "mimesis")
WARM_UP = 50


def one(name: str) -> None:
    make, count = CONTENDERS[name]
    make(WARM_UP)
    before, wall = time.process_time(), time.perf_counter()
    make(count)
    used = {"cpu": time.process_time() - before, "wall": time.perf_counter() - wall}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"count": count, "mib": peak, **used}))


def measured(rounds: int) -> dict[str, list[dict[str, float]]]:
    taken: dict[str, list[dict[str, float]]] = {name: [] for name in CONTENDERS}
    for _ in range(rounds):
        for name in CONTENDERS:
            command = [sys.executable, __file__, "--one", name]
            answer = subprocess.run(command, check=True, capture_output=True, text=True)
            taken[name].append(json.loads(answer.stdout))
    return taken


def told(taken: dict[str, list[dict[str, float]]]) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
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


def main() -> None:
    options = argparse.ArgumentParser(prog="bench/population")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--out", type=Path)
    options.add_argument("--one", help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.one:
        one(chosen.one)
        return
    rows = told(measured(chosen.rounds))
    against = next(row for row in rows if row["contender"] == "Faker ja_JP")["records_per_cpu_second"][0]  # type: ignore[index]
    print(
        "| contender | records per CPU second, median [min..max] | µs per record | times Faker | peak MiB |"
    )
    print("| --- | ---: | ---: | ---: | ---: |")
    for row in rows:
        middle, least, most = row["records_per_cpu_second"]  # type: ignore[misc]
        print(
            f"| {row['contender']} | {middle:,} [{least:,}..{most:,}] | {row['microseconds_per_record']} | "
            f"{middle / against:,.1f} | {row['peak_mib']} |"
        )
    if chosen.out:
        facts = {
            "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "python": platform.python_version(),
            "machine": platform.machine(),
            "versions": {name: version(name) for name in PACKAGES},
            "rounds": chosen.rounds,
            "mean_json_bytes": round(json_size(1000)),
            "rows": rows,
        }
        chosen.out.write_text(json.dumps(facts, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
