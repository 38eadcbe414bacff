"""Moments: world time as text with its offset, and the last instant of a contract."""

from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import Final

JST: Final = timezone(timedelta(hours=9))


class NoSuchMoment(ValueError):
    """A text that names no moment with an offset."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(text)

    def __str__(self) -> str:
        return f"{self.text!r} という日時はありません。2026-04-13T09:00:00+09:00 のように書いてください。"


@lru_cache(maxsize=1024)
def moment(text: str) -> datetime:
    """Read a moment; one without an offset, or on a day that does not exist, is refused."""
    try:
        read = datetime.fromisoformat(text)
        return read.astimezone(JST) if read.tzinfo else _refuse(text)
    except (ValueError, OverflowError) as error:
        raise NoSuchMoment(text) from error


def _refuse(text: str) -> datetime:
    raise NoSuchMoment(text)


@lru_cache(maxsize=1024)
def written(at: datetime) -> str:
    """Write a moment in Japanese time."""
    return at.astimezone(JST).isoformat()


def start_of(day: str) -> datetime:
    """Return the first instant of a day in Japan."""
    try:
        return datetime.combine(date.fromisoformat(day), time.min, JST)
    except ValueError as error:
        raise NoSuchMoment(day) from error


def end_instant(day: str, instant: str) -> datetime:
    """Return the instant of the end: 24:00 is the end of the last day, 00:00 its beginning."""
    start = start_of(day)
    return start + timedelta(days=1) if instant == "24:00" else start
