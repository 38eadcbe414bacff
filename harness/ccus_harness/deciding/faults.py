"""Why a decision is not taken: every reason at once, each with its place, in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ccus_harness.messages import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ccus_harness.messages import Catalogue


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One thing that keeps a decision from being taken: where it stands, a code, and what its sentence names."""

    path: str
    code: str
    values: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def told(self, words: Catalogue) -> str:
        return f"{self.path}: {words.text(f'decide.refused.{self.code}', **self.values)}"


class Undecidable(Exception):
    """Decisions that cannot be taken or do not hold; carries every reason."""

    def __init__(self, document: str, refusals: Iterable[Refusal]) -> None:
        self.document = document
        self.refusals = tuple(refusals)
        super().__init__(document, self.refusals)

    def told(self, words: Catalogue) -> str:
        lines = "\n".join(f"  {refusal.told(words)}" for refusal in self.refusals)
        return words.text("decide.faults", document=self.document, n=len(self.refusals)) + f"\n{lines}"

    def __str__(self) -> str:
        return self.told(catalogue("en"))


def raise_any(document: str, refusals: Iterable[Refusal]) -> None:
    """Raise all the refusals together, if there is one."""
    found = tuple(refusals)
    if found:
        raise Undecidable(document, found)
