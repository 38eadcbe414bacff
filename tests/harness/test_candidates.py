"""Candidates over real HTTP: whatever they send is an answer, never an exception, never for ever."""

from __future__ import annotations

import base64
import contextlib
import json
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from ccus_harness.candidates import OPERATIONS, Target, UnknownTarget, parse_target
from ccus_harness.candidates import http as driver
from ccus_harness.candidates.envelope import opened
from ccus_harness.candidates.http import HttpCandidate
from ccus_harness.candidates.null import NullCandidate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DONE = {"outcome": "done", "reason": None, "due": None, "artefacts": [], "detail": {}}


@contextlib.contextmanager
def answering(respond: Callable[[BaseHTTPRequestHandler], None]) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            with contextlib.suppress(OSError):
                respond(self)

        do_GET = do_POST

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def body(status: int, content: bytes, **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    def respond(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    return respond


def test_a_lawful_envelope_is_an_answer() -> None:
    with answering(body(200, json.dumps(DONE).encode())) as url:
        answer = HttpCandidate(url, "t").perform("view", {"world": "w"})
    assert (answer.status, answer.value["outcome"]) == ("answered", "done")


def test_a_lacking_operation_names_the_capability() -> None:
    with answering(body(501, b'{"capability": "restore"}')) as url:
        answer = HttpCandidate(url, "t").perform("restore", {"world": "w"})
    assert (answer.status, answer.capability) == ("unsupported", "restore")


def test_a_refused_token_is_a_fault_of_the_set_up() -> None:
    with answering(body(401, b"")) as url:
        answer = HttpCandidate(url, "t").perform("view", {})
    assert (answer.status, answer.blame) == ("unanswered", "set_up")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>500</html>",
        b"[]",
        b"null",
        b'{"outcome": "fine"}',
        b'{"outcome": "done", "artefacts": {}}',
        b'{"outcome": "done", "artefacts": [{"name": "x", "media_type": "y", "body": "***"}]}',
        b'{"outcome": "done", "artefacts": [7]}',
        b'{"outcome": "done", "reason": 7}',
        b"[" * 200_000,
        b'{"outcome": "done", "detail": ' + b'{"a":' * 500 + b"1" + b"}" * 500 + b"}",
        b"\xff\xfe\x00",
    ],
    ids=lambda content: repr(content[:24]),
)
def test_nonsense_is_the_products_and_an_answer(content: bytes) -> None:
    with answering(body(200, content)) as url:
        answer = HttpCandidate(url, "t").perform("view", {})
    assert (answer.status, answer.blame) == ("unanswered", "product")
    assert answer.fault.startswith("nonsense")


@pytest.mark.parametrize("status", [204, 302, 404, 500, 503])
def test_another_status_is_nonsense_and_redirects_are_not_followed(status: int) -> None:
    visited: list[str] = []

    def respond(handler: BaseHTTPRequestHandler) -> None:
        visited.append(handler.path)
        body(status, b"", Location="/elsewhere")(handler)

    with answering(respond) as url:
        answer = HttpCandidate(url, "t").perform("view", {})
    assert answer.fault.startswith("nonsense")
    assert visited == ["/v1/view"]


def test_a_closed_connection_is_the_products() -> None:
    def hang_up(handler: BaseHTTPRequestHandler) -> None:
        handler.connection.shutdown(socket.SHUT_RDWR)

    with answering(hang_up) as url:
        answer = HttpCandidate(url, "t").perform("view", {})
    assert (answer.status, answer.blame) == ("unanswered", "product")
    assert answer.fault.startswith("closed")


def test_nobody_listening_is_the_networks() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        answer = HttpCandidate(url, "t").perform("view", {})
    assert (answer.status, answer.blame) == ("unanswered", "network")


def test_an_answer_over_the_bound_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver, "MAX_BYTES", 1000)
    with answering(body(200, b'"' + b"x" * 5000 + b'"')) as url:
        answer = HttpCandidate(url, "t").perform("view", {})
    assert answer.fault.startswith("nonsense: more than")


def drip(handler: BaseHTTPRequestHandler) -> None:
    """Sends a byte now and then, so that no single read ever times out."""
    handler.send_response(200)
    handler.end_headers()
    for _ in range(200):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.05)


@pytest.mark.parametrize("respond", [drip, lambda _handler: time.sleep(3)], ids=["drip", "silence"])
def test_a_hung_candidate_meets_a_deadline_and_is_then_given_up(
    respond: Callable[[BaseHTTPRequestHandler], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(driver, "CONNECT_SECONDS", 0.2)
    with answering(respond) as url:
        candidate = HttpCandidate(url, "t", read_seconds=0.2)
        answers = [candidate.perform("view", {}) for _ in range(driver.GONE_AFTER + 1)]
    assert [answer.status for answer in answers] == ["unanswered"] * 3
    assert answers[0].fault.startswith("hung")
    assert answers[-1].fault.startswith("gone")


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("reference", Target(kind="reference")),
        ("reference:any_prime", Target(kind="reference", detail="any_prime")),
        ("null:refuse", Target(kind="null", detail="refuse")),
        ("http:http://127.0.0.1:8080", Target(kind="http", detail="http://127.0.0.1:8080")),
        ("http://127.0.0.1:8080/", Target(kind="http", detail="http://127.0.0.1:8080")),
        ("https://adapter.example", Target(kind="http", detail="https://adapter.example")),
    ],
)
def test_one_string_names_a_candidate(text: str, target: Target) -> None:
    assert parse_target(text) == target


@pytest.mark.parametrize("text", ["", "refrence", "null:", "null:sing", "http:", "http://", "ftp:x"])
def test_a_string_that_names_none_is_refused(text: str) -> None:
    with pytest.raises(UnknownTarget):
        parse_target(text)


@pytest.mark.parametrize("kind", ["refuse", "accept"])
def test_null_candidates_keep_to_the_interface(kind: str) -> None:
    for op in OPERATIONS:
        answer = NullCandidate(kind).perform(op, {})
        assert opened(answer.value).status == "answered"
        assert all(base64.b64decode(a["body"]) == b"" for a in answer.value["artefacts"])
