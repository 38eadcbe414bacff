"""Where a simulator listens, and under which address others reach it."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from ccus_simulator.certificates import Certificates

LOOPBACK: Final = "127.0.0.1"
ANY: Final = frozenset({"0.0.0.0", "::"})  # noqa: S104 - named in order to warn of them


class BadAddress(ValueError):
    """An address that cannot be advertised."""

    def __init__(self, given: str) -> None:
        self.given = given
        super().__init__(given)

    def __str__(self) -> str:
        return f"「{self.given}」は http:// か https:// で始まる URL ではありません。利用者名・?・# は付けられません。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An address to listen at; the loopback unless somebody asks for another."""

    host: str = LOOPBACK
    public_url: str | None = None
    certificates: Certificates | None = None

    @property
    def open_to_others(self) -> bool:
        """Whether other machines can call."""
        try:
            return not ip_address(self.host).is_loopback
        except ValueError:
            return self.host != "localhost"

    @property
    def prefix(self) -> str:
        """The path that a reverse proxy may put before every path of ours, without a slash at its end."""
        return urlsplit(self.public_url).path.rstrip("/") if self.public_url else ""

    def url(self, host: str, port: int) -> str:
        """Return the URL of a port at a host of this machine."""
        return f"{'https' if self.certificates else 'http'}://{_bracketed(host)}:{port}"

    def announcement(self, port: int) -> dict[str, Any]:
        """What a starter has to know: where it listens, what to tell others, and whom to trust."""
        listening = self.url(_reachable(self.host), port)
        told: dict[str, Any] = {"listening": listening, "public_url": self.public_url or listening}
        return told | ({"ca": str(self.certificates.authority)} if self.certificates else {})

    def warning(self) -> str | None:
        """What to say to whoever opens the simulator to other machines."""
        if not self.open_to_others:
            return None
        plain = "" if self.certificates else " 通信は暗号化されません / and nothing is encrypted: --tls"
        return (
            f"注意: {self.host} で待ち受けます。同じネットワークの誰でも呼び出せます。"
            f" / Warning: listening on {self.host}, anybody on the network can call.{plain}"
        )


def public_url(given: str) -> str:
    """Return an address to advertise, without a slash at its end; raises `BadAddress`."""
    try:
        parts = urlsplit(given)
        _ = parts.port
    except ValueError as error:
        raise BadAddress(given) from error
    named = parts.scheme in {"http", "https"} and parts.hostname and not parts.username
    if not named or parts.query or parts.fragment:
        raise BadAddress(given)
    return given.rstrip("/")


def names(host: str, url: str | None) -> list[str]:
    """Return the names under which a server at this place is called."""
    called = [urlsplit(url).hostname if url else None, None if host in ANY else host]
    return [name for name in called if name]


def _reachable(host: str) -> str:
    """A caller on this machine reaches a server that listens everywhere on the loopback."""
    return {"0.0.0.0": LOOPBACK, "::": "::1"}.get(host, host)  # noqa: S104 - not to bind it


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
