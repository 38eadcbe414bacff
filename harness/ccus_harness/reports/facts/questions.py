"""第9条: the readings that are still open, as the numbered list of questions that the parties would settle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ccus_harness.documents import Bilingual
    from ccus_harness.readings import Reading
    from ccus_harness.reports.model import Report

__all__ = ["Question", "Turn", "questions"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A row whose word is another one under an option."""

    row: str
    option: str
    word: str
    instead: str
    """The word of the row under what was declared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One reading as a question; `agreed` is the day on which the parties settled it, empty while it is open.

    `turns` are the rows of this run that would read otherwise; with none of them the answer changes nothing here.
    """

    number: int
    reading: str
    text: Bilingual
    declared: str
    options: tuple[str, ...]
    meanings: Mapping[str, Bilingual]
    agreed: str
    rows: tuple[str, ...]
    turns: tuple[Turn, ...]

    @property
    def pressing(self) -> bool:
        """Whether the answer decides a word of this run."""
        return bool(self.turns) and not self.agreed


def questions(report: Report, readings: Mapping[str, Reading]) -> tuple[Question, ...]:
    """Every reading by the number of its question; a reading of another version of the suite is left out."""
    turns: dict[str, list[Turn]] = {}
    for each in report.readings:
        name, _, option = each.option.partition("=")
        instead = each.row.declared or each.row.verdict
        turns.setdefault(name, []).append(
            Turn(row=each.row.id, option=option, word=each.word, instead=instead)
        )
    return tuple(
        Question(
            number=reading.question.number,
            reading=name,
            text=reading.question.text,
            declared=str(report.run.readings.get(name, reading.default)),
            options=reading.names,
            meanings={option.name: option.text for option in reading.options},
            agreed=str(report.run.agreed.get(name, "")),
            rows=reading.rows,
            turns=tuple(turns.get(name, ())),
        )
        for name, reading in sorted(readings.items(), key=lambda each: each[1].question.number)
    )
