"""The tables of 審査票: every obligation with the machine's word beside the reviewer's, and the exam's items."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from ccus_harness.deciding import DECIDED_WORDS
from ccus_harness.documents import Bilingual
from ccus_harness.exam import mark
from ccus_harness.papers.era import shown
from ccus_harness.papers.parts import Entry, Table, column, only
from ccus_harness.papers.standing import Standing
from ccus_harness.papers.telling import both, evidence, machine, seen, weight, word
from ccus_harness.register import BREACH_LAYERS

if TYPE_CHECKING:
    from ccus_harness.exam import Marked
    from ccus_harness.papers.subject import Subject
    from ccus_harness.reports.parts import Row

__all__ = ["exam_items", "rows"]


def rows(subject: Subject) -> Table:
    choices = tuple(word(name).ja for name in DECIDED_WORDS)
    return Table(
        key="review",
        title=both("paper.review.rows"),
        columns=(
            column("id", 9),
            column("clause", 8),
            column("demand", 30),
            column("weight", 9),
            column("machine", 9),
            column("seen", 28),
            column("evidence", 20),
            column("word", 9, "choice", choices),
            column("by", 10, "text"),
            column("on", 13, "date"),
            column("reason", 20, "text"),
            column("second", 9, "text"),
            column("files", 9, "text"),
        ),
        entries=tuple(_row(row, subject) for row in subject.report.rows),
    )


def _row(row: Row, subject: Subject) -> Entry:
    known, standing = subject.register.by_id.get(row.id), subject.standings[row.id]
    return Entry(
        key=row.id,
        tone="waits" if standing.waits else row.verdict,
        closed=not row.selected or known is None or "N" in known.method,
        without=() if known and known.layer in BREACH_LAYERS else (word("violated").ja,),
        cells={
            "id": only(row.id),
            "clause": only(row.clause),
            "demand": _demand(row),
            "weight": weight(row, known.stage if known else ""),
            "machine": machine(row) if row.selected else both("unselected"),
            "seen": seen(row, _as_machine_saw(standing)),
            "evidence": evidence(row, subject.report),
            **_decision(standing),
        },
    )


def _as_machine_saw(standing: Standing) -> Standing:
    """Without the decision: that stands in its own columns."""
    return Standing(word=standing.machine, machine=standing.machine)


def _decision(standing: Standing) -> dict[str, Bilingual]:
    if not standing.decided:
        return {}
    return {
        "word": only(word(standing.word).ja),
        "by": only(standing.by),
        "on": shown(date.fromisoformat(standing.on)),
        "reason": only(standing.reason),
        "second": only(standing.second),
        "files": only("\n".join(standing.files)),
    }


def _demand(row: Row) -> Bilingual:
    return Bilingual(ja=row.ja, en=row.en)


def exam_items(subject: Subject) -> Table:
    marked = mark(
        subject.exam, {row.id: subject.standings[row.id].word for row in subject.report.rows if row.selected}
    )
    return Table(
        key="exam",
        title=both("paper.review.exam"),
        columns=(
            column("item", 8),
            column("content", 44),
            column("mark", 12),
            column("because", 60),
            column("rows", 60),
        ),
        entries=tuple(_item(one) for one in marked),
    )


def _item(one: Marked) -> Entry:
    because = [(row, word(said)) for row, said in one.because]
    return Entry(
        key=one.item.id,
        tone=one.mark,
        cells={
            "item": only(one.item.id),
            "content": one.item.title,
            "mark": both(f"mark.{one.mark}"),
            "because": Bilingual(
                ja="、".join(f"{row} {said.ja}" for row, said in because),
                en=", ".join(f"{row} {said.en}" for row, said in because),
            ),
            "rows": only("、".join(one.item.rows)),
        },
    )
