"""The only road to CCUS: bounded, impatient, and deaf to whatever was not asked for."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import requests

if TYPE_CHECKING:
    from collections.abc import Mapping

TIMEOUT = (3.0, 15.0)
MAX_BYTES = 32 * 1024 * 1024
STATUSES = frozenset({"processing", "ready", "refused"})


@dataclass
class CcusRefused(Exception):
    """CCUS answered, and said no; `code` and `text` are its own words."""

    status: int
    code: str
    text: str

    def __str__(self) -> str:
        return f"CCUS refused ({self.status} {self.code}): {self.text}"


@dataclass
class CcusUnreachable(Exception):
    """CCUS did not answer in time, or not in a form this system accepts; try again later."""

    why: str

    def __str__(self) -> str:
        return f"CCUS could not be reached: {self.why}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CcusAccess:
    """Where CCUS is and as whom this system speaks to it."""

    base_url: str
    client_id: str
    client_secret: str = field(repr=False)


class CcusClient:
    """Speaks to CCUS as one registered client.

    Redirects are not followed and the environment's proxies are not used: the data must come from
    the declared place and go nowhere else (第1条).
    """

    def __init__(self, access: CcusAccess) -> None:
        self._access = access
        self._session = requests.Session()
        self._session.trust_env = False
        self._token: str | None = None

    def close(self) -> None:
        self._session.close()

    def contract(self) -> dict[str, Any]:
        return self._call("GET", "/v1/contract")

    def ask(self, body: Mapping[str, Any]) -> dict[str, Any]:
        answer = self._call("POST", "/v1/requests", body)
        if answer.get("status") not in STATUSES or not isinstance(answer.get("subjects"), list):
            raise CcusUnreachable(why="an answer to a request in no known form")
        return answer

    def progress(self, order_id: str) -> dict[str, Any]:
        return self._call("GET", f"/v1/requests/{order_id}")

    def provisions(self, order_id: str) -> list[Any]:
        found: Any = self._call("GET", f"/v1/requests/{order_id}/provisions").get("provisions")
        if not isinstance(found, list):
            raise CcusUnreachable(why="provisions in no known form")
        return cast("list[Any]", found)

    def send(self, path: str, document: Mapping[str, Any]) -> dict[str, Any]:
        """Hands a document to the Fund and gives its receipt."""
        return self._call("POST", path, document)

    def _call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        had_token = self._token is not None
        try:
            return self._with_token(method, path, body)
        except CcusRefused as refused:
            if refused.status != 401 or not had_token:
                raise
            self._token = None  # it ran out while we waited: one new token, one new try
            return self._with_token(method, path, body)

    def _with_token(self, method: str, path: str, body: Mapping[str, Any] | None) -> dict[str, Any]:
        if self._token is None:
            self._token = self._new_token()
        headers = {"Authorization": f"Bearer {self._token}"}
        return self._answer(method, path, headers=headers, json=None if body is None else dict(body))

    def _new_token(self) -> str:
        answer = self._answer(
            "POST",
            "/oauth/token",
            auth=(self._access.client_id, self._access.client_secret),
            data={"grant_type": "client_credentials"},
        )
        token = answer.get("access_token")
        if not isinstance(token, str):
            raise CcusUnreachable(why="no token in the answer")
        return token

    def _answer(self, method: str, path: str, **parts: Any) -> dict[str, Any]:
        url = self._access.base_url.rstrip("/") + path
        try:
            with self._session.request(
                method, url, timeout=TIMEOUT, allow_redirects=False, stream=True, **parts
            ) as response:
                return _read(response)
        except requests.RequestException as fault:
            raise CcusUnreachable(why=type(fault).__name__) from fault


def _read(response: requests.Response) -> dict[str, Any]:
    document = _document(_bounded(response))
    if 200 <= response.status_code < 300:
        return document
    if 400 <= response.status_code < 500:
        raw: Any = document.get("error")
        error = cast("dict[str, Any]", raw) if isinstance(raw, dict) else {}
        code, text = str(error.get("code", "")), str(error.get("ja", ""))
        raise CcusRefused(status=response.status_code, code=code, text=text)
    raise CcusUnreachable(why=f"HTTP {response.status_code}")


def _bounded(response: requests.Response) -> bytes:
    body = bytearray()
    for chunk in response.iter_content(64 * 1024):
        body += chunk
        if len(body) > MAX_BYTES:
            raise CcusUnreachable(why=f"more than {MAX_BYTES} bytes")
    return bytes(body)


def _document(body: bytes) -> dict[str, Any]:
    try:
        document: Any = json.loads(body)
    except (ValueError, RecursionError) as fault:
        raise CcusUnreachable(why="not JSON") from fault
    if not isinstance(document, dict):
        raise CcusUnreachable(why="not an object")
    return cast("dict[str, Any]", document)
