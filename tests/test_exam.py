"""The exam list is closed, and its items are marked from the words of their rows alone."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from ccus_harness.documents import DocumentFaults
from ccus_harness.exam import load_exam, mark
from ccus_harness.locator import data
from ccus_harness.register import load_register

if TYPE_CHECKING:
    from pathlib import Path

EXAM = load_exam()
FIRST = next(item for item in EXAM.items if len(item.rows) > 1 and item.reruns)
GOOD = dict.fromkeys(EXAM.rows, "satisfied")


def mark_of(words: dict[str, str], item: str = FIRST.id) -> str:
    return next(one.mark for one in mark(EXAM, words) if one.item.id == item)


def test_every_decisive_row_of_the_stage_stands_in_exactly_one_item() -> None:
    decisive = [row.id for row in load_register().rows if row.decisive and row.stage == EXAM.stage]
    assert sorted(EXAM.rows) == sorted(decisive)


def test_an_item_passes_only_when_every_row_is_satisfied_or_does_not_apply() -> None:
    assert mark_of(GOOD) == "passed"
    assert mark_of({**GOOD, FIRST.rows[0]: "not_applicable"}) == "passed"
    assert mark_of({}) == "held"


@pytest.mark.parametrize("word", ["error", "inconclusive", "untested", "depends", "review", "attested"])
def test_whatever_is_not_decided_holds_its_item(word: str) -> None:
    assert mark_of({**GOOD, FIRST.rows[0]: word}) == "held"


def test_one_violated_row_fails_its_item_whatever_the_others_say() -> None:
    words = {**GOOD, FIRST.rows[0]: "violated", FIRST.rows[1]: "untested"}
    assert mark_of(words) == "failed"
    assert mark_of(words, EXAM.items[-1].id) == "passed"


def test_a_re_test_tries_the_failed_items_and_those_they_name() -> None:
    again = EXAM.again([FIRST.id])
    named = [item for item in EXAM.items if item.id in FIRST.reruns]
    assert again == (*FIRST.rows, *(row for item in named for row in item.rows))
    assert EXAM.again([]) == ()


def test_a_list_names_all_its_faults_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "schemas"
    shutil.copytree(data("schemas"), folder)
    raw = json.loads((folder / "exam.json").read_text("utf-8"))
    lost, second = raw["items"][0]["rows"].pop(), raw["items"][1]["rows"][0]
    raw["items"][0]["rows"] = [second, "A2-1-09"]
    raw["items"][2]["reruns"] = ["E99"]
    (folder / "exam.json").write_text(json.dumps(raw), encoding="utf-8")
    with pytest.raises(DocumentFaults) as fault:
        load_exam(folder)
    said = str(fault.value)
    assert [text for text in (lost, f"{second} stands 2 times", "A2-1-09", "E99") if text not in said] == []
