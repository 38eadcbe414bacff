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


def _day_of_common_year(day: date) -> int:
    if (day.month, day.day) == (2, 29):
        return END_OF_FEBRUARY
    return (date(2001, day.month, day.day) - date(2001, 1, 1)).days


_COMMON: Final = [date(2001, 1, 1) + timedelta(days=n) for n in range(COMMON_YEAR)]
_YEARS: Final = range(FIRST_YEAR, LAST_YEAR)
_AGO: Final = [REFERENCE_DAY - timedelta(days=n) for n in range(LONGEST_AGO)]
TODAY: Final = _day_of_common_year(REFERENCE_DAY)
TEXT_OF_YEAR_AND_DAY: Final = tuple(day.replace(year=year).isoformat() for year in _YEARS for day in _COMMON)
TEXT_AGO: Final = tuple(day.isoformat() for day in _AGO)
TEXT_AHEAD: Final = tuple((REFERENCE_DAY + timedelta(days=n)).isoformat() for n in range(LONGEST_AHEAD))
YEAR_AGO: Final = tuple(day.year for day in _AGO)
DAY_AGO: Final = tuple(_day_of_common_year(day) for day in _AGO)
FIRST_OF_YEAR_AGO: Final = tuple((REFERENCE_DAY - date(year, 1, 1)).days for year in _YEARS)
LEAPS: Final = tuple(int(year % 4 == 0) for year in _YEARS)


def text_of(w: Writer, year: Any, day: Any) -> Any:
    """Write the day of a year."""
    return w.at(TEXT_OF_YEAR_AND_DAY, (year - FIRST_YEAR) * COMMON_YEAR + day)


def days_since(w: Writer, year: Any, day: Any) -> Any:
    """Count the days from that day to the reference day; negative when it is still to come."""
    leap_day = w.at(LEAPS, year - FIRST_YEAR) * (day > END_OF_FEBRUARY)
    return w.at(FIRST_OF_YEAR_AGO, year - FIRST_YEAR) - day - leap_day
