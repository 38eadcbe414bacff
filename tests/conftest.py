"""Recorded runs for whatever reads them: one told by hand in `reports/recorded/run.yaml`, and real ones, packed."""

from __future__ import annotations

import lzma
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from ccus_harness.events import EVENTS_FILE, Stream
from ccus_harness.register import load_register
from ccus_harness.reports import Report

if TYPE_CHECKING:
    from collections.abc import Callable

    from ccus_harness.register import Register

RECORDED = Path(__file__).parent / "reports" / "recorded"

TOLD: dict[str, Any] = yaml.safe_load((RECORDED / "run.yaml").read_text("utf-8"))

RUNS = RECORDED / "runs"
"""Real runs, packed."""

UNTOLD = {"verdict": "untested", "code": "untested.no_scenario"}


def record(folder: Path, register: Register, told: dict[str, Any] = TOLD, *, to_the_end: bool = True) -> Path:
    """Writes the told run as the harness would."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / EVENTS_FILE).open("wb") as file:
        stream = Stream(file)
        for event in told["events"]:
            stream.write(**event)
        for row in register.rows:
            stream.write(
                "verdict", **verdict(row.id, told["verdicts"].get(row.id, UNTOLD), scored=row.scored)
            )
        if to_the_end:
            stream.end(exit=told["exit"], counts={})
    return folder


def verdict(row: str, told: dict[str, Any], *, scored: bool) -> dict[str, Any]:
    silent: dict[str, Any] = {
        "row": row,
        "code": "",
        "policy": None,
        "layer": "text",
        "strength": None,
        "blame": None,
        "remarks": [],
        "under": {},
        "declared": None,
        "due": None,
        "scenarios": [],
        "selected": True,
        "scored": scored,
    }
    return {**silent, "reason": told.get("code", ""), **told}


@pytest.fixture(scope="session")
def register() -> Register:
    return load_register()


@pytest.fixture(scope="session")
def told_by_hand() -> dict[str, Any]:
    """What `recorded/run.yaml` tells; a test that changes it takes a copy."""
    return TOLD


@pytest.fixture(scope="session")
def recording(register: Register) -> Callable[..., Path]:
    """Records another run: `recording(folder, told)`."""
    return lambda folder, told, **options: record(folder, register, told, **options)


@pytest.fixture(scope="session")
def kept_run(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Unpacks a real run into a folder of its own, once: `kept_run("any_prime")`."""
    folder = tmp_path_factory.mktemp("kept")

    def unpacked(name: str) -> Path:
        run = folder / name
        if not run.exists():
            run.mkdir()
            (run / EVENTS_FILE).write_bytes(lzma.decompress((RUNS / f"{name}.jsonl.xz").read_bytes()))
        return run

    return unpacked


@pytest.fixture(scope="session")
def kept(kept_run: Callable[[str], Path], register: Register) -> Callable[[str], Report]:
    """The report of a real run, read once: `kept("reference")`."""
    return cache(lambda name: Report.read(kept_run(name) / EVENTS_FILE, register))
