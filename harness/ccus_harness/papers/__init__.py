"""The papers of a Japanese certification: 審査票, 指摘事項一覧, 改善報告書 and 立会記録.

    write(Subject(...), Issue(...), folder)              # Excel and PDF of one run
    decisions_of(sheet, review_sheet(...), standings)    # 審査票 filled in: decisions to record
    reported(sheet, improvement_of(folder / RECORD))     # 改善報告書 filled in: every finding answered

They are made from the report of a run and say what it says. What is filled in comes back only from a sheet whose
printed cells still say what was printed.
"""

from ccus_harness.papers.answering import Reported, reported
from ccus_harness.papers.decisions import Handed, decisions_of
from ccus_harness.papers.faults import NeedsExtra, SheetFault, SheetFaults
from ccus_harness.papers.findings import WITHIN
from ccus_harness.papers.issue import Issue, Sealed
from ccus_harness.papers.making import papers_of, review_sheet
from ccus_harness.papers.record import RECORD, improvement_of
from ccus_harness.papers.standing import Standing
from ccus_harness.papers.subject import Subject
from ccus_harness.papers.writing import Written, write

__all__ = [
    "RECORD",
    "WITHIN",
    "Handed",
    "Issue",
    "NeedsExtra",
    "Reported",
    "Sealed",
    "SheetFault",
    "SheetFaults",
    "Standing",
    "Subject",
    "Written",
    "decisions_of",
    "improvement_of",
    "papers_of",
    "reported",
    "review_sheet",
    "write",
]
