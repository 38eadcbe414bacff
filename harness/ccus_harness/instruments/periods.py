"""When a period ends, by Civil Code articles 139 to 143, in Japanese time.

Hours and minutes run at once. Days, weeks, months and years leave out the first day unless they begin at
midnight, and end with the end of their last day, which is written as the following midnight.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

JST: Final = timezone(timedelta(hours=9), "JST")


class PeriodUnreadable(ValueError):
    """A text is no period: one number with one unit, in ISO 8601."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text

    def __str__(self) -> str:
        return f"{self.text!r} is no period. Write one number with one unit: PT24H, PT30M, P3D, P2W, P1M, P1Y"


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """One number of one unit; a mix of days and hours has no meaning in law."""

    number: int
    unit: str

    @classmethod
    def of(cls, text: str) -> Period:
        found = _PERIOD.fullmatch(text)
        if found is None:
            raise PeriodUnreadable(text)
        clock, number, unit = found["clock"], found["number"], found["unit"]
        if (unit in "HS") != bool(clock) and unit != "M":
            raise PeriodUnreadable(text)
        return cls(number=int(number), unit=_CLOCK[unit] if clock else _CALENDAR[unit])


_PERIOD: Final = re.compile(r"P(?P<clock>T?)(?P<number>[0-9]{1,6})(?P<unit>[YMWDHS])")
_CLOCK: Final = {"H": "hours", "M": "minutes", "S": "seconds"}
_CALENDAR: Final = {"Y": "years", "M": "months", "W": "weeks", "D": "days"}


def due(start: datetime, period: str, *, closed: Callable[[date], bool] | None = None) -> datetime:
    """Give the moment at which a period that begins at `start` has run out.

    `closed` tells on which days no business is done: then a period of days or longer that would end on such
    a day ends with the next day of business (article 142). It is left out for what is due 直ちに.
    """
    if start.tzinfo is None:
        raise ValueError("A period begins at a moment with an offset; this one has none")
    length = Period.of(period)
    began = start.astimezone(JST)
    if length.unit in _CLOCK.values():
        return began + timedelta(**{length.unit: length.number})
    end = _end(_first_day(began), length)
    return end if closed is None or not length.number else _next_open(end, closed)


def _first_day(began: datetime) -> date:
    """Leave out the first day, unless the period begins with it (article 140)."""
    whole = began.time() == time.min
    return began.date() if whole else began.date() + timedelta(days=1)


def _end(first: date, length: Period) -> datetime:
    """Give the midnight after the last day (articles 141 and 143)."""
    days = {"days": 1, "weeks": 7}
    if length.unit in days:
        return _midnight(first + timedelta(days=length.number * days[length.unit]))
    return _midnight(_same_day(first, length.number * (12 if length.unit == "years" else 1)))


def _same_day(first: date, months: int) -> date:
    """Give the day of the same number so many months on; where there is none, the first of the month after."""
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    try:
        return date(year, month + 1, first.day)
    except ValueError:
        year, month = divmod(year * 12 + month + 1, 12)
        return date(year, month + 1, 1)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, JST)


def _next_open(end: datetime, closed: Callable[[date], bool]) -> datetime:
    """Let the end wait for the end of a day of business; a month of closed days is taken for a mistake."""
    for _ in range(_LONGEST_CLOSURE):
        if not closed(end.date() - timedelta(days=1)):
            return end
        end += timedelta(days=1)
    raise ValueError(f"No day of business within {_LONGEST_CLOSURE} days before {end.date()}")


_LONGEST_CLOSURE: Final = 31


def weekend_or_new_year(day: date) -> bool:
    """Tell Saturdays, Sundays and 年末年始 (29 December to 3 January); other holidays are for the caller."""
    return day.weekday() >= 5 or (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3)
