"""Dates as Japanese papers write them and as people type them."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccus_harness.papers.era import day_of, in_era, moment, shown

DAY = date(2026, 4, 13)
WRITINGS = (
    "令和8年4月13日",
    "令和８年４月１３日",
    "令和 8 年 4 月 13 日",
    "R8.4.13",
    "r8/4/13",
    "2026-04-13",
    "2026/4/13",
    "2026年4月13日",
    " 2026.4.13 ",
    "令和8年4月13日\n2026-04-13",
    DAY,
    datetime(2026, 4, 13, 9, 30),  # noqa: DTZ001 - as a cell holds it
)
NO_DAYS = (
    "",
    "8.4.13",
    "4月13日",
    "令和8年2月30日",
    "平成40年1月1日",
    "令和元年1月1日",
    "13",
    13,
    None,
    "2026-04-13\n2026-04-14",
)


@pytest.mark.parametrize("typed", WRITINGS, ids=str)
def test_every_usual_writing_of_a_day_is_read(typed: object) -> None:
    assert day_of(typed) == DAY


@pytest.mark.parametrize("typed", NO_DAYS, ids=repr)
def test_what_leaves_the_day_open_is_no_day(typed: object) -> None:
    assert day_of(typed) is None


@given(st.dates(min_value=date(1926, 12, 25), max_value=date(2099, 12, 31)))
def test_a_day_reads_back_from_its_era_and_from_its_iso_date(day: date) -> None:
    assert day_of(in_era(day)) == day
    assert day_of(shown(day).en) == day


def test_an_era_begins_on_its_first_day_with_its_first_year() -> None:
    assert in_era(date(2019, 4, 30)) == "平成31年4月30日"
    assert in_era(date(2019, 5, 1)) == "令和元年5月1日"
    assert in_era(date(2020, 1, 1)) == "令和2年1月1日"


def test_a_moment_is_told_by_the_clock_of_japan() -> None:
    assert moment("2026-04-12T15:05:00+00:00").ja == "令和8年4月13日 0時05分"


@pytest.mark.parametrize("written", ["", "2026-13-41T00:00:00+09:00", "昨日"])
def test_what_is_no_moment_stays_as_it_was_recorded(written: str) -> None:
    assert moment(written).ja == written
