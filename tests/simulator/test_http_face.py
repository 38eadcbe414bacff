"""Claims about what the HTTP face makes of bytes: order, limits, offers it does not take, and ends."""

import asyncio
import contextlib
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ccus_simulator.core import Simulator
from ccus_simulator.http_face import LARGEST_HEAD, MOST_WAITING, Face
from ccus_simulator.reading import LARGEST_BODY
from ccus_simulator.server import listening
from ccus_simulator.store import Store

from .conftest import ADMIN
from .faces import over_http

HEALTH = b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n"
NOWHERE = b"GET /nowhere HTTP/1.1\r\nhost: x\r\n\r\n"


@pytest.fixture
def line(tmp_path: Path) -> Iterator[socket.socket]:
    store = Store(tmp_path / "sim.sqlite")
    with over_http(Simulator(store, ADMIN)) as url:
        host, _, port = url.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port)), timeout=10) as opened:
            yield opened
    store.close()


def heard(line: socket.socket, answers: int) -> list[tuple[int, dict[str, str], bytes]]:
    """Read so many answers from a connection."""
    read = line.makefile("rb")
    told: list[tuple[int, dict[str, str], bytes]] = []
    for _ in range(answers):
        status = int(read.readline().split()[1])
        pairs = iter(lambda: read.readline().strip(), b"")
        headers = {
            name.decode(): value.decode() for name, _, value in (pair.partition(b": ") for pair in pairs)
        }
        told.append((status, headers, read.read(int(headers.get("content-length", 0)))))
    return told


def ended(line: socket.socket) -> bool:
    return line.recv(1) == b""


def test_calls_sent_ahead_are_answered_in_their_order(line: socket.socket) -> None:
    count = 3 * MOST_WAITING
    line.sendall((HEALTH + NOWHERE) * count)
    assert [status for status, _, __ in heard(line, 2 * count)] == [200, 404] * count


def test_a_call_may_come_byte_by_byte(line: socket.socket) -> None:
    for order in range(len(HEALTH)):
        line.sendall(HEALTH[order : order + 1])
    ((status, headers, body),) = heard(line, 1)
    assert (status, json.loads(body)["simulated"]) == (200, True)
    assert headers["date"].endswith("GMT")


def test_a_sender_that_waits_for_leave_gets_it(line: socket.socket) -> None:
    line.sendall(b"POST /health HTTP/1.1\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n")
    assert heard(line, 1)[0][0] == 100
    line.sendall(b"{}")
    assert heard(line, 1)[0][0] == 405


def test_a_body_in_chunks_is_read_and_one_that_is_too_large_is_refused_at_its_end(
    line: socket.socket,
) -> None:
    chunk = b"%x\r\n%b\r\n" % (LARGEST_BODY // 2, b"x" * (LARGEST_BODY // 2))
    line.sendall(b"POST /w/a/v1/requests HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n" + chunk * 3)
    line.sendall(b"0\r\n\r\n" + HEALTH)
    assert [status for status, _, __ in heard(line, 2)] == [413, 200]


@pytest.mark.parametrize(
    "nonsense", [b"\x16\x03\x01\x00", b"GET http://[ HTTP/1.1\r\n\r\n", b"\r\nx y z\r\n"]
)
def test_what_is_no_http_is_refused_and_heard_no_further(line: socket.socket, nonsense: bytes) -> None:
    line.sendall(nonsense)
    assert heard(line, 1)[0][0] == 400
    assert ended(line)


def test_a_head_without_end_is_not_read_for_ever(line: socket.socket) -> None:
    with contextlib.suppress(ConnectionError):
        line.sendall(b"GET /health HTTP/1.1\r\nx: " + b"y" * 20 * LARGEST_HEAD)
        assert heard(line, 1)[0][0] == 400
        assert ended(line)


def test_an_offer_to_speak_something_else_is_not_taken(line: socket.socket) -> None:
    line.sendall(b"GET /health HTTP/1.1\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n")
    ((status, headers, _),) = heard(line, 1)
    assert (status, headers["connection"]) == (200, "close")
    assert ended(line)


@pytest.mark.parametrize("said", [b"HTTP/1.1\r\nconnection: close", b"HTTP/1.0"])
def test_who_wants_no_second_call_is_let_go(line: socket.socket, said: bytes) -> None:
    line.sendall(b"GET /health " + said + b"\r\n\r\n")
    assert heard(line, 1)[0][1]["connection"] == "close"
    assert ended(line)


def test_a_head_is_answered_without_a_body(line: socket.socket) -> None:
    line.sendall(b"HEAD /health HTTP/1.1\r\n\r\n" + HEALTH)
    read = line.makefile("rb")
    assert read.readline().split()[1] == b"405"
    while read.readline().strip():
        pass
    assert read.readline().split()[1] == b"200"


def test_only_connections_on_which_nothing_happens_are_closed(tmp_path: Path) -> None:
    async def swept() -> tuple[Any, int]:
        loop = asyncio.get_running_loop()
        with socket.create_server(("127.0.0.1", 0)) as listener:
            face = Face(Simulator(store, ADMIN))
            async with listening(face, listener):
                reader, writer = await asyncio.open_connection(*listener.getsockname())
                writer.write(HEALTH)
                await reader.readuntil(b"\r\n\r\n")
                face.close_idle(loop.time() - 60)
                kept = len(face.connections)
                face.close_idle(loop.time())
                await reader.read()
                writer.close()
                return reader.at_eof(), kept

    store = Store(tmp_path / "sim.sqlite")
    assert asyncio.run(swept()) == (True, 1)
    store.close()
