"""The simulator as a real HTTP server, on the loopback unless told otherwise, and the helper that starts one beside a test or a run."""

import asyncio
import gc
import json
import os
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, Any, Final

import uvicorn

from ccus_simulator import mail_server
from ccus_simulator.address import LOOPBACK, Address
from ccus_simulator.asgi import App, Protocol
from ccus_simulator.core import Simulator
from ccus_simulator.postbox import DOMAIN

ADMIN_TOKEN_VARIABLE: Final = "CCUS_SIM_ADMIN_TOKEN"  # noqa: S105 - its name, not its value
START_DEADLINE_SECONDS: Final = 30.0
STOP_DEADLINE_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Where to listen: 0 is a free port, None not at all."""

    http: int = 0
    admin: int | None = None
    """The administration has this port for itself; without it, it is answered beside the worlds."""
    mail: int | None = None


def _settle_memory() -> None:
    """Keep the cyclic collector away from what stays: walking it again and again made the slowest answers."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def serve(simulator: Simulator, ports: Ports, address: Address, announce: dict[str, Any]) -> None:
    """Serve until SIGTERM; one JSON line on standard output says where.

    A port of their own for administration or mail is on the loopback, whatever the address of the worlds.
    """
    with ExitStack() as stack:
        http = stack.enter_context(_bound(address.host, ports.http))
        admin = None if ports.admin is None else stack.enter_context(_bound(LOOPBACK, ports.admin))
        mail = None if ports.mail is None else stack.enter_context(_bound(LOOPBACK, ports.mail))
        told = address.announcement(_port(http))
        told |= {"admin": address.url(LOOPBACK, _port(admin))} if admin else {}
        told |= {"mail": f"smtp://{LOOPBACK}:{_port(mail)}", "mail_domain": DOMAIN} if mail else {}
        app = App(simulator, _port(admin) if admin else None, address.prefix)
        shown = address.certificates
        config = uvicorn.Config(
            app,  # pyright: ignore[reportArgumentType] - uvicorn's own scope types
            ssl_certfile=shown.certificate if shown else None,
            ssl_keyfile=shown.key if shown else None,
            http=Protocol,
            log_level="warning",
            access_log=False,
            lifespan="off",
            ws="none",
            server_header=False,
            timeout_graceful_shutdown=2,
        )
        take_mail = partial(mail_server.listen, simulator, app.written_down, mail) if mail else None
        server = _Server(config, {**told, **announce}, take_mail)
        _settle_memory()
        server.run(sockets=[http, *([admin] if admin else [])])


class NotBound(Exception):
    """The place to listen at cannot be had."""

    def __init__(self, host: str, port: int, why: str) -> None:
        self.host = host
        self.port = port
        self.why = why
        super().__init__(host, port, why)

    def __str__(self) -> str:
        where = f"{self.host} のポート {self.port}"
        return f"{where} で待ち受けられません（{self.why}）。--bind と --port を確かめてください。"


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named as TCP, or asyncio leaves Nagle's algorithm on and each answer waits 40 ms for an acknowledgement.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise NotBound(host, port, error.strerror or type(error).__name__) from error
    return listener


def _port(listener: socket.socket) -> int:
    return listener.getsockname()[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A simulator process that has said where it listens."""

    base_url: str
    process: subprocess.Popen[bytes]
    told: Mapping[str, Any]
    """What it said about itself when it was ready."""

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
        told: dict[str, Any] = json.loads(line)
        return Running(base_url=told["listening"], process=process, told=told)
    except (ValueError, KeyError):
        Running(base_url="", process=process, told={}).stop()
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
    """A uvicorn server that takes mail in the same process and says on standard output when it is ready."""

    def __init__(
        self,
        config: uvicorn.Config,
        announce: dict[str, Any],
        take_mail: Callable[[], Awaitable[asyncio.AbstractServer]] | None,
    ) -> None:
        super().__init__(config)
        self._announce = announce
        self._take_mail = take_mail
        self._post: asyncio.AbstractServer | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self._take_mail is not None:
            self._post = await self._take_mail()
        await asyncio.to_thread(print, json.dumps(self._announce), flush=True)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self._post is not None:
            self._post.close()
        await super().shutdown(sockets)


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
