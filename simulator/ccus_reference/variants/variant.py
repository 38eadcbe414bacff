"""One lawful variant: another way to keep the agreement, made by replacing one decision."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ccus_reference.behaviour import Behaviour

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """A conduct unlike the reference's own that the agreement allows: no judge may call it violated.

    `profile` holds what such a system would declare otherwise, table by table as in `candidate.toml`.
    `chapters` are the articles and paragraphs in which it can be told from the reference at all: a quick kill
    table runs it over their rows, a whole one over all.
    """

    name: str
    title_ja: str
    title_en: str
    chapters: tuple[str, ...]
    change: Mapping[str, Any] = field(repr=False)
    profile: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def behaviour(self) -> Behaviour:
        """The reference's conduct with this one decision replaced."""
        return replace(Behaviour(), **self.change)

    def document(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "title": {"ja": self.title_ja, "en": self.title_en},
            "profile": dict(self.profile),
            "chapters": list(self.chapters),
        }
