"""Dates as Japanese papers write them, and as people type them into a form.

A paper shows the year of the era with the ISO date beneath it; both say the same day, so one of them read
wrongly is noticed.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from typing import Any, Final

from ccus_harness.documents import Bilingual
from ccus_harness.instruments.periods import JST

__all__ = ["day_of", "in_era", "moment", "shown"]

_ERAS: Final = (
    ("令和", "R", date(2019, 5, 1)),
    ("平成", "H", date(1989, 1, 8)),
    ("昭和", "S", date(1926, 12, 25)),
)
_WRITTEN: Final = re.compile(
    r"(?P<era>令和|平成|昭和|[RHS])?\s*(?P<year>元|\d{1,4})\s*(?:年|[-/.])\s*(?P<month>\d{1,2})\s*(?:月|[-/.])"
    r"\s*(?P<day>\d{1,2})\s*日?"
)
_FOUR_DIGITS: Final = 1000


def in_era(day: date) -> str:
    """The day with the year of its era: 令和8年4月13日, and 元年 for the first."""
    name, _, began = next((era for era in _ERAS if era[2] <= day), _ERAS[-1])
    year = day.year - began.year + 1
    return f"{name}{'元' if year == 1 else year}年{day.month}月{day.day}日"


def shown(day: date) -> Bilingual:
    """The day as a paper shows it: the era's year, and the ISO date beneath."""
    return Bilingual(ja=in_era(day), en=day.isoformat())


def moment(written: str) -> Bilingual:
    """A recorded moment by Japan's clock; what was not recorded stays as it is."""
    try:
        at = datetime.fromisoformat(written).astimezone(JST)
    except ValueError:
        return Bilingual(ja=written, en="")
    return Bilingual(
        ja=f"{in_era(at.date())} {at.hour}時{at.minute:02d}分", en=at.isoformat(timespec="seconds")
    )


def day_of(typed: Any) -> date | None:
    """The day that somebody typed: a date cell, an ISO date, or a date of an era in any usual writing.

    None when it is no day, or one that leaves the year open.
    """
    if isinstance(typed, datetime):
        return typed.date()
    if isinstance(typed, date):
        return typed
    if not isinstance(typed, str):
        return None
    lines = [line for line in unicodedata.normalize("NFKC", typed).splitlines() if line.strip()]
    days = {_written(line.strip()) for line in lines}
    return days.pop() if len(days) == 1 else None


def _written(text: str) -> date | None:
    found = _WRITTEN.fullmatch(text.upper())
    if found is None:
        return None
    year = 1 if found["year"] == "元" else int(found["year"])
    if not found["era"] and (found["year"] == "元" or year < _FOUR_DIGITS):
        return None
    try:
        day = date(_first_year(found["era"]) + year, int(found["month"]), int(found["day"]))
    except ValueError:
        return None
    return day if not found["era"] or _within(found["era"], day) else None


def _first_year(era: str | None) -> int:
    return next((began.year - 1 for name, letter, began in _ERAS if era in (name, letter)), 0)


def _within(era: str, day: date) -> bool:
    """A day lies in the era it names: 平成40年 and 令和元年1月 are no days."""
    return in_era(day)[:2] == next(name for name, letter, _ in _ERAS if era in (name, letter))
