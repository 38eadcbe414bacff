"""Registry ids: 14 digits that the real registry cannot have issued, and how they are laid out."""

from typing import Final

from msgspec import Struct

TECHNICIAN: Final = "99"
BUSINESS: Final = "98"
SITE: Final = "97"

FIRST_WORLD_NUMBER: Final = 100_000_000
"""Below this the twelve digits count the bulk register; from here on they are a world number and an index."""

INDEXES_PER_WORLD: Final = 100_000
SEAT: Final = 50
"""The first indexes of a world, for which canary codes of neighbouring worlds never meet."""

FIRST_SOLE: Final = 40
FURTHER_SOLE: Final = 90_000
"""From here on the ids of a world are 一人親方 again, for worlds that have more than ten of them."""


class RegistryId(Struct, frozen=True, kw_only=True):
    """The two parts of an id: what kind of record it names, and the number."""

    kind: str
    number: int

    @property
    def bulk(self) -> bool:
        return self.number < FIRST_WORLD_NUMBER

    @property
    def sole(self) -> bool:
        """Whether a world reserves this id for a 一人親方; the bulk register decides by its own draw."""
        index = self.number % INDEXES_PER_WORLD
        return not self.bulk and (FIRST_SOLE <= index < SEAT or index >= FURTHER_SOLE)


class NotARegistryId(ValueError):
    """A text that is no registry id of this simulator."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(text)

    def __str__(self) -> str:
        return f"{self.text!r} is no registry id here: give 14 digits that begin with 99, 98 or 97."


def parse_id(text: str) -> RegistryId:
    """Take a registry id apart; raises `NotARegistryId` for anything else."""
    if (
        len(text) != 14
        or not text.isascii()
        or not text.isdigit()
        or text[:2] not in {TECHNICIAN, BUSINESS, SITE}
    ):
        raise NotARegistryId(text)
    return RegistryId(kind=text[:2], number=int(text[2:]))


def bulk_id(kind: str, index: int) -> str:
    """Name a record of the bulk register."""
    return f"{kind}{index:012d}"


def world_id(kind: str, number: int, index: int) -> str:
    """Name the index-th record of a world."""
    return f"{kind}{number:07d}{index:05d}"


def world_index(order: int, *, sole: bool) -> int:
    """Give the order-th record of its sort an index; 40 to 49 and 90,000 onwards are kept for 一人親方."""
    if sole:
        seated = SEAT - FIRST_SOLE
        return FIRST_SOLE + order if order < seated else FURTHER_SOLE + order - seated
    first = order + 1
    return first if first < FIRST_SOLE else first + SEAT - FIRST_SOLE
