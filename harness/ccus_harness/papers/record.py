"""`papers.json`: what was issued, so that an answer is held against what was asked and not against what came later.

It carries 改善報告書 as it was sent: decisions and deadlines may change afterwards, the question does not.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ccus_harness.documents import Bilingual, load
from ccus_harness.papers.parts import Column, Entry, Fact, Paper, Table
from ccus_harness.papers.subject import FORMAT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ccus_harness.papers.findings import Finding
    from ccus_harness.papers.issue import Issue

__all__ = ["RECORD", "document", "improvement_of"]

RECORD = "papers.json"


def document(
    paper: Paper, found: Sequence[Finding], issue: Issue, files: Mapping[str, str]
) -> dict[str, Any]:
    """What was issued, as data; `paper` is 改善報告書, `files` maps the papers' names to their digests."""
    return {
        "format": FORMAT,
        "number": issue.number,
        "issued_on": issue.on.isoformat(),
        "within_days": dict(issue.within),
        "run": {key: paper.identity[key] for key in ("run_id", "events_sha256")},
        "bundle_sha256": issue.sealed.bundle or None,
        "files": dict(files),
        "findings": [
            {
                "number": one.number,
                "row": one.row.id,
                "kind": one.kind,
                "severity": one.row.severity,
                "word": one.standing.word,
                "due": one.due.isoformat() if one.due else None,
            }
            for one in found
        ],
        "improvement": asdict(paper),
    }


def improvement_of(path: Path) -> Paper:
    """改善報告書 as it was issued, from its record; raises `DocumentFaults` when that is none."""
    return _paper(load(path, "papers.schema.json")["improvement"])


def _paper(raw: Mapping[str, Any]) -> Paper:
    return Paper(
        kind=raw["kind"],
        number=raw["number"],
        together=raw["together"],
        identity=raw["identity"],
        title=_text(raw["title"]),
        issued=_text(raw["issued"]),
        notes=tuple(map(_text, raw["notes"])),
        boxes=tuple(map(_text, raw["boxes"])),
        facts=tuple(
            Fact(key=one["key"], label=_text(one["label"]), value=_text(one["value"]), input=one["input"])
            for one in raw["facts"]
        ),
        tables=tuple(map(_table, raw["tables"])),
    )


def _table(raw: Mapping[str, Any]) -> Table:
    return Table(
        key=raw["key"],
        title=_text(raw["title"]),
        empty=_text(raw["empty"]),
        tall=raw["tall"],
        columns=tuple(map(_column, raw["columns"])),
        entries=tuple(map(_entry, raw["entries"])),
    )


def _column(raw: Mapping[str, Any]) -> Column:
    return Column(
        key=raw["key"],
        head=_text(raw["head"]),
        width=raw["width"],
        input=raw["input"],
        choices=tuple(raw["choices"]),
    )


def _entry(raw: Mapping[str, Any]) -> Entry:
    return Entry(
        key=raw["key"],
        cells={key: _text(text) for key, text in raw["cells"].items()},
        tone=raw["tone"],
        closed=raw["closed"],
        without=tuple(raw["without"]),
    )


def _text(raw: Mapping[str, str]) -> Bilingual:
    return Bilingual(ja=raw["ja"], en=raw["en"])
