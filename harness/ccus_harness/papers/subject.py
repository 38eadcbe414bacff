"""What a set of papers is about: one run, the register it was judged by, and its rows as they stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ccus_harness.exam import Exam
    from ccus_harness.papers.standing import Standing
    from ccus_harness.register import Register
    from ccus_harness.reports.model import Report

FORMAT = "ccus-conformance/papers/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One run with everything that its papers say."""

    report: Report
    register: Register
    exam: Exam
    standings: Mapping[str, Standing]

    @property
    def identity(self) -> dict[str, str]:
        """Which run a paper belongs to: a sheet of another one is refused."""
        return {"format": FORMAT, "run_id": self.report.run.run_id, "events_sha256": self.report.digest}
