"""The tables of 指摘事項一覧 and 改善報告書: what was found, and what the vendor answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ccus_harness.papers import era
from ccus_harness.papers.answering import RESPONSES
from ccus_harness.papers.parts import Entry, Table, column, only
from ccus_harness.papers.telling import both, evidence, expected, following, seen, severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ccus_harness.documents import Bilingual
    from ccus_harness.papers.findings import Finding
    from ccus_harness.papers.subject import Subject

__all__ = ["STATES", "answers", "findings"]

STATES: Final = ("open", "in_progress", "corrected", "confirmed")
"""How far a finding is."""

_FINDING = (("finding", 8), ("kind", 11), ("id", 10), ("clause", 10), ("severity", 7))


def _finding_cells(found: Finding) -> dict[str, Bilingual]:
    row = found.row
    return {
        "finding": only(found.number),
        "kind": both(f"kind.{found.kind}"),
        "id": only(row.id),
        "clause": only(row.clause),
        "severity": severity(row),
        "expected": expected(row),
        "seen": seen(row, found.standing),
        "next": following(row),
        "due": era.shown(found.due) if found.due else both(f"no_due.{found.kind}"),
    }


def findings(subject: Subject, found: Sequence[Finding]) -> Table:
    states = tuple(both(f"state.{name}").ja for name in STATES)
    return Table(
        key="findings",
        title=both("paper.findings.rows"),
        columns=(
            *(column(key, width) for key, width in _FINDING),
            column("expected", 32),
            column("seen", 38),
            column("next", 32),
            column("evidence", 26),
            column("due", 15),
            column("responsible", 14, "text"),
            column("state", 10, "choice", states),
        ),
        entries=tuple(
            Entry(
                key=one.number,
                tone=one.kind,
                cells={
                    **_finding_cells(one),
                    "evidence": evidence(one.row, subject.report),
                    "state": only(states[0]),
                },
            )
            for one in found
        ),
        empty=both("paper.findings.none"),
    )


def answers(found: Sequence[Finding]) -> Table:
    responses = tuple(both(f"response.{name}").ja for name in RESPONSES)
    return Table(
        key="improvement",
        title=both("paper.improvement.rows"),
        columns=(
            *(column(key, width) for key, width in _FINDING[:3]),
            column("seen", 40),
            column("due", 15),
            column("response", 12, "choice", responses),
            column("cause", 30, "text"),
            column("action", 32, "text"),
            column("done_on", 15, "date"),
            column("proof", 22, "text"),
            column("person", 13, "text"),
        ),
        entries=tuple(Entry(key=one.number, tone=one.kind, cells=_finding_cells(one)) for one in found),
        empty=both("paper.findings.none"),
    )
