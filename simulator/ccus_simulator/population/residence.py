"""Nationality and status of residence: drawn together, for each nationality has its own statuses."""

from math import lcm
from typing import Any, Final

from ccus_simulator.pools import CONSTRUCTION
from ccus_simulator.population.days import TEXT_AHEAD
from ccus_simulator.population.draws import Shares
from ccus_simulator.population.people import sizes, starts, together
from ccus_simulator.population.writer import Flag, Value, Whole, Writer

_NATIONS: Final[list[dict[str, Any]]] = CONSTRUCTION["nationalities"]
_STATUSES: Final[dict[str, list[dict[str, Any]]]] = CONSTRUCTION["statuses"]
_TOTALS: Final = {name: sum(status["weight"] for status in group) for name, group in _STATUSES.items()}
_WHOLE: Final = lcm(*_TOTALS.values())
_PAIRS: Final = [(nation, status) for nation in _NATIONS for status in _STATUSES[nation["statuses"]]]
PAIRS: Final = Shares.of(
    nation["weight"] * status["weight"] * (_WHOLE // _TOTALS[nation["statuses"]]) for nation, status in _PAIRS
)
"""How often each nationality comes with each status."""

NATIONALITIES: Final = (*(nation["name"] for nation, _ in _PAIRS), "日本")
JAPAN: Final = len(_PAIRS)
CODES: Final = tuple(status["code"] for _, status in _PAIRS)
STATUS_NAMES: Final = tuple(status["name"] for _, status in _PAIRS)
HAS_STATUS: Final = tuple(status["code"] is not None for _, status in _PAIRS)
"""A 特別永住者 has none."""

IS_YOUNG: Final = tuple(bool(status.get("young")) for _, status in _PAIRS)
_PERIODS: Final = [status["periods"] for _, status in _PAIRS]
PERIODS: Final = together(_PERIODS)
PERIOD_STARTS: Final = starts(_PERIODS)
PERIOD_SIZES: Final = sizes(_PERIODS)
SOONEST: Final = 31
DAYS_OF_PERIOD: Final = {"6月": 182, "1年": 365, "2年": 730, "3年": 1095, "5年": 1826}
LASTS: Final = tuple(DAYS_OF_PERIOD.get(period, SOONEST) for period in PERIODS)
ENDS: Final = tuple(period in DAYS_OF_PERIOD for period in PERIODS)

_FAMILIES: Final = [
    ["".join(f"{word} " for word in words) for words in nation["families"]] for nation in _NATIONS
]
FOREIGN_FAMILIES: Final = together(_FAMILIES)
_FAMILY_STARTS: Final = dict(zip((n["name"] for n in _NATIONS), starts(_FAMILIES), strict=True))
FAMILY_STARTS: Final = tuple(_FAMILY_STARTS[nation["name"]] for nation, _ in _PAIRS)
FAMILY_SIZES: Final = tuple(len(nation["families"]) for nation, _ in _PAIRS)


def residence(w: Writer, foreign: Flag, pair: Whole) -> dict[str, Value]:
    """Write nationality, status and period; a Japanese has neither status nor period."""
    with_status = foreign & w.at(HAS_STATUS, pair)
    return {
        "t31_nationality": w.at(NATIONALITIES, w.where(foreign, pair, JAPAN)),
        "t32_residence_status": w.when(
            with_status, lambda: w.struct(コード=w.at(CODES, pair), 名称=w.at(STATUS_NAMES, pair))
        ),
        "t33_residence_period": w.when(with_status, lambda: _period(w, pair)),
    }


def _period(w: Writer, pair: Whole) -> Value:
    period = w.at(PERIOD_STARTS, pair) + w.below("period", w.at(PERIOD_SIZES, pair))
    left = SOONEST + w.below("stay", w.at(LASTS, period) - SOONEST + 1)
    until = w.when(w.at(ENDS, period), lambda: w.at(TEXT_AHEAD, left))
    return w.struct(期間=w.at(PERIODS, period), 満了日=until)
