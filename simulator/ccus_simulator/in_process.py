"""The in-process face: what `requests` sends to the simulated CCUS is answered by the core, with no socket between.

An answer that goes wrong on its way raises what `requests` would raise, and nobody sleeps: an answer that is held
back for longer than the caller waits is a ReadTimeout at once.
"""

from http.client import RemoteDisconnected
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import parse_qsl, unquote, urlsplit

import responses
from requests import PreparedRequest
from requests.exceptions import ConnectionError as NotConnected
from requests.exceptions import ReadTimeout
from responses import BaseResponse, Call, CallList, RequestsMock
from urllib3 import HTTPResponse
from urllib3.exceptions import ProtocolError

from ccus_simulator.answers import Answer, answer
from ccus_simulator.core import Simulator
from ccus_simulator.reading import largest_body
from ccus_simulator.refusals import Refused
from ccus_simulator.types import Plan, Request, Transport

if TYPE_CHECKING:
    from collections.abc import Mapping
from msgspec.structs import replace

HOST: Final = "https://ccus-simulator.invalid"
"""A host that cannot exist (RFC 2606): a call that misses the mock reaches nobody."""

CALLS_KEPT: Final = 100
"""`responses` keeps every call; whoever needs more asks the request journal of the world."""

_BROKEN: Final = {
    "close": RemoteDisconnected("Remote end closed connection without response"),
    "silent": RemoteDisconnected("Remote end closed connection without response"),
    "reset": ConnectionResetError(104, "Connection reset by peer"),
}


class Mock(RequestsMock):
    """A `responses` mock whose memory is bounded."""

    def __init__(self, **options: Any) -> None:
        super().__init__(assert_all_requests_are_fired=False, **options)
        self._calls = _NewestCalls()


class Face(BaseResponse):
    """Everything below one host, answered by a simulator; register it in any `responses` mock."""

    def __init__(self, simulator: Simulator, host: str = HOST) -> None:
        super().__init__(responses.GET, f"{host}/")
        self._simulator = simulator
        self._host = host
        self._calls = _NewestCalls()

    def matches(self, request: PreparedRequest) -> tuple[bool, str]:
        """Take every method and path of the host."""
        ours = str(request.url).startswith((f"{self._host}/", f"{self._host}?")) or request.url == self._host
        return ours, "" if ours else f"not below {self._host}"

    def get_response(self, request: PreparedRequest) -> HTTPResponse:
        """Ask the core and perform the plan."""
        asked = _request(request)
        if len(asked.body) > largest_body(asked.path):
            plan = self._simulator.refusal(asked, Refused("body.too_large"))
        else:
            plan = self._simulator.handle(asked)
        whole = answer(plan)
        error, sent = _met(plan, whole, _patience(request))
        self._simulator.sent(plan, sent, whole.body_size)
        if error:
            error.request = request
            raise error
        # A status with half a header behind it is read by `requests` as an answer without headers.
        headless = plan.transport is not None and plan.transport.kind == "cut_headers"
        return _response(request, replace(whole, headers=()) if headless else whole, sent)


class _NewestCalls(CallList):
    """The newest calls only."""

    def add_call(self, call: Call) -> None:
        super().add_call(call)
        if len(self._calls) > 2 * CALLS_KEPT:
            del self._calls[:-CALLS_KEPT]


def _request(request: PreparedRequest) -> Request:
    url = urlsplit(str(request.url))
    body = request.body or b""
    headers = cast("Mapping[str, str]", request.headers)
    return Request(
        method=str(request.method),
        path=unquote(url.path) or "/",
        query=dict(parse_qsl(url.query, keep_blank_values=True)),
        headers={name.lower(): value for name, value in headers.items()},
        body=body.encode() if isinstance(body, str) else body,
    )


def _patience(request: PreparedRequest) -> float | None:
    """Return how long the caller waits for an answer, as given to `requests`; None is for ever."""
    options = cast("Mapping[str, Any]", getattr(request, "req_kwargs", {}))
    timeout: Any = options.get("timeout")
    if isinstance(timeout, tuple):
        timeout = cast("tuple[Any, Any]", timeout)[1]
    return getattr(timeout, "read_timeout", timeout)


def _met(plan: Plan, answer: Answer, patience: float | None) -> tuple[NotConnected | ReadTimeout | None, int]:
    """Return what the caller meets instead of an answer, if anything, and how much of the body was sent."""
    fault = plan.transport
    impatient = patience is not None
    if impatient and (plan.delay_seconds > patience or _is_silent(fault)):
        return ReadTimeout(f"Read timed out. (read timeout={patience})"), 0
    if fault is None:
        return None, answer.body_size
    if fault.kind == "cut_headers":
        return None, 0
    if fault.kind == "cut":
        return None, max(0, min(fault.after_bytes, answer.body_size - 1))
    return NotConnected(ProtocolError("Connection aborted.", _BROKEN[fault.kind])), 0


def _is_silent(fault: Transport | None) -> bool:
    return fault is not None and fault.kind == "silent"


def _response(request: PreparedRequest, answer: Answer, sent: int) -> HTTPResponse:
    """Return the answer as it came; one that ends early raises while it is read, as from a socket."""
    return HTTPResponse(
        status=answer.status,
        headers=dict(answer.headers),
        body=BytesIO(answer.content[:sent]),
        preload_content=False,
        request_method=request.method,
        enforce_content_length=True,
    )
