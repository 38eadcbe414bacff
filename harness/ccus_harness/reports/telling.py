"""The sentences that every report says about a row, so that no two reports can disagree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ccus_harness.reports.inert import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ccus_harness.messages import Catalogue, Finding
    from ccus_harness.reports.model import Report
    from ccus_harness.reports.parts import Row

__all__ = ["chapter", "findings", "headline", "reason", "reasons", "remarks", "rerun", "witnesses", "word"]


def word(row: Row, words: Catalogue) -> str:
    """The verdict word, with the policy word beside it when there is one."""
    spoken = words.word("verdict", row.verdict)
    return (
        f"{spoken} ({words.text('report.policy')} {words.word('policy', row.policy)})"
        if row.policy
        else spoken
    )


def chapter(name: str, words: Catalogue) -> str:
    return words.word("chapter", name).removeprefix("chapter.")


def reason(row: Row, words: Catalogue) -> str:
    """Why the row has its word, when that is not a finding."""
    code = row.reason or row.code
    if not code or _is_finding(code, words) or (row.red and not _is_reason(code, words)):
        return ""
    spoken = words.reason(code)
    return f"{spoken} ({one_line(row.due)[:40]})" if row.due else spoken


def findings(row: Row, words: Catalogue) -> tuple[Finding, ...]:
    """What was expected and seen; empty for a row whose word needs no more than its reason."""
    told = tuple(
        words.finding(claim.code, claim.shown) for claim in row.telling if _tells(claim.code, row, words)
    )
    if told or not _tells(row.code, row, words):
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


def _tells(code: str, row: Row, words: Catalogue) -> bool:
    """Whether a code stands for something seen; a red row is never left without a sentence."""
    return _is_finding(code, words) or bool(code and row.red and not _is_reason(code, words))


def _is_finding(code: str, words: Catalogue) -> bool:
    return f"finding.{code}.seen" in words


def _is_reason(code: str, words: Catalogue) -> bool:
    return f"reason.{code}" in words
