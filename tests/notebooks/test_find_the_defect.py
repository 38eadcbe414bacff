"""The trainer's exam hides a defect that its record shows, marks right answers right and wrong ones wrong."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

NOT_HERE = "the extra `notebook` is not installed"
for needed in ("nbclient", "jupytext", "altair", "vl_convert", "great_tables", "nbconvert"):
    pytest.importorskip(needed, reason=NOT_HERE)

from ccus_harness import runs, showing  # noqa: E402 - after the extra is known to be here
from ccus_harness.register import load_register  # noqa: E402
from ccus_harness.reports import Report  # noqa: E402
from ccus_harness.showing import training  # noqa: E402
from ccus_harness.showing.training import QUESTIONS, Exam, grade, hidden  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.notebooks.conftest import Ran

CATALOGUE = runs.defects()
POOL = [(question.name, name) for question in QUESTIONS.values() for name in question.pool]
TOGETHER = 2


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Report]:
    """Every hidden defect run as the exam runs it, and beside them a sound system for each question."""
    folder = tmp_path_factory.mktemp("pool")

    def run(question: str, name: str) -> Report:
        rows, out = QUESTIONS[question].rows, folder / f"{question}-{name}"
        target = f"reference:{name}" if name in CATALOGUE else "reference"
        for _ in runs.launch(runs.RunRequest(target=target, out=out, obligations=rows)):
            pass
        return Report.read(out / "events.jsonl", load_register())

    wanted = [*POOL, *((question, f"sound {question}") for question in QUESTIONS)]
    with ThreadPoolExecutor(TOGETHER) as workers:
        reports = list(workers.map(lambda each: run(*each), wanted))
    return {name: report for (_, name), report in zip(wanted, reports, strict=True)}


def read_by_a_team(question: str, report: Report) -> str:
    """What stands in the clues, with every digest called by the order in which it appears: it is drawn anew each time."""
    html = showing.clues(Exam(course="", team="", reports={question: report}), question)._repr_html_()
    digests = list(dict.fromkeys(re.findall(r"(?:約定|commitment) ([0-9a-f]{8})", html)))
    for place, digest in enumerate(digests):
        html = html.replace(digest, f"digest {place}")
    return html


@pytest.fixture(scope="module")
def shown(ran: Callable[[str], Ran]) -> Ran:
    return ran("06_find_the_defect")


@pytest.mark.slow
@pytest.mark.parametrize(("question", "name"), POOL, ids=[name for _, name in POOL])
def test_the_row_of_the_defect_is_right_and_every_other_is_not(
    question: str, name: str, pool: Mapping[str, Report]
) -> None:
    entry, report = CATALOGUE[name], pool[name]
    words = {row.id: row.verdict for row in report.rows if row.selected}
    marks = {row: grade(question, report, row, "").row for row in QUESTIONS[question].rows}
    assert marks.pop(entry["row"]) == "right"
    expected = {row: "near" if words[row] == "violated" else "wrong" for row in marks}
    assert marks == expected
    assert {row for row, mark in marks.items() if mark == "near"} <= set(entry["drags"])


@pytest.mark.slow
@pytest.mark.parametrize(("question", "name"), POOL, ids=[name for _, name in POOL])
def test_only_who_saw_it_broken_is_a_right_witness(
    question: str, name: str, pool: Mapping[str, Report]
) -> None:
    row = CATALOGUE[name]["row"]
    marks = {who: grade(question, pool[name], row, who).witness for who in training.WITNESSES}
    assert set(marks.values()) == {"right", "wrong"}
    assert grade(question, pool[name], row, "").witness == "none"
    full = max(grade(question, pool[name], row, who).points for who in marks)
    assert full == training.FULL


@pytest.mark.slow
@pytest.mark.parametrize("given", ["", "A9-99", "A8-01", "nonsense"])
def test_no_answer_and_a_row_that_was_not_asked_earn_nothing(given: str, pool: Mapping[str, Report]) -> None:
    for question, name in POOL:
        mark = grade(question, pool[name], given, "ledger")
        assert (mark.points, mark.row) == (0, "wrong" if given else "none")


@pytest.mark.slow
@pytest.mark.parametrize(("question", "name"), POOL, ids=[name for _, name in POOL])
def test_nothing_that_a_team_sees_names_the_defect_or_a_verdict(
    question: str, name: str, pool: Mapping[str, Report]
) -> None:
    held = Exam(course="c", team="t", reports={question: pool[name]})
    answers = dict.fromkeys([question], "A1-01")
    told = [showing.asked(question), showing.clues(held, question), showing.marked(held, answers, {})]
    page = "".join(each._repr_html_() for each in told) + showing.answer_map(held, answers, {}).svg
    assert [word for word in (name, "reference", "不適合", "violated") if word in page] == []


@pytest.mark.slow
@pytest.mark.parametrize(("question", "name"), POOL, ids=[name for _, name in POOL])
def test_the_record_that_a_team_reads_tells_the_defect_from_every_other_and_from_none(
    question: str, name: str, pool: Mapping[str, Report]
) -> None:
    others = (*QUESTIONS[question].pool, f"sound {question}")
    records = {other: read_by_a_team(question, pool[other]) for other in others}
    assert [other for other, record in records.items() if record == records[name]] == [name]


@pytest.mark.slow
def test_answers_are_marked_and_added_up(pool: Mapping[str, Report]) -> None:
    held = Exam(
        course="c", team="1班", reports={"request": pool["prime_refresh"], "scope": pool["any_prime"]}
    )
    html = showing.marked(held, {"request": "a1-07", "scope": "A2-2-05"}, {"request": "ledger"})._repr_html_()
    assert "1班 の得点 4 / 6" in html
    assert ("正解" in html, "つられて破れた行" in html) == (True, True)
    told = showing.answer_map(held, {"request": "A1-07", "scope": "A2-2-05"}, {}).told.ja
    assert "2 問のうち 2 問に答え、行が合ったのは 1 問" in told


@pytest.mark.slow
def test_the_explanation_tells_what_was_seen_and_by_whom(pool: Mapping[str, Report]) -> None:
    held = Exam(course="c", team="1班", reports={"scope": pool["any_prime"]})
    table = showing.explained(held, trainer=True)
    assert isinstance(table, showing.Table)
    assert "u_p2→T1" in table._repr_html_()


def test_the_key_needs_no_run_and_names_what_each_team_gets() -> None:
    key = showing.answer_key("2026", ["1班", "2班"], ["request", "end"], trainer=True)
    assert isinstance(key, showing.Table)
    html = key._repr_html_()
    for team in ("1班", "2班"):
        for question in ("request", "end"):
            entry = CATALOGUE[hidden("2026", team, question)]
            assert entry["row"] in html
            assert entry["name"] in html


def test_without_the_trainer_neither_key_nor_explanation_is_shown() -> None:
    held = Exam(course="c", team="t", reports={})
    for said in (
        showing.answer_key("2026", ["1班"], ["request"], trainer=False),
        showing.explained(held, trainer=False),
    ):
        assert isinstance(said, showing.Both)


def test_teams_and_courses_do_not_all_get_the_same() -> None:
    for question in QUESTIONS.values():
        drawn = {hidden(course, f"{team}班", question.name) for course in ("a", "b") for team in range(40)}
        assert drawn == set(question.pool)


def test_every_defect_of_a_pool_breaks_a_row_that_its_question_asks() -> None:
    for question in QUESTIONS.values():
        assert {CATALOGUE[name]["row"] for name in question.pool} == set(question.rows)
        assert {CATALOGUE[name]["word"] for name in question.pool} == {"violated"}


def test_a_question_that_there_is_not_is_named() -> None:
    with pytest.raises(showing.NoQuestion, match="weather"):
        hidden("2026", "1班", "weather")


@pytest.mark.slow
def test_the_notebook_as_it_is_gives_nothing_away(shown: Ran) -> None:
    names = [hidden("2026", "1班", question) for question in ("request", "scope", "end")]
    assert [word for word in (*names, "不適合", "violated") if word in shown.told] == []
    assert "講師が持っています" in shown.told
    assert shown.table("marks").count("未解答") == 6


@pytest.mark.slow
def test_the_notebook_shows_rows_and_record_of_every_question(shown: Ran) -> None:
    wanted = [f"{kind}-{question}" for question in ("request", "scope", "end") for kind in ("asked", "clues")]
    assert [name for name in wanted if shown.table(name).count("<tr>") < 3] == []
