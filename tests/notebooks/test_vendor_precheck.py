"""The vendor's notebook goes from a failing set-up over a broken row to the one that was mended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

NOT_HERE = "the extra `notebook` is not installed"
for needed in ("nbclient", "jupytext", "altair", "vl_convert", "great_tables", "nbconvert"):
    pytest.importorskip(needed, reason=NOT_HERE)

from ccus_harness import showing  # noqa: E402 - after the extra is known to be here
from ccus_harness.comparing import side_of  # noqa: E402
from ccus_harness.showing.mending import Tried  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.notebooks.conftest import Ran

    from ccus_harness.reports import Report


@pytest.fixture(scope="module")
def shown(ran: Callable[[str], Ran]) -> Ran:
    return ran("02_vendor_precheck")


@pytest.fixture(scope="module")
def tried(
    recorded: Callable[[str], Report], told: Callable[[str], list[dict[str, object]]]
) -> Callable[[str], Tried]:
    return lambda name: Tried(report=recorded(name), side=side_of(told(name)))


@pytest.mark.slow
def test_what_cannot_be_reached_is_told_as_set_up_and_never_judged(shown: Ran) -> None:
    assert "アドレス、トークン、起動状態を確かめてください" in shown.told
    bar = next(html for html in shown.shown("text/html") if "ccus-progress" in html)
    assert ("事前確認で終わりました" in bar, "不適合" in bar) == (True, False)


@pytest.mark.slow
def test_the_broken_row_is_read_with_its_evidence_and_its_command(shown: Ran) -> None:
    assert ">A1-07<" in shown.table("red")
    assert "A1-07 の証拠" in shown.table("evidence")
    assert "--obligation A1-07" in shown.printed


@pytest.mark.slow
def test_what_leans_on_the_broken_row_is_named_with_the_reason(shown: Ran) -> None:
    html = shown.table("again")
    assert "適合しなかった" in html.partition(">A1-07<")[2].partition("</tr>")[0]
    assert "認定試験の同じ項目" in html


@pytest.mark.slow
def test_the_mended_row_is_shown_before_and_after(shown: Ran) -> None:
    row = shown.table("changed").partition(">A1-07<")[2].partition("</tr>")[0]
    assert row.index("不適合") < row.index(">適合") < row.index("良くなった")


def test_what_is_still_broken_stops_the_page(tried: Callable[[str], Tried]) -> None:
    with pytest.raises(showing.NothingMended, match="A2-2-03"):
        showing.changed(tried("any_prime"), tried("any_prime"))


def test_where_nothing_is_broken_there_is_nothing_to_begin_with(tried: Callable[[str], Tried]) -> None:
    with pytest.raises(showing.NothingBroken, match="reference"):
        showing.first_broken(tried("reference"))


def test_only_what_was_tried_again_is_shown_as_changed(tried: Callable[[str], Tried]) -> None:
    table = showing.changed(tried("any_prime"), tried("unmarked"))
    assert "A2-2-03" not in table._repr_html_()


def test_the_first_screen_counts_by_article(tried: Callable[[str], Tried]) -> None:
    html = showing.chapters(tried("any_prime"))._repr_html_()
    assert "第2条第2項" in html
    assert "第1条" not in html


@pytest.mark.slow
def test_a_system_that_is_reached_is_no_example_of_one_that_is_not() -> None:
    with pytest.raises(showing.Ready, match="reference"):
        showing.not_reached("reference", "A1-13")
