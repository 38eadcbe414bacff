"""EARL 1.0 in JSON-LD: what was tried, by whom, and how it came out, for tools that know no word of ours.

| word of the row | in EARL |
| --- | --- |
| satisfied | passed |
| violated | failed |
| untested | untested |
| not_applicable | inapplicable |
| error, inconclusive, depends, review, attested | cantTell |

EARL has five outcomes and we have nine words, so each result carries our own word beside it. What people decided is
an assertion of their own, with its mode; the machine's stays.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ccus_harness.messages import LANGUAGES, catalogue
from ccus_harness.reports import telling
from ccus_harness.reports.inert import one_line

if TYPE_CHECKING:
    from ccus_harness.deciding import Ruled
    from ccus_harness.reports.model import Report
    from ccus_harness.reports.parts import Row

__all__ = ["OUTCOMES", "document", "text"]

OUTCOMES = {
    "satisfied": "earl:passed",
    "violated": "earl:failed",
    "untested": "earl:untested",
    "not_applicable": "earl:inapplicable",
    "error": "earl:cantTell",
    "inconclusive": "earl:cantTell",
    "depends": "earl:cantTell",
    "review": "earl:cantTell",
    "attested": "earl:cantTell",
}
"""The outcome of each word; what is only attested nobody has checked."""

CONTEXT = {
    "earl": "http://www.w3.org/ns/earl#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "ccus": "urn:ccus-conformance:terms:",
    "earl:assertedBy": {"@type": "@id"},
    "earl:subject": {"@type": "@id"},
    "earl:test": {"@type": "@id"},
    "earl:mode": {"@type": "@id"},
    "earl:outcome": {"@type": "@id"},
    "dct:date": {"@type": "xsd:date"},
    "dct:isPartOf": {"@type": "@id"},
}
"""The context stands in the file: reading it asks nobody."""


def document(report: Report) -> dict[str, Any]:
    """The run as one graph: the suite, the candidate, a requirement and an assertion for each row."""
    run = report.run
    suite, subject = f"urn:ccus-conformance:suite:{run.suite}", f"urn:ccus-conformance:run:{run.run_id}"
    rows = [row for row in report.rows if row.selected]
    graph: list[dict[str, Any]] = [
        {
            "@id": suite,
            "@type": ["earl:Assertor", "earl:Software"],
            "dct:title": "ccus-conformance",
            "dct:hasVersion": run.suite,
            "ccus:digest": run.suite_digest,
        },
        {
            "@id": subject,
            "@type": "earl:TestSubject",
            "dct:title": one_line(run.target),
            "dct:created": run.started_at,
            "ccus:eventsDigest": report.digest,
            "ccus:operator": run.operator,
        },
    ]
    graph += [_requirement(row) for row in rows]
    graph += [_assertion(row, suite, subject) for row in rows]
    for row in rows:
        if (ruled := report.ruled(row)) is not None:
            graph += _decision(row, ruled, subject)
    return {"@context": CONTEXT, "@graph": graph}


def text(report: Report) -> str:
    """The document as it stands in the file."""
    return json.dumps(document(report), ensure_ascii=False, indent=1) + "\n"


def _test(row: Row) -> str:
    return f"urn:ccus-conformance:obligation:{row.id}"


def _requirement(row: Row) -> dict[str, Any]:
    return {
        "@id": _test(row),
        "@type": "earl:TestRequirement",
        "dct:identifier": row.id,
        "dct:title": [{"@language": lang, "@value": row.text(lang)} for lang in LANGUAGES if row.text(lang)],
        "dct:isPartOf": f"urn:ccus-conformance:chapter:{row.chapter}",
    }


def _assertion(row: Row, suite: str, subject: str) -> dict[str, Any]:
    beside = {"layer": row.layer, "strength": row.strength, "blame": row.blame, "policy": row.policy}
    return {
        "@id": f"_:machine-{row.id}",
        "@type": "earl:Assertion",
        "earl:assertedBy": suite,
        "earl:subject": subject,
        "earl:test": _test(row),
        "earl:mode": "earl:automatic",
        "earl:result": {
            "@type": "earl:TestResult",
            "earl:outcome": OUTCOMES[row.verdict],
            "ccus:verdict": row.verdict,
            **{f"ccus:{name}": value for name, value in beside.items() if value},
            "dct:description": _described(row),
        },
    }


def _described(row: Row) -> list[dict[str, str]]:
    """Why the row has its word, in every language; nothing where there is nothing to say."""
    said: list[dict[str, str]] = []
    for lang in LANGUAGES:
        words = catalogue(lang)
        found = telling.findings(row, words)
        why = one_line(found[0].seen if found else telling.reason(row, words))
        said += [{"@language": lang, "@value": why}] if why else []
    return said


def _decision(row: Row, ruled: Ruled, subject: str) -> list[dict[str, Any]]:
    """An assertion of the people who decided, and those people."""
    decision = ruled.decision
    if decision is None:
        return []
    people = [
        {
            "@id": f"_:person-{row.id}-{n}",
            "@type": ["earl:Assertor", "foaf:Person"],
            "foaf:name": one_line(name),
        }
        for n, name in enumerate(decision.people)
    ]
    return [
        *people,
        {
            "@id": f"_:people-{row.id}",
            "@type": "earl:Assertion",
            "earl:assertedBy": [person["@id"] for person in people],
            "earl:subject": subject,
            "earl:test": _test(row),
            "earl:mode": "earl:manual",
            "dct:date": decision.date,
            "ccus:overrides": ruled.overrides,
            "earl:result": {
                "@type": "earl:TestResult",
                "earl:outcome": OUTCOMES[decision.word],
                "ccus:verdict": decision.word,
                "dct:description": one_line(decision.reason),
            },
        },
    ]
