"""Canaries: texts that tell, wherever they are found, whose record they came from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """A text that stands in one item of one record and nowhere else."""

    id: str
    item: str
    text: str
