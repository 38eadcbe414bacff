"""The agreement clause by clause: its obligations, and the scenario that tries one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ccus_harness.register import load_register
from ccus_harness.reports.inert import one_line
from ccus_harness.showing import flows
from ccus_harness.showing.bilingual import Both, both, same, text
from ccus_harness.showing.maps import JUDGES, judge_of
from ccus_harness.showing.tables import Table, shown_word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

    from ccus_harness.register import Obligation
    from ccus_harness.reports import Report
    from ccus_harness.reports.parts import Row, Step


class OtherWord(AssertionError):
    """A page shows a row as an example of a word, and the run gave it another one."""

    def __init__(self, row: str, said: str, expected: str) -> None:
        super().__init__(row)
        self.row = row
        self.said = said
        self.expected = expected

    def __str__(self) -> str:
        return (
            f"{self.row} は「{self.said}」。このページは「{self.expected}」の例として示しています。"
            f" / {self.row} is {self.said!r} where this page shows an example of {self.expected!r}."
        )


def must_be(report: Report, row_id: str, word: str) -> Row:
    """The row, which must have the word that the page promises; raises `OtherWord` if not."""
    row = flows.row_of(report, row_id)
    if word not in (row.verdict, row.declared):
        raise OtherWord(row_id, row.verdict, word)
    return row


_NOT_THIS_TIME = Both(ja="この回では試していない", en="not tried this time")
_HEAVY = Both(ja="合否を決める", en="decides the exam")
_LIGHT = Both(ja="－", en="－")


def clause(chapter: str, report: Report | None = None) -> Table:
    """The obligations of one clause: what each demands of whom, who judges it, and its word in a run."""
    rows = [row for row in load_register().rows if row.id.rpartition("-")[0] == chapter]
    if not rows:
        raise flows.NotTried(chapter, "register")
    said = {row.id: row for row in report.rows if row.selected and row.claims} if report else {}
    title = both(lambda words: words.word("chapter", chapter))
    head = (text("report.row"), text("report.obligation"), _WHO_JUDGES, text("report.stage"), _WEIGHT, _NOW)
    lines = [_obligation(row, said.get(row.id)) for row in rows]
    name = f"clause-{chapter.lower()}"
    return Table(name, title, head, lines, widths=(9, 46, 13, 10, 9, 13))


_WHO_JUDGES = Both(ja="誰が判定するか", en="Judged by")
_WEIGHT = Both(ja="合否", en="Exam")
_NOW = Both(ja="今の判定", en="Word just now")
_STAGES = {
    "書類審査": "papers",
    "認定試験": "exam",
    "監査": "audit",
    "事故時": "incident",
    "終了時": "end",
}


def _obligation(row: Obligation, said: Row | None) -> tuple[Any, ...]:
    judged: Both | Markup = shown_word(said.verdict) if said else _NOT_THIS_TIME
    demand = Both(ja=row.demand.ja, en=row.demand.en)
    stage = Both(ja=row.stage, en=_STAGES[row.stage])
    weight = _HEAVY if row.decisive else _LIGHT
    return row.id, demand, JUDGES[judge_of(row)].name, stage, weight, judged


def scene(report: Report, row_id: str, word: str = "satisfied") -> Table:
    """The scenario that tried a row, sentence by sentence: how often whom it met, and what it claimed.

    Raises `OtherWord` unless the row has the word.
    """
    must_be(report, row_id, word)
    story = flows.story_of(report, row_id)
    lines = [
        (one_line(f"{step.keyword} {step.text}"), _met(step), *_claimed(step, row_id)) for step in story.steps
    ]
    title = Both(ja=f"{row_id} を試すシナリオ: {story.name}", en=f"The scenario that tries {row_id}")
    head = (text("report.steps"), _CONTACTS, text("report.row"), text("report.word"))
    return Table(f"scene-{row_id.lower()}", title, head, lines, widths=(52, 22, 11, 15))


_CONTACTS = Both(ja="相手とやりとり", en="Who was met")
_NOBODY = Both(ja="誰にも触れない", en="nobody")


def _met(step: Step) -> Both:
    counted: dict[str, int] = {}
    for call in step.calls:
        counted[call.who] = counted.get(call.who, 0) + 1
    if not counted:
        return _NOBODY
    return both(
        lambda words: words.listed([f"{words.word('who', who)} {number}" for who, number in counted.items()])
    )


def _claimed(step: Step, row_id: str) -> tuple[Any, Any]:
    claims: Sequence[Any] = [claim for claim in step.claims if claim.row == row_id] or step.claims
    if not claims:
        return "", ""
    return same(claims[0].row), shown_word(claims[0].word)
