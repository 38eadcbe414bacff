"""Placeholders for what must not stand on a tape: secrets of the run, and addresses that change from run to run."""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Callable

SECRET = "secret:"  # noqa: S105 - a placeholder, the opposite of a secret
PLACE = "place:"

LENGTH = 40
_HEX = re.compile(rf"[0-9a-f]{{{LENGTH},}}")
_HEX_BYTES = re.compile(rf"[0-9a-f]{{{LENGTH},}}".encode())
"""Where a secret may stand: a run knows thousands of them, and looking for each in every text took longer than all else."""


def mapped(value: Any, change: Callable[[str], str]) -> Any:
    """The same JSON with every string (keys are left alone) changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: mapped(part, change) for key, part in cast("dict[str, Any]", value).items()}
    if isinstance(value, list | tuple):
        return [mapped(part, change) for part in cast("list[Any]", value)]
    return value


class Places:
    """Knows what stands behind the placeholders of one run and puts it in or takes it out.

    ``secret:NAME`` stands for a secret derived from the run's key and the world, ``place:ccus`` for
    the simulator's address. The key is made once per run, kept beside the run's state and never in
    its evidence.
    """

    def __init__(self, key: bytes, addresses: dict[str, str]) -> None:
        self._key = key
        self._addresses = addresses
        self._known: dict[str, str] = {}

    def secret(self, world: str, name: str) -> str:
        real = hmac.new(self._key, f"{world}/{name}".encode(), hashlib.sha256).hexdigest()[:LENGTH]
        self._known[real] = SECRET + name
        return real

    def fill(self, value: Any, world: str) -> Any:
        """The value as it is sent: placeholders replaced by what they stand for."""

        def real(text: str) -> str:
            if text.startswith(SECRET):
                return self.secret(world, text.removeprefix(SECRET))
            if text.startswith(PLACE):
                name, slash, rest = text.removeprefix(PLACE).partition("/")
                return self._addresses[name] + slash + rest
            return text

        return mapped(value, real)

    def mask(self, value: Any) -> Any:
        """The value as it is taped: every secret this run has sent is its placeholder again."""

        def masked(text: str) -> str:
            if len(text) >= LENGTH:
                text = _HEX.sub(lambda found: self._without(found[0]), text)
            for name, address in self._addresses.items():
                if address in text:
                    text = text.replace(address, PLACE + name)
            return text

        return mapped(value, masked)

    def mask_bytes(self, body: bytes) -> bytes:
        """The same for raw bytes, such as an artefact in which a candidate shows its own secret."""
        return _HEX_BYTES.sub(lambda found: self._without(found[0].decode()).encode(), body)

    def _without(self, digits: str) -> str:
        """A stretch of hexadecimal digits without the secrets in it; one may be glued to other digits."""
        if len(digits) == LENGTH:
            return self._known.get(digits, digits)
        for real, name in self._known.items():
            digits = digits.replace(real, name)
        return digits
