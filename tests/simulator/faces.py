"""Two ways to reach a simulator of this process, and a simulator whose next answer can be spoiled on its way."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import uvicorn

from ccus_simulator.asgi import App, Protocol
from ccus_simulator.core import Simulator
from ccus_simulator.in_process import Face, Mock
from ccus_simulator.types import Plan, Request


class Spoiled(Simulator):
    """A simulator that adds to each of its plans what `spoil` says."""

    spoil: dict[str, Any] = {}  # noqa: RUF012 - replaced, never changed

    def decide(self, request: Request) -> Plan:
        return replace(super().decide(request), **self.spoil)


@contextmanager
def over_http(simulator: Simulator) -> Iterator[str]:
    """Serve a simulator of this process on the loopback."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        app: Any = App(simulator)
        server = uvicorn.Server(
            uvicorn.Config(
                app, http=Protocol, log_level="error", lifespan="off", ws="none", server_header=False
            )
        )
        thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listener])))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)


@contextmanager
def in_process(simulator: Simulator) -> Iterator[str]:
    """Answer `requests` from a simulator of this process."""
    with Mock() as mock:
        mock.add_passthru("http://127.0.0.1")
        mock.add(Face(simulator))
        yield "https://ccus-simulator.invalid"
