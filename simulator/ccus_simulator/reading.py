"""Reads request bodies: JSON that can be trusted to be writable again, or every fault of it."""

import json
from typing import Any, Final

import msgspec

from ccus_simulator.documents import DocumentName, Fault, faults_of
from ccus_simulator.refusals import Refused, invalid
from ccus_simulator.types import Json, Request

LARGEST_BODY: Final = 1024 * 1024
LARGEST_WORLD: Final = 64 * 1024 * 1024
"""A world may hold a firm of ten thousand; only the administration sends worlds."""

ADMINISTRATION: Final = "/_sim/"
DEEPEST: Final = 50
_DECODE: Final = msgspec.json.Decoder().decode
_ENCODE: Final = msgspec.json.Encoder().encode


def largest_body(path: str) -> int:
    """Return how many bytes a call to this path may bring."""
    return LARGEST_WORLD if path.startswith(ADMINISTRATION) else LARGEST_BODY


def read_json(request: Request) -> Json:
    """Read a JSON body; duplicate keys, NaN, lone surrogates and deep nesting are refused."""
    if len(request.body) > largest_body(request.path):
        raise Refused("body.too_large")
    return checked_json(request.body)


def checked_json(text: str | bytes, place: str = "$") -> Json:
    """Read a JSON text of any origin; `place` says in a refusal where it stood."""
    try:
        document = _read(text)
    except (ValueError, RecursionError) as error:
        why = f"JSON として読めません。書き方を直してください: {type(error).__name__}"
        raise invalid([Fault(path=place, text=why)]) from error
    if _opened(text) > DEEPEST and _depth(document) > DEEPEST:
        raise invalid([Fault(path=place, text=f"入れ子が深すぎます。{DEEPEST} 段までにしてください。")])
    return document


def read_document(request: Request, name: DocumentName) -> Any:
    """Read a JSON body that has to fit its form."""
    document = read_json(request)
    faults = faults_of(name, document)
    if faults:
        raise invalid(faults)
    return document


def _read(text: str | bytes) -> Json:
    if isinstance(text, bytes) and b"\\" not in text:
        document = _read_plain(text)
        if document is not None:
            return document
    document = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    json.dumps(document, ensure_ascii=False).encode()
    return document


def _read_plain(text: bytes) -> Json:
    """Read a text without escapes in half the time, or return nothing when it may not be in order."""
    try:
        document = _DECODE(text)
    except (ValueError, RecursionError):
        return None
    # Without escapes its texts are written as they stood: only a key that was there twice takes a colon away.
    return document if _ENCODE(document).count(b":") == text.count(b":") else None


def _once(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    read = dict(pairs)
    if len(read) != len(pairs):
        raise ValueError("duplicate key")
    return read


def _no_constant(name: str) -> Json:
    raise ValueError(name)


def _opened(text: str | bytes) -> int:
    """Count what could be the beginning of a list or object: nothing lies deeper than that."""
    return (
        text.count(b"[") + text.count(b"{") if isinstance(text, bytes) else text.count("[") + text.count("{")
    )


def _depth(document: Json) -> int:
    depth, level = 0, [document]
    while level:
        depth += 1
        level = [inner for value in level for inner in _inside(value)]
    return depth


def _inside(value: Any) -> list[Json]:
    if isinstance(value, dict):
        return list(value.values())  # pyright: ignore[reportUnknownArgumentType,reportUnknownVariableType]
    return value if isinstance(value, list) else []  # pyright: ignore[reportUnknownVariableType]
