"""`results.json`: one entry for each obligation, for machines.

It exists only for a run that reached its end, and appears whole or not at all.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from ccus_harness.deciding import Ruled
    from ccus_harness.reports.model import Report
    from ccus_harness.reports.parts import Row, Tally

__all__ = ["FORMAT", "document", "put", "text"]

FORMAT = "ccus-conformance/results/1"


def document(report: Report) -> dict[str, Any]:
    """The results as data; `schemas/results.schema.json` describes it."""
    run = report.run
    return {
        "format": FORMAT,
        "run": {
            "run_id": run.run_id,
            "target": run.target,
            "mode": run.mode,
            "seed": run.seed,
            "started_at": run.started_at,
            "suite": {"version": run.suite, "digest": run.suite_digest},
            "contract_digest": run.contract_digest,
            "operator": run.operator,
            "selection": {"articles": list(run.articles), "obligations": list(run.obligations)},
            "readings": dict(run.readings),
            "policy": dict(run.policy),
            "events_digest": report.digest,
        },
        "exit": report.exit,
        "counts": dict(sorted(Counter(row.verdict for row in report.rows).items())),
        "chapters": [_chapter(tally) for tally in report.tallies],
        "rows": [_row(row, report.ruled(row)) for row in report.rows],
    }


def text(report: Report) -> str:
    """The results as they stand in the file."""
    return json.dumps(document(report), ensure_ascii=False, indent=2) + "\n"


def put(path: Path, content: str) -> None:
    """Writes a file so that a reader sees either the old one or the whole new one."""
    beside = path.with_name(f".{path.name}.part")
    with beside.open("w", encoding="utf-8", newline="\n") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def _chapter(tally: Tally) -> dict[str, Any]:
    return {
        "chapter": tally.chapter,
        "selected": tally.selected,
        "decided": tally.decided,
        "unselected": tally.unselected,
        "words": dict(tally.words),
    }


def _decision(ruled: Ruled | None) -> dict[str, Any] | None:
    """What people decided, beside the machine's word and never in its place."""
    if ruled is None or ruled.decision is None:
        return None
    decision = ruled.decision
    return {
        "word": decision.word,
        "overrides": ruled.overrides,
        "by": list(decision.people),
        "date": decision.date,
        "reason": decision.reason,
        "files": [{"name": file.name, "sha256": file.sha256} for file in decision.files],
    }


def _row(row: Row, ruled: Ruled | None) -> dict[str, Any]:
    return {
        "id": row.id,
        "verdict": row.verdict,
        "code": row.code,
        "reason": row.reason,
        "policy": row.policy,
        "layer": row.layer,
        "strength": row.strength,
        "blame": row.blame,
        "remarks": list(row.remarks),
        "under": dict(row.under),
        "declared": row.declared,
        "due": row.due,
        "scenarios": list(row.scenarios),
        "selected": row.selected,
        "scored": row.scored,
        "decision": _decision(ruled),
        "seen": [
            {"scenario": claim.scenario, "code": claim.code, "shown": dict(claim.shown)}
            for claim in row.telling
        ],
    }
