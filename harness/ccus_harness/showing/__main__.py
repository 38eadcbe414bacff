"""Runs notebooks and writes them as pages: `python -m ccus_harness.showing --out FOLDER notebooks/*.py`.

Without `--out` nothing is run: each source gets the .ipynb that stands beside it.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from time import monotonic

from ccus_harness.showing import pages


def main(arguments: list[str]) -> int:
    """Runs each notebook in turn; goes on where one stops, and says so at the end."""
    parser = argparse.ArgumentParser(prog="python -m ccus_harness.showing", description=__doc__)
    parser.add_argument("--out", type=Path, help="where the pages go")
    parser.add_argument("sources", type=Path, nargs="+", help="sources of notebooks")
    asked = parser.parse_args(arguments)
    if asked.out is None:
        for source in asked.sources:
            source.with_suffix(".ipynb").write_text(pages.kept(source), encoding="utf-8", newline="\n")
        return 0
    stopped = [source for source in asked.sources if not _written(source, asked.out)]
    return 1 if stopped else 0


def _written(source: Path, out: Path) -> bool:
    began = monotonic()
    try:
        _, shown = pages.write(pages.execute(pages.read(source), source.parent), out, source.stem)
    except pages.Stopped as fault:
        sys.stderr.write(f"{source}: {fault}\n")
        return False
    sys.stdout.write(f"{shown}  {monotonic() - began:.0f} s\n")
    sys.stdout.flush()
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
