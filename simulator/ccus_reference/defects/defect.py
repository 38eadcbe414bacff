"""One defect: a wrong system made from the right one by replacing one decision."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ccus_reference.behaviour import Behaviour

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """One way to break the agreement: the row it breaks, what a judge should say, what it takes along.

    It breaks it by what it does (`change`), by what it declares (`profile`), or by the two together.

    `drags` are rows that cannot be kept while this one is broken in this way: whoever tests them as
    they are written finds the same fault there.
    """

    name: str
    row: str
    code: str
    title_ja: str
    title_en: str
    change: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False)
    drags: tuple[str, ...] = ()
    word: str = "violated"
    profile: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """What such a system declares otherwise, table by table as in `candidate.toml`."""

    def behaviour(self) -> Behaviour:
        """The lawful conduct with this one decision replaced."""
        return replace(Behaviour(), **self.change)

    def document(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "row": self.row,
            "word": self.word,
            "code": self.code,
            "drags": list(self.drags),
            "profile": dict(self.profile),
            "title": {"ja": self.title_ja, "en": self.title_en},
        }
