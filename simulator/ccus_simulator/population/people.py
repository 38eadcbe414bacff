"""Names, addresses and phone numbers of people who do not exist."""

from itertools import accumulate
from typing import Any, Final

from ccus_simulator.pools import CONSTRUCTION, PEOPLE
from ccus_simulator.population.draws import Shares
from ccus_simulator.population.writer import Text, Whole, Writer

MOBILE_PREFIX: Final = "030"
"""Assigned to no service today, and with eight more digits as long as a mobile number."""

LINE_PREFIX: Final = "040"
"""No area has this code, and with seven more digits a number is as long as that of a line."""

NO_SUCH_HOUSE: Final = "9999番地"
FAMILIES: Final = tuple(kanji for kanji, _ in PEOPLE["family"])
FAMILIES_READ: Final = tuple(kana for _, kana in PEOPLE["family"])
TOWNS: Final = tuple(PEOPLE["towns"])

MALE, FEMALE, FOREIGN = range(3)
_GIVEN: Final = (
    [kanji for kanji, _ in PEOPLE["male"]],
    [kanji for kanji, _ in PEOPLE["female"]],
    CONSTRUCTION["foreign_given"],
)


def starts(groups: Any) -> tuple[int, ...]:
    """Give where each group starts when all are put into one table."""
    return (0, *accumulate(len(group) for group in groups))[:-1]


def sizes(groups: Any) -> tuple[int, ...]:
    return tuple(len(group) for group in groups)


def together(groups: Any) -> tuple[Any, ...]:
    """Put all groups into one table."""
    return tuple(member for group in groups for member in group)


GIVEN: Final = together(_GIVEN)
GIVEN_STARTS: Final = starts(_GIVEN)
GIVEN_SIZES: Final = sizes(_GIVEN)
_PREFECTURES: Final[list[dict[str, Any]]] = CONSTRUCTION["prefectures"]
_CITIES: Final = [[p["name"] + city for city in p["cities"]] for p in _PREFECTURES]
PREFECTURES: Final = Shares.of(p["weight"] for p in _PREFECTURES)
CITIES: Final = together(_CITIES)
CITY_STARTS: Final = starts(_CITIES)
CITY_SIZES: Final = sizes(_CITIES)


def given(w: Writer, name: str, sort: Whole) -> Text:
    """Draw a given name of its sort: male, female or foreign."""
    return w.at(GIVEN, w.at(GIVEN_STARTS, sort) + w.below(name, w.at(GIVEN_SIZES, sort)))


def japanese_name(w: Writer, item: str, sex: Whole, prefix: str = "") -> Text:
    """Write a name as 姓　名; the given name carries the canary."""
    family = w.at(FAMILIES, w.below(f"{prefix}family", len(FAMILIES)))
    return w.join(family, "　", w.text(item, given(w, f"{prefix}given", sex)))


def address(w: Writer, item: str, prefix: str = "") -> Text:
    """Write an address down to a house number that no town has."""
    prefecture = home(w, prefix)
    city = w.at(CITY_STARTS, prefecture) + w.below(f"{prefix}city", w.at(CITY_SIZES, prefecture))
    town = w.at(TOWNS, w.below(f"{prefix}town", len(TOWNS)))
    return w.join(w.at(CITIES, city), w.text(item, town), NO_SUCH_HOUSE)


def home(w: Writer, prefix: str = "") -> Whole:
    """Draw the prefecture, counted from 0."""
    return w.pick(f"{prefix}prefecture", PREFECTURES)


def mobile(w: Writer, item: str) -> Text:
    return w.plant(item, w.join(MOBILE_PREFIX, w.digits(item)))


def line(w: Writer, item: str, *, order: int = 0) -> Text:
    return w.plant(item, w.join(LINE_PREFIX, w.line(item, order=order)))
