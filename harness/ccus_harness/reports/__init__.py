"""The reports of a run: each is a pure function of its events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ccus_harness.deciding import ATTACHED, FILE, load
from ccus_harness.events import EVENTS_FILE
from ccus_harness.readings import load_readings
from ccus_harness.reports import html, junit, results
from ccus_harness.reports.model import IncompleteRun, NotPrepared, Report

if TYPE_CHECKING:
    from pathlib import Path

    from ccus_harness.messages import Catalogue
    from ccus_harness.register import Register

__all__ = ["IncompleteRun", "NotPrepared", "Report", "Written", "read", "write"]

RESULTS_FILE = "results.json"
HTML_FILE = "report.html"
JUNIT_FILE = "junit.xml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Where the reports of a run lie."""

    results: Path
    html: Path
    junit: Path


def read(run: Path, register: Register) -> Report:
    """The report of the run in this folder, with what people decided on it.

    Raises as `Report.of` does, and `Undecidable` when the decisions do not belong to the run.
    """
    report = Report.read(run / EVENTS_FILE, register)
    return report.beside(load(run, register)) if (run / ATTACHED / FILE).is_file() else report


def write(run: Path, register: Register, words: Catalogue) -> tuple[Report, Written]:
    """Builds every report of the run in the folder `run` from its events; raises as `Report.of` does."""
    report = read(run, register)
    written = Written(results=run / RESULTS_FILE, html=run / HTML_FILE, junit=run / JUNIT_FILE)
    results.put(written.html, html.text(report, words.lang, load_readings()))
    results.put(written.junit, junit.text(report, words))
    # Last, so that results.json stands only beside reports that were finished.
    results.put(written.results, results.text(report))
    return report, written
