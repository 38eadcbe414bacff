"""CCUS in the dialect `json`: OAuth 2.0 client credentials and JSON documents."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlencode

from ccus_reference.ccus_road import CcusRefused, CcusUnreachable, Line, Road

if TYPE_CHECKING:
    from collections.abc import Mapping

STATUSES = frozenset({"processing", "ready", "refused"})


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonAccess:
    """Where CCUS is and as whom this system speaks to it."""

    base_url: str
    client_id: str
    client_secret: str = field(repr=False)


class JsonClient:
    """Speaks to CCUS as one registered client."""

    def __init__(self, access: JsonAccess, road: Road) -> None:
        self._access = access
        self._line = Line(access.base_url, road)
        self._token: str | None = None

    def close(self) -> None:
        self._line.close()

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
        path = f"/v1/requests/{order_id}/provisions"
        answer = self._call("GET", path)
        found = _page(answer)
        while cursor := answer.get("next"):
            answer = self._call("GET", f"{path}?{urlencode({'cursor': cursor})}")
            found = [*found, *_page(answer)]
        return found

    def send(self, path: str, document: Mapping[str, Any]) -> dict[str, Any]:
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
        heard = self._line.call(method, path, **parts)
        document = _document(heard.body)
        if heard.status < 400:
            return document
        raw: Any = document.get("error")
        error = cast("dict[str, Any]", raw) if isinstance(raw, dict) else {}
        code, text = str(error.get("code", "")), str(error.get("ja", ""))
        raise CcusRefused(status=heard.status, code=code, text=text)


def _page(answer: Mapping[str, Any]) -> list[Any]:
    found: Any = answer.get("provisions")
    if not isinstance(found, list):
        raise CcusUnreachable(why="provisions in no known form")
    return cast("list[Any]", found)


def _document(body: bytes) -> dict[str, Any]:
    try:
        document: Any = json.loads(body)
    except (ValueError, RecursionError) as fault:
        raise CcusUnreachable(why="not JSON", heard=body) from fault
    if not isinstance(document, dict):
        raise CcusUnreachable(why="not an object")
    return cast("dict[str, Any]", document)
