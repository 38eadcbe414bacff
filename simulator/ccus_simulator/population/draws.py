"""Draws: every choice about a record is a function of the seed, the id and the name of the choice."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from hashlib import shake_128
from itertools import accumulate
from struct import Struct
from typing import Final

from ccus_simulator.ids import BUSINESS, TECHNICIAN

FORMULA: Final = "ccus-simulator/population/2"
"""Change this name whenever a record changes: seed and formula together say which people these are."""

BITS: Final = 32
BYTES: Final = BITS // 8
"""Each choice has a number of so many bits; a limit scales it, so no choice needs a second try."""

OF_A_TECHNICIAN: Final = (
    *("sex", "family", "given", "age", "years", "birthday", "blood", "home_phone", "fax", "relation"),
    *("prefecture", "city", "town", "emergency_prefecture", "emergency_city", "emergency_town"),
    *("emergency_sex", "emergency_family", "emergency_given"),
    *("unlinked", "firm", "second", "second_firm", "hired", "hired_second"),
    *("detailed", "insured", "health_kind", "kentaikyo", "chutaikyo", "special_insurance"),
    *("check_kind", "check_day", "special_check", "special_check_kind", "special_check_day"),
    *("dust_check", "dust_check_day"),
    *("trades", "trade_0", "trade_1", "trade_2", "trade_3"),
    *("documents", "issued", "level"),
    *("foreman", "foreman_day", "qualifications", "qualification_0", "qualification_1", "qualification_2"),
    *("qualified_0", "qualified_1", "qualified_2"),
    *("trained", "training", "training_day", "awarded", "award", "award_day"),
    *("foreign", "nationality", "period", "stay", "reissued"),
    *("past", "past_0", "past_1"),
)
OF_A_BUSINESS: Final = (
    *("kind", "family", "given", "word", "form", "name_order", "licensed", "minister", "licences"),
    *("licence_0", "licence_1", "licence_2", "licence_3", "special_licence"),
    *("prefecture", "city", "town", "capital", "other_business", "registrar_family", "registrar_given"),
    *("insured", "kentaikyo", "chutaikyo", "special_insurance", "cinet", "certificate", "certificate_kind"),
    *("clients", "client_0", "client_1", "client_2", "awarded", "award"),
)
PLACES: Final = {
    kind: {name: place for place, name in enumerate(names)}
    for kind, names in ((TECHNICIAN, OF_A_TECHNICIAN), (BUSINESS, OF_A_BUSINESS))
}
_LAYOUT: Final = {kind: Struct(f">{len(places)}I") for kind, places in PLACES.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """How often each of several choices is drawn; a choice is named by its place."""

    bounds: tuple[int, ...]
    total: int

    @classmethod
    def of(cls, shares: Iterable[int]) -> "Shares":
        bounds = tuple(accumulate(shares))
        return cls(bounds=bounds, total=bounds[-1])


def least(bound: int, total: int) -> int:
    """Give the least draw that the total scales up to the bound: with it the draw itself can be compared."""
    return -(-(bound << BITS) // total)


@cache
def least_of(shares: Shares) -> tuple[int, ...]:
    return tuple(least(bound, shares.total) for bound in shares.bounds)


def prefix_of(seed: int) -> bytes:
    """Give what stands before the id in the hash of every record of a seed."""
    return f"{FORMULA}|{seed}|".encode()


def packed(prefix: bytes, kind: str, id: str) -> bytes:  # noqa: A002 - the word of the registry
    """Draw all numbers of a record at once, as bytes."""
    return shake_128(prefix + id.encode()).digest(_LAYOUT[kind].size)


def numbers(prefix: bytes, kind: str, id: str) -> tuple[int, ...]:  # noqa: A002 - the word of the registry
    """Draw all numbers of a record at once."""
    return _LAYOUT[kind].unpack(packed(prefix, kind, id))
