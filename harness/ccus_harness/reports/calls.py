"""What passed between the harness and the world, as a person can read it.

Artefacts come as base64 in the record; here their text is shown, cut to a length a page can bear.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from ccus_harness.reports.inert import inert_text

__all__ = ["LONGEST", "Excerpt", "excerpt"]

LONGEST = 1_500
_TEXT_TYPES = ("text/", "application/json", "application/xml", "message/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """The beginning of a value, and how many characters were left out."""

    text: str
    left_out: int


def excerpt(value: Any, *, longest: int = LONGEST) -> Excerpt:
    """The value as readable text, no longer than `longest`."""
    text = _readable(value)
    return Excerpt(text=text[:longest], left_out=max(0, len(text) - longest))


def _readable(value: Any) -> str:
    if value is None or value in ("", {}, []):
        return ""
    if isinstance(value, str):
        return value
    opened, bodies = _open_artefacts(value)
    return "\n\n".join([json.dumps(opened, ensure_ascii=False, indent=2), *bodies])


def _open_artefacts(value: Any) -> tuple[Any, list[str]]:
    """The value without the bodies of its artefacts, and those bodies as text."""
    if isinstance(value, list):
        parts = [_open_artefacts(part) for part in cast("list[Any]", value)]
        return [opened for opened, _ in parts], [body for _, bodies in parts for body in bodies]
    if not isinstance(value, Mapping):
        return value, []
    document = cast("Mapping[str, Any]", value)
    if {"media_type", "body"} <= document.keys() and isinstance(document["body"], str):
        return _open_artefact(document)
    opened: dict[str, Any] = {}
    bodies: list[str] = []
    for name, part in document.items():
        opened[name], found = _open_artefacts(part)
        bodies += found
    return opened, bodies


def _open_artefact(artefact: Mapping[str, Any]) -> tuple[Any, list[str]]:
    try:
        raw = base64.b64decode(artefact["body"], validate=True)
    except (binascii.Error, ValueError):
        return artefact, []
    opened = {**artefact, "body": f"({len(raw)} bytes)"}
    if not str(artefact["media_type"]).startswith(_TEXT_TYPES):
        return opened, []
    title = f"── {artefact.get('name', '')} ({artefact['media_type']}) ──"
    return opened, [f"{title}\n{inert_text(raw.decode('utf-8', errors='replace'))}"]
