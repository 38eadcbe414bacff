"""What reaches this system about an incident: a first sign, and news that follow under the same token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """How this system learnt of an incident: a token handed in somewhere, at a time, about somebody.

    `items` are the items that went out (None: all that is kept), `protection` how they were protected,
    `place` whether they lay in this system or in a copy that had left it. `news` is what is learnt
    later: more facts, what was agreed with the Fund, that it is over.
    """

    token: str
    nature: str
    delivered_at: str
    delivered_to: str
    drill: bool
    subjects: tuple[str, ...]
    path: Mapping[str, Any] | None
    actor: str
    status: str = "confirmed"
    items: tuple[str, ...] | None = None
    protection: str = "none"
    place: str = "system"
    news: Mapping[str, str] | None = None

    @property
    def told(self) -> str | None:
        """The kind of the news, None for a first sign."""
        return None if self.news is None else self.news["kind"]


FACTS, CONSULTED, CLOSED = "facts", "consultation", "closed"
"""The kinds of news: facts became known, the Fund conferred with us, the incident is over."""
