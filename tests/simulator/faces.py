"""Two ways to reach a simulator of this process, and a simulator whose next answer can be spoiled on its way."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from msgspec.structs import replace

from ccus_simulator import in_process as within
from ccus_simulator.core import Simulator
from ccus_simulator.http_face import Face
from ccus_simulator.server import listening
from ccus_simulator.types import Plan, Request


class Spoiled(Simulator):
    """A simulator that adds to each of its plans what `spoil` says."""

    spoil: dict[str, Any] = {}  # noqa: RUF012 - replaced, never changed

    def decide(self, request: Request) -> Plan:
        return replace(super().decide(request), **self.spoil)


@contextmanager
def over_http(simulator: Simulator) -> Iterator[str]:
    """Serve a simulator of this process on the loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        loop, stop = asyncio.new_event_loop(), asyncio.Event()

        async def serve() -> None:
            async with listening(Face(simulator), listener):
                ready.set()
                await stop.wait()

        ready = threading.Event()
        thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
        thread.start()
        try:
            assert ready.wait(10)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            loop.call_soon_threadsafe(stop.set)
            thread.join(10)
            loop.close()


@contextmanager
def in_process(simulator: Simulator) -> Iterator[str]:
    """Answer `requests` from a simulator of this process."""
    with within.Mock() as mock:
        mock.add_passthru("http://127.0.0.1")
        mock.add(within.Face(simulator))
        yield "https://ccus-simulator.invalid"
