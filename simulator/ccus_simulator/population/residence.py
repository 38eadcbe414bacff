"""Nationality and status of residence: drawn together, for each nationality has its own statuses."""

from math import lcm
from typing import Any, Final

from ccus_simulator.pools import CONSTRUCTION
from ccus_simulator.population.days import TEXT_AHEAD
from ccus_simulator.population.draws import Shares
from ccus_simulator.population.people import FAMILIES, sizes, starts, together
from ccus_simulator.population.writer import Value, Whole, Writer

_NATIONS: Final[list[dict[str, Any]]] = CONSTRUCTION["nationalities"]
_STATUSES: Final[dict[str, list[dict[str, Any]]]] = CONSTRUCTION["statuses"]
_TOTALS: Final = {name: sum(status["weight"] for status in group) for name, group in _STATUSES.items()}
_WHOLE: Final = lcm(*_TOTALS.values())
_PAIRS: Final = [(nation, status) for nation in _NATIONS for status in _STATUSES[nation["statuses"]]]
PAIRS: Final = Shares.of(
    nation["weight"] * status["weight"] * (_WHOLE // _TOTALS[nation["statuses"]]) for nation, status in _PAIRS
)
"""How often each nationality comes with each status."""

JAPAN: Final = len(_PAIRS)
_JAPANESE: Final[tuple[Any, Any]] = ({"name": "日本"}, {"code": None, "name": "", "periods": [""]})
_CASES: Final = (*_PAIRS, _JAPANESE)
"""A Japanese stands behind the pairs, so that one look-up does for everybody."""

NATIONALITIES: Final = tuple(nation["name"] for nation, _ in _CASES)
CODES: Final = tuple(status["code"] for _, status in _CASES)
STATUS_NAMES: Final = tuple(status["name"] for _, status in _CASES)
HAS_STATUS: Final = tuple(status["code"] is not None for _, status in _CASES)
"""A 特別永住者 has none, and neither has a Japanese."""

IS_YOUNG: Final = tuple(bool(status.get("young")) for _, status in _CASES)
_PERIODS: Final = [status["periods"] for _, status in _CASES]
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
FAMILY_WORDS: Final = (*together(_FAMILIES), *(f"{family}　" for family in FAMILIES))
_FAMILY_STARTS: Final = dict(zip((n["name"] for n in _NATIONS), starts(_FAMILIES), strict=True))
FAMILY_STARTS: Final = (
    *(_FAMILY_STARTS[nation["name"]] for nation, _ in _PAIRS),
    len(FAMILY_WORDS) - len(FAMILIES),
)
FAMILY_SIZES: Final = (*(len(nation["families"]) for nation, _ in _PAIRS), len(FAMILIES))


def residence(w: Writer, pair: Whole) -> dict[str, Value]:
    """Write nationality, status and period; a Japanese has neither status nor period."""
    with_status = w.at(HAS_STATUS, pair)
    return {
        "t31_nationality": w.at(NATIONALITIES, pair),
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
