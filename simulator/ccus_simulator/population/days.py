"""Days of the synthetic register: everything is dated against one fixed day, never against today.

Days are looked up in tables instead of computed: a look-up is the same for one record and for a column of
records. A day of the year is its place among 365, and nobody of the register is born on 29 February.
"""

from datetime import date, timedelta
from typing import Any, Final

from ccus_simulator.population.writer import Writer

REFERENCE_DAY: Final = date(2026, 4, 1)
FIRST_YEAR: Final = 1940
LAST_YEAR: Final = 2046
LONGEST_AGO: Final = 62 * 366
LONGEST_AHEAD: Final = 6 * 366
COMMON_YEAR: Final = 365
END_OF_FEBRUARY: Final = 58


# The tables are made at every start, so they are put together from texts: a date object for each day would take ten times as long.
_DAYS: Final = [date(2001, 1, 1) + timedelta(days=n) for n in range(COMMON_YEAR)]
_COMMON: Final = [f"-{day.month:02d}-{day.day:02d}" for day in _DAYS]
_LEAP: Final = [*_COMMON[: END_OF_FEBRUARY + 1], "-02-29", *_COMMON[END_OF_FEBRUARY + 1 :]]
_PLACES: Final = range(COMMON_YEAR)
_LEAP_PLACES: Final = [*_PLACES[: END_OF_FEBRUARY + 1], END_OF_FEBRUARY, *_PLACES[END_OF_FEBRUARY + 1 :]]
_YEARS: Final = range(FIRST_YEAR, LAST_YEAR)
LEAPS: Final = tuple(int(year % 4 == 0) for year in _YEARS)
_EVERY_DAY: Final = [
    f"{year}{day}" for year, leap in zip(_YEARS, LEAPS, strict=True) for day in (_LEAP if leap else _COMMON)
]
_EVERY_PLACE: Final = [place for leap in LEAPS for place in (_LEAP_PLACES if leap else _PLACES)]
_EVERY_YEAR: Final = [
    year for year, leap in zip(_YEARS, LEAPS, strict=True) for _ in range(COMMON_YEAR + leap)
]
_REFERENCE: Final = _EVERY_DAY.index(REFERENCE_DAY.isoformat())
_AGO: Final = slice(_REFERENCE, _REFERENCE - LONGEST_AGO, -1)
TODAY: Final = _EVERY_PLACE[_REFERENCE]
TEXT_OF_YEAR_AND_DAY: Final = tuple([f"{year}{day}" for year in _YEARS for day in _COMMON])
TEXT_AGO: Final = tuple(_EVERY_DAY[_AGO])
TEXT_AHEAD: Final = tuple(_EVERY_DAY[_REFERENCE : _REFERENCE + LONGEST_AHEAD])
YEAR_AGO: Final = tuple(_EVERY_YEAR[_AGO])
DAY_AGO: Final = tuple(_EVERY_PLACE[_AGO])
FIRST_OF_YEAR_AGO: Final = tuple((REFERENCE_DAY - date(year, 1, 1)).days for year in _YEARS)


def text_of(w: Writer, year: Any, day: Any) -> Any:
    """Write the day of a year."""
    return w.at(TEXT_OF_YEAR_AND_DAY, (year - FIRST_YEAR) * COMMON_YEAR + day)


def days_since(w: Writer, year: Any, day: Any) -> Any:
    """Count the days from that day to the reference day; negative when it is still to come."""
    leap_day = w.at(LEAPS, year - FIRST_YEAR) * (day > END_OF_FEBRUARY)
    return w.at(FIRST_OF_YEAR_AGO, year - FIRST_YEAR) - day - leap_day
