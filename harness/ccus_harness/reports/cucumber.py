"""Cucumber messages (NDJSON) for developers and their tools: every scenario with its steps, calls and claims.

The documents are put together from the record, so an old run is told in the words that it was run with. Cucumber
knows passed and failed of *steps*; what a step said of a row, and the word the row has in the end, stand as
attachments. Rows that no scenario speaks of are not in here: results.json has them all.

| claim in a step | status |
| --- | --- |
| none, satisfied, not_applicable | PASSED |
| violated under a reading that was not declared, so that the row depends | SKIPPED |
| violated, error | FAILED |
| inconclusive | PENDING |
| untested, depends, review, attested | SKIPPED |
"""

from __future__ import annotations

import json
import platform
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from gherkin.ast_builder import AstBuilder
from gherkin.parser import Parser
from gherkin.pickles.compiler import Compiler
from gherkin.stream.id_generator import IdGenerator

from ccus_harness.reports.inert import one_line
from ccus_harness.reports.parts import WORDS
from ccus_harness.reports.sections import Allowance

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ccus_harness.messages import Catalogue
    from ccus_harness.reports.model import Report
    from ccus_harness.reports.parts import Claim, Step, Story

__all__ = ["PROTOCOL", "VERDICT", "envelopes", "text"]

PROTOCOL = "34.0.0"
VERDICT = "application/vnd.ccus-conformance.verdict+json"
"""The media type of the attachment that names a row and its word."""
_LOG = "text/x.cucumber.log+plain"
_STATUS = {
    "violated": "FAILED",
    "error": "FAILED",
    "inconclusive": "PENDING",
    "untested": "SKIPPED",
    "depends": "SKIPPED",
    "review": "SKIPPED",
    "attested": "SKIPPED",
    "satisfied": "PASSED",
    "not_applicable": "PASSED",
}
_BROKEN = {"candidate_failed": "PENDING", "pending": "PENDING", "unsupported": "SKIPPED", "error": "FAILED"}
"""What the last step of a scenario is that did not reach its end."""

Envelope = dict[str, Any]


def text(report: Report, words: Catalogue) -> str:
    """The messages as they stand in the file, one a line."""
    return "".join(
        f"{json.dumps(each, ensure_ascii=False, separators=(',', ':'))}\n"
        for each in envelopes(report, words)
    )


def envelopes(report: Report, words: Catalogue) -> Iterator[Envelope]:
    """Every message of the run, in the order in which Cucumber itself would send them."""
    telling = _Telling(report=report, words=words)
    yield telling.meta()
    features: dict[str, list[Story]] = {}
    for story in report.stories:
        features.setdefault(story.id.partition("/")[0], []).append(story)
    for name, stories in features.items():
        yield from telling.feature(f"{name}.feature", stories)
    yield {"testRunStarted": {"id": "run", "timestamp": telling.now}}
    for case in telling.cases:
        yield {"testCase": case.document()}
    for case in telling.cases:
        yield from telling.run(case)
    ended = {"success": report.exit == 0, "timestamp": telling.now, "testRunStartedId": "run"}
    yield {"testRunFinished": ended}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """A scenario that ran, with the pickle it was and the ids of its steps."""

    story: Story
    pickle: Mapping[str, Any]

    @property
    def id(self) -> str:
        return f"case-{self.pickle['id']}"

    def steps(self) -> Iterator[tuple[str, Step]]:
        for taken, step in zip(self.pickle["steps"], self.story.steps, strict=True):
            yield f"step-{taken['id']}", step

    def document(self) -> Envelope:
        steps = [{"id": f"step-{each['id']}", "pickleStepId": each["id"]} for each in self.pickle["steps"]]
        return {
            "id": self.id,
            "pickleId": self.pickle["id"],
            "testRunStartedId": "run",
            "testSteps": [{**step, "stepDefinitionIds": [], "stepMatchArgumentsLists": []} for step in steps],
        }


@dataclass(slots=True, kw_only=True)
class _Telling:
    """The stream while it is written."""

    report: Report
    words: Catalogue
    cases: list[_Case] = field(default_factory=list[_Case])
    ids: IdGenerator = field(default_factory=IdGenerator)
    room: Allowance = field(default_factory=lambda: Allowance(left=2_000_000, other=1_500))
    told: set[str] = field(default_factory=set[str])

    @property
    def verdicts(self) -> Mapping[str, str]:
        return {row.id: row.verdict for row in self.report.rows}

    @property
    def now(self) -> Mapping[str, int]:
        """When the run began: what is told here took no time of its own."""
        try:
            began = datetime.fromisoformat(self.report.run.started_at).timestamp()
        except ValueError:
            began = 0.0
        return {"seconds": int(began), "nanos": 0}

    def meta(self) -> Envelope:
        return {
            "meta": {
                "protocolVersion": PROTOCOL,
                "implementation": {"name": "ccus-conformance", "version": self.report.run.suite},
                "runtime": {"name": platform.python_implementation(), "version": "3"},
                "os": {"name": ""},
                "cpu": {"name": ""},
            }
        }

    def feature(self, uri: str, stories: Sequence[Story]) -> Iterator[Envelope]:
        written = "\n".join(_gherkin(stories)) + "\n"
        document: Any = Parser(AstBuilder(self.ids)).parse(written)
        document["uri"] = uri
        yield {"source": {"uri": uri, "data": written, "mediaType": "text/x.cucumber.gherkin+plain"}}
        yield {"gherkinDocument": document}
        pickles = cast("list[Any]", Compiler(self.ids).compile(document))
        for story, pickle in zip(stories, pickles, strict=True):
            self.cases.append(_Case(story=story, pickle=pickle))
            yield {"pickle": pickle}

    def run(self, case: _Case) -> Iterator[Envelope]:
        started = f"started-{case.pickle['id']}"
        begun = {"id": started, "testCaseId": case.id, "attempt": 0, "timestamp": self.now}
        yield {"testCaseStarted": begun}
        steps = list(case.steps())
        for place, (name, step) in enumerate(steps):
            yield {"testStepStarted": self._at(started, name)}
            yield from self._step(case.story, step, started, name)
            last = place == len(steps) - 1
            if last:
                yield from self._verdicts(case.story, started, name)
            result = {
                "status": _status(self.verdicts, case.story, step, last=last),
                "duration": {"seconds": 0, "nanos": 0},
            }
            if said := self._message(case.story, step, last=last):
                result["message"] = said
            yield {"testStepFinished": {**self._at(started, name), "testStepResult": result}}
        yield {
            "testCaseFinished": {"testCaseStartedId": started, "timestamp": self.now, "willBeRetried": False}
        }

    def _at(self, started: str, step: str) -> Envelope:
        return {"testCaseStartedId": started, "testStepId": step, "timestamp": self.now}

    def _attachment(self, started: str, step: str, media_type: str, body: str) -> Envelope:
        said = {"body": body, "contentEncoding": "IDENTITY", "mediaType": media_type}
        return {"attachment": {**said, **self._at(started, step)}}

    def _step(self, story: Story, step: Step, started: str, name: str) -> Iterator[Envelope]:
        red = any(row.red and story.id in row.scenarios for row in self.report.rows)
        for shown in self.room.calls(story, step.calls, red=red):
            exchange = shown.exchange
            head = f"n={exchange.call.n} {exchange.asked.told(self.words)} → {exchange.answered.told(self.words)}"
            body = "\n".join(part for part in (one_line(head), shown.sent.text, shown.received.text) if part)
            yield self._attachment(started, name, _LOG, body)
        for claim in step.claims:
            yield self._attachment(started, name, _LOG, self._claimed(claim))

    def _claimed(self, claim: Claim) -> str:
        spoken = f"{claim.row}: {self.words.word('verdict', claim.word)} ({claim.word})"
        if claim.word != "violated" or not claim.code:
            return spoken
        return one_line(f"{spoken} {self.words.finding(claim.code, claim.shown).seen}")

    def _verdicts(self, story: Story, started: str, step: str) -> Iterator[Envelope]:
        """The word of each row of the scenario, told where the row is spoken of first."""
        for row in self.report.rows:
            if story.id in row.scenarios and row.id not in self.told:
                self.told.add(row.id)
                ruled = self.report.ruled(row)
                decided = {"decided": ruled.word} if ruled else {}
                body = {"row": row.id, "verdict": row.verdict, "code": row.code, **decided}
                yield self._attachment(started, step, VERDICT, json.dumps(body, ensure_ascii=False))

    def _message(self, story: Story, step: Step, *, last: bool) -> str:
        claims = [
            self._claimed(claim) for claim in step.claims if claim.word not in ("satisfied", "not_applicable")
        ]
        if last and story.outcome in _BROKEN:
            claims.append(self.words.word("outcome", story.outcome))
        return "\n".join(claims)


def _status(words: Mapping[str, str], story: Story, step: Step, *, last: bool) -> str:
    """The gravest of what the step claimed; of the last one also how the scenario ended.

    `words` are those of the rows: what is violated under one of several readings alone fails no step.
    """
    said = {_STATUS[_counted(claim, words)] for claim in step.claims if claim.word in WORDS}
    if last and story.outcome in _BROKEN:
        said.add(_BROKEN[story.outcome])
    return next((status for status in ("FAILED", "PENDING", "SKIPPED") if status in said), "PASSED")


def _counted(claim: Claim, words: Mapping[str, str]) -> str:
    word = words.get(claim.row, claim.word)
    return word if claim.word == "violated" and word in WORDS else claim.word


def _gherkin(stories: Iterable[Story]) -> Iterator[str]:
    """A feature as the record tells it: its scenarios in the order they ran, each with its rows as tags."""
    stories = list(stories)
    yield "# language: ja"
    yield f"機能: {one_line(stories[0].feature)}"
    for story in stories:
        yield ""
        yield "  " + " ".join(f"@{row}" for row in story.rows)
        yield f"  シナリオ: {one_line(story.name)}"
        for step in story.steps:
            yield f"    {step.keyword or '*'} {one_line(step.text)}"
