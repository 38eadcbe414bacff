"""The simulator as a real HTTP server, on the loopback unless told otherwise, and the helper that starts one beside a test or a run."""

import asyncio
import gc
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from ccus_simulator.address import LOOPBACK, Address
from ccus_simulator.core import Simulator
from ccus_simulator.http_face import IDLE_SECONDS, Face
from ccus_simulator.postbox import DOMAIN

if TYPE_CHECKING:
    from ssl import SSLContext

    from ccus_simulator.certificates import Certificates

ADMIN_TOKEN_VARIABLE: Final = "CCUS_SIM_ADMIN_TOKEN"  # noqa: S105 - its name, not its value
START_DEADLINE_SECONDS: Final = 30.0
STOP_DEADLINE_SECONDS: Final = 10.0
FAREWELL_SECONDS: Final = 2.0
"""How long calls that are being answered may hold up the end."""
SWEEP_SECONDS: Final = 15.0
"""How often idle connections are looked for."""
BACKLOG: Final = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Where to listen: 0 is a free port, None not at all."""

    http: int = 0
    admin: int | None = None
    """The administration has this port for itself; without it, it is answered beside the worlds."""
    mail: int | None = None


def settle_memory() -> None:
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
        face = Face(simulator, _port(admin) if admin else None, address.prefix)
        plan = _Serving(
            face=face,
            listeners=(http, *([admin] if admin else [])),
            tls=_tls(address.certificates) if address.certificates else None,
            mail=mail,
            told={**told, **announce},
        )
        settle_memory()
        asyncio.run(_serve(plan))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Serving:
    """What is served where, and what is said when it is."""

    face: Face
    listeners: tuple[socket.socket, ...]
    tls: "SSLContext | None"
    mail: socket.socket | None
    told: dict[str, Any]


async def _serve(plan: _Serving) -> None:
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stop.set)
    async with AsyncExitStack() as stack:
        for listener in plan.listeners:
            await stack.enter_async_context(listening(plan.face, listener, plan.tls))
        if plan.mail is not None:
            from ccus_simulator import mail_server  # noqa: PLC0415 - a start without mail does not wait for it

            written_down = plan.face.settling.written_down
            post = await mail_server.listen(plan.face.simulator, written_down, plan.mail)
            stack.callback(post.close)
        print(json.dumps(plan.told), flush=True)  # noqa: T201 - whoever started us reads it
        while not stop.is_set():
            plan.face.close_idle(loop.time() - IDLE_SECONDS)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), SWEEP_SECONDS)


@asynccontextmanager
async def listening(
    face: Face, listener: socket.socket, tls: "SSLContext | None" = None
) -> AsyncGenerator[None]:
    """Answer at a socket that is bound already; at the end, what was begun is finished."""
    server = await asyncio.get_running_loop().create_server(
        face.connection, sock=listener, ssl=tls, backlog=BACKLOG
    )
    try:
        yield
    finally:
        server.close()
        await _farewell(face)


async def _farewell(face: Face) -> None:
    """Let the calls that are being answered have their answers, as far as that does not take long."""
    loop = asyncio.get_running_loop()
    end = loop.time() + FAREWELL_SECONDS
    while face.connections and loop.time() < end:
        face.close_idle(loop.time())
        await asyncio.sleep(0.01)
    for connection in list(face.connections):
        connection.abort()
    face.simulator.settle()


def _tls(shown: "Certificates") -> "SSLContext":
    from ssl import PROTOCOL_TLS_SERVER, SSLContext  # noqa: PLC0415 - a start without TLS does not wait for it

    context = SSLContext(PROTOCOL_TLS_SERVER)
    context.load_cert_chain(shown.certificate, shown.key)
    return context


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
