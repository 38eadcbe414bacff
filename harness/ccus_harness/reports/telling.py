"""The sentences that every report says about a row, so that no two reports can disagree."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ccus_harness.messages import Catalogue, Finding
    from ccus_harness.reports.model import Claim, Report, Row

__all__ = ["chapter", "findings", "headline", "reason", "reasons", "remarks", "rerun", "witnesses", "word"]


def word(row: Row, words: Catalogue) -> str:
    """The verdict word, with the policy word beside it when there is one."""
    spoken = words.word("verdict", row.verdict)
    return f"{spoken} ({words.text('report.policy')} {words.word('policy', row.policy)})" if row.policy else spoken


def chapter(name: str, words: Catalogue) -> str:
    return words.word("chapter", name).removeprefix("chapter.")


def reason(row: Row, words: Catalogue) -> str:
    """Why the row has its word, when that is not a finding."""
    spoken = words.reason(row.reason or (row.code if _is_reason(row.code, words) else ""))
    return f"{spoken} ({row.due})" if row.due and spoken else spoken


def findings(row: Row, words: Catalogue) -> tuple[Finding, ...]:
    """What was expected and seen; empty for a row whose word needs no more than its reason."""
    told = tuple(_finding(claim, words) for claim in row.telling if claim.code and not _is_reason(claim.code, words))
    if told or not row.code or _is_reason(row.code, words):
        return told
    return (words.finding(row.code, {}),)


def witnesses(row: Row, words: Catalogue) -> str:
    """Who saw it."""
    seen = dict.fromkeys(name for claim in (row.telling or row.claims) for name in claim.witnesses)
    return words.listed([words.word("witness", name) for name in seen]) if seen else ""


def remarks(row: Row, words: Catalogue) -> tuple[str, ...]:
    return tuple(words.word("remark", remark) for remark in row.remarks)


def rerun(row: Row, report: Report) -> str:
    """The command that tries one row again under the same seed."""
    return f"ccus-conformance run {report.run.target} --obligation {row.id} --seed {report.run.seed}"


def headline(report: Report, words: Catalogue) -> tuple[str, str]:
    """What the run comes to: the gravest fact's name, and its sentence."""
    selected = [row for row in report.rows if row.selected]
    for fact in ("violated", "error"):
        if found := sum(row.verdict == fact for row in selected):
            return fact, words.text(f"report.headline.{fact}", n=found)
    if report.open:
        return "incomplete", words.text("report.headline.incomplete", n=len(report.open))
    return "clean", words.text("report.headline.clean")


def reasons(rows: Iterable[Row]) -> dict[tuple[str, str], int]:
    """How many selected rows are open, by word and reason code, the commonest first."""
    counted: dict[tuple[str, str], int] = {}
    for row in rows:
        if row.selected and row.verdict in ("untested", "inconclusive"):
            key = (row.verdict, row.reason or row.code)
            counted[key] = counted.get(key, 0) + 1
    return dict(sorted(counted.items(), key=lambda each: (-each[1], each[0])))


def _finding(claim: Claim, words: Catalogue) -> Finding:
    return words.finding(claim.code, claim.shown)


def _is_reason(code: str, words: Catalogue) -> bool:
    return f"reason.{code}" in words
