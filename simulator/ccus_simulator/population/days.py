"""Days of the synthetic register: everything is dated against one fixed day, never against today.

Days are looked up in tables instead of computed: a look-up is the same for one record and for a column of
records. A birthday is its place in a calendar whose years all have 365 days, for nobody of the register is born on
29 February; so a year more is always 365 places more.
"""

from bisect import bisect_right
from datetime import date, timedelta
from typing import Final

REFERENCE_DAY: Final = date(2026, 4, 1)
FIRST_YEAR: Final = 1940
LAST_YEAR: Final = 2046
LONGEST_AGO: Final = 62 * 366
LONGEST_VALID: Final = 2500
LONGEST_AHEAD: Final = 6 * 366
COMMON_YEAR: Final = 365
END_OF_FEBRUARY: Final = 58


# The tables are made at every start, so they are put together from texts: a date object for each day would take ten times as long.
_DAYS: Final = [date(2001, 1, 1) + timedelta(days=n) for n in range(COMMON_YEAR)]
_COMMON: Final = [f"-{day.month:02d}-{day.day:02d}" for day in _DAYS]
_LEAP: Final = [*_COMMON[: END_OF_FEBRUARY + 1], "-02-29", *_COMMON[END_OF_FEBRUARY + 1 :]]
_YEARS: Final = range(FIRST_YEAR, LAST_YEAR)
_LEAPS: Final = [year % 4 == 0 for year in _YEARS]
_EVERY_DAY: Final = [
    f"{year}{day}" for year, leap in zip(_YEARS, _LEAPS, strict=True) for day in (_LEAP if leap else _COMMON)
]
_REFERENCE: Final = _EVERY_DAY.index(REFERENCE_DAY.isoformat())


def _of_birthdays() -> list[int]:
    """Give the order of each birthday among all days: all but the 29th of February."""
    orders: list[int] = []
    first = 0
    for leap in _LEAPS:
        march = first + END_OF_FEBRUARY + 1 + leap
        orders += range(first, first + END_OF_FEBRUARY + 1)
        first += COMMON_YEAR + leap
        orders += range(march, first)
    return orders


_BIRTHDAYS: Final = _of_birthdays()
_TODAY: Final = _BIRTHDAYS.index(_REFERENCE)

TEXT_OF_BIRTHDAY: Final = tuple([_EVERY_DAY[order] for order in _BIRTHDAYS])
LAST_BIRTHDAY: Final = tuple([_TODAY - (_TODAY - day) % COMMON_YEAR for day in range(COMMON_YEAR)])
"""By the day of the year: the place of the last such birthday until the reference day."""

DAYS_SINCE: Final = (*[_REFERENCE - order for order in _BIRTHDAYS[:_TODAY]], 1)
"""By birthday: from how many days one may be drawn; even today leaves one."""

TEXT_AGO: Final = tuple(_EVERY_DAY[_REFERENCE - 1 : _REFERENCE - 1 - LONGEST_AGO : -1])
TEXT_AHEAD: Final = tuple(_EVERY_DAY[_REFERENCE : _REFERENCE + LONGEST_AHEAD])
BIRTHDAY_AGO: Final = tuple(
    [bisect_right(_BIRTHDAYS, _REFERENCE - 1 - ago) - 1 for ago in range(LONGEST_VALID)]
)
"""The birthday on a day or last before it. What is so many days ago is counted from yesterday, which is 0."""
