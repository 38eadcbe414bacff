"""Names, addresses and phone numbers of people who do not exist."""

from typing import Any, Final

from ccus_simulator.pools import CONSTRUCTION, PEOPLE
from ccus_simulator.population.draws import Draws, Weighted
from ccus_simulator.population.planter import Planter

PHONE_PREFIX: Final = "030"
"""Assigned to no service today, and eleven digits long like a mobile number."""

NO_SUCH_HOUSE: Final = "9999番地"
FAMILIES: Final[list[list[str]]] = PEOPLE["family"]
GIVEN: Final[dict[str, list[list[str]]]] = {"男": PEOPLE["male"], "女": PEOPLE["female"]}
TOWNS: Final[list[str]] = PEOPLE["towns"]
PREFECTURES: Final = Weighted[dict[str, Any]].of((p, p["weight"]) for p in CONSTRUCTION["prefectures"])


def japanese_name(planter: Planter, item: str, sex: str, prefix: str = "") -> str:
    """Write a name as 姓　名; the given name carries the canary."""
    draws = planter.draws
    family = draws.pick(f"{prefix}family", FAMILIES)[0]
    given = draws.pick(f"{prefix}given", GIVEN[sex])[0]
    return f"{family}　{planter.text(item, given)}"


def address(planter: Planter, item: str, prefix: str = "") -> str:
    """Write an address down to a house number that no town has."""
    draws = planter.draws
    prefecture = home(draws, prefix)
    city = draws.pick(f"{prefix}city", prefecture["cities"])
    town = draws.pick(f"{prefix}town", TOWNS)
    return f"{prefecture['name']}{city}{planter.text(item, town)}{NO_SUCH_HOUSE}"


def home(draws: Draws, prefix: str = "") -> dict[str, Any]:
    """Draw the prefecture."""
    return draws.weighted(f"{prefix}prefecture", PREFECTURES)


def phone(planter: Planter, item: str, *, order: int = 0) -> str:
    """Write a phone number."""
    return planter.number(item, PHONE_PREFIX, order=order)
