"""What came of something a user or the operator asked this system to do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Artefact:
    """A file or page exactly as somebody gets it."""

    name: str
    media_type: str
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The outcome (``done``, ``refused`` or ``pending``), and what was handed out."""

    outcome: str = "done"
    reason: str | None = None
    due: str | None = None
    artefacts: tuple[Artefact, ...] = ()
    detail: Mapping[str, Any] = field(default_factory=dict[str, Any])


def refused(reason: str, **detail: Any) -> Result:
    return Result(outcome="refused", reason=reason, detail=detail)
