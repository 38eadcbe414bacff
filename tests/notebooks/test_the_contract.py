"""The notebook of the contract shows every clause, tries one obligation of each, and promises nothing it did not see."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

NOT_HERE = "the extra `notebook` is not installed"
for needed in ("nbclient", "jupytext", "altair", "vl_convert", "great_tables", "nbconvert"):
    pytest.importorskip(needed, reason=NOT_HERE)

from ccus_harness.register import load_register  # noqa: E402 - after the extra is known to be here

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.notebooks.conftest import Ran

ROWS = load_register().rows
CHAPTERS = list(dict.fromkeys(row.id.rpartition("-")[0] for row in ROWS))

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def contract(ran: Callable[[str], Ran]) -> Ran:
    return ran("01_the_contract")


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_obligation_of_a_clause_stands_in_its_table(contract: Ran, chapter: str) -> None:
    html = contract.table(f"clause-{chapter.lower()}")
    listed = re.findall(r">((?:PRE|SIG|ANX|A\d+(?:-\d)?)-\d\d)<", html)
    assert listed == [row.id for row in ROWS if row.id.rpartition("-")[0] == chapter]


@pytest.mark.parametrize("row", ["A1-07", "A2-1-02", "A2-2-05", "A2-3-03", "A2-4-05", "A5-02", "A6-16"])
def test_a_scenario_of_the_clause_ran_and_was_kept(contract: Ran, row: str) -> None:
    html = contract.table(f"scene-{row.lower()}")
    judged = html.partition(f"【{row}】")[2].partition("</tr>")[0]
    assert "適合" in judged
    assert "前提" in html


def test_what_was_not_tried_is_not_called_kept(contract: Ran) -> None:
    row = contract.table("clause-a1").partition(">A1-23<")[2].partition("</tr>")[0]
    assert "この回では試していない" in row
    assert "適合" not in row


def test_the_first_map_has_a_square_for_each_obligation(contract: Ran) -> None:
    judges, _ = contract.pictures()
    drawn = [text.text for text in judges.root.iter("{http://www.w3.org/2000/svg}text")]
    assert len([word for word in drawn if re.fullmatch(r"\d\d", word or "")]) == len(ROWS)
    assert {"機", "人", "－"} <= judges.words


def test_the_last_map_leaves_what_was_not_chosen_white_and_says_so(contract: Ran) -> None:
    _, verdicts = contract.pictures()
    assert any("この回では選んでいない" in word for word in verdicts.words)
    assert any("適合" in word for word in verdicts.words)
