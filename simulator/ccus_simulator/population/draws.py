"""Draws: every choice about a record is a function of the seed, the id and the name of the choice."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import shake_128
from itertools import accumulate
from typing import Final, Generic, TypeVar

from ccus_simulator.ids import RegistryId, parse_id

FORMULA: Final = "ccus-simulator/population/1"
"""Change this name whenever a record changes: seed and formula together say which people these are."""

WIDTH: Final = 8
T = TypeVar("T")

NAMES: Final = [
    "sex",
    "family",
    "given",
    "age",
    "birthday",
    "blood",
    "home_phone",
    "fax",
    "relation",
    "city",
    "town",
    "prefecture",
    "emergency_prefecture",
    "emergency_city",
    "emergency_town",
    "emergency_family",
    "emergency_given",
    "firm",
    "second_firm",
    "firms",
    "hired",
    "hired_second",
    "detailed",
    "sole",
    "insured",
    "health_kind",
    "kentaikyo",
    "chutaikyo",
    "special_kind",
    "check_kind",
    "check_day",
    "special_check",
    "special_check_day",
    "dust_check_day",
    "trades",
    "trade_0",
    "trade_1",
    "trade_2",
    "trade_3",
    "minor_0",
    "minor_1",
    "minor_2",
    "minor_3",
    "issued",
    "documents",
    "level",
    "qualifications",
    "foreman",
    "training",
    "training_day",
    "award",
    "award_day",
    "qualification_0",
    "qualification_1",
    "qualification_2",
    "qualified_0",
    "qualified_1",
    "qualified_2",
    "qualified_foreman",
    "training_held",
    "award_held",
    "foreign",
    "nationality",
    "status",
    "period",
    "stay",
    "reissued",
    "kind",
    "licensed",
    "minister",
    "capital",
    "other_business",
    "licences",
    "special_licence",
    "licence_0",
    "licence_1",
    "licence_2",
    "licence_3",
    "word",
    "name_order",
    "registrar_family",
    "registrar_given",
    "clients",
    "client_0",
    "client_1",
    "client_2",
    "certificate",
    "certificate_kind",
    "cinet",
    "past",
    "past_0",
    "past_1",
    "emergency_sex",
    "form",
    "qualification_name_0",
    "qualification_name_1",
    "qualification_name_2",
]
_PLACE: Final = {name: place * WIDTH for place, name in enumerate(NAMES)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighted(Generic[T]):
    """Choices with their shares."""

    choices: tuple[T, ...]
    bounds: tuple[int, ...]

    @classmethod
    def of(cls, shares: Iterable[tuple[T, int]]) -> "Weighted[T]":
        pairs = list(shares)
        choices = tuple(choice for choice, _ in pairs)
        return cls(choices=choices, bounds=tuple(accumulate(share for _, share in pairs)))


class Draws:
    """The numbers drawn for one record; asking in another order changes nothing."""

    __slots__ = ("_bytes", "id", "registry_id", "seed")

    def __init__(self, seed: int, id: str) -> None:  # noqa: A002 - the word of the registry
        self.seed = seed
        self.id = id
        self.registry_id: RegistryId = parse_id(id)
        self._bytes = shake_128(f"{FORMULA}|{seed}|{id}".encode()).digest(WIDTH * len(NAMES))

    def below(self, name: str, limit: int) -> int:
        """Draw a whole number from 0 up to, not including, the limit."""
        place = _PLACE[name]
        return int.from_bytes(self._bytes[place : place + WIDTH], "big") % limit

    def between(self, name: str, first: int, last: int) -> int:
        """Draw a whole number from first to last, both possible."""
        return first + self.below(name, last - first + 1)

    def pick(self, name: str, choices: Sequence[T]) -> T:
        """Draw one of the choices, all alike."""
        return choices[self.below(name, len(choices))]

    def weighted(self, name: str, weighted: Weighted[T]) -> T:
        """Draw one of the choices by their shares."""
        return weighted.choices[bisect_right(weighted.bounds, self.below(name, weighted.bounds[-1]))]

    def chance(self, name: str, per_mille: int) -> bool:
        """Draw yes with this many chances in a thousand."""
        return self.below(name, 1000) < per_mille
