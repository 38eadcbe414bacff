"""Measure again what the project says of its speed: `python bench [--long] [--peers FOLDER]`.

Renews results.json and results.md of bench/simulator and bench/population, in some five minutes. What the simulator is
measured against is installed into a throw-away folder, once. Run it on a machine that does nothing else.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
READS, MANY_READS = 200_000, 1_000_000


def main() -> int:
    """Measure both."""
    parser = argparse.ArgumentParser(prog="python bench", description=__doc__.splitlines()[0])
    parser.add_argument(
        "--long", action="store_true", help="a million calls, the whole register in both forms"
    )
    parser.add_argument("--peers", type=Path, default=Path(tempfile.gettempdir()) / "ccus-bench-peers")
    options = parser.parse_args()
    if not (options.peers / "venv").is_dir():
        subprocess.run([HERE / "simulator/setup.sh", options.peers], check=True)
    reads = MANY_READS if options.long else READS
    commands = [
        [HERE / "population"],
        [HERE / "simulator/run.py", options.peers, "--requests", str(reads)],
    ]
    if options.long:
        commands[0] += ["--whole", "--rounds", "5"]
        commands[1] += ["--rounds", "5", "--seconds", "3"]
    for command in commands:
        subprocess.run([sys.executable, *command], check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
