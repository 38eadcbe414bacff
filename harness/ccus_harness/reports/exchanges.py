"""Each call of a scenario as a sentence: what was asked of whom, and what came back, in any language.

A `Telling` is a key of the catalogue with the values it names, so that every report says it in the same words.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ccus_harness.reports.facts.scene import found_in, member, members, scenes, short, table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from ccus_harness.messages import Catalogue
    from ccus_harness.reports.facts.scene import Scene
    from ccus_harness.reports.parts import Call, Story

__all__ = ["Exchange", "Telling", "exchanges"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """A sentence of the catalogue with its values; `fallback` stands where the catalogue has none.

    `groups` name the values that are words themselves, each with the group of the catalogue it is found in.
    """

    key: str
    values: Mapping[str, Any] = field(default_factory=dict[str, Any])
    fallback: str = ""
    groups: Mapping[str, str] = field(default_factory=dict[str, str])

    def told(self, words: Catalogue) -> str:
        if self.key not in words:
            return self.fallback
        worded = {name: words.word(group, self.values.get(name)) for name, group in self.groups.items()}
        return words.text(self.key, **{**self.values, **worded})


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One call told; `plain` says that the sentences leave nothing of it out that a reader would miss.

    `same` is the line of an earlier call of the scenario that brought the very same answer.
    """

    call: Call
    asked: Telling
    answered: Telling
    plain: bool
    same: int | None


def exchanges(story: Story) -> dict[int, Exchange]:
    """Every call of a scenario by its line in the record."""
    told: dict[int, Exchange] = {}
    read: dict[str, int] = {}
    answers: dict[str, int] = {}
    for _, call, scene in scenes(story):
        key = (call.who, call.op)
        same = answers.setdefault(json.dumps([key, call.status, call.answer], sort_keys=True), call.n)
        told[call.n] = Exchange(
            call=call,
            asked=_asked(call, scene),
            answered=_ledger(call, read) if key == ("simulator", "ledger") else _answered(call, scene),
            plain=key in _PLAIN and call.status == "answered",
            same=same if same != call.n else None,
        )
    return told


_PLAIN = frozenset(
    {
        ("clock", "start"),
        ("simulator", "world"),
        ("candidate", "world"),
        ("simulator", "clock"),
        ("simulator", "ledger"),
        ("simulator", "contract"),
        ("simulator", "fault"),
        ("simulator", "mend"),
        ("stores", "scan"),
    }
)


def _asked(call: Call, scene: Scene) -> Telling:
    args = table(call.args)
    put = _VALUES.get(call.op)
    values = put(scene, args) if put else {}
    return Telling(key=f"exchange.{call.who}.{_variant(call.op, args)}", values=values, fallback=call.op)


def _variant(op: str, args: Mapping[str, Any]) -> str:
    """The sentence of an operation that says different things with different arguments."""
    match op:
        case "view":
            return f"view_{short(args.get('what')) or 'record'}"
        case "announce":
            return "announce_end" if args.get("kind") == "contract_end" else "announce_drill"
        case "relate":
            return "relate_link" if args.get("link") else "relate_affiliation"
        case _:
            return op


def _request(scene: Scene, args: Mapping[str, Any]) -> dict[str, Any]:
    people = ["*"] if args.get("technicians") == "all" else list(scene.names(args.get("technicians")))
    firm = [scene.name(args.get("acting_for"))] if args.get("own_business") else []
    return {"user": scene.name(args.get("user")), "whom": people + firm}


def _look(scene: Scene, args: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "user": scene.name(args.get("user")),
        "whom": scene.name(args.get("subject") or args.get("query")),
        "to": scene.name(args.get("to")),
        "item": short(args.get("item")),
        "value": args.get("value"),
        "action": short(args.get("action")),
    }


def _relation(scene: Scene, args: Mapping[str, Any]) -> dict[str, Any]:
    said = table(args.get("affiliation") or args.get("link"))
    names = {key: scene.name(value) for key, value in said.items() if isinstance(value, str)}
    return {**names, "change": short(args.get("change"))}


def _announced(scene: Scene, args: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "token": short(member(args, "incident", "token")),
        "whom": list(scene.names(member(args, "incident", "subjects"))),
        "cause": short(member(args, "end", "cause")),
    }


def _entered(scene: Scene, args: Mapping[str, Any]) -> dict[str, Any]:
    keys = ("technician", "site", "under", "account", "business")
    return {key: scene.name(args.get(key)) for key in keys} | {"entry": short(args.get("entry"))}


def _plainly(_scene: Scene, args: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in args.items() if isinstance(value, str)}


_VALUES: Mapping[str, Callable[[Scene, Mapping[str, Any]], dict[str, Any]]] = {
    "request": _request,
    "honest_request": _plainly,
    **dict.fromkeys(("view", "export", "device", "fetch", "edit", "share", "copy", "reimport"), _look),
    "relate": _relation,
    "announce": _announced,
    **dict.fromkeys(("enter", "cancel", "account", "delegate"), _entered),
    **dict.fromkeys(("clock", "advance", "contract", "fault", "mend", "registry"), _plainly),
}


def _answered(call: Call, scene: Scene) -> Telling:
    if call.status != "answered":
        return Telling(key=f"answer.{call.status}", fallback=call.status)
    value = call.answer.get("value")
    if call.who == "stores" and call.op == "scan":
        return _scanned(call, scene)
    if call.op == "inbox":
        kinds = [short(item.get("kind")) for item in members(value, "items")]
        return Telling(key="exchange.answer.inbox", values={"n": len(kinds)})
    if call.who == "candidate" and (outcome := short(member(value, "outcome"))):
        values = {"reason": short(member(value, "reason")) or None, "due": short(member(value, "due"))}
        reasoned = "_why" if values["reason"] and outcome == "refused" else ""
        return Telling(key=f"exchange.answer.{outcome}{reasoned}", values=values, fallback=outcome)
    return Telling(key="answer.answered", fallback=call.status)


def _scanned(call: Call, scene: Scene) -> Telling:
    found = found_in(call, scene)
    if not found:
        return Telling(key="exchange.answer.scan_none")
    stores = list(dict.fromkeys(store for store, _, _ in found))
    return Telling(key="exchange.answer.scan", values={"n": len(found), "stores": stores})


def _ledger(call: Call, read: dict[str, int]) -> Telling:
    """What a ledger shows that it did not show when it was last read."""
    world = short(member(call.args, "world"))
    new = [
        entry
        for entry in members(call.answer.get("value"), "entries")
        if _number(entry.get("world_seq")) > read.get(world, 0)
    ]
    if not new:
        return Telling(key="exchange.answer.ledger_same")
    read[world] = max(_number(entry.get("world_seq")) for entry in new)
    return Telling(key="exchange.answer.ledger", values={"n": len(new), "kinds": list(_kinds(new))})


def _kinds(entries: list[Mapping[str, Any]]) -> Iterator[str]:
    counted: dict[str, int] = {}
    for entry in entries:
        kind = short(entry.get("kind"))
        counted[kind] = counted.get(kind, 0) + 1
    for kind, number in counted.items():
        yield kind if number == 1 else f"{kind} ×{number}"


def _number(value: Any) -> int:
    return value if isinstance(value, int) else 0
