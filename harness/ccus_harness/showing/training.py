"""A trainer's exam: in each question a system with a hidden defect is run, and its record is read without a verdict.

Which defect a team gets follows from the course and the team's name, so that the trainer's key needs no run.
Marking is a pure function of the record and the answer.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Literal

from markupsafe import Markup

from ccus_harness.register import load_register
from ccus_harness.reports import Report, telling
from ccus_harness.reports.inert import one_line
from ccus_harness.runs import defects
from ccus_harness.showing.bilingual import EN, JA, Both, both, same, text, word
from ccus_harness.showing.evidence import told_in
from ccus_harness.showing.flows import row_of
from ccus_harness.showing.judging import as_announced, judged_in
from ccus_harness.showing.maps import Kind, map_of
from ccus_harness.showing.tables import EVIDENCE_HEAD, Table, asked_how_often

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ccus_harness.reports.parts import Story
    from ccus_harness.showing.pictures import Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One subject: the rows that may be broken in it, and the defects that break one of them each."""

    name: str
    title: Both
    rows: tuple[str, ...]
    pool: tuple[str, ...]


QUESTIONS: Mapping[str, Question] = {
    question.name: question
    for question in (
        Question(
            name="request",
            title=Both(ja="誰が、何を依頼できるか", en="Who may ask for what"),
            rows=("A1-07", "A1-11", "A1-13"),
            pool=("prime_refresh", "refused_stub", "technician_widened"),
        ),
        Question(
            name="items",
            title=Both(ja="何を持ち、どう印を付けるか", en="What is kept, and how it is marked"),
            rows=("A2-1-02", "A2-3-01", "A2-3-03", "A2-3-07"),
            pool=("raw_archive", "roster_filled", "unmarked", "all_marked"),
        ),
        Question(
            name="scope",
            title=Both(ja="誰に見せてよいか", en="Who may see whom"),
            rows=("A2-2-03", "A2-2-04", "A2-2-05", "A2-2-19"),
            pool=("any_prime", "whole_site", "company_parent", "wide_list"),
        ),
        Question(
            name="notice",
            title=Both(ja="漏えいを知ったらどうするか", en="What to do about a leak"),
            rows=("A2-4-05", "A2-4-06", "A2-4-17"),
            pool=("leak_silent", "misuse_silent", "path_left_open"),
        ),
        Question(
            name="end",
            title=Both(ja="契約が終わったらどうするか", en="What to do at the end"),
            rows=("A6-03", "A6-05", "A6-16", "A6-19"),
            pool=("soft_delete", "backups_left", "no_certificate", "certificate_false"),
        ),
    )
}
"""Every question that can be set."""

WITNESSES: Mapping[str, Both] = {
    name: word("witness", name) for name in ("answered", "kept", "ledger", "inbox")
}
"""Who can bear witness of a broken row."""


class NoQuestion(LookupError):
    """A question was asked for that there is not."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        known = ", ".join(QUESTIONS)
        return f"問い「{self.name}」はありません。使えるもの: {known} / There is no question {self.name!r}; known: {known}"


def hidden(course: str, team: str, question: str) -> str:
    """The defect that a team gets in a question of a course."""
    if question not in QUESTIONS:
        raise NoQuestion(question)
    pool = QUESTIONS[question].pool
    drawn = hashlib.sha256(f"{course}\n{team}\n{question}".encode()).digest()
    return pool[int.from_bytes(drawn[:8], "big") % len(pool)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exam:
    """The questions that a team was set, each with the record of its system."""

    course: str
    team: str
    reports: Mapping[str, Report]


def exam(course: str, team: str, questions: Sequence[str]) -> Exam:
    """Runs the system with its hidden defect for each question; nothing on the way tells what was found."""
    names = {question: hidden(course, team, question) for question in questions}
    reports = {question: _run(name, QUESTIONS[question].rows) for question, name in names.items()}
    return Exam(course=course, team=team, reports=reports)


def _run(name: str, rows: Sequence[str]) -> Report:
    with TemporaryDirectory(prefix="ccus-notebook-") as folder:
        report = judged_in(Path(folder) / "run", f"reference:{name}", rows=rows, words=False)
    as_announced(report)
    return report


# -- what a team sees ---------------------------------------------------------------------------------


def asked(question: str) -> Table:
    """The rows of a question, of which the system breaks one; others may be drawn along."""
    if question not in QUESTIONS:
        raise NoQuestion(question)
    set_ = QUESTIONS[question]
    demands = [load_register().by_id[row].demand for row in set_.rows]
    lines = [(row, Both(ja=demand.ja, en=demand.en)) for row, demand in zip(set_.rows, demands, strict=True)]
    head = (text("report.row"), text("report.obligation"))
    return Table(f"asked-{question}", set_.title, head, lines, widths=(14, 86))


def clues(held: Exam, question: str) -> Table:
    """What was asked of whom and what came back, in every scenario of a question; no word is said of it."""
    report = _report(held, question)
    rows = set(QUESTIONS[question].rows)
    stories = [story for story in report.stories if rows & set(story.rows) and _meets_the_candidate(story)]
    lines: list[tuple[Any, ...]] = []
    for story in stories:
        lines.append((Markup("<strong>{}</strong>").format(one_line(story.name)), "", "", ""))
        for told in told_in(report, story):
            step = one_line(told.step)
            for exchange in told.exchanges:
                lines.append((step, exchange.who, asked_how_often(exchange), exchange.answered))
                step = ""
    title = Both(
        ja=f"記録: {len(stories)} つのシナリオで起きたこと",
        en=f"The record: what happened in {len(stories)} scenarios",
    )
    return Table(f"clues-{question}", title, EVIDENCE_HEAD, lines, widths=(30, 14, 24, 32))


def _meets_the_candidate(story: Story) -> bool:
    """What the suite proves of itself is no part of an exam."""
    return any(call.who == "candidate" for step in story.steps for call in step.calls)


def _report(held: Exam, question: str) -> Report:
    if question not in held.reports:
        raise NoQuestion(question)
    return held.reports[question]


# -- marking ------------------------------------------------------------------------------------------

RowMark = Literal["right", "near", "wrong", "none"]
WitnessMark = Literal["right", "wrong", "none"]
POINTS: Mapping[str, int] = {"right": 2, "near": 1, "wrong": 0, "none": 0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What an answer is worth: the row, who bears witness of it, and the points."""

    question: str
    row: RowMark
    witness: WitnessMark

    @property
    def points(self) -> int:
        return POINTS[self.row] + (self.witness == "right")


FULL = POINTS["right"] + 1


def grade(question: str, report: Report, row: str, witness: str) -> Mark:
    """Marks an answer by the record: the row that the defect breaks is right, one that it drags along is near.

    The witness is marked for the row that was named, if that row was broken: whoever saw it broken is right.
    """
    entry = defects()[report.run.target.partition(":")[2]]
    violated = {each.id for each in report.rows if each.selected and each.verdict == "violated"}
    named = row.strip().upper()
    row_mark: RowMark = (
        "none"
        if not named
        else "right"
        if named == entry["row"]
        else "near"
        if named in violated
        else "wrong"
    )
    return Mark(question=question, row=row_mark, witness=_witness(report, named, row_mark, witness.strip()))


def _witness(report: Report, row: str, mark: RowMark, witness: str) -> WitnessMark:
    if not witness:
        return "none"
    if mark not in ("right", "near"):
        return "wrong"
    saw = {name for claim in row_of(report, row).telling for name in claim.witnesses}
    return "right" if witness in saw else "wrong"


def marks_of(held: Exam, rows: Mapping[str, str], witnesses: Mapping[str, str]) -> list[Mark]:
    """The marks of all questions; what is not answered is marked as such."""
    return [
        grade(question, report, rows.get(question, ""), witnesses.get(question, ""))
        for question, report in held.reports.items()
    ]


_ROW_MARKS: Mapping[str, Kind] = {
    "right": Kind(sign="○", colour="#c9e7c7", name=Both(ja="正解", en="right")),
    "near": Kind(sign="△", colour="#f5dfa3", name=Both(ja="つられて破れた行", en="broken along with it")),
    "wrong": Kind(sign="×", colour="#f3b3a6", name=Both(ja="誤り", en="wrong")),
    "none": Kind(sign="－", colour="#e4e4e4", name=Both(ja="未解答", en="not answered")),
}
_NOT_NAMED = Kind(sign="", colour="#ffffff", name=Both(ja="答えていない行", en="not named"))


def marked(held: Exam, rows: Mapping[str, str], witnesses: Mapping[str, str]) -> Table:
    """The marks of a team's answers; nothing here gives a right answer away."""
    marks = marks_of(held, rows, witnesses)
    points, full = sum(mark.points for mark in marks), FULL * len(marks)
    title = Both(ja=f"{held.team} の得点 {points} / {full}", en=f"{held.team}: {points} of {full} points")
    head = (_QUESTION, _YOUR_ROW, _IS, _YOUR_WITNESS, _IS, _POINTS)
    lines = [_marked(mark, rows, witnesses) for mark in marks]
    return Table("marks", title, head, lines, widths=(30, 14, 18, 14, 14, 10))


_QUESTION = Both(ja="問い", en="Question")
_YOUR_ROW = Both(ja="答えた行", en="Row named")
_YOUR_WITNESS = Both(ja="答えた証人", en="Witness named")
_IS = Both(ja="採点", en="Mark")
_POINTS = Both(ja="点", en="Points")


def _marked(
    mark: Mark, rows: Mapping[str, str], witnesses: Mapping[str, str]
) -> tuple[Both | Markup | str, ...]:
    return (
        QUESTIONS[mark.question].title,
        rows.get(mark.question, "") or "－",
        _shown(mark.row),
        WITNESSES.get(witnesses.get(mark.question, ""), same(witnesses.get(mark.question, "") or "－")),
        _shown(mark.witness),
        str(mark.points),
    )


def _shown(mark: str) -> Markup:
    kind = _ROW_MARKS[mark]
    return Markup('<span style="background:{};padding:1px 6px;display:inline-block">{} {}</span>').format(
        kind.colour, kind.sign, kind.name
    )


def answer_map(held: Exam, rows: Mapping[str, str], witnesses: Mapping[str, str]) -> Picture:
    """The rows that were asked about, with the mark of the one that the team named in each question."""
    marks = {mark.question: mark for mark in marks_of(held, rows, witnesses)}
    cells: list[tuple[str, Kind]] = []
    for question in held.reports:
        named = rows.get(question, "").strip().upper()
        cells += [
            (row, _ROW_MARKS[marks[question].row] if row == named else _NOT_NAMED)
            for row in QUESTIONS[question].rows
        ]
    right = sum(mark.row == "right" for mark in marks.values())
    answered = sum(mark.row != "none" for mark in marks.values())
    told = Both(
        ja=f"{held.team}: {len(marks)} 問のうち {answered} 問に答え、行が合ったのは {right} 問。",
        en=f"{held.team}: {answered} of {len(marks)} questions answered, {right} with the right row.",
    )
    shown = [kind for name, kind in _ROW_MARKS.items() if name != "none"]
    return map_of(cells, [*shown, _NOT_NAMED], told)


# -- the trainer's key --------------------------------------------------------------------------------

_KEPT_BACK = Both(
    ja="答えは講師が持っています。講師は parameters の trainer を True にして実行し直してください。",
    en="The trainer has the key: set trainer to True among the parameters and run again.",
)


def answer_key(course: str, teams: Sequence[str], questions: Sequence[str], *, trainer: bool) -> Table | Both:
    """Which defect every team of a course gets in every question; it needs no run, and is for the trainer only."""
    if not trainer:
        return _KEPT_BACK
    catalogue = defects()
    lines: list[tuple[Any, ...]] = []
    for team in teams:
        for question in questions:
            entry = catalogue[hidden(course, team, question)]
            what = Both(ja=entry["title"]["ja"], en=entry["title"]["en"])
            lines.append((team, QUESTIONS[question].title, entry["row"], entry["name"], what))
    title = Both(ja=f"講師の答え: {course}", en=f"The trainer's key: {course}")
    head = (_TEAM, _QUESTION, text("report.row"), _DEFECT, _WHAT)
    return Table("key", title, head, lines, widths=(12, 22, 10, 18, 38))


_TEAM = Both(ja="班", en="Team")
_DEFECT = Both(ja="模擬不備", en="Defect")
_WHAT = Both(ja="何をしているか", en="What it does")


def explained(held: Exam, *, trainer: bool) -> Table | Both:
    """What the record shows of each hidden defect, and who bears witness; for the trainer only."""
    if not trainer:
        return _KEPT_BACK
    catalogue = defects()
    lines: list[tuple[Any, ...]] = []
    for question, report in held.reports.items():
        row = row_of(report, catalogue[report.run.target.partition(":")[2]]["row"])
        ja, en = (telling.findings(row, words)[0] for words in (JA, EN))
        seen = Both(ja=ja.seen, en=en.seen)
        lines.append(
            (
                QUESTIONS[question].title,
                row.id,
                seen,
                both(lambda words, row=row: telling.witnesses(row, words)),
            )
        )
    title = Both(ja=f"{held.team} の問いの答え合わせ", en=f"What was there to be found by {held.team}")
    head = (_QUESTION, text("report.row"), text("report.seen"), text("report.witnesses"))
    return Table("explained", title, head, lines, widths=(24, 10, 46, 20))


def explain_names(questions: Sequence[str]) -> Both:
    """How an answer is written: the questions' names, and those of the witnesses."""
    named = "、".join(f"{name}（{QUESTIONS[name].title.ja}）" for name in questions)
    english = ", ".join(f"{name} ({QUESTIONS[name].title.en})" for name in questions)
    who = "、".join(f"{name}（{told.ja}）" for name, told in WITNESSES.items())
    whom = ", ".join(f"{name} ({told.en})" for name, told in WITNESSES.items())
    return Both(ja=f"問い: {named}。証人: {who}。", en=f"Questions: {english}. Witnesses: {whom}.")
