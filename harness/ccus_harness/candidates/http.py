"""Drives a candidate through its test-control interface over HTTP; whatever it sends is foreseen."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

import requests

from ccus_harness.candidates.envelope import nonsense, opened
from ccus_harness.candidates.road import session
from ccus_harness.gate import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping

CONNECT_SECONDS = 5
READ_SECONDS = 30
MAX_BYTES = 64 * 1024 * 1024
GONE_AFTER = 2


class HttpCandidate:
    """One candidate at one address.

    Answers are bounded in size and time, redirects are not followed. One operation has `read_seconds` in all, also when the candidate sends a byte now and
    then. After `GONE_AFTER` operations in a row without any answer the candidate counts as gone, so
    that a hung one costs a run seconds rather than hours.
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        read_seconds: float = READ_SECONDS,
        proxy: str | None = None,
        ca_bundle: str | None = None,
    ) -> None:
        self._url = url.rstrip("/")
        self._read_seconds = read_seconds
        self._hung = Answer(
            status="unanswered", fault=f"hung: no whole answer within {read_seconds:g} s", blame="product"
        )
        self._silent = 0
        self._session = session(url, proxy=proxy, ca_bundle=ca_bundle)
        self._session.headers["Authorization"] = f"Bearer {token}"

    def perform(self, op: str, args: Mapping[str, Any]) -> Answer:
        if self._silent >= GONE_AFTER:
            return Answer(
                status="unanswered",
                fault="gone: it left earlier operations without an answer",
                blame="product",
            )
        answer = self._in_time(op, args)
        nobody = answer.status == "unanswered" and not answer.fault.startswith("nonsense")
        self._silent = self._silent + 1 if nobody else 0
        return answer

    def _in_time(self, op: str, args: Mapping[str, Any]) -> Answer:
        """A socket's timeout starts again with every byte; the thread is what bounds the whole."""
        answers: list[Answer] = []
        worker = threading.Thread(target=lambda: answers.append(self._perform(op, args)), daemon=True)
        worker.start()
        worker.join(self._read_seconds + CONNECT_SECONDS)
        return answers[0] if answers else self._hung

    def _perform(self, op: str, args: Mapping[str, Any]) -> Answer:
        try:
            with self._send(op, args) as response:
                return self._read(op, response)
        except requests.Timeout:
            return self._hung
        except requests.ConnectionError as fault:
            return self._hung if "Read timed out" in str(fault) else _broken(fault)
        except (requests.RequestException, ValueError, UnicodeError) as fault:
            return nonsense(type(fault).__name__)

    def _send(self, op: str, args: Mapping[str, Any]) -> requests.Response:
        timeout = (CONNECT_SECONDS, self._read_seconds)
        address = f"{self._url}/v1/{op}"
        if op == "info":
            return self._session.get(address, timeout=timeout, allow_redirects=False, stream=True)
        return self._session.post(
            address, json=dict(args), timeout=timeout, allow_redirects=False, stream=True
        )

    def _read(self, op: str, response: requests.Response) -> Answer:
        if response.status_code == 401:
            return Answer(status="unanswered", fault="unauthorised: the token was refused", blame="set_up")
        body = _bounded(response)
        if body is None:
            return nonsense(f"more than {MAX_BYTES} bytes")
        if response.status_code == 501:
            return Answer(status="unsupported", capability=op)
        if response.status_code != 200:
            return nonsense(f"HTTP {response.status_code}")
        try:
            document = json.loads(body)
        except (ValueError, RecursionError):
            return nonsense("not JSON")
        if op == "info":
            return Answer(value=document) if isinstance(document, dict) else nonsense("info is not an object")
        return opened(document)


def _bounded(response: requests.Response) -> bytes | None:
    body = bytearray()
    for chunk in response.iter_content(64 * 1024):
        body += chunk
        if len(body) > MAX_BYTES:
            return None
    return bytes(body)


def _broken(fault: requests.ConnectionError) -> Answer:
    if isinstance(fault, requests.exceptions.ProxyError):
        return Answer(status="unanswered", fault="unreachable: not through the proxy", blame="network")
    if isinstance(fault, requests.exceptions.SSLError):
        return Answer(status="unanswered", fault="untrusted: its certificate is not trusted", blame="set_up")
    text = str(fault)
    if "refused" in text or "NewConnection" in text or "resolve" in text:
        return Answer(status="unanswered", fault="unreachable: no connection could be made", blame="network")
    return Answer(
        status="unanswered", fault="closed: it closed the connection without an answer", blame="product"
    )
