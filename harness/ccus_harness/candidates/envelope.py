"""Checks the one envelope in which every operation of the test-control interface answers."""

from __future__ import annotations

import base64
import binascii
from typing import Any, cast

from ccus_harness.gate import Answer

OUTCOMES = ("done", "refused", "pending")
MAX_DEPTH = 32


def nonsense(why: str) -> Answer:
    """The answer of a candidate that spoke, but not as the interface says."""
    return Answer(status="unanswered", fault=f"nonsense: {why}", blame="product")


def _too_deep(value: Any, room: int = MAX_DEPTH) -> bool:
    if room == 0:
        return True
    if isinstance(value, dict):
        return any(_too_deep(part, room - 1) for part in cast("dict[str, Any]", value).values())
    if isinstance(value, list):
        return any(_too_deep(part, room - 1) for part in cast("list[Any]", value))
    return False


def _artefact_fault(artefact: Any) -> str | None:
    if not isinstance(artefact, dict):
        return "an artefact is not an object"
    parts = cast("dict[str, Any]", artefact)
    if not all(isinstance(parts.get(name), str) for name in ("name", "media_type", "body")):
        return "an artefact lacks name, media_type or body"
    try:
        base64.b64decode(parts["body"], validate=True)
    except (binascii.Error, ValueError):
        return f"artefact {parts['name'][:60]!r} is not base64"
    return None


def opened(document: Any) -> Answer:
    """The envelope as an answer: kept when it has the interface's form, `nonsense` otherwise."""
    if not isinstance(document, dict):
        return nonsense("the answer is not an object")
    parts = cast("dict[str, Any]", document)
    if parts.get("outcome") not in OUTCOMES:
        return nonsense(f"outcome must be one of {', '.join(OUTCOMES)}")
    artefacts: Any = [] if parts.get("artefacts") is None else parts["artefacts"]
    detail: Any = {} if parts.get("detail") is None else parts["detail"]
    reason, due = parts.get("reason"), parts.get("due")
    if not isinstance(artefacts, list) or not isinstance(detail, dict):
        return nonsense("artefacts must be a list and detail an object")
    if not isinstance(reason, str | None) or not isinstance(due, str | None):
        return nonsense("reason and due must be text or null")
    if _too_deep(cast("dict[str, Any]", detail)):
        return nonsense(f"detail is nested deeper than {MAX_DEPTH}")
    found = cast("list[Any]", artefacts)
    faults = [fault for fault in map(_artefact_fault, found) if fault]
    if faults:
        return nonsense(faults[0])
    value: dict[str, Any] = {
        "outcome": parts["outcome"],
        "reason": reason,
        "due": due,
        "artefacts": [{name: a[name] for name in ("name", "media_type", "body")} for a in found],
        "detail": detail,
    }
    return Answer(value=value)
