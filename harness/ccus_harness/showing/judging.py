"""Runs a candidate in a folder that is gone afterwards, showing how the run goes."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console

from ccus_harness.events import EVENTS_FILE
from ccus_harness.register import load_register
from ccus_harness.reports import Report, telling
from ccus_harness.reports.console import watch
from ccus_harness.runs import RunRequest, defects, launch
from ccus_harness.showing.bilingual import JA, Both, text
from ccus_harness.showing.flows import row_of


class NotAsAnnounced(AssertionError):
    """A run came out otherwise than the page says; `violated` are the rows it found, `announced` those told."""

    def __init__(self, target: str, violated: tuple[str, ...], announced: tuple[str, ...]) -> None:
        super().__init__(target)
        self.target = target
        self.violated = violated
        self.announced = announced

    def __str__(self) -> str:
        return (
            f"{self.target}: 不適合 {list(self.violated)}、予告 {list(self.announced)}。このページの説明と合いません。"
            f" / violated rows {list(self.violated)} where {list(self.announced)} were announced."
        )


def judge(target: str, *, article: str | None = None, obligation: str | None = None) -> Report:
    """Starts simulator and candidate, runs the scenarios of an article or of one row, and gives the report.

    What the catalogue of defects announces for the target must be what was found; otherwise `NotAsAnnounced`.
    """
    with TemporaryDirectory(prefix="ccus-notebook-") as folder:
        out = Path(folder) / "run"
        chosen = RunRequest(
            target=target,
            out=out,
            articles=(article,) if article else (),
            obligations=(obligation,) if obligation else (),
        )
        for _ in watch(launch(chosen), _plain(), JA):
            pass
        report = Report.read(out / EVENTS_FILE, load_register())
    _compare(report)
    return report


def _plain() -> Console:
    """Lines without colours: in a kernel rich would write them for a terminal, and a kept page would show the codes."""
    return Console(
        file=sys.stdout,
        markup=False,
        emoji=False,
        highlight=False,
        width=120,
        color_system=None,
        force_jupyter=False,
        force_terminal=False,
    )


def about(report: Report) -> Both:
    """What was run, and what may not be made of it."""
    run = report.run
    lines = [
        Both(
            ja=f"申請システム {run.target}、乱数の種 {run.seed}、試験の版 {run.suite}、シナリオ {len(report.stories)} 件。",
            en=f"Candidate {run.target}, seed {run.seed}, suite {run.suite}, {len(report.stories)} scenarios.",
        ),
        text("report.self_tested"),
        text("report.synthetic"),
    ]
    return Both(
        ja="。".join(line.ja.rstrip("。") for line in lines) + "。",
        en=" ".join(f"{line.en.rstrip('.')}." for line in lines),
    )


def again(report: Report, row_id: str) -> str:
    """The command that tries the row again under the same seed."""
    return telling.rerun(row_of(report, row_id), report)


def _compare(report: Report) -> None:
    name, _, defect = report.run.target.partition(":")
    if name != "reference":
        # Nobody can announce what somebody else's system does.
        return
    selected = [row for row in report.rows if row.selected]
    violated = tuple(row.id for row in selected if row.verdict == "violated")
    catalogued: dict[str, Any] = defects()[defect] if defect else {"row": "", "drags": []}
    announced = tuple(row.id for row in selected if row.id == catalogued["row"])
    if set(announced) - set(violated) or set(violated) - {*announced, *catalogued["drags"]}:
        raise NotAsAnnounced(report.run.target, violated, announced)
