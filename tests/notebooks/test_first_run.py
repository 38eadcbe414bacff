"""The first notebook shows one article with its evidence, and stops where a promise no longer holds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

NOT_HERE = "the extra `notebook` is not installed"
for needed in ("nbclient", "jupytext", "altair", "vl_convert", "great_tables", "nbconvert"):
    pytest.importorskip(needed, reason=NOT_HERE)

from ccus_harness.showing import NotAsAnnounced, judging, pages  # noqa: E402 - only where the extra is installed

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.notebooks.conftest import Ran

NAME = "00_first_run"
SOURCE = Path(__file__).parents[2] / "notebooks" / f"{NAME}.py"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def first(ran: Callable[[str], Ran]) -> Ran:
    return ran(NAME)


@pytest.mark.parametrize("name", ["counts", "verdicts", "evidence", "findings"])
def test_it_shows_the_table(first: Ran, name: str) -> None:
    assert first.table(name).count("<tr>") > 1


def test_the_verdicts_name_the_row_that_is_looked_at_with_its_word(first: Ran) -> None:
    row = first.table("verdicts").partition(">A1-07<")[2].partition("</tr>")[0]
    assert ("適合" in row, "satisfied" in row) == (True, True)


@pytest.mark.parametrize(
    "told",
    [
        "u_p1 が T3 の登録情報を依頼",
        "依頼できる対象がありません。",
        "u_f2 の名義で T1 の依頼を受付、T1 の 34 項目を提供",
        "T1 の 34 項目",
    ],
    ids=["asked", "answered", "provided", "kept"],
)
def test_the_evidence_tells_what_was(first: Ran, told: str) -> None:
    assert told in first.table("evidence")


def test_the_finding_is_told_with_what_each_run_saw(first: Ran) -> None:
    html = first.table("findings")
    assert "u_p1 の操作による T3 の提供: なし" in html
    assert "u_p1 の操作による T3 の提供: あり（依頼の名義 u_f3" in html


def test_the_picture_says_in_words_what_its_marks_say(first: Ran) -> None:
    (picture,) = first.pictures()
    assert {
        "断った",
        "届いていない",
        "u_f3 の名義で受付",
        "T3 の 34 項目",
        "★ u_p1 が T3 を依頼",
    } <= picture.words


def test_the_sentence_under_the_picture_tells_it_in_both_languages(first: Ran) -> None:
    (figure,) = (html for html in first.shown("text/html") if "<figure" in html)
    (picture,) = first.pictures()
    sentence = figure.partition("<figcaption>")[2]
    assert "u_f3 の名義で CCUS に届き" in sentence
    assert "in the name of u_f3" in sentence
    assert (picture.root.get("aria-label") or "").startswith(sentence.partition("<br>")[0])


@pytest.mark.parametrize(
    ("parameters", "fault"),
    [
        ({"defect": "nightly_sync"}, "NoContrast"),
        ({"row": "A1-21"}, "NotTried"),
        ({"target": "reference:no_such_defect"}, "SetUpFault"),
    ],
    ids=["a defect that keeps the row", "a row that was not tried", "a target that is not there"],
)
def test_it_stops_loudly_on(parameters: dict[str, str], fault: str, tmp_path: Path) -> None:
    # One row instead of the whole article is enough to stop, and sooner.
    shorter = {"article": "3", **parameters} if fault == "SetUpFault" else parameters
    with pytest.raises(pages.Stopped) as stopped:
        pages.execute(pages.given(pages.read(SOURCE), shorter), tmp_path)
    assert stopped.value.name == fault


def test_a_run_that_is_not_as_announced_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = {"row": "A1-11", "word": "violated", "drags": []}
    monkeypatch.setattr(judging, "defects", lambda: {"prime_refresh": entry})
    with pytest.raises(NotAsAnnounced, match="A1-07"):
        judging.judge("reference:prime_refresh", obligation="A1-07")


def test_a_row_that_lost_its_word_is_not_as_announced(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = {"row": "A1-07", "word": "depends", "drags": []}
    monkeypatch.setattr(judging, "defects", lambda: {"prime_refresh": entry})
    with pytest.raises(NotAsAnnounced, match="A1-07"):
        judging.judge("reference:prime_refresh", obligation="A1-07")
