"""How the parties of a run reach each other: what CCUS speaks, where it listens, and the way to the candidate."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Connections:
    """The choices of one run; what is left out is as safe as it is usual."""

    dialect: str = "json"
    """In which dialect CCUS speaks to the candidate."""

    def document(self) -> dict[str, Any]:
        """The choices as they lie beside the run, for a resume."""
        return asdict(self)

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Connections:
        """The choices of a document; one that is absent is as usual."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in document.items() if name in known and value is not None})
