"""Verdicts: many claims, one word, and never a satisfied from silence."""

from __future__ import annotations

from typing import Any

import pytest

from ccus_harness.register import load_register
from ccus_harness.verdicts import (
    EXIT_ERROR,
    EXIT_OK,
    EXIT_OPEN,
    EXIT_VIOLATED,
    SATISFIED,
    Claim,
    Course,
    Finding,
    Verdict,
    Word,
    exit_status,
    fold,
    untested,
    violated,
)

REGISTER = load_register()
ALL = frozenset(REGISTER.by_id)
ROW = "A2-2-03"


def claim(finding: Finding = SATISFIED, row: str = ROW, scenario: str = "s", **fields: Any) -> Claim:
    return Claim(row=row, scenario=scenario, finding=finding, under={"declared": finding}, **fields)


def course(
    outcome: Any = "finished", scenario: str = "s", rows: tuple[str, ...] = (ROW,), **detail: str
) -> Course:
    return Course(scenario=scenario, rows=rows, outcome=outcome, detail=detail)


def judged(claims: list[Claim], courses: list[Course], row: str = ROW, **declared: str) -> Verdict:
    names = {name.replace("__", "."): option for name, option in declared.items()}
    verdicts = fold(REGISTER, claims, courses, declared=names, selected=ALL)
    assert len(verdicts) == 175
    return next(verdict for verdict in verdicts if verdict.row == row)


def test_the_order_of_gravity_is_the_designs() -> None:
    assert [word.name for word in sorted(Word, reverse=True)] == [
        "violated",
        "error",
        "inconclusive",
        "untested",
        "depends",
        "review",
        "attested",
        "satisfied",
        "not_applicable",
    ]


def test_the_gravest_word_over_all_scenarios_is_the_rows() -> None:
    claims = [
        claim(),
        claim(untested("untested.no_control"), scenario="t"),
        claim(violated("scope.other_site"), scenario="u"),
    ]
    verdict = judged(claims, [course(), course(scenario="t"), course(scenario="u")])
    assert (verdict.word, verdict.code, verdict.blame) == (Word.violated, "scope.other_site", "product")


@pytest.mark.parametrize(
    ("outcome", "word"),
    [
        ("candidate_failed", Word.inconclusive),
        ("pending", Word.inconclusive),
        ("unsupported", Word.untested),
        ("error", Word.error),
        ("finished", Word.error),
    ],
)
def test_a_row_whose_claim_was_not_reached_says_why(outcome: str, word: Word) -> None:
    assert judged([], [course(outcome)]).word is word


def test_a_scenario_that_stopped_weighs_on_its_row_even_if_another_was_satisfied() -> None:
    assert judged([claim()], [course(), course("candidate_failed", scenario="t")]).word is Word.inconclusive


def test_a_pending_row_carries_its_due_time() -> None:
    assert judged([], [course("pending", due="2026-05-01T00:00:00+09:00")]).due == "2026-05-01T00:00:00+09:00"


def test_options_that_disagree_make_depends_with_the_declared_word_beside_it() -> None:
    under = {"declared": SATISFIED, "scope.upper=direct": violated("scope.not_upper")}
    verdict = judged(
        [Claim(row="A2-2-04", scenario="s", finding=SATISFIED, under=under)],
        [course(rows=("A2-2-04",))],
        "A2-2-04",
    )
    assert (verdict.word, verdict.declared) == (Word.depends, Word.satisfied)
    assert verdict.under == {"scope.upper=direct": "violated"}


def test_options_that_agree_keep_the_word() -> None:
    under = {"declared": SATISFIED, "scope.upper=direct": SATISFIED}
    verdict = judged(
        [Claim(row="A2-2-04", scenario="s", finding=SATISFIED, under=under)],
        [course(rows=("A2-2-04",))],
        "A2-2-04",
    )
    assert verdict.word is Word.satisfied


def test_a_world_reading_is_judged_by_the_row_of_the_declared_option() -> None:
    claims = [
        claim(SATISFIED, "A5-02", "late", world_reading={"term.instant": "24:00"}),
        claim(violated("term.kept_after_end"), "A5-02", "early", world_reading={"term.instant": "00:00"}),
    ]
    courses = [course(scenario="late", rows=("A5-02",)), course(scenario="early", rows=("A5-02",))]
    verdict = judged(claims, courses, "A5-02", term__instant="24:00")
    assert (verdict.word, verdict.declared) == (Word.depends, Word.satisfied)
    assert judged(claims, courses, "A5-02", term__instant="00:00").declared is Word.violated


def test_a_row_without_basis_in_the_text_never_says_violated() -> None:
    derived = next(
        row.id for row in REGISTER.rows if row.layer == "derived" and row.machine and "review" in row.words
    )
    verdict = judged([claim(violated("x"), derived)], [course(rows=(derived,))], derived)
    assert verdict.word is Word.review


def test_a_word_outside_the_rows_closed_set_is_our_error() -> None:
    words = REGISTER.by_id[ROW].words
    foreign = next(word for word in Word if word.name not in words)
    assert judged([claim(Finding(word=foreign))], [course()]).word is Word.error


def test_a_missed_policy_stands_beside_the_word() -> None:
    late = Finding(word=Word.satisfied, policy="missed")
    verdict = judged([claim(late, "A2-4-05")], [course(rows=("A2-4-05",))], "A2-4-05")
    assert (verdict.word, verdict.policy) == (Word.satisfied, "missed")


def test_every_row_without_a_scenario_says_the_reason() -> None:
    verdicts = {v.row: v for v in fold(REGISTER, [], [], declared={}, selected=ALL)}
    assert verdicts["A4-01"].word is Word.not_applicable
    assert verdicts["A8-01"].word is Word.not_applicable
    assert verdicts["A1-03"].code == "untested.no_scenario"
    assert verdicts["A1-21"].code == "untested.needs_person"
    assert all(v.word in (Word.untested, Word.not_applicable) and v.code for v in verdicts.values())


def test_a_row_that_was_not_selected_is_untested_whatever_a_shared_scenario_claimed() -> None:
    verdicts = fold(REGISTER, [claim()], [course()], declared={}, selected=frozenset({"A2-2-04"}))
    verdict = next(v for v in verdicts if v.row == ROW)
    assert (verdict.word, verdict.code, verdict.selected) == (Word.untested, "untested.not_selected", False)


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ({"A2-2-03": Word.satisfied}, EXIT_OK),
        ({"A2-2-03": Word.depends, "A2-2-04": Word.review, "A1-03": Word.attested}, EXIT_OK),
        ({"A2-2-03": Word.untested}, EXIT_OPEN),
        ({"A2-2-03": Word.inconclusive}, EXIT_OPEN),
        ({"A1-21": Word.untested}, EXIT_OK),
        ({"A2-2-03": Word.error, "A2-2-04": Word.untested}, EXIT_ERROR),
        ({"A2-2-03": Word.violated, "A2-2-04": Word.error}, EXIT_VIOLATED),
    ],
)
def test_the_exit_status_follows_from_the_words_of_the_selected_rows(
    words: dict[str, Word], status: int
) -> None:
    verdicts = [Verdict(row=row, word=word) for row, word in words.items()]
    assert exit_status(REGISTER, verdicts) == status
    assert (
        exit_status(REGISTER, [Verdict(row=v.row, word=v.word, selected=False) for v in verdicts]) == EXIT_OK
    )
