from __future__ import annotations

import pytest

from ccus_harness.instruments.page_marks import PageMarks, marks_on

MARKS = PageMarks(ccus="「CCUS」", other="「利用者入力」")


def said(page: str, *values: str) -> dict[str, bool | None]:
    return marks_on(page.encode(), MARKS, list(values))


def test_a_mark_in_the_same_cell_counts() -> None:
    page = "<table><tr><td>甲田<span>「CCUS」</span></td><td>乙山「利用者入力」</td></tr></table>"
    assert said(page, "甲田", "乙山") == {"甲田": True, "乙山": False}


def test_a_mark_in_the_next_column_of_the_row_counts() -> None:
    page = (
        "<table><tr><td>甲田</td><td>「CCUS」</td></tr><tr><td>乙山</td><td>「利用者入力」</td></tr></table>"
    )
    assert said(page, "甲田", "乙山") == {"甲田": True, "乙山": False}


def test_a_mark_of_the_neighbour_does_not_count() -> None:
    page = "<table><tr><td>甲田「CCUS」</td><td>乙山</td></tr></table>"
    assert said(page, "甲田", "乙山") == {"甲田": True, "乙山": None}


def test_a_value_that_stands_twice_must_be_marked_twice() -> None:
    page = "<p>甲田「CCUS」</p><p>甲田</p>"
    assert said(page, "甲田") == {"甲田": None}


def test_what_a_reader_does_not_see_is_no_mark() -> None:
    page = "<p>甲田<script>「CCUS」</script><!-- 「CCUS」 --></p>"
    assert said(page, "甲田") == {"甲田": None}


def test_what_is_not_on_the_page_is_not_answered() -> None:
    assert said("<p>乙山「CCUS」</p>", "甲田") == {}


def test_escaped_values_are_read() -> None:
    page = "<p>A&amp;B「CCUS」</p>"
    assert said(page, "A&B") == {"A&B": True}


@pytest.mark.parametrize(
    "page", [b"", b"<" * 5000, b"<p>" * 5000, b"</p></table>", b"\xff\xfe", b"<p>x</b></i>"]
)
def test_a_broken_page_is_read_without_fault(page: bytes) -> None:
    marks_on(page, MARKS, ["甲田"])


def test_two_values_in_one_cell_share_its_mark() -> None:
    page = '<table><tr><td><span>["090-1", "03-2"]</span><span>「CCUS」</span></td></tr></table>'.encode()
    marks = PageMarks(ccus="「CCUS」", other="「利用者入力」")
    assert marks_on(page, marks, ["090-1", "03-2"]) == {"090-1": True, "03-2": True}
