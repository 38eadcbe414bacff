"""A row as it stands on a paper: the machine's word, and the word of the people who decided it."""

from __future__ import annotations

from dataclasses import dataclass


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
    overrides: bool = False

    @property
    def decided(self) -> bool:
        return bool(self.by)
