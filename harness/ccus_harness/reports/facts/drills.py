"""第2条4: drills apart from incidents: what was announced to the operator, and what the Fund received of it.

A drill is what the suite itself announced as one. Whatever the Fund received beside that, under another token or
without the word 演習, is an incident, or has to be looked at as one.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ccus_harness.reports.facts.scene import items, member, members, scenes, short, table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ccus_harness.reports.facts.scene import Scene
    from ccus_harness.reports.model import Report
    from ccus_harness.reports.parts import Call, Story

__all__ = ["Announced", "Notice", "announced", "unannounced"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One notice as the Fund received it."""

    story: str
    receipt: str
    received_at: str
    incident: str
    seq: int | None
    stage: str
    token: str
    drill: bool
    aware_at: str
    faults: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """A sign that the suite handed over at a moment of its own (T0), and the notices that echo its token."""

    story: str
    title: str
    rows: tuple[str, ...]
    token: str
    drill: bool
    nature: str
    told_at: str
    told_to: str
    actor: str
    subjects: tuple[str, ...]
    taken: bool
    signs: int
    """How often news of it was handed over."""
    notices: tuple[Notice, ...]

    @property
    def first(self) -> str:
        """When the first notice of it arrived; empty while there is none."""
        return min((notice.received_at for notice in self.notices), default="")


def announced(report: Report) -> tuple[Announced, ...]:
    """Every sign of an incident that the run handed over, in the order of the run."""
    return tuple(each for story in report.stories for each in _announced(story))


def unannounced(report: Report) -> tuple[Notice, ...]:
    """The notices that answer no drill of the run, and those that do without saying that it is one."""
    told = {each.token for each in announced(report) if each.drill}
    return tuple(
        notice
        for story in report.stories
        for notice in _notices(story)
        if notice.token not in told or not notice.drill
    )


def _announced(story: Story) -> list[Announced]:
    notices = _notices(story)
    told = [
        _sign(story, call, scene, notices)
        for _, call, scene in scenes(story)
        if (call.who, call.op, member(call.args, "kind")) == ("candidate", "announce", "incident")
    ]
    # News of an incident that is known already comes under its token: it is the same one.
    signs = Counter(each.token for each in told)
    first = {each.token: each for each in reversed(told)}
    return [replace(first[token], signs=number) for token, number in signs.items()]


def _sign(story: Story, call: Call, scene: Scene, notices: tuple[Notice, ...]) -> Announced:
    incident = table(member(call.args, "incident"))
    token = short(incident.get("token"))
    return Announced(
        story=story.id,
        title=story.title,
        rows=story.rows,
        token=token,
        drill=incident.get("drill") is True,
        nature=short(incident.get("nature")),
        told_at=short(incident.get("delivered_at")) or scene.now,
        told_to=short(incident.get("delivered_to")),
        actor=short(incident.get("actor")),
        subjects=scene.names(incident.get("subjects")),
        taken=member(call.answer.get("value"), "outcome") in ("done", "pending"),
        signs=1,
        notices=tuple(notice for notice in notices if token and notice.token == token),
    )


def _notices(story: Story) -> tuple[Notice, ...]:
    """The notices of a scenario, each once, though the inbox was read many times."""
    found: dict[str, Notice] = {}
    for _, call, _ in scenes(story):
        if (call.who, call.op) == ("simulator", "inbox"):
            for item in members(call.answer.get("value"), "items"):
                if item.get("kind") == "notice":
                    found.setdefault(short(item.get("receipt_id")), _notice(story, item))
    return tuple(found.values())


def _notice(story: Story, item: Mapping[str, Any]) -> Notice:
    document: Any = item.get("document")
    seq: Any = member(document, "seq")
    return Notice(
        story=story.id,
        receipt=short(item.get("receipt_id")),
        received_at=short(item.get("received_at")),
        incident=short(member(document, "incident_id")),
        seq=seq if isinstance(seq, int) and not isinstance(seq, bool) else None,
        stage=short(member(document, "kind")),
        token=short(member(document, "token")),
        drill=member(document, "drill") is True,
        aware_at=short(member(document, "timeline", "aware_at")),
        faults=len(items(item.get("faults"))),
    )
