"""What a vendor has to answer: the findings of a run, numbered, with the day by which each is put right.

A finding is a row of the candidate's that was found or decided violated, missed a declared number, could not be
settled because of the candidate, changes with an open reading, or carries a remark. One row is one finding.
What was not tried is none: the review sheet says what is left open.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final, Literal

from ccus_harness.instruments.periods import JST, due, weekend_or_new_year

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ccus_harness.papers.standing import Standing
    from ccus_harness.reports.model import Report
    from ccus_harness.reports.parts import Row

__all__ = ["WITHIN", "Finding", "FindingKind", "correct_by", "findings_of"]

FindingKind = Literal["violated", "policy", "inconclusive", "reading", "remark"]

KINDS: Final[tuple[FindingKind, ...]] = ("violated", "policy", "inconclusive", "reading", "remark")
_SEVERITIES: Final = ("C", "M", "m", "i")
_HAVE_DATE: Final = ("violated", "policy", "inconclusive")

WITHIN: Final[Mapping[str, int]] = {"C": 14, "M": 30, "m": 60, "i": 90}
"""In how many days a row of each weight is to be put right, where the reviewer names no other number.

The agreement says nothing of it; a paper prints the numbers it was made with.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One finding: its number, the row, what kind it is and by when it is to be put right."""

    number: str
    kind: FindingKind
    row: Row
    standing: Standing
    due: date | None


def findings_of(
    report: Report, standings: Mapping[str, Standing], issued: date, within: Mapping[str, int]
) -> tuple[Finding, ...]:
    """The findings, the gravest kind first, then by weight, then as the agreement runs."""
    found: list[tuple[Row, FindingKind]] = [
        (row, kind) for row in report.scored if row.selected and (kind := kind_of(row, standings[row.id]))
    ]
    found.sort(key=lambda each: (KINDS.index(each[1]), _weight(each[0])))
    return tuple(
        Finding(
            number=f"F-{place:03d}",
            kind=kind,
            row=row,
            standing=standings[row.id],
            due=correct_by(issued, within.get(row.severity, max(within.values())))
            if kind in _HAVE_DATE
            else None,
        )
        for place, (row, kind) in enumerate(found, start=1)
    )


def kind_of(row: Row, standing: Standing) -> FindingKind | None:
    """Why a row is a finding; None when it is none."""
    if standing.word == "violated":
        return "violated"
    if row.policy == "missed":
        return "policy"
    if standing.word == "inconclusive" and row.blame != "suite":
        return "inconclusive"
    if standing.word == "depends":
        return "reading"
    return "remark" if row.remarks else None


def correct_by(issued: date, days: int) -> date:
    """The last day of the period: the first day is left out, and a closed day waits for the next open one.

    Civil Code articles 140 to 142; of holidays only weekends and 年末年始 are known here.
    """
    began = datetime.combine(issued, time(12), JST)
    return due(began, f"P{days}D", closed=weekend_or_new_year).date() - timedelta(days=1)


def _weight(row: Row) -> int:
    return _SEVERITIES.index(row.severity) if row.severity in _SEVERITIES else len(_SEVERITIES)
