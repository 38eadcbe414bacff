"""The four papers of a certification, each made from the report of one run.

    Report · Exam · Standings · Issue ──► 審査票 · 指摘事項一覧 · 改善報告書 · 立会記録

They say what the report says, in its words; what people are to add stands in inputs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ccus_harness.documents import Bilingual
from ccus_harness.papers import attendance_tables, finding_tables, review_tables
from ccus_harness.papers.era import shown
from ccus_harness.papers.findings import findings_of
from ccus_harness.papers.parts import KINDS, Fact, Paper, only, or_none
from ccus_harness.papers.telling import both, word
from ccus_harness.reports.inert import one_line
from ccus_harness.reports.parts import WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ccus_harness.papers.issue import Issue
    from ccus_harness.papers.parts import Input, Kind, Table
    from ccus_harness.papers.subject import Subject

__all__ = ["papers_of", "review_sheet"]

_OPERATORS: Final = ("self-tested", "certification")
_BOXES: Final = ("box.drafted", "box.checked", "box.approved")


def papers_of(subject: Subject, issue: Issue) -> tuple[Paper, ...]:
    """The four papers, in the order in which they are numbered."""
    found = findings_of(subject.report, subject.standings, issue.on, issue.within)
    bundle = Fact(key="bundle", label=both("fact.bundle"), value=or_none(issue.sealed.bundle))
    return (
        review_sheet(subject, issue),
        _paper(
            "findings", subject, issue, facts=(bundle,), tables=(finding_tables.findings(subject, found),)
        ),
        _paper("improvement", subject, issue, facts=_IMPROVEMENT, tables=(finding_tables.answers(found),)),
        _paper("attendance", subject, issue, facts=_ATTENDANCE, tables=_attended(subject, issue)),
    )


def review_sheet(subject: Subject, issue: Issue) -> Paper:
    """審査票: every obligation with the machine's word and a place for the reviewer's."""
    tables = (review_tables.rows(subject), review_tables.exam_items(subject))
    return _paper("review", subject, issue, facts=_REVIEW, tables=tables)


def _attended(subject: Subject, issue: Issue) -> tuple[Table, ...]:
    return (
        attendance_tables.people(),
        attendance_tables.equipment(subject),
        attendance_tables.seals(subject, issue),
        attendance_tables.moments(),
        attendance_tables.signatures(),
    )


def _paper(
    kind: Kind, subject: Subject, issue: Issue, *, facts: Sequence[Fact], tables: tuple[Table, ...]
) -> Paper:
    place = KINDS.index(kind) + 1
    number = f"{issue.number}-{place}"
    return Paper(
        kind=kind,
        title=both(f"paper.{kind}.title"),
        number=number,
        issued=shown(issue.on),
        facts=(*_common(subject, counted=kind != "attendance"), *facts),
        tables=tables,
        notes=tuple(_notes(kind, issue)),
        boxes=tuple(both(key) for key in _BOXES),
        together=kind == "attendance",
        identity={**subject.identity, "paper": kind, "number": number},
    )


def _notes(kind: Kind, issue: Issue) -> Iterator[Bilingual]:
    yield both(f"paper.{kind}.note")
    if kind in ("findings", "improvement"):
        yield both("within", **{f"days_{severity}": days for severity, days in issue.within.items()})
    if kind == "review":
        yield both("paper.review.two")
    yield both("synthetic")


def _common(subject: Subject, *, counted: bool) -> Iterator[Fact]:
    run = subject.report.run
    candidate: Mapping[str, Any] = run.profile.get("candidate") or {}
    system = " ".join(one_line(str(candidate.get(key) or "")) for key in ("name", "version")).strip()
    told = {
        "target": only(system or one_line(run.target)),
        "operated": both(f"operated.{run.operator}") if run.operator in _OPERATORS else only(run.operator),
        "run": only(run.run_id),
        "suite": only(run.suite),
        "digest": only(subject.report.digest),
    }
    if counted:
        told["counts"] = _counts(subject)
    return (Fact(key=key, label=both(f"fact.{key}"), value=value) for key, value in told.items())


def _counts(subject: Subject) -> Bilingual:
    """How many selected rows have which word, as they stand; nothing is added up that does not belong together."""
    selected = [row for row in subject.report.rows if row.selected]
    words = [subject.standings[row.id].word for row in selected]
    told = [(word(name), words.count(name)) for name in dict.fromkeys(sorted(words, key=_grave))]
    ja = "、".join(f"{name.ja} {number}" for name, number in told)
    en = ", ".join(f"{name.en} {number}" for name, number in told)
    return Bilingual(
        ja=both("counted", n=len(selected), listed=ja).ja, en=both("counted", n=len(selected), listed=en).en
    )


def _grave(name: str) -> int:
    return WORDS.index(name) if name in WORDS else len(WORDS)


def _fields(*keys: tuple[str, Input]) -> tuple[Fact, ...]:
    return tuple(Fact(key=key, label=both(f"field.{key}"), input=kind) for key, kind in keys)


_REVIEW = _fields(("by", "text"), ("on", "date"))
_IMPROVEMENT = _fields(("firm", "text"), ("responsible", "text"), ("submitted_on", "date"))
_ATTENDANCE = _fields(("held_on", "date"), ("held_at", "text"))
