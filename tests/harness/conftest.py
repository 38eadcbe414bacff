"""Whole runs, made once per session and shared: they are real, and they take seconds."""

from __future__ import annotations

import fcntl
import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from ccus_harness import events, runs

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A finished run as its tests look at it."""

    path: Path
    events: list[dict[str, Any]]

    @property
    def exit(self) -> int:
        return int(self.events[-1]["exit"])

    @property
    def verdicts(self) -> dict[str, dict[str, Any]]:
        return {event["row"]: event for event in self.events if event["kind"] == "verdict"}

    def claims(self, row: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["kind"] == "claim" and event["row"] == row]

    def courses(self) -> dict[str, str]:
        return {
            event["scenario"]: event["outcome"] for event in self.events if event["kind"] == "scenario_end"
        }


def whole(path: Path) -> Whole:
    return Whole(path=path, events=list(events.read(path / events.EVENTS_FILE)))


@pytest.fixture(scope="session")
def run_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Whole]:
    """Runs a target once for each choice of rows, however many processes share the tests."""
    own = tmp_path_factory.getbasetemp()
    shared = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "shared_runs"
    shared.mkdir(exist_ok=True)

    def run(target: str, *rows: str, dialect: str = "json") -> Whole:
        out = shared / "-".join([dialect, target, *rows]).replace(":", "-").replace("/", "-")
        with out.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not out.exists():
                chosen = {"dialect": dialect}
                request = runs.RunRequest(target=target, out=out, obligations=rows, connections=chosen)
                for _ in runs.launch(request):
                    pass
        return whole(out)

    return run


@pytest.fixture
def whole_at() -> Callable[[Path], Whole]:
    return whole


@pytest.fixture
def copy_of(tmp_path: Path) -> Callable[[Whole], Path]:
    """A copy of a run, state included, that a test may damage."""

    def copy(original: Whole) -> Path:
        return shutil.copytree(original.path, tmp_path / "copy")

    return copy
