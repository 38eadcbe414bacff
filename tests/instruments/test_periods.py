"""Periods run as the Civil Code says: hours at once, days without the first, to the end of the last day."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccus_harness.instruments.periods import JST, PeriodUnreadable, due, weekend_or_new_year


def jst(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+09:00")


@pytest.mark.parametrize(
    ("start", "period", "end"),
    [
        ("2026-04-13T09:00", "PT24H", "2026-04-14T09:00"),
        ("2026-04-13T23:59", "PT1H", "2026-04-14T00:59"),
        ("2026-04-13T09:00", "PT5M", "2026-04-13T09:05"),
        ("2026-04-13T09:00", "P1D", "2026-04-15T00:00"),
        ("2026-04-13T23:59", "P1D", "2026-04-15T00:00"),
        ("2026-04-13T00:00", "P1D", "2026-04-14T00:00"),
        ("2026-04-13T09:00", "P3D", "2026-04-17T00:00"),
        ("2026-04-13T09:00", "P2W", "2026-04-28T00:00"),
        ("2026-12-28T17:00", "P3D", "2027-01-01T00:00"),
        ("2026-12-31T23:59", "P1D", "2027-01-02T00:00"),
        ("2026-04-13T09:00", "P1M", "2026-05-14T00:00"),
        ("2026-01-30T09:00", "P1M", "2026-03-01T00:00"),
        ("2028-01-30T09:00", "P1M", "2028-03-01T00:00"),
        ("2026-01-31T09:00", "P1M", "2026-03-01T00:00"),
        ("2026-03-31T00:00", "P1M", "2026-05-01T00:00"),
        ("2026-12-31T00:00", "P2M", "2027-03-01T00:00"),
        ("2028-02-28T09:00", "P1Y", "2029-03-01T00:00"),
        ("2026-04-13T09:00", "P1Y", "2027-04-14T00:00"),
        ("2026-04-13T09:00", "PT0H", "2026-04-13T09:00"),
    ],
)
def test_a_period_ends_where_the_code_says(start: str, period: str, end: str) -> None:
    assert due(jst(start), period) == jst(end)


def test_the_day_is_the_day_in_japan() -> None:
    late_evening_in_utc = datetime.fromisoformat("2026-04-13T16:30:00+00:00")
    assert due(late_evening_in_utc, "P1D") == jst("2026-04-16T00:00")


@pytest.mark.parametrize(
    ("start", "period", "end"),
    [
        ("2026-12-26T10:00", "P3D", "2027-01-05T00:00"),
        ("2026-12-28T10:00", "P1D", "2027-01-05T00:00"),
        ("2026-04-16T10:00", "P1D", "2026-04-18T00:00"),
        ("2026-04-17T10:00", "P1D", "2026-04-21T00:00"),
        ("2026-12-29T10:00", "PT24H", "2026-12-30T10:00"),
    ],
)
def test_a_period_that_ends_on_a_closed_day_waits_only_where_asked(start: str, period: str, end: str) -> None:
    assert due(jst(start), period, closed=weekend_or_new_year) == jst(end)
    assert due(jst(start), period) <= jst(end)


def test_a_closure_without_end_is_refused() -> None:
    with pytest.raises(ValueError, match="No day of business"):
        due(jst("2026-04-13T09:00"), "P1D", closed=lambda _: True)


@pytest.mark.parametrize(
    "text", ["", "P", "PT", "1D", "P1H", "PT1D", "PT1Y", "P1DT2H", "P-1D", "P1.5D", "p1d"]
)
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(PeriodUnreadable, match="PT24H"):
        due(jst("2026-04-13T09:00"), text)


def test_a_moment_without_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        due(datetime(2026, 4, 13), "P1D")  # noqa: DTZ001 - the point of the test


moments = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)).map(lambda at: at.replace(tzinfo=JST))  # noqa: DTZ001


@given(moments, st.integers(1, 400))
def test_days_are_whole_days_in_japan(start: datetime, days: int) -> None:
    end = due(start, f"P{days}D")
    assert end.hour == end.minute == end.second == end.microsecond == 0
    assert timedelta(days=days) <= end - start < timedelta(days=days + 1)


@given(moments, st.integers(1, 48))
def test_a_later_start_never_ends_earlier(start: datetime, months: int) -> None:
    assert due(start, f"P{months}M") <= due(start + timedelta(hours=5), f"P{months}M")
