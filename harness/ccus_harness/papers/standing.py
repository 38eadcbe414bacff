"""A row as it stands on a paper: the machine's word, and the word of the people who decided it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ccus_harness.deciding import Ruled


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The word that counts; with `by` it was decided by a person, with `second` by two."""

    word: str
    machine: str
    by: str = ""
    second: str = ""
    on: str = ""
    reason: str = ""
    files: tuple[str, ...] = ()
    waits: bool = False

    @classmethod
    def of(cls, ruled: Ruled) -> Standing:
        decision = ruled.decision
        if decision is None:
            return cls(word=ruled.word, machine=ruled.machine, waits=ruled.waits)
        return cls(
            word=ruled.word,
            machine=ruled.machine,
            by=decision.by,
            second=decision.second,
            on=decision.date,
            reason=decision.reason,
            files=tuple(file.name for file in decision.files),
            waits=ruled.waits,
        )

    @property
    def decided(self) -> bool:
        return bool(self.by)
