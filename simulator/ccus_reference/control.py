"""The adapter of the test-control interface: one JSON operation a path, one envelope for every answer."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse
from starlette.routing import Route

from ccus_reference import VERSION
from ccus_reference.bodies import BadBody
from ccus_reference.operations import OPERATIONS, UNSUPPORTED

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from ccus_reference.result import Result
    from ccus_reference.tenants import Tenants

INTERFACE = "ccus-conformance/control/1"
MAX_BODY = 8 * 1024 * 1024

Handler = Callable[["Request"], Awaitable["Response"]]


def application(tenants: Tenants, token: str) -> Starlette:
    """The control interface over these tenants, closed to everybody without the token."""
    routes = [Route("/v1/info", _guarded(token, _info(tenants.build)), methods=["GET"])]
    handlers = {name: _operation(tenants, name) for name in OPERATIONS}
    handlers |= {name: _lacking(name) for name in UNSUPPORTED}
    for name, handler in handlers.items():
        routes += [Route(f"/v1/{name}", _guarded(token, handler), methods=["POST"])]
    return Starlette(routes=routes)


def _guarded(token: str, handler: Handler) -> Handler:
    expected = f"Bearer {token}".encode()

    async def guarded(request: Request) -> Response:
        given = request.headers.get("authorization", "").encode()
        if not hmac.compare_digest(given, expected):
            return _error(401, "unauthorised", "The bearer token is missing or wrong.")
        return await handler(request)

    return guarded


def _info(build: str) -> Handler:
    async def info(_request: Request) -> Response:
        return JSONResponse(
            {
                "interface": INTERFACE,
                "name": "参照システム",
                "version": VERSION,
                "build": build,
                "capabilities": list(OPERATIONS),
                "clock": "movable",
            }
        )

    return info


def _lacking(name: str) -> Handler:
    async def lacking(_request: Request) -> Response:
        return JSONResponse({"capability": name}, status_code=501)

    return lacking


def _operation(tenants: Tenants, name: str) -> Handler:
    perform = OPERATIONS[name]

    async def operation(request: Request) -> Response:
        try:
            body = json.loads(await _bounded(request))
            json.dumps(body, ensure_ascii=False).encode()  # half a surrogate pair can be read but never kept
        except (ValueError, RecursionError):
            return _error(400, "body.unreadable", f"The body must be JSON of at most {MAX_BODY} bytes.")
        try:
            result = await run_in_threadpool(perform, tenants, body)
        except BadBody as bad:
            faults = [{"path": fault.path, "text": fault.text} for fault in bad.faults]
            return _error(400, "body.invalid", "The body does not have the form of this operation.", faults)
        return JSONResponse(envelope(result))

    return operation


async def _bounded(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise ValueError("too large")
    return bytes(body)


def envelope(result: Result) -> dict[str, Any]:
    """The result as every operation answers it."""
    return {
        "outcome": result.outcome,
        "reason": result.reason,
        "due": result.due,
        "artefacts": [
            {"name": a.name, "media_type": a.media_type, "body": base64.b64encode(a.body).decode()}
            for a in result.artefacts
        ],
        "detail": dict(result.detail),
    }


def _error(status: int, code: str, text: str, faults: list[dict[str, str]] | None = None) -> Response:
    error = {"code": code, "text": text, "faults": faults or []}
    return JSONResponse({"error": error}, status_code=status)
