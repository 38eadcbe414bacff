"""改善報告書 read back: the vendor's answer to each finding, and whether every finding has one.

What an answer needs beside it depends on what it says: a correction is shown, a plan has its day, an objection its
grounds. Whether it was put right in time is told, never judged.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from ccus_harness.papers import era
from ccus_harness.papers.faults import SheetFault, raise_any
from ccus_harness.papers.filled import read_back
from ccus_harness.papers.telling import both

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from ccus_harness.papers.filled import Answer, Filled
    from ccus_harness.papers.parts import Entry, Paper

__all__ = ["FORMAT", "RESPONSES", "Answered", "Reported", "reported"]

Response = Literal["corrected", "planned", "consult", "object"]

FORMAT: Final = "ccus-conformance/answers/1"
RESPONSES: Final[tuple[Response, ...]] = ("corrected", "planned", "consult", "object")
_NEEDS: Final[Mapping[Response, tuple[str, ...]]] = {
    "corrected": ("cause", "action", "done_on", "proof", "person"),
    "planned": ("cause", "action", "done_on", "person"),
    "consult": ("action", "person"),
    "object": ("action", "proof", "person"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The answer to one finding; `late` when its day lies behind the day it was due."""

    finding: str
    row: str
    response: Response
    cause: str
    action: str
    done_on: str
    proof: str
    person: str
    due: str

    @property
    def late(self) -> bool:
        return bool(self.due and self.done_on and self.done_on > self.due)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """A whole improvement report: who answers, and the answer to every finding."""

    number: str
    run: Mapping[str, str]
    firm: str
    responsible: str
    submitted_on: str
    answers: tuple[Answered, ...]

    def document(self) -> dict[str, Any]:
        """The report as data; `schemas/answers.schema.json` describes it."""
        return {
            "format": FORMAT,
            "number": self.number,
            "run": dict(self.run),
            "firm": self.firm,
            "responsible": self.responsible,
            "submitted_on": self.submitted_on,
            "answers": [
                {
                    "finding": one.finding,
                    "row": one.row,
                    "response": one.response,
                    "cause": one.cause,
                    "action": one.action,
                    "done_on": one.done_on or None,
                    "proof": one.proof,
                    "person": one.person,
                    "due": one.due or None,
                    "late": one.late,
                }
                for one in self.answers
            ],
        }


def reported(path: Path, paper: Paper) -> Reported:
    """The answers of a filled-in 改善報告書; raises `SheetFaults` with every cell that is wrong or blank."""
    filled = read_back(path, paper, same_issue=True)
    table = paper.table("improvement")
    raise_any(path.name, _faults(filled, table.entries, paper.issued.en))
    return Reported(
        number=paper.number,
        run={key: paper.identity[key] for key in ("run_id", "events_sha256")},
        **{key: filled.fields[key].text for key in ("firm", "responsible", "submitted_on")},
        answers=tuple(_answered(entry, filled.line(table.key, entry.key)) for entry in table.entries),
    )


def _faults(filled: Filled, entries: tuple[Entry, ...], issued: str) -> Iterator[SheetFault]:
    for key in ("firm", "responsible", "submitted_on"):
        answer = filled.fields[key]
        if not answer.text:
            yield SheetFault(path=answer.place, code="missing", values={"what": both(f"field.{key}").ja})
    yield from _before(filled.fields["submitted_on"], issued)
    for entry in entries:
        yield from _line_faults(entry.key, filled.line("improvement", entry.key))


def _line_faults(finding: str, line: Mapping[str, Answer]) -> Iterator[SheetFault]:
    said = line["response"]
    if not said.text:
        yield SheetFault(path=said.place, code="unanswered", values={"finding": finding})
        return
    for key in _NEEDS[_response(said.text)]:
        if not line[key].text:
            yield SheetFault(path=line[key].place, code="missing", values={"what": both(f"head.{key}").ja})


def _before(answer: Answer, issued: str) -> Iterator[SheetFault]:
    if answer.text and answer.text < issued:
        values = {"date": answer.text, "issued": issued}
        yield SheetFault(path=answer.place, code="before", values=values)


def _response(said: str) -> Response:
    return next(name for name in RESPONSES if both(f"response.{name}").ja == said)


def _answered(entry: Entry, line: Mapping[str, Answer]) -> Answered:
    due = era.day_of(entry.cell("due").en)
    return Answered(
        finding=entry.key,
        row=entry.cell("id").ja,
        response=_response(line["response"].text),
        **{key: line[key].text for key in ("cause", "action", "done_on", "proof", "person")},
        due=due.isoformat() if due else "",
    )
