"""The HTTP face of a simulator: it reads, asks the core and performs the plan, and decides nothing.

The parser is httptools; the rest is small because every answer is known whole before its first byte leaves. A
general server between the two took longer for a call than the core does.
"""

import asyncio
import socket
import struct
import time
from asyncio import Transport
from collections import deque
from http import HTTPStatus
from typing import Any, Final, cast
from urllib.parse import parse_qsl, unquote
from wsgiref.handlers import format_date_time

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser, parse_url
from msgspec import Struct

from ccus_simulator.answers import Answer, answer
from ccus_simulator.core import Simulator
from ccus_simulator.reading import ADMINISTRATION, largest_body
from ccus_simulator.refusals import Refused
from ccus_simulator.settling import Settling
from ccus_simulator.types import Plan, Request

LONGEST_SILENCE_SECONDS: Final = 600.0
"""A caller without a timeout of its own is let go after this."""
IDLE_SECONDS: Final = 75.0
"""A connection on which nothing is said for so long is closed."""
LARGEST_HEAD: Final = 64 * 1024
MOST_WAITING: Final = 32
"""Calls that a client may send ahead on one connection before we stop reading."""
LINGER_NOT: Final = struct.pack("ii", 1, 0)
"""Closing a socket that lingers for no time sends a reset."""
LINES: Final = {status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n" for status in HTTPStatus}
MALFORMED: Final = (
    b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-type: text/plain; charset=utf-8\r\n"
    b"content-length: 30\r\n\r\nInvalid HTTP request received."
)


class Call(Struct, frozen=True, kw_only=True):
    """A request as it was read from a connection."""

    request: Request
    too_large: bool
    keep_alive: bool


class Face:
    """What the connections of one server share."""

    def __init__(self, simulator: Simulator, admin_port: int | None = None, prefix: str = "") -> None:
        self.simulator = simulator
        self.settling = Settling(simulator)
        self.connections: set[Connection] = set()
        self.prefix = prefix
        self._admin_port = admin_port
        self._date = (0, "")

    def connection(self) -> "Connection":
        return Connection(self)

    def plan(self, call: Call, port: int | None) -> Plan:
        """Ask the core, unless the call cannot reach it."""
        request = call.request
        if self._at_the_wrong_port(port, request.path):
            return self.simulator.refusal(request, Refused("path.unknown"))
        if call.too_large:
            return self.simulator.refusal(request, Refused("body.too_large"))
        return self.simulator.decide(request)

    def date(self) -> str:
        """Write the time of day as HTTP wants it, once a second."""
        now = int(time.time())
        if now != self._date[0]:
            self._date = (now, format_date_time(now))
        return self._date[1]

    def close_idle(self, silent_since: float) -> None:
        """Close the connections on which nothing happens and nothing was said since that time of the loop."""
        for connection in [one for one in self.connections if one.is_idle and one.heard_at <= silent_since]:
            connection.close()

    def _at_the_wrong_port(self, port: int | None, path: str) -> bool:
        """Whether somebody asks for the administration where candidates speak, or the other way about."""
        if self._admin_port is None:
            return False
        return path.startswith(ADMINISTRATION) != (port == self._admin_port)


class Connection(asyncio.Protocol):
    """One connection: calls are read as they come, and answered one after the other."""

    def __init__(self, face: Face) -> None:
        self._face = face
        self._parser = HttpRequestParser(self)
        self._waiting: deque[Call] = deque()
        self._busy: Call | None = None
        self._held: tuple[Plan, Answer] | None = None
        """An answer that is not sent yet, because it is planned to be late or never to come."""
        self._timer: asyncio.TimerHandle | None = None
        self._full = False
        self._unread = 0
        self.heard_at = 0.0

    # -- what asyncio tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("Transport", transport)
        self._loop = asyncio.get_running_loop()
        self._port: int | None = transport.get_extra_info("sockname")[1]
        self.heard_at = self._loop.time()
        self._face.connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self._face.connections.discard(self)
        self._waiting.clear()
        if self._held is not None:
            self._let_go()

    def pause_writing(self) -> None:
        self._full = True

    def resume_writing(self) -> None:
        self._full = False
        self._go_on()

    def data_received(self, data: bytes) -> None:
        self.heard_at = self._loop.time()
        self._unread += len(data)
        try:
            self._parser.feed_data(data)
        except HttpParserUpgrade:
            self._hear_no_more()
        except HttpParserError:
            self._refuse()
            return
        if self._unread > LARGEST_HEAD:
            self._refuse()
            return
        if len(self._waiting) > MOST_WAITING:
            self._transport.pause_reading()
        self._go_on()

    # -- what the parser tells

    def on_message_begin(self) -> None:
        self._url = b""
        self._headers: dict[str, str] = {}
        self._body: list[bytes] = []
        self._size = 0

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        url = parse_url(self._url)
        path = url.path.decode("ascii")
        self._path = unquote(path) if "%" in path else path
        self._query = (
            dict(parse_qsl(url.query.decode("latin-1"), keep_blank_values=True)) if url.query else {}
        )
        self._largest = largest_body(self._path)
        if self._headers.get("expect", "").lower() == "100-continue":
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, body: bytes) -> None:
        self._unread = 0
        self._size += len(body)
        # What is too large is read to its end and thrown away, so that the sender hears the answer.
        if self._size > self._largest:
            self._body.clear()
        else:
            self._body.append(body)

    def on_message_complete(self) -> None:
        self._unread = 0
        path, prefix = self._path, self._face.prefix
        request = Request(
            method=self._parser.get_method().decode("ascii"),
            # Some reverse proxies take their prefix off before they pass a call on, others leave it on.
            path=path.removeprefix(prefix) if prefix and path.startswith(f"{prefix}/") else path,
            query=self._query,
            headers=self._headers,
            body=b"".join(self._body),
        )
        too_large = self._size > self._largest
        keep_alive = self._parser.should_keep_alive()
        self._waiting.append(Call(request=request, too_large=too_large, keep_alive=keep_alive))

    # -- answering

    @property
    def is_idle(self) -> bool:
        return self._busy is None and not self._waiting

    def close(self) -> None:
        self._transport.close()

    def abort(self) -> None:
        self._transport.abort()

    def _go_on(self) -> None:
        """Answer the calls that wait, as far as that can be done now."""
        while self._waiting and self._busy is None and not self._full:
            call = self._busy = self._waiting.popleft()
            plan = self._face.plan(call, self._port)
            if self._face.simulator.settled:
                self._perform(plan)
            else:
                self._face.settling.then(lambda on_disk, plan=plan: self._settled(plan, on_disk=on_disk))
        if not self._waiting and not self._transport.is_reading() and not self._transport.is_closing():
            self._transport.resume_reading()

    def _settled(self, plan: Plan, *, on_disk: bool) -> None:
        call = self._busy
        if call is not None:
            self._perform(plan if on_disk else self._face.simulator.failed(call.request))
            self._go_on()

    def _perform(self, plan: Plan) -> None:
        """Send an answer as planned, now or when its time has come."""
        whole = answer(plan)
        self._held = plan, whole
        if self._transport.is_closing():
            self._let_go()
        elif plan.delay_seconds:
            self._timer = self._loop.call_later(plan.delay_seconds, self._send_late, plan, whole)
        else:
            self._send(plan, whole)

    def _send_late(self, plan: Plan, whole: Answer) -> None:
        self._send(plan, whole)
        self._go_on()

    def _send(self, plan: Plan, whole: Answer) -> None:
        fault = plan.transport
        if fault is None:
            self._write(whole, whole.body_size)
            self._done(plan, whole, whole.body_size)
            return
        if fault.kind == "silent":
            self._timer = self._loop.call_later(LONGEST_SILENCE_SECONDS, self._let_go)
            return
        sent = 0
        if fault.kind == "cut_headers":
            # A status line and a header that stops inside its name.
            self._transport.write(f"HTTP/1.1 {whole.status} OK\r\ncontent-le".encode())
        if fault.kind == "cut":
            sent = max(0, min(fault.after_bytes, whole.body_size - 1))
            self._write(whole, sent)
        if fault.kind == "reset":
            self._reset()
        self._done(plan, whole, sent)

    def _write(self, whole: Answer, size: int) -> None:
        """Send status, headers and the first bytes of the body."""
        call = cast("Call", self._busy)
        told = "".join([f"{name}: {value}\r\n" for name, value in whole.headers])
        line = LINES.get(whole.status) or f"HTTP/1.1 {whole.status} \r\n"
        close = "" if call.keep_alive else "connection: close\r\n"
        head = f"{line}date: {self._face.date()}\r\n{told}{close}\r\n".encode("latin-1")
        # A HEAD is answered with the headers of what a GET would bring.
        body = b"" if call.request.method == "HEAD" else whole.content
        self._transport.write(head + (body if size == whole.body_size else body[:size]))

    def _let_go(self) -> None:
        """End an exchange of which nothing was sent."""
        plan, whole = cast("tuple[Plan, Answer]", self._held)
        self._done(plan, whole, 0)
        self._transport.close()

    def _done(self, plan: Plan, whole: Answer, sent: int) -> None:
        call = cast("Call", self._busy)
        if self._timer is not None:
            self._timer.cancel()
        self._busy, self._held, self._timer = None, None, None
        # Before anything else can happen: the caller's next call must find it written down.
        self._face.simulator.sent(plan, sent, whole.body_size)
        self._face.settling.later()
        if plan.transport is not None or not call.keep_alive:
            self._transport.close()

    def _reset(self) -> None:
        held: Any = self._transport.get_extra_info("socket")
        held.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
        self._transport.abort()

    def _hear_no_more(self) -> None:
        """After an offer to speak something else, which we do not take, nothing more can be read."""
        last = self._waiting.pop()
        self._waiting.append(Call(request=last.request, too_large=last.too_large, keep_alive=False))

    def _refuse(self) -> None:
        """Refuse what is no HTTP, and hear no more."""
        if self.is_idle and not self._transport.is_closing():
            self._transport.write(MALFORMED)
        self._transport.close()
