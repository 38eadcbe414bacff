"""Null candidates: they do nothing, always in the same way; no check may take them for a lawful system."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from ccus_harness.candidates import OPERATIONS
from ccus_harness.gate import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping

_OUTCOMES: dict[str, str] = {"refuse": "refused", "accept": "done"}


class NullCandidate:
    """Answers every operation with the same outcome and nothing in it."""

    def __init__(self, kind: str) -> None:
        self._kind = kind

    def perform(self, op: str, args: Mapping[str, Any]) -> Answer:  # noqa: ARG002 - it looks at nothing
        if op == "info":
            return Answer(
                value={
                    "interface": "ccus-conformance/control/1",
                    "name": f"null:{self._kind}",
                    "version": "0",
                    "build": "null",
                    "capabilities": list(OPERATIONS),
                    "clock": "movable",
                }
            )
        empty = base64.b64encode(b"").decode()
        accepted = self._kind == "accept" and op in ("view", "export", "holdings")
        artefacts = [{"name": op, "media_type": "text/plain", "body": empty}] if accepted else []
        return Answer(
            value={
                "outcome": _OUTCOMES[self._kind],
                "reason": None,
                "due": None,
                "artefacts": artefacts,
                "detail": {},
            }
        )
