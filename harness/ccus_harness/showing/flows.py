"""How far each request of a scenario got: from the user's act to CCUS, and from there into what is kept."""

from __future__ import annotations

import base64
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ccus_harness.instruments.artefacts import ArtefactUnreadable, Layout, held_items
from ccus_harness.profiles import layout_of
from ccus_harness.reports.parts import titled
from ccus_harness.showing.bilingual import Both, same
from ccus_simulator import population

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ccus_harness.reports import Report
    from ccus_harness.reports.parts import Call, Row, Step, Story

Entry = dict[str, Any]

ASKED = ("request.accepted", "request.refused")


class NotTried(LookupError):
    """No scenario of the run spoke of the row, so there is nothing to show of it."""

    def __init__(self, row: str, target: str) -> None:
        super().__init__(row)
        self.row = row
        self.target = target

    def __str__(self) -> str:
        return (
            f"{self.target} の実行で {self.row} は試されていません。parameters の行を見直してください。"
            f" / {self.row} was not tried in the run of {self.target}; look at the parameters."
        )


class NothingAsked(LookupError):
    """In the scenario of the row no user asked for anything, so no request can be followed."""

    def __init__(self, row: str, scenario: str) -> None:
        super().__init__(row)
        self.row = row
        self.scenario = scenario

    def __str__(self) -> str:
        return (
            f"{self.row} のシナリオでは誰も依頼していません（{self.scenario}）。別の行を選んでください。"
            f" / Nobody asks for anything in the scenario of {self.row}; choose another row."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One user asked for records; what became of it, by who saw it.

    `names` are the accounts under whose name requests reached CCUS, `provided` and `kept` the number of
    items by label of the person or firm; `kept` is None where nobody looked.
    """

    user: str
    whom: Both
    outcome: str
    names: tuple[str, ...]
    accepted: bool
    provided: Mapping[str, int]
    kept: Mapping[str, int] | None
    judged: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """The requests of the scenario that spoke of a row, in order."""

    target: str
    row: Row
    scenario: str
    acts: tuple[Act, ...]

    @property
    def judged(self) -> Act:
        """The act that the row's claim is about; the first where it is about them all."""
        return next((act for act in self.acts if act.judged), self.acts[0])


def row_of(report: Report, row_id: str) -> Row:
    """A row that was tried; raises `NotTried`."""
    for row in report.rows:
        if row.id == row_id and row.claims:
            return row
    raise NotTried(row_id, report.run.target)


def story_of(report: Report, row_id: str) -> Story:
    """The scenario that gave a row its word."""
    row = row_of(report, row_id)
    told = row.telling[0].scenario if row.telling else row.claims[0].scenario
    return next(story for story in report.stories if story.id == told)


def flow(report: Report, row_id: str) -> Flow:
    """What became of each request in the scenario of a row; raises `NotTried` or `NothingAsked`."""
    row, story = row_of(report, row_id), story_of(report, row_id)
    labels, kept = labels_of(story), kept_of(story, layout_for(report))
    about = {str(claim.shown.get("subject")) for claim in row.claims if claim.scenario == story.id}
    acts: list[Act] = []
    seen = 0
    for step in story.steps:
        new, seen = new_entries(step, world_of(story), seen)
        acts += [_act(call, new, labels, kept, about) for call in step.calls if _is_request(call)]
    if not acts:
        raise NothingAsked(row_id, titled(story.id, story.name))
    return Flow(target=report.run.target, row=row, scenario=titled(story.id, story.name), acts=tuple(acts))


def layout_for(report: Report) -> Layout:
    return layout_of(dict(report.run.profile)) if report.run.profile else Layout()


def labels_of(story: Story) -> dict[str, str]:
    """The labels that scenarios use, by the ids of the scenario's world."""
    documents = [
        call.args["document"] for call in _calls(story) if (call.who, call.op) == ("simulator", "world")
    ]
    kinds = ("businesses", "technicians", "sites", "accounts")
    return {each["id"]: each["label"] for document in documents for kind in kinds for each in document[kind]}


def values_of(story: Story, seed: int) -> dict[str, str]:
    """The labels of the people of a world by the values that stand in their records alone."""
    documents = [
        call.args["document"] for call in _calls(story) if (call.who, call.op) == ("simulator", "world")
    ]
    people = {each["id"]: each["label"] for document in documents for each in document["technicians"]}
    return {
        canary.text: label
        for identity, label in people.items()
        for canary in population.canaries(seed, identity)
    }


def world_of(story: Story) -> str:
    """The name of the scenario's own world."""
    return next(
        (call.args["world"] for call in _calls(story) if (call.who, call.op) == ("simulator", "world")), ""
    )


def kept_of(story: Story, layout: Layout) -> Counter[str] | None:
    """How many items the candidate said it keeps of whom, at the last look; None when nobody looked."""
    looks = [call for call in _calls(story) if (call.who, call.op) == ("candidate", "holdings")]
    return holdings_in(looks[-1], layout) if looks else None


def holdings_in(call: Call, layout: Layout) -> Counter[str] | None:
    """The number of items by id in one answer; None when it cannot be read."""
    marks = marks_in(call, layout)
    return None if marks is None else Counter({one: sum(counted.values()) for one, counted in marks.items()})


def marks_in(call: Call, layout: Layout) -> dict[str, Counter[bool | None]] | None:
    """The number of items by id and mark in one answer; None when it cannot be read."""
    bodies = [base64.b64decode(each["body"]) for each in _value(call).get("artefacts") or ()]
    try:
        held = [item for body in bodies if body for item in held_items(body, layout).items]
    except ArtefactUnreadable:
        return None
    counted: dict[str, Counter[bool | None]] = {}
    for item in held:
        counted.setdefault(item.id, Counter())[item.marked] += 1
    return counted


def entries_in(call: Call) -> list[Entry]:
    """The entries of a ledger, where the call read one."""
    if (call.who, call.op) != ("simulator", "ledger") or call.status != "answered":
        return []
    return list(call.answer["value"]["entries"])


def new_entries(step: Step, world: str, seen: int) -> tuple[list[Entry], int]:
    """What the world's ledger shows after a step that it did not show before, and how much it shows now."""
    own = [call for call in step.calls if call.args.get("world") == world]
    looks = [entries for call in own if (entries := entries_in(call))]
    entries = looks[-1] if looks else []
    new = [entry for entry in entries if entry["world_seq"] > seen]
    return new, max([seen, *(entry["world_seq"] for entry in entries)])


def _value(call: Call) -> Mapping[str, Any]:
    """What an answered call brought; nothing where there was no answer."""
    return call.answer.get("value") or {}


def _is_request(call: Call) -> bool:
    return (call.who, call.op) == ("candidate", "request")


def _act(
    call: Call,
    new: Sequence[Entry],
    labels: Mapping[str, str],
    kept: Mapping[str, int] | None,
    about: set[str],
) -> Act:
    bodies = [entry["body"] for entry in new if entry["kind"] == "provision.collected"]
    requests = [entry for entry in new if entry["kind"] in ASKED]
    subjects = asked_for(call, [body["id"] for body in bodies])
    return Act(
        user=labels.get(call.args["user"], call.args["user"]),
        whom=whom(call.args, labels),
        outcome=str(_value(call).get("outcome") or call.status),
        names=tuple(dict.fromkeys(_label(entry["body"]["user"], labels) for entry in requests)),
        accepted=any(entry["kind"] == "request.accepted" for entry in requests),
        provided={_label(body["id"], labels): len(body["items"]) for body in bodies},
        kept=None if kept is None else {_label(one, labels): kept[one] for one in subjects if kept.get(one)},
        judged=bool(about & {_label(one, labels) for one in subjects}),
    )


def asked_for(call: Call, collected: Sequence[str] = ()) -> tuple[str, ...]:
    """The ids that a request names; where it asks for all of a firm, those that were then collected."""
    asked = call.args["technicians"]
    people = tuple(collected) if asked == "all" else tuple(asked)
    own = (call.args["acting_for"],) if call.args["own_business"] and call.args["acting_for"] else ()
    return tuple(dict.fromkeys((*people, *own)))


_ALL = Both(ja="所属技能者全員", en="all own technicians")
_OWN = Both(ja="所属事業者", en="the own business")


def whom(args: Mapping[str, Any], labels: Mapping[str, str]) -> Both:
    """Of whom a request asks for data, in the labels of the scenario."""
    asked = args["technicians"]
    parts = [_ALL] if asked == "all" else [same(_label(one, labels)) for one in asked]
    if args["own_business"]:
        firm = args["acting_for"]
        parts.append(same(_label(firm, labels)) if firm else _OWN)
    return Both(ja="、".join(part.ja for part in parts), en=", ".join(part.en for part in parts))


def _label(identity: str, labels: Mapping[str, str]) -> str:
    return labels.get(identity, identity)


def _calls(story: Story) -> list[Call]:
    return [call for step in story.steps for call in step.calls]
