"""A plan as every face sends it: the same status, headers and bytes whether or not HTTP lies between."""

import json
from typing import Final, Literal

import orjson
from msgspec import Struct

from ccus_simulator.types import Json, Plan

JSON_TYPE: Final = "application/json; charset=utf-8"
_ENCODE: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
BYTES_TYPE: Final = "application/octet-stream"

Delivered = Literal["full", "partial", "none", "unknown"]


class Answer(Struct, frozen=True, kw_only=True):
    """What goes onto the wire."""

    status: int
    headers: tuple[tuple[str, str], ...]
    content: bytes

    @property
    def body_size(self) -> int:
        return len(self.content)


def answer(plan: Plan) -> Answer:
    """Return what a plan puts onto the wire when nothing goes wrong on the way."""
    media_type, content = _written(plan.body)
    headers = {"content-type": media_type, **plan.headers, "content-length": str(len(content))}
    return Answer(status=plan.status, headers=tuple(headers.items()), content=content)


def _written(body: Json | bytes) -> tuple[str, bytes]:
    if isinstance(body, bytes):
        return BYTES_TYPE, body
    try:
        return JSON_TYPE, orjson.dumps(body)
    except TypeError:  # half of a surrogate pair, or a number of more than 64 bits
        return JSON_TYPE, _ENCODE(body).encode(errors="replace")


def delivered(size: int, sent: int) -> Delivered:
    """Tell in one word how much of a body was sent."""
    if sent >= size:
        return "full"
    return "partial" if sent else "none"
