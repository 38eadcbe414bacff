"""Candidates: one string names one, one Protocol drives it, one file holds each driver."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ccus_harness.gate import Answer

OPERATIONS = (
    "request",
    "view",
    "export",
    "holdings",
    "announce",
    "world",
    "enter",
    "relate",
    "account",
    "edit",
    "cancel",
    "delegate",
    "reimport",
    "copy",
    "restore",
    "backup",
    "stores",
    "audit_log",
    "view_log",
    "advance",
    "contain",
    "share",
    "fetch",
    "retain",
    "device",
    "egress",
    "detections",
    "reset",
)
"""Every operation of the test-control interface; the first five are the minimum (design §3)."""

MINIMUM = OPERATIONS[:5]


class Candidate(Protocol):
    """A system under test as the judge drives it: it performs one operation and always answers."""

    def perform(self, op: str, args: Mapping[str, Any]) -> Answer:
        """Performs `op` (``info`` or one of `OPERATIONS`); faults come back as answers, never as exceptions."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a target string names: ``reference[:DEFECT or VARIANT]``, ``null:KIND`` or ``http:URL``."""

    kind: str
    detail: str = ""

    @property
    def is_null(self) -> bool:
        return self.kind == "null"

    @property
    def is_reference(self) -> bool:
        return self.kind == "reference"

    def __str__(self) -> str:
        return f"{self.kind}:{self.detail}" if self.detail else self.kind


class UnknownTarget(ValueError):
    """The target string names no candidate."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


def parse_target(text: str) -> Target:
    """The target that `text` names; raises `UnknownTarget`."""
    kind, _, detail = text.partition(":")
    if kind == "reference":
        return Target(kind="reference", detail=detail)
    if kind == "null" and detail in NULL_KINDS:
        return Target(kind="null", detail=detail)
    if kind in ("http", "https"):
        url = detail if detail.startswith(("http://", "https://")) else text
        if re.fullmatch(r"https?://[^/\s]+\S*", url):
            return Target(kind="http", detail=url.rstrip("/"))
    raise UnknownTarget(text)


NULL_KINDS = ("refuse", "accept", "echo", "empty", "first", "random", "silence")
"""The null candidates: each does nothing in its own way (`candidates.null`)."""
