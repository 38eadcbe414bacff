"""Runs a candidate in a folder that is gone afterwards, showing how the run goes."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from ccus_harness.events import EVENTS_FILE
from ccus_harness.register import load_register
from ccus_harness.reports import Report, telling
from ccus_harness.runs import RunRequest, defects, launch
from ccus_harness.showing.bilingual import Both, text
from ccus_harness.showing.flows import row_of
from ccus_harness.showing.progress import followed

if TYPE_CHECKING:
    from collections.abc import Sequence


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


def judge(
    target: str,
    *,
    article: str | None = None,
    obligation: str | None = None,
    rows: Sequence[str] = (),
) -> Report:
    """Starts simulator and candidate, runs the scenarios of an article or of some rows, and gives the report.

    What the catalogue of defects announces for the target must be what was found; otherwise `NotAsAnnounced`.
    """
    chosen = (obligation, *rows) if obligation else tuple(rows)
    with TemporaryDirectory(prefix="ccus-notebook-") as folder:
        report = judged_in(Path(folder) / "run", target, articles=(article,) if article else (), rows=chosen)
    as_announced(report)
    return report


def judged_in(
    out: Path,
    target: str,
    *,
    articles: Sequence[str] = (),
    rows: Sequence[str] = (),
    profile: Path | None = None,
    words: bool = True,
) -> Report:
    """The same in a folder that stays; without `words` nothing tells on the way what was found."""
    chosen = RunRequest(
        target=target, out=out, articles=tuple(articles), obligations=tuple(rows), profile=profile
    )
    for _ in followed(launch(chosen), target if words else "？", words=words):
        pass
    return Report.read(out / EVENTS_FILE, load_register())


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
    """The command that tries the row again under the same seed; without a row, everything."""
    if not row_id:
        return f"ccus-conformance run {report.run.target} --seed {report.run.seed}"
    return telling.rerun(row_of(report, row_id), report)


def as_announced(report: Report) -> None:
    """Holds what a run of the reference found against what its catalogue of defects announces."""
    name, _, conduct = report.run.target.partition(":")
    if name != "reference":
        # Nobody can announce what somebody else's system does.
        return
    # A lawful variant is in no catalogue of defects: like the reference it breaks nothing.
    catalogued: dict[str, Any] = defects().get(conduct, _KEEPS) if conduct else _KEEPS
    selected = {row.id: row.verdict for row in report.rows if row.selected}
    violated = tuple(row for row, word in selected.items() if word == "violated")
    announced = tuple(row for row in selected if row == catalogued["row"])
    missed = [row for row in announced if selected[row] != catalogued["word"]]
    if missed or set(violated) - {*announced, *catalogued["drags"]}:
        raise NotAsAnnounced(report.run.target, violated, announced)


_KEEPS = {"row": "", "word": "", "drags": ()}
