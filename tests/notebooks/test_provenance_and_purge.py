"""The notebook of marks and disposal hides bait and finds it, and lays ledger, certificate and residue side by side."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

NOT_HERE = "the extra `notebook` is not installed"
for needed in ("nbclient", "jupytext", "altair", "vl_convert", "great_tables", "nbconvert"):
    pytest.importorskip(needed, reason=NOT_HERE)

from ccus_harness import showing  # noqa: E402 - after the extra is known to be here
from ccus_harness.showing import provenance  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.notebooks.conftest import Ran

    from ccus_harness.reports import Report

ROW = "A6-03"


@pytest.fixture(scope="module")
def shown(ran: Callable[[str], Ran]) -> Ran:
    return ran("04_provenance_and_purge")


@pytest.mark.slow
def test_the_notebook_shows_its_tables_and_pictures(shown: Ran) -> None:
    wanted = ["bait", "forms", "marks-kept", "marks-broken", "findings", "deliveries", "reconciliation"]
    assert [name for name in wanted if name not in shown.tables()] == []
    assert len(shown.pictures()) == 3


@pytest.mark.slow
def test_the_bait_is_found_in_every_form(shown: Ran) -> None:
    html = shown.table("forms")
    assert html.count("見つかった") == html.count("<tr>") > 10
    assert {"utf-8", "cp932", "euc-jp", "iso-2022-jp"} <= set(re.findall(r">([\w-]+)</td>", html))


@pytest.mark.slow
def test_marks_are_there_in_the_one_system_and_lacking_in_the_other(shown: Ran) -> None:
    kept, broken = (shown.table(name) for name in ("marks-kept", "marks-broken"))
    assert ("CCUS由来" in kept, "印がない" in kept) == (True, False)
    assert "印がない" in broken


@pytest.mark.slow
def test_what_only_looks_deleted_is_shown_as_left(shown: Ran) -> None:
    before, left, _ = shown.pictures()
    assert not [word for word in before.words if "残っている" in word]
    assert [word for word in left.words if "残っている" in word]


@pytest.mark.slow
def test_the_reconciliation_of_the_pretender_disagrees(shown: Ran) -> None:
    kept, broken = (html for html in shown.shown("text/html") if 'id="ccus-reconciliation"' in html)
    assert ("合わないもの 0 件" in kept, "× 合わない" in kept) == (True, False)
    assert "× 合わない" in broken


def test_a_form_that_the_search_misses_stops_the_page(
    recorded: Callable[[str], Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provenance, "scan", lambda _sources, _canaries: provenance_nothing())
    with pytest.raises(showing.NotFound, match="t01_name"):
        showing.hidden_and_found(recorded("reference"), ROW, "T1")


def provenance_nothing() -> object:
    from ccus_harness.instruments.residue import Hits  # noqa: PLC0415

    return Hits(hits=(), truncated=(), sources=1, scanned_bytes=1)


def test_somebody_who_is_not_in_the_world_has_no_bait(recorded: Callable[[str], Report]) -> None:
    with pytest.raises(showing.NotTried, match="T99"):
        showing.bait(recorded("reference"), ROW, "T99")


@pytest.mark.parametrize(
    ("name", "left"), [("reference", False), ("backups_left", True)], ids=["kept", "backups left"]
)
def test_what_is_left_in_a_store_is_told_in_words(
    recorded: Callable[[str], Report], name: str, *, left: bool
) -> None:
    picture = showing.stores(recorded(name))
    assert isinstance(picture, showing.Picture)
    assert ("残っている" in picture.svg) == left


def test_a_false_certificate_disagrees_about_which_records(recorded: Callable[[str], Report]) -> None:
    table = showing.reconciliation(recorded("certificate_false"))
    assert isinstance(table, showing.Table)
    wrong = [line for line in table._repr_html_().split("</tr>") if "× 合わない" in line]
    assert [re.findall(r">(R\d+)<", line) for line in wrong] == [["R4"]]


def test_a_run_without_an_end_says_so(recorded: Callable[[str], Report]) -> None:
    report = recorded("unmarked")
    for said in (showing.stores(report), showing.reconciliation(report), showing.deliveries(report)):
        assert isinstance(said, showing.Both)
