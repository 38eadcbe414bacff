"""Null candidates: they do nothing, each in its own way; no check may take one for a lawful system."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING, Any

from ccus_harness.candidates import OPERATIONS
from ccus_harness.gate import Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

SHOWING = ("view", "export", "holdings")
"""The operations that return an artefact when they are done."""

Reply = dict[str, Any]


class NullCandidate:
    """Answers every operation in one way, whatever was asked; `kind` is a key of `KINDS`."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._asked = 0
        self._first: dict[str, Mapping[str, Any]] = {}

    def perform(self, op: str, args: Mapping[str, Any]) -> Answer:
        if op == "info":
            return Answer(value=self._info())
        if self._kind == "silence":
            return Answer(status="unanswered", fault="silence", blame="product")
        self._asked += 1
        first = self._first.setdefault(op, args)
        return Answer(value=KINDS[self._kind](op, first if self._kind == "first" else args, self._asked))

    def _info(self) -> Reply:
        return {
            "interface": "ccus-conformance/control/1",
            "name": f"null:{self._kind}",
            "version": "0",
            "build": "null",
            "capabilities": list(OPERATIONS),
            "clock": "movable",
        }


def _envelope(outcome: str, *artefacts: tuple[str, bytes], detail: Mapping[str, Any] | None = None) -> Reply:
    return {
        "outcome": outcome,
        "reason": None,
        "due": None,
        "artefacts": [
            {"name": "answer", "media_type": media_type, "body": base64.b64encode(body).decode()}
            for media_type, body in artefacts
        ],
        "detail": dict(detail or {}),
    }


def _refuse(_op: str, _args: Mapping[str, Any], _place: int) -> Reply:
    return _envelope("refused")


def _accept(op: str, _args: Mapping[str, Any], _place: int) -> Reply:
    return _envelope("done", *([("text/plain", b"")] if op in SHOWING else []))


def _empty(_op: str, _args: Mapping[str, Any], _place: int) -> Reply:
    return _envelope("done")


def _echo(_op: str, args: Mapping[str, Any], _place: int) -> Reply:
    """Gives back what it was asked, as an artefact and as the detail."""
    text = json.dumps(args, ensure_ascii=False, sort_keys=True)
    return _envelope("done", ("application/json", text.encode()), detail=args)


def _random(op: str, args: Mapping[str, Any], place: int) -> Reply:
    """A valid answer that has nothing to do with the question but for the names that stood in it."""
    draw = hashlib.sha256(f"{place}:{op}".encode()).digest()
    subject = str(args.get("subject") or "")
    page = f"種別,ID,項目,値,出所\n技能者,{subject},氏名,{draw.hex()[:8]},CCUS\n".encode()
    outcome = "done" if draw[0] % 2 else "refused"
    shows = outcome == "done" and op in SHOWING and draw[1] % 3
    jobs = [{"name": f"job-{draw[2]}", "at": args.get("to")}]
    return _envelope(outcome, *([("text/csv", page)] if shows else []), detail={"jobs": jobs})


KINDS: Mapping[str, Callable[[str, Mapping[str, Any], int], Reply]] = {
    "refuse": _refuse,
    "accept": _accept,
    "echo": _echo,
    "empty": _empty,
    "first": _echo,
    "random": _random,
    "silence": _empty,
}
"""How each kind answers; `first` gives its first answer to an operation for ever, `silence` never answers."""
