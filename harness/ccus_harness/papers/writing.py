"""A set of papers written into a folder: each as a workbook and as a PDF, with the record of the issue."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ccus_harness.papers.excel import workbook
from ccus_harness.papers.findings import findings_of
from ccus_harness.papers.making import papers_of
from ccus_harness.papers.pdf import NoPdf, pdf
from ccus_harness.papers.record import RECORD, document

if TYPE_CHECKING:
    from pathlib import Path

    from ccus_harness.papers.issue import Issue
    from ccus_harness.papers.parts import Paper
    from ccus_harness.papers.subject import Subject

__all__ = ["Written", "write"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The files that were written, and why there is no PDF when there is none."""

    files: tuple[Path, ...]
    without_pdf: str = ""


def write(subject: Subject, issue: Issue, folder: Path, *, with_pdf: bool = True) -> Written:
    """Writes the four papers and their record; workbooks do not wait for what PDFs need."""
    papers = papers_of(subject, issue)
    folder.mkdir(parents=True, exist_ok=True)
    made = {f"{paper.name}.xlsx": workbook(paper, issue.on) for paper in papers}
    lacking = ""
    if with_pdf:
        try:
            made |= {f"{paper.name}.pdf": pdf(paper, issue.on) for paper in papers}
        except NoPdf as why:
            lacking = why.why
    digests = {name: hashlib.sha256(body).hexdigest() for name, body in made.items()}
    made[RECORD] = _record(papers, subject, issue, digests)
    for name, body in made.items():
        (folder / name).write_bytes(body)
    return Written(files=tuple(folder / name for name in made), without_pdf=lacking)


def _record(papers: tuple[Paper, ...], subject: Subject, issue: Issue, digests: dict[str, str]) -> bytes:
    found = findings_of(subject.report, subject.standings, issue.on, issue.within)
    asked = next(paper for paper in papers if paper.kind == "improvement")
    told = document(asked, found, issue, digests)
    return (json.dumps(told, ensure_ascii=False, indent=2) + "\n").encode()
