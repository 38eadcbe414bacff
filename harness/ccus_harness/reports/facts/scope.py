"""第2条2 as a matrix: who looked at whom, whether the rule lets them, under every reading, and what they saw."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from ccus_harness.instruments.artefacts import seen_items
from ccus_harness.instruments.scope import may_view
from ccus_harness.instruments.scope_bounds import bound
from ccus_harness.instruments.scope_terms import OPTIONS
from ccus_harness.reports.facts.scene import member, members, scenes, text
from ccus_simulator import population

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from ccus_harness.instruments.scope_terms import Decision
    from ccus_harness.instruments.world import Viewer, World
    from ccus_harness.reports.facts.scene import Scene
    from ccus_harness.reports.model import Report
    from ccus_harness.reports.parts import Call, Story

__all__ = ["STATES", "Cell", "Look", "Matrix", "State", "looks", "matrices", "matrix"]

_DEFAULTS: Mapping[str, str] = MappingProxyType({})
Rule = Literal["allowed", "denied", "contested"]
State = Literal["over", "open_seen", "open_unseen", "hidden", "seen", "kept"]

STATES: tuple[State, ...] = ("over", "open_seen", "open_unseen", "hidden", "seen", "kept")
"""What a cell comes to, the gravest first: shown against the rule, left to a reading, kept from one who may, right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Somebody got something in which a technician might have stood; `n` is its line in the record.

    `allowed` is the rule under the declared readings, `rule` what all choices of the readings say together, and
    `under` the options, varied one at a time, under which it would be the other way round. `ruled` is false where
    the rule alone does not decide: after the end of the contract, for a closed account, with a stolen credential.
    """

    n: int
    at: str
    user: str
    acting: str
    technician: str
    how: str
    shown: bool
    items: tuple[str, ...]
    allowed: bool
    rule: Rule
    relation: str
    reason: str
    site: str
    under: tuple[str, ...]
    ruled: bool

    @property
    def viewer(self) -> str:
        """The account, with the firm it acted for where that is not its only one."""
        return f"{self.user}[{self.acting}]" if self.acting else self.user

    @property
    def state(self) -> State:
        if self.rule == "contested":
            return "open_seen" if self.shown else "open_unseen"
        if self.rule == "denied":
            return "over" if self.shown else "kept"
        return "seen" if self.shown else "hidden"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """All looks of one viewer at one technician, in order."""

    viewer: str
    technician: str
    looks: tuple[Look, ...]

    @property
    def state(self) -> State:
        """The gravest that any look came to."""
        states = {look.state for look in self.looks}
        return next(state for state in STATES if state in states)

    @property
    def decisive(self) -> Look:
        """The look that gave the cell its state."""
        return next(look for look in self.looks if look.state == self.state)


@dataclass(frozen=True, kw_only=True)
class Matrix:
    """The looks of one scenario as viewers against technicians, in the order of its world."""

    story: str
    title: str
    rows: tuple[str, ...]
    viewers: tuple[str, ...]
    technicians: tuple[str, ...]
    cells: tuple[Cell, ...] = field(repr=False)

    @cached_property
    def at(self) -> Mapping[tuple[str, str], Cell]:
        """The cells by viewer and technician; nobody looked where there is none."""
        return {(cell.viewer, cell.technician): cell for cell in self.cells}

    def count(self, state: State) -> int:
        return sum(cell.state == state for cell in self.cells)


def matrices(report: Report) -> tuple[Matrix, ...]:
    """The matrix of every scenario that speaks of 第2条2, the largest first."""
    found = [
        matrix(story, _declared(report))
        for story in report.stories
        if any(row.startswith(_CHAPTER) for row in story.rows)
    ]
    return tuple(sorted((each for each in found if each.cells), key=lambda each: -len(each.cells)))


_CHAPTER = "A2-2-"


def _declared(report: Report) -> dict[str, str]:
    """What was declared of the scope, as far as this version knows the options."""
    return {
        name: str(report.run.readings[name])
        for name, options in OPTIONS.items()
        if report.run.readings.get(name) in options
    }


def matrix(story: Story, readings: Mapping[str, str] = _DEFAULTS) -> Matrix:
    """The looks of one scenario, as far as the rule decides them, under the declared readings."""
    found = [look for look in looks(story, readings) if look.ruled]
    grouped: dict[tuple[str, str], list[Look]] = {}
    for look in found:
        grouped.setdefault((look.viewer, look.technician), []).append(look)
    return Matrix(
        story=story.id,
        title=story.title,
        rows=story.rows,
        viewers=tuple(dict.fromkeys(look.viewer for look in found)),
        technicians=tuple(sorted({look.technician for look in found}, key=_by_number)),
        cells=tuple(
            Cell(viewer=viewer, technician=technician, looks=tuple(those))
            for (viewer, technician), those in grouped.items()
        ),
    )


def _by_number(label: str) -> tuple[str, int, str]:
    name = label.rstrip("0123456789")
    return name, int(label[len(name) :] or 0), label


def looks(story: Story, readings: Mapping[str, str] = _DEFAULTS) -> Iterator[Look]:
    """Every look at a technician's record, and every technician who stood in something else that a user got.

    Where somebody asked for one technician, not being shown is told too; in a list, a search, a file or on a
    device only who stood in it is.
    """
    worlds: dict[int, World | None] = {}
    for _, call, scene in scenes(story):
        if call.who != "candidate" or call.op not in _WAYS or call.status != "answered":
            continue
        if scene.place not in worlds:
            worlds[scene.place] = scene.read()
        world, at = worlds[scene.place], scene.at
        if world is not None and at is not None and text(member(call.args, "user")):
            yield from _in_call(call, scene, _Rule(world=world, at=at, readings=readings))


_WAYS = ("view", "export", "device", "fetch")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    """The rule at one moment of a world, under the declared readings."""

    world: World
    at: datetime
    readings: Mapping[str, str]

    def decision(self, viewer: Viewer, technician: str) -> Decision:
        return may_view(self.world, viewer, technician, self.at, self.readings)

    def under(self, viewer: Viewer, technician: str) -> tuple[str, ...]:
        """The options that turn the decision round, one reading varied at a time."""
        declared = self.decision(viewer, technician).allowed
        return tuple(
            f"{reading}={option}"
            for reading, options in OPTIONS.items()
            for option in options
            if may_view(self.world, viewer, technician, self.at, {**self.readings, reading: option}).allowed
            != declared
        )


def _in_call(call: Call, scene: Scene, rule: _Rule) -> Iterator[Look]:
    args: Mapping[str, Any] = call.args
    shown = _shown(call, rule.world)
    people = {one.id for one in rule.world.technicians}
    named = {args.get("subject")} if args.get("what", call.op) == "record" else set[Any]()
    for technician in sorted(people & (shown.keys() | named)):
        yield _look(call, scene, rule, technician, shown.get(technician, ()))


def _look(call: Call, scene: Scene, rule: _Rule, technician: str, items: Iterable[str]) -> Look:
    args: Mapping[str, Any] = call.args
    user, acting_for = text(args["user"]), args.get("acting_for")
    viewer = rule.world.acting(user, acting_for if _is_member(rule.world, user) else None)
    decision = rule.decision(viewer, technician)
    seen = tuple(sorted(items))
    return Look(
        n=call.n,
        at=scene.now,
        user=scene.name(user),
        acting=_acting(scene, user, acting_for),
        technician=scene.name(technician),
        how=text(args.get("what")) or call.op,
        shown=bool(seen),
        items=seen,
        allowed=decision.allowed,
        rule=bound(rule.world, viewer, technician, rule.at),
        relation=decision.relation,
        reason=decision.reason,
        site=scene.name(decision.site or ""),
        under=rule.under(viewer, technician),
        ruled=not scene.ended and user not in scene.left and args.get("credential", "own") == "own",
    )


def _is_member(world: World, user: str) -> bool:
    return any(one.id == user and one.role == "member" for one in world.accounts)


def _acting(scene: Scene, user: str, acting_for: Any) -> str:
    """The firm acted for where it has to be said: an account of several firms, or of another than its own."""
    if acting_for is None:
        several = [one for one in members(scene.document, "accounts") if one.get("id") == user]
        return "-" if several and len(several[0].get("businesses") or ()) > 1 else ""
    firm = scene.name(acting_for)
    return "" if firm == scene.firm_of(user) else firm


def _shown(call: Call, world: World) -> dict[str, set[str]]:
    """Which items of whom stand in what came back, by their canaries, as the judge finds them."""
    canaries = _canaries(world.seed, tuple(one.id for one in (*world.technicians, *world.businesses)))
    found: dict[str, set[str]] = {}
    for media_type, body in _bodies(call):
        for owner, item in seen_items(body, media_type, canaries):
            found.setdefault(owner, set()).add(item)
    return found


def _bodies(call: Call) -> Iterator[tuple[str, bytes]]:
    value = call.answer.get("value")
    for artefact in members(value, "artefacts"):
        try:
            yield text(artefact.get("media_type")), base64.b64decode(text(artefact.get("body")))
        except (binascii.Error, ValueError):
            continue
    if reason := text(member(value, "reason")):
        yield "text/plain", reason.encode()


@lru_cache(maxsize=256)
def _canaries(seed: int, ids: tuple[str, ...]) -> tuple[population.Canary, ...]:
    return tuple(canary for one in ids for canary in population.canaries(seed, one))
