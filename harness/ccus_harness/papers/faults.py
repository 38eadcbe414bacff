"""Why a filled-in paper is not taken: every reason at once, each with its sheet and cell."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ccus_harness.messages import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ccus_harness.messages import Catalogue

__all__ = ["NeedsExtra", "SheetFault", "SheetFaults", "raise_any"]


class NeedsExtra(Exception):
    """Papers were asked for where the extra `papers` is not installed."""

    def __str__(self) -> str:
        return "papers need xlsxwriter, openpyxl and WeasyPrint: pip install 'ccus-conformance[papers]'"


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetFault:
    """One thing to correct: where it stands (`審査項目!H12`), a code, and what its sentence names."""

    path: str
    code: str
    values: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def told(self, words: Catalogue) -> str:
        return f"{self.path}: {words.text(f'papers.fault.{self.code}', **self.values)}"


class SheetFaults(Exception):
    """A filled-in paper that cannot be taken as it is; carries every reason."""

    def __init__(self, document: str, faults: Iterable[SheetFault]) -> None:
        self.document = document
        self.faults = tuple(faults)
        super().__init__(document, self.faults)

    def told(self, words: Catalogue) -> str:
        lines = "\n".join(f"  {fault.told(words)}" for fault in self.faults)
        return words.text("papers.faults", document=self.document, n=len(self.faults)) + f"\n{lines}"

    def __str__(self) -> str:
        return self.told(catalogue("en"))


def raise_any(document: str, faults: Iterable[SheetFault]) -> None:
    """Raise all the faults together, if there is one."""
    found = tuple(faults)
    if found:
        raise SheetFaults(document, found)
