"""The simulator as a real HTTP server on the loopback, and the helper that starts one beside a test or a run."""

import asyncio
import json
import os
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

import uvicorn

from ccus_simulator.asgi import App, Protocol
from ccus_simulator.core import Simulator

HOST: Final = "127.0.0.1"
ADMIN_TOKEN_VARIABLE: Final = "CCUS_SIM_ADMIN_TOKEN"  # noqa: S105 - its name, not its value
START_DEADLINE_SECONDS: Final = 30.0
STOP_DEADLINE_SECONDS: Final = 10.0


def serve(simulator: Simulator, port: int, announce: dict[str, Any]) -> None:
    """Serve until SIGTERM; one JSON line on standard output says where."""
    # Named as TCP, or asyncio leaves Nagle's algorithm on and each answer waits 40 ms for an acknowledgement.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        config = uvicorn.Config(
            App(simulator),  # pyright: ignore[reportArgumentType] - uvicorn's own scope types
            http=Protocol,
            log_level="warning",
            access_log=False,
            lifespan="off",
            ws="none",
            server_header=False,
            timeout_graceful_shutdown=2,
        )
        url = f"http://{HOST}:{listener.getsockname()[1]}"
        _Server(config, {"listening": url, **announce}).run(sockets=[listener])


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A simulator process that has said where it listens."""

    base_url: str
    process: subprocess.Popen[bytes]

    def stop(self) -> None:
        """End the process, gently first."""
        self.process.terminate()
        try:
            self.process.wait(STOP_DEADLINE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()


class DidNotStart(RuntimeError):
    """A simulator process that ended or stayed silent instead of listening."""

    def __init__(self, log: Path) -> None:
        self.log = log
        super().__init__(log)

    def __str__(self) -> str:
        said = self.log.read_text(encoding="utf-8", errors="replace")[-2000:]
        return f"The simulator did not start; see {self.log}. It said:\n{said}"


def start(state: Path, admin_token: str, *arguments: str) -> Running:
    """Start a simulator process on a state file and wait until it listens."""
    log = state.with_name(f"{state.name}.log")
    command = [sys.executable, "-m", "ccus_simulator", "--port", "0", "--state", str(state), *arguments]
    environment = {**os.environ, ADMIN_TOKEN_VARIABLE: admin_token}
    with log.open("ab") as said:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said, env=environment)
    line = _first_line(process.stdout) if process.stdout else b""
    try:
        return Running(base_url=json.loads(line)["listening"], process=process)
    except (ValueError, KeyError):
        Running(base_url="", process=process).stop()
        raise DidNotStart(log) from None


@contextmanager
def running(state: Path, admin_token: str) -> Generator[str]:
    """Run a simulator process on a state file; gives its base URL."""
    simulator = start(state, admin_token)
    try:
        yield simulator.base_url
    finally:
        simulator.stop()


class _Server(uvicorn.Server):
    """A uvicorn server that says on standard output when it is ready."""

    def __init__(self, config: uvicorn.Config, announce: dict[str, Any]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        await asyncio.to_thread(print, json.dumps(self._announce), flush=True)


def _first_line(pipe: IO[bytes]) -> bytes:
    """Read one line, giving up at the deadline."""
    line, deadline = b"", time.monotonic() + START_DEADLINE_SECONDS
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        while not line.endswith(b"\n") and selector.select(max(deadline - time.monotonic(), 0)):
            chunk = os.read(pipe.fileno(), 4096)
            if not chunk:
                break
            line += chunk
    return line
