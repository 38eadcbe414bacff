"""The kill table: every defect is found by its own row for its own reason, no lawful variant is accused."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ccus_harness import killing
from ccus_harness.killing import Conduct, Found, judged
from ccus_harness.killing.page import markdown
from ccus_harness.register import load_register

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.harness.conftest import Whole

REGISTER = load_register()
CATALOGUE = {conduct.name: conduct for conduct in killing.catalogue()}
DEFECTS = [name for name, conduct in CATALOGUE.items() if conduct.kind == "defect"]
VARIANTS = [name for name, conduct in CATALOGUE.items() if conduct.kind == "variant"]


@pytest.fixture(scope="session")
def found(tmp_path_factory: pytest.TempPathFactory, run_of: Callable[..., Whole]) -> dict[str, Found]:
    """Each defect over its own article and paragraph, each variant over those it touches, two stacks at once."""
    plan = killing.Killing(
        folder=tmp_path_factory.mktemp("kills"),
        rows=[row.id for row in REGISTER.rows],
        scope="chapter",
    )
    reference = run_of("reference").events
    return {one.conduct.name: one for one in killing.table(plan, CATALOGUE.values(), reference)}


@pytest.mark.parametrize("name", DEFECTS)
def test_a_defect_is_found_by_its_own_row_and_accuses_no_other(name: str, found: Mapping[str, Found]) -> None:
    one = found[name]
    assert (one.outcome, one.word, one.code, one.collateral) == (
        "killed",
        one.conduct.word,
        one.conduct.code,
        (),
    )


@pytest.mark.parametrize("name", VARIANTS)
def test_a_lawful_variant_is_accused_by_no_row(name: str, found: Mapping[str, Found]) -> None:
    assert (found[name].outcome, found[name].collateral) == ("left_alone", ())


def test_a_lawful_variant_says_which_chapters_it_touches() -> None:
    known = {killing.chapter_of(row.id) for row in REGISTER.rows}
    assert [name for name in VARIANTS if not CATALOGUE[name].chapters] == []
    assert {chapter for name in VARIANTS for chapter in CATALOGUE[name].chapters} <= known


def test_a_whole_kill_table_runs_every_conduct_over_everything() -> None:
    plan = killing.Killing(folder=Path(), rows=[row.id for row in REGISTER.rows], scope="all")
    assert {plan.selection(one) for one in CATALOGUE.values()} == {()}


def test_a_defect_drags_only_rows_of_the_register() -> None:
    assert [row for one in CATALOGUE.values() for row in one.drags if row not in REGISTER.by_id] == []


def test_a_defect_expects_a_word_that_its_row_may_take() -> None:
    assert [
        name for name in DEFECTS if CATALOGUE[name].word not in REGISTER.by_id[CATALOGUE[name].row].words
    ] == []


# -- how a conduct is judged ---------------------------------------------------------------------

DEFECT = Conduct(
    name="d",
    kind="defect",
    title={"ja": "", "en": ""},
    row="A2-2-03",
    code="scope.other_site",
    drags=("A2-2-05",),
)
VARIANT = Conduct(name="v", kind="variant", title={})
SOUND = {row: {"verdict": "satisfied", "code": ""} for row in ("A2-2-03", "A2-2-05", "A2-2-19")}


def said(**words: tuple[str, str]) -> dict[str, Any]:
    given = {row.replace("_", "-"): {"verdict": w, "code": c} for row, (w, c) in words.items()}
    return {**SOUND, **given}


OWN = ("violated", "scope.other_site")
CASES = {
    "killed": (DEFECT, said(A2_2_03=OWN, A2_2_05=("violated", "x"))),
    "missed": (DEFECT, said()),
    "wrong_reason": (DEFECT, said(A2_2_03=("violated", "scope.list_wider"))),
    "collateral": (DEFECT, said(A2_2_03=OWN, A2_2_19=("inconclusive", "x"))),
    "left_alone": (VARIANT, said(A2_2_03=("untested", "x"))),
    "accused": (VARIANT, said(A2_2_03=("violated", "x"))),
}


@pytest.mark.parametrize("outcome", sorted(CASES))
def test_what_is_said_of_a_conduct_decides_its_outcome(outcome: str) -> None:
    conduct, words = CASES[outcome]
    assert judged(conduct, words, SOUND).outcome == outcome


def test_a_reason_may_stand_under_another_reading_than_the_declared_one() -> None:
    own = {"verdict": "depends", "code": "", "codes": ["scope.other_site"]}
    told = {**SOUND, "A2-2-03": own}
    assert judged(replace(DEFECT, word="depends"), told, SOUND).outcome == "killed"


def test_what_the_reference_is_told_too_does_not_find_a_defect() -> None:
    told = {
        **SOUND,
        "A2-2-03": {"verdict": "depends", "code": "scope.other_site", "codes": ["scope.other_site"]},
    }
    assert judged(replace(DEFECT, word="depends"), told, told).outcome == "wrong_reason"


def test_a_row_that_the_reference_fails_too_is_no_collateral() -> None:
    sound = {**SOUND, "A2-2-19": {"verdict": "inconclusive", "code": "x"}}
    assert judged(DEFECT, said(A2_2_03=OWN, A2_2_19=("violated", "x")), sound).outcome == "killed"


def test_the_page_names_every_conduct_with_its_row_and_code() -> None:
    page = markdown([judged(DEFECT, said(A2_2_03=OWN, A2_2_05=("violated", "x")), SOUND)], REGISTER)
    assert "| `d` | A2-2-03 | violated | `scope.other_site` | A2-2-05 |" in page


PAGE = Path(__file__).parents[2] / "docs" / "kill-table.md"


@pytest.mark.parametrize("name", CATALOGUE)
def test_the_kept_page_shows_every_conduct_as_it_should_come_out(name: str) -> None:
    one = CATALOGUE[name]
    line = next(line for line in PAGE.read_text("utf-8").splitlines() if line.startswith(f"| `{name}` |"))
    expected = [one.row, one.word, f"`{one.code}`"] if one.kind == "defect" else ["left_alone"]
    assert [cell.strip() for cell in line.split("|")][2 : 2 + len(expected)] == expected
    assert "**" not in line


def test_the_kept_page_shows_no_conduct_that_is_gone() -> None:
    named = re.findall(r"^\| `(\w+)` \|", PAGE.read_text("utf-8"), re.MULTILINE)
    assert sorted(named) == sorted(CATALOGUE)
