"""The fold from events to the parts of a report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ccus_harness.reports.parts import Call, Check, Claim, Row, RunHeader, Step, Story

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ccus_harness.events import Event
    from ccus_harness.register import Register


class Folding:
    """The events taken so far."""

    def __init__(self) -> None:
        self.run: Event | None = None
        self.end: Event | None = None
        self.verdicts: list[Event] = []
        self._preflight: list[Event] = []
        self._told: dict[str, _Telling] = {}

    def take(self, event: Event) -> None:
        match event["kind"]:
            case "run":
                self.run = event
            case "preflight":
                self._preflight.extend(event["checks"])
            case "scenario":
                # A resumed scenario is told again from its beginning.
                self._told[event["id"]] = _Telling(event)
            case "step" | "call" | "claim" | "scenario_end":
                if event["scenario"] in self._told:
                    self._told[event["scenario"]].take(event)
            case "verdict":
                self.verdicts.append(event)
            case "end":
                self.end = event
            case _:
                # A later version of the suite may write more kinds; reports read the ones they know.
                pass

    def stories(self) -> tuple[Story, ...]:
        return tuple(telling.story() for telling in self._told.values())

    def checks(self) -> tuple[Check, ...]:
        return tuple(
            Check(name=each["name"], ok=bool(each["ok"]), ja=each.get("ja", ""), en=each.get("en", ""))
            for each in self._preflight
        )


class _Telling:
    """One scenario while its events come; calls and claims belong to the step that began last."""

    def __init__(self, opening: Event) -> None:
        self._opening = opening
        self._ending: Event = {"outcome": "not_run", "detail": {}}
        self._steps: list[tuple[Event, list[Call], list[Claim]]] = []

    def take(self, event: Event) -> None:
        if event["kind"] == "scenario_end":
            self._ending = event
        elif event["kind"] == "step":
            self._steps.append((event, [], []))
        elif event["kind"] == "call":
            self._current()[1].append(_call(event))
        else:
            self._current()[2].append(_claim(event))

    def _current(self) -> tuple[Event, list[Call], list[Claim]]:
        if not self._steps:
            # What a background or the harness did before the first step still has to be shown.
            self._steps.append(({"index": 0, "keyword": "", "text": "", "type": "given"}, [], []))
        return self._steps[-1]

    def story(self) -> Story:
        return Story(
            id=self._opening["id"],
            name=self._opening["name"],
            feature=self._opening.get("feature", ""),
            rows=tuple(self._opening.get("rows", ())),
            world_reading=self._opening.get("world_reading") or {},
            steps=tuple(_step(*parts) for parts in self._steps),
            outcome=self._ending["outcome"],
            detail=self._ending.get("detail") or {},
        )


def _step(event: Event, calls: list[Call], claims: list[Claim]) -> Step:
    return Step(
        index=event["index"],
        keyword=event["keyword"],
        text=event["text"],
        type=event["type"],
        calls=tuple(calls),
        claims=tuple(claims),
    )


def _call(event: Event) -> Call:
    answer: dict[str, Any] = event.get("answer") or {}
    return Call(
        n=event["n"],
        who=event["who"],
        op=event["op"],
        args=event.get("args"),
        status=answer.get("status", ""),
        answer={name: part for name, part in answer.items() if name != "status"},
    )


def _claim(event: Event) -> Claim:
    return Claim(
        scenario=event["scenario"],
        row=event["row"],
        word=event["word"],
        code=event.get("code") or "",
        shown=event.get("shown") or {},
        under=event.get("under") or {},
        policy=event.get("policy"),
        strength=event.get("strength"),
        blame=event.get("blame"),
        witnesses=tuple(event.get("witnesses") or ()),
        remarks=tuple(event.get("remarks") or ()),
    )


def header(event: Event) -> RunHeader:
    suite: dict[str, str] = event.get("suite") or {}
    selection: dict[str, list[str]] = event.get("selection") or {}
    return RunHeader(
        run_id=event["run_id"],
        target=event["target"],
        mode=event.get("mode", ""),
        seed=event["seed"],
        started_at=event.get("started_at", ""),
        suite=suite.get("version", ""),
        suite_digest=suite.get("digest", ""),
        contract_digest=event.get("contract_digest", ""),
        operator=event.get("operator", ""),
        scenarios=event.get("scenarios", 0),
        articles=tuple(selection.get("articles") or ()),
        obligations=tuple(selection.get("obligations") or ()),
        readings=event.get("readings") or {},
        policy=event.get("policy") or {},
        profile=event.get("profile") or {},
        agreed=event.get("agreed") or {},
    )


def rows(verdicts: Iterable[Event], register: Register, stories: Iterable[Story]) -> tuple[Row, ...]:
    claims: dict[str, list[Claim]] = {}
    for story in stories:
        for claim in story.claims:
            claims.setdefault(claim.row, []).append(claim)
    return tuple(_row(event, register, tuple(claims.get(event["row"], ()))) for event in verdicts)


def _row(event: Event, register: Register, claims: tuple[Claim, ...]) -> Row:
    # A run recorded with a newer register may name a row that this one does not have: it is still shown.
    known = register.by_id.get(event["row"])
    under: dict[str, Any] = event.get("under") or {}
    return Row(
        id=event["row"],
        chapter=event["row"].rpartition("-")[0],
        clause=known.clause.label if known else "",
        parent=known.parent if known else None,
        ja=known.demand.ja if known else "",
        en=known.demand.en if known else "",
        severity=known.severity if known else "",
        machine=known.machine if known else True,
        scored=bool(event.get("scored", True)),
        selected=bool(event.get("selected", True)),
        verdict=event["verdict"],
        code=event.get("code") or "",
        reason=event.get("reason") or "",
        policy=event.get("policy"),
        layer=event.get("layer") or "",
        strength=event.get("strength"),
        blame=event.get("blame"),
        remarks=tuple(event.get("remarks") or ()),
        under={option: _word(told) for option, told in under.items()},
        declared=event.get("declared"),
        due=event.get("due"),
        scenarios=tuple(event.get("scenarios") or ()),
        claims=claims,
    )


def _word(told: Any) -> str:
    """An option's word, which stands alone or before its finding code."""
    return told if isinstance(told, str) else str(next(iter(told), ""))
