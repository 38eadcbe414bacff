"""Points in time as this system writes and reads them: always with an offset, days counted in JST."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone

JST = timezone(timedelta(hours=9), "JST")
BEGINNING = datetime(1970, 1, 1, tzinfo=JST)


def parsed(text: str) -> datetime:
    """The point in time that `text` names; a time without offset is refused."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} names no offset; add +09:00")
    return moment.astimezone(JST)


def written(moment: datetime) -> str:
    return moment.astimezone(JST).isoformat()


def midnight(day: date) -> datetime:
    """The first instant of `day` in Japan."""
    return datetime.combine(day, time.min, JST)


def next_daily(after: datetime, hour: int) -> datetime:
    """The first `hour` o'clock in Japan that lies strictly after `after`."""
    local = after.astimezone(JST)
    today = datetime.combine(local.date(), time(hour), JST)
    return today if today > local else today + timedelta(days=1)
