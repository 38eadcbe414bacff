"""Access tokens: nothing is stored, the token itself says whose it is and proves that we made it."""

from base64 import b64decode
from binascii import Error as NotBase64
from functools import lru_cache
from hmac import compare_digest, digest
from typing import Final

from ccus_simulator.types import Request

LIFETIME_SECONDS: Final = 3600
"""What the answer promises. It is not enforced: moving a world's clock must not log its candidate out."""

TOKENS_AT_HAND: Final = 4_096
"""A client shows the same token with every call."""


def key(world: str, secret: str) -> str:
    """Return the key of a world's tokens; it follows from the client's secret, so that a world can be run again."""
    return digest(secret.encode(errors="surrogatepass"), f"tokens of {world}".encode(), "sha256").hex()


def issue(key: str, world: str, number: int) -> str:
    """Make the token of a world with this number."""
    return f"{world}.{number}.{_mac(key, world, str(number))}"


@lru_cache(maxsize=TOKENS_AT_HAND)
def belongs(key: str, world: str, token: str) -> bool:
    """Whether we made this token for this world."""
    parts = token.rsplit(".", 2)
    if not key or len(parts) != 3 or parts[0] != world:
        return False
    return compare_digest(parts[2].encode(), _mac(key, world, parts[1]).encode())


def world_of(token: str) -> str:
    """Return the world that a token names; whether we made it is another question."""
    return token.rsplit(".", 2)[0] if token.count(".") >= 2 else ""


def bearer(request: Request) -> str:
    """Return the bearer token of a call, or nothing."""
    return _bearer(request.headers.get("authorization", ""))


@lru_cache(maxsize=TOKENS_AT_HAND)
def _bearer(header: str) -> str:
    scheme, _, token = header.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def basic(request: Request) -> tuple[str, str]:
    """Return client id and secret of a call, or two empty texts."""
    scheme, _, packed = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        client, _, secret = b64decode(packed.strip(), validate=True).decode().partition(":")
    except (NotBase64, UnicodeDecodeError):
        return "", ""
    return client, secret


def _mac(key: str, world: str, number: str) -> str:
    return digest(key.encode(), f"{world}|{number}".encode(errors="replace"), "sha256").hex()
