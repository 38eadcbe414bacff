"""JUnit XML for continuous integration: one test case for each selected row.

| word of the row | in JUnit |
| --- | --- |
| violated | `failure` |
| error | `error` |
| inconclusive, untested, and a machine could have decided | `error` of that type |
| inconclusive, untested, and a person has to look | `skipped` |
| depends, review, attested, not_applicable | `skipped` |
| satisfied | passed |

A skipped case looks green in every CI. So an open row that a machine should have decided is an error, and the
file is red exactly when the exit status of the run is not 0. Rows that were not selected have no case at all.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

from ccus_harness.reports import telling
from ccus_harness.reports.inert import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ccus_harness.deciding import Ruled
    from ccus_harness.messages import Catalogue
    from ccus_harness.reports.model import Report
    from ccus_harness.reports.parts import Row

__all__ = ["text"]


def text(report: Report, words: Catalogue) -> str:
    """The JUnit document in the language of `words`."""
    selected = [row for row in report.rows if row.selected]
    root = ET.Element("testsuites", {"name": "ccus-conformance", **_counts(selected)})
    for chapter in dict.fromkeys(row.chapter for row in selected):
        rows = [row for row in selected if row.chapter == chapter]
        suite = ET.SubElement(root, "testsuite", {"name": telling.chapter(chapter, words), **_counts(rows)})
        for row in rows:
            _case(suite, row, report, words)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _outcome(row: Row) -> str:
    """The element that stands inside a row's case, or nothing when it passed."""
    if row.verdict == "violated":
        return "failure"
    if row.verdict == "error" or row.open:
        return "error"
    return "" if row.verdict == "satisfied" else "skipped"


def _counts(rows: Iterable[Row]) -> dict[str, str]:
    outcomes = [_outcome(row) for row in rows]
    named = {"failures": "failure", "errors": "error", "skipped": "skipped"}
    return {"tests": str(len(outcomes)), **{name: str(outcomes.count(what)) for name, what in named.items()}}


def _case(suite: ET.Element, row: Row, report: Report, words: Catalogue) -> None:
    name = one_line(f"{row.id} {row.text(words.lang)}")
    case = ET.SubElement(suite, "testcase", classname=f"ccus.{row.chapter}", name=name)
    properties = ET.SubElement(case, "properties")
    told = {
        "row": row.id,
        "verdict": row.verdict,
        "strength": row.strength,
        "blame": row.blame,
        "policy": row.policy,
        **_decided(report.ruled(row)),
    }
    for key, value in told.items():
        if value:
            ET.SubElement(properties, "property", name=key, value=value)
    outcome = _outcome(row)
    if outcome:
        message = one_line(_message(row, words))
        body = ET.SubElement(case, outcome, type=f"{row.verdict}:{row.code}".rstrip(":"), message=message)
        body.text = _story(row, report, words)


def _decided(ruled: Ruled | None) -> dict[str, str]:
    """What people decided, for whoever reads on; the case itself is green or red by the machine's word alone."""
    if ruled is None or ruled.decision is None:
        return {}
    people = one_line("、".join(ruled.decision.people))
    return {"decided": ruled.decision.word, "decided_by": people, "decided_on": ruled.decision.date}


def _message(row: Row, words: Catalogue) -> str:
    spoken = telling.word(row, words)
    found = telling.findings(row, words)
    if found and row.red:
        return words.text("junit.failure", word=spoken, seen=found[0].seen)
    why = telling.reason(row, words)
    return words.text("junit.open", word=spoken, reason=why) if why else spoken


def _story(row: Row, report: Report, words: Catalogue) -> str:
    if not row.red:
        return telling.reason(row, words)
    lines: list[str] = []
    for found in telling.findings(row, words):
        lines += [
            f"{words.text(f'report.{part}')}: {getattr(found, part)}" for part in ("expected", "seen", "next")
        ]
    for story in report.stories_of(row):
        lines.append(f"{words.text('report.scenario')}: {story.title}")
        lines += [f"  {step.keyword} {step.text}" for step in story.steps]
    if row.blame:
        lines.append(f"{words.text('report.blame')}: {words.word('blame', row.blame)}")
    lines.append(f"{words.text('report.rerun')}: {telling.rerun(row, report)}")
    return "\n".join(lines)
