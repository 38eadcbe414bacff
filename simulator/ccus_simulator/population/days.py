"""Days of the synthetic register: everything is dated against one fixed day, never against today."""

from datetime import date, timedelta
from typing import Final

REFERENCE_DAY: Final = date(2026, 4, 1)


def before(days: int, day: date = REFERENCE_DAY) -> date:
    return day - timedelta(days=days)


def birthday(birth: date, year: int) -> date:
    """Return the birthday of that year; nobody of the register is born on 29 February."""
    return birth.replace(year=year)


def age(birth: date, day: date) -> int:
    """Count the full years lived on that day."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def first_birthday_after(birth: date, day: date) -> date:
    """Return the next birthday after the day itself."""
    this_year = birthday(birth, day.year)
    return this_year if this_year > day else birthday(birth, day.year + 1)


def years_later(day: date, years: int) -> date:
    """Return the same day years later, 28 February for 29 February."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
