"""Starts the simulator and the reference candidate as processes of their own, and ends what it started."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence
    from pathlib import Path

START_SECONDS = 30
END_SECONDS = 10


class NotStarted(Exception):
    """A process of ours did not come up; `said` is the end of what it printed."""

    def __init__(self, module: str, said: str) -> None:
        super().__init__(f"{module} did not start: {said}")
        self.module = module
        self.said = said


@contextmanager
def serving(
    module: str, args: Sequence[str], *, env: Mapping[str, str], log: Path
) -> Generator[dict[str, Any]]:
    """Runs ``python -m module args`` and yields what it announces when it listens, first of all ``listening``."""
    with starting(module, args, env=env, log=log) as server:
        yield server.announced()


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A process of ours that was started and may still be coming up."""

    module: str
    process: subprocess.Popen[bytes]
    lines: Sequence[bytes]
    log: Path

    def announced(self) -> dict[str, Any]:
        """What it announces when it listens; waits for it."""
        deadline = time.monotonic() + START_SECONDS
        while not self.lines and self.process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        try:
            told: dict[str, Any] = json.loads(self.lines[0])
            return {**told, "listening": str(told["listening"])}
        except (IndexError, ValueError, KeyError) as fault:
            raise NotStarted(self.module, self.log.read_text(errors="replace")[-2000:]) from fault

    def end(self) -> None:
        """Asks it to end, without waiting."""
        self.process.terminate()


@contextmanager
def starting(module: str, args: Sequence[str], *, env: Mapping[str, str], log: Path) -> Generator[Server]:
    """Starts ``python -m module args`` and goes on at once: several come up beside each other."""
    with log.open("ab") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *args],
            stdout=subprocess.PIPE,
            stderr=said,
            stdin=subprocess.DEVNULL,
            env={**os.environ, **env},
        )
    lines: list[bytes] = []
    reader = threading.Thread(target=_drain, args=(process, lines), daemon=True)
    reader.start()
    try:
        yield Server(module=module, process=process, lines=lines, log=log)
    finally:
        _end(process)
        reader.join(END_SECONDS)


def _drain(process: subprocess.Popen[bytes], lines: list[bytes]) -> None:
    """Keeps what the process prints; a full pipe would stop it."""
    assert process.stdout is not None  # noqa: S101 - it was asked for above
    with process.stdout as stdout:
        for line in stdout:
            lines.append(line)  # noqa: PERF402 - the reader needs each line as it comes


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
