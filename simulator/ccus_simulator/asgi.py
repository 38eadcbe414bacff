"""The HTTP face of a simulator: it reads, asks the core and performs the plan, and decides nothing."""

import asyncio
import socket
import struct
from asyncio import Transport as Connection
from typing import Any, Final, cast
from urllib.parse import parse_qsl

from uvicorn._types import ASGIReceiveCallable, ASGISendCallable, HTTPScope, Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from ccus_simulator.answers import Answer, answer
from ccus_simulator.core import Simulator
from ccus_simulator.reading import ADMINISTRATION, largest_body
from ccus_simulator.refusals import Refused
from ccus_simulator.types import Plan, Request

CONNECTION: Final = "ccus.connection"
LONGEST_SILENCE_SECONDS: Final = 600.0
"""A caller without a timeout of its own is let go after this."""
UNAWAITED_SECONDS: Final = 0.05
"""How long the word about what was delivered may wait for a call that has to be written down anyway."""
LINGER_NOT: Final = struct.pack("ii", 1, 0)
"""Closing a socket that lingers for no time sends a reset."""


class Protocol(HttpToolsProtocol):
    """Uvicorn's own, which also lets the application end the connection in the middle of an answer."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {CONNECTION: cast("dict[object, object]", self.transport)}


class App:
    """The ASGI application over one simulator."""

    def __init__(self, simulator: Simulator, admin_port: int | None = None, prefix: str = "") -> None:
        self._simulator = simulator
        self._batch: asyncio.Future[bool] | None = None
        self._later = False
        self._admin_port = admin_port
        self._prefix = prefix

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if scope["type"] != "http":
            return
        body = await _read_body(receive, largest_body(scope["path"]))
        request = _request(scope, body or b"", self._prefix)
        if self._at_the_wrong_port(scope, request.path):
            plan = self._simulator.refusal(request, Refused("path.unknown"))
        elif body is None:
            plan = self._simulator.refusal(request, Refused("body.too_large"))
        else:
            plan = self._simulator.decide(request)
            if not self._simulator.settled and not await self.written_down():
                plan = self._simulator.failed(request)
        whole = answer(plan)
        line = _Line(scope, receive, send)
        sent = await _perform(plan, whole, line)
        # Before anything else can happen: the caller's next call must find it written down.
        self._simulator.sent(plan, sent, whole.body_size)
        self._settle_later()
        if plan.transport is not None:
            # The server would complain of half an answer if it had not noticed that the connection is gone.
            await line.gone()

    async def written_down(self) -> bool:
        """Wait until everything decided so far is on disk; whoever waits at the same time shares one write."""
        if self._batch is None:
            loop = asyncio.get_running_loop()
            self._batch = loop.create_future()
            # After everybody who is ready now: they come along.
            loop.call_soon(self._settle)
        return await asyncio.shield(self._batch)

    def _settle(self) -> None:
        settled, batch = self._simulator.settle(), self._batch
        self._batch = None
        if batch is not None and not batch.done():
            batch.set_result(settled)

    def _settle_later(self) -> None:
        """Put on disk what nobody waits for, unless the next call does it first."""
        if self._later or self._simulator.settled:
            return
        self._later = True
        asyncio.get_running_loop().call_later(UNAWAITED_SECONDS, self._settle_unawaited)

    def _settle_unawaited(self) -> None:
        self._later = False
        self._settle()

    def _at_the_wrong_port(self, scope: HTTPScope, path: str) -> bool:
        """Whether somebody asks for the administration where candidates speak, or the other way about."""
        if self._admin_port is None:
            return False
        port = (scope["server"] or ("", None))[1]
        return path.startswith(ADMINISTRATION) != (port == self._admin_port)


class _Line:
    """One exchange on one connection."""

    def __init__(self, scope: HTTPScope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        self._receive = receive
        self._send = send
        self.connection = cast("Connection | None", (scope.get("extensions") or {}).get(CONNECTION))

    @property
    def is_open(self) -> bool:
        return self.connection is None or not self.connection.is_closing()

    async def write(self, answer: Answer, size: int) -> None:
        """Send status, headers and the first bytes of the body."""
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers]
        await self._send(
            {"type": "http.response.start", "status": answer.status, "headers": headers, "trailers": False}
        )
        await self._send(
            {
                "type": "http.response.body",
                "body": answer.content[:size],
                "more_body": size < answer.body_size,
            }
        )

    def write_half_of_the_headers(self, answer: Answer) -> None:
        """Send a status line and a header that stops inside its name, past the server, which sends whole ones."""
        if self.connection is not None:
            self.connection.write(f"HTTP/1.1 {answer.status} OK\r\ncontent-le".encode())

    def end(self, *, reset: bool) -> None:
        """End the connection."""
        if self.connection is not None:
            if reset:
                held: Any = self.connection.get_extra_info("socket")
                held.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
                self.connection.abort()
            else:
                self.connection.close()

    async def gone(self) -> None:
        """Wait until the other side is gone."""
        while (await self._receive())["type"] != "http.disconnect":
            pass

    async def stays(self, seconds: float) -> bool:
        """Wait so long, or until the other side is gone; tell whether it is still there."""
        try:
            async with asyncio.timeout(seconds):
                await self.gone()
        except TimeoutError:
            return True
        return False


async def _perform(plan: Plan, answer: Answer, line: _Line) -> int:
    """Send an answer as planned; give how many bytes of its body went out."""
    if plan.delay_seconds and not await line.stays(plan.delay_seconds):
        return 0
    fault = plan.transport
    if fault is None:
        return await _whole(answer, line)
    if fault.kind == "silent":
        await line.stays(LONGEST_SILENCE_SECONDS)
    sent = 0
    if fault.kind == "cut_headers" and line.is_open:
        line.write_half_of_the_headers(answer)
    if fault.kind == "cut" and line.is_open:
        sent = max(0, min(fault.after_bytes, answer.body_size - 1))
        await line.write(answer, sent)
    line.end(reset=fault.kind == "reset")
    return sent


async def _whole(answer: Answer, line: _Line) -> int:
    if not line.is_open:
        return 0
    await line.write(answer, answer.body_size)
    return answer.body_size


async def _read_body(receive: ASGIReceiveCallable, largest: int) -> bytes | None:
    chunks: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            return b""
        size += len(message["body"])
        more = message.get("more_body", False)
        # What is too large is read to its end and thrown away, so that the sender hears the answer.
        chunks = [] if size > largest else [*chunks, message["body"]]
    return None if size > largest else b"".join(chunks)


def _request(scope: HTTPScope, body: bytes, prefix: str) -> Request:
    # Some reverse proxies take their prefix off before they pass a call on, others leave it on.
    path = scope["path"]
    return Request(
        method=scope["method"],
        path=path.removeprefix(prefix) if path.startswith(f"{prefix}/") else path,
        query=dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)),
        headers={name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]},
        body=body,
    )
