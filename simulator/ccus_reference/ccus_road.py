"""The road to CCUS under every dialect: bounded, impatient, straight, and trusting only whom it was told to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import requests

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

TIMEOUT = (3.0, 15.0)
MAX_BYTES = 32 * 1024 * 1024


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
    heard: bytes = field(default=b"", repr=False)
    """What had come in when it turned out to be unusable."""

    def __str__(self) -> str:
        return f"CCUS could not be reached: {self.why}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Road:
    """How this installation reaches CCUS: whose certificates it trusts, and through which proxy it goes.

    `sending` is told the base address before anything goes out for the first time.
    """

    ca_bundle: str | None = None
    proxy: str | None = None
    sending: Callable[[str], None] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """An answer of CCUS, whole."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Line:
    """Calls one base address.

    Redirects are not followed and the environment's proxies are not used: the data must come from
    the declared place and go nowhere else (第1条).
    """

    def __init__(self, base_url: str, road: Road) -> None:
        self._base = base_url.rstrip("/")
        self._sending = road.sending
        self._session = requests.Session()
        self._session.trust_env = False
        if road.ca_bundle:
            self._session.verify = road.ca_bundle
        if road.proxy:
            self._session.proxies = {"http": road.proxy, "https": road.proxy}

    def close(self) -> None:
        self._session.close()

    def call(self, method: str, path: str, **parts: Any) -> Heard:
        """The answer to one call; raises `CcusUnreachable` when there is none, or only a server's excuse."""
        if self._sending is not None:
            self._sending(self._base)
            self._sending = None
        try:
            with self._session.request(
                method, self._base + path, timeout=TIMEOUT, allow_redirects=False, stream=True, **parts
            ) as response:
                heard = Heard(status=response.status_code, headers=response.headers, body=_bounded(response))
        except requests.RequestException as fault:
            raise CcusUnreachable(why=type(fault).__name__) from fault
        if not 200 <= heard.status < 300 and not 400 <= heard.status < 500:
            raise CcusUnreachable(why=f"HTTP {heard.status}")
        return heard


def _bounded(response: requests.Response) -> bytes:
    body = bytearray()
    for chunk in response.iter_content(64 * 1024):
        body += chunk
        if len(body) > MAX_BYTES:
            raise CcusUnreachable(why=f"more than {MAX_BYTES} bytes")
    return bytes(body)
