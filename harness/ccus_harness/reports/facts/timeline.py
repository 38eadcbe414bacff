"""What happened in a scenario, in one order of time: requests, provisions, views, notices, disposal.

Acts stand in the record where they were made; what CCUS wrote into its ledger stands where it was read. So each
entry of the ledger is put behind the act that caused it, and the times of the world order the rest.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ccus_harness.reports.facts.scene import found_in, items, member, members, scenes, short, table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from ccus_harness.reports.facts.scene import Scene
    from ccus_harness.reports.facts.scope import Look
    from ccus_harness.reports.parts import Call, Story

__all__ = ["KINDS", "Moment", "timeline"]

KINDS = (
    "request",
    "accepted",
    "refused",
    "provided",
    "view",
    "export",
    "change",
    "fault",
    "announced",
    "notice",
    "ended",
    "claimed",
    "certificate",
    "scan",
    "holdings",
)
"""What a moment can be; `accepted`, `refused` and `provided` are CCUS's own account, from its ledger."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One thing that happened, or several of the same kind at once: `whom` are then all they were about.

    `n` is the line of the record it was read from, `outcome` the word of whoever answered, `count` how many
    items were provided or found, None where nothing was counted.
    """

    at: str
    n: int
    kind: str
    witness: str
    who: str = ""
    whom: tuple[str, ...] = ()
    how: str = ""
    outcome: str = ""
    count: int | None = None
    note: str = ""


def timeline(story: Story, looks: Iterable[Look] = ()) -> tuple[Moment, ...]:
    """The moments of a scenario in order of time; `looks` say of views whether anything was shown."""
    shown = {look.n: look.shown for look in looks}
    telling = _Telling(shown=shown)
    for _, call, scene in scenes(story):
        telling.take(call, scene)
    return tuple(_together(telling.in_order()))


@dataclass(slots=True, kw_only=True)
class _Telling:
    """The moments found so far, and how far each world's ledger and inbox were read."""

    shown: Mapping[int, bool]
    moments: list[Moment] = field(default_factory=list[Moment])
    read: dict[str, int] = field(default_factory=dict[str, int])
    arrived: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    unread: int = 0
    """From which moment on no ledger was read yet: its entries belong behind those acts."""

    def take(self, call: Call, scene: Scene) -> None:
        if (call.who, call.op) == ("simulator", "ledger"):
            self._ledger(call, scene)
            return
        if (call.who, call.op) == ("simulator", "inbox"):
            self._inbox(call, scene)
            return
        if tell := _ACTS.get((call.who, call.op)):
            said = tell(scene, table(call.args), call)
            self.moments.append(
                replace(said, at=scene.now, n=call.n, witness=_witness(call), **self._view(call))
            )

    def _view(self, call: Call) -> dict[str, Any]:
        outcome = short(member(call.answer.get("value"), "outcome")) or call.status
        if call.n in self.shown:
            outcome = "shown" if self.shown[call.n] else "not_shown"
        return {"outcome": outcome} if call.who == "candidate" else {}

    def _ledger(self, call: Call, scene: Scene) -> None:
        world = short(member(call.args, "world"))
        entries = members(call.answer.get("value"), "entries")
        new = [entry for entry in entries if _number(entry.get("world_seq")) > self.read.get(world, 0)]
        if not new:
            return
        self.read[world] = max(_number(entry.get("world_seq")) for entry in new)
        for entry in new:
            if tell := _ENTRIES.get(short(entry.get("kind"))):
                told = tell(scene, table(entry.get("body")))
                self._behind(replace(told, at=short(entry.get("at")), n=call.n, witness="ledger"))
        self.unread = len(self.moments)

    def _behind(self, told: Moment) -> None:
        """Puts an entry of the ledger behind the act that caused it, or where it was read."""
        acts = range(self.unread, len(self.moments))
        cause = next((n for n in reversed(acts) if _caused(self.moments[n], told)), None)
        if cause is None:
            self.moments.append(told)
            return
        place = cause + 1
        # The entries of one request stay in their own order.
        while place < len(self.moments) and self.moments[place].witness == "ledger":
            place += 1
        self.moments.insert(place, told)

    def _inbox(self, call: Call, scene: Scene) -> None:
        for item in members(call.answer.get("value"), "items"):
            key = (scene.world, short(item.get("receipt_id")))
            if key not in self.arrived:
                self.arrived.add(key)
                self.moments.append(replace(_arrived(item), n=call.n, witness="inbox"))

    def in_order(self) -> list[Moment]:
        """By the time of the world; what happened at the same time stays in the order of the record."""
        return sorted(self.moments, key=lambda each: each.at)


def _caused(act: Moment, told: Moment) -> bool:
    about = set(act.whom) >= set(told.whom) or "*" in act.whom
    return act.kind == "request" and act.who == told.who and about and act.at <= told.at


def _together(moments: Iterable[Moment]) -> Iterator[Moment]:
    """Moments that differ only in whom they are about, told as one."""
    last: Moment | None = None
    for each in moments:
        if last is not None and _alike(last, each):
            last = replace(last, whom=tuple(dict.fromkeys((*last.whom, *each.whom))))
            continue
        if last is not None:
            yield last
        last = each
    if last is not None:
        yield last


def _alike(one: Moment, other: Moment) -> bool:
    return bool(one.whom and other.whom) and replace(one, whom=(), n=0) == replace(other, whom=(), n=0)


def _witness(call: Call) -> str:
    return {"candidate": "answered", "stores": "kept"}.get(call.who, call.who)


# -- acts: what the record says was done -----------------------------------------------------------


def _request(scene: Scene, args: Mapping[str, Any], _call: Call) -> Moment:
    people = ("*",) if args.get("technicians") == "all" else scene.names(args.get("technicians"))
    firm = (scene.name(args.get("acting_for")),) if args.get("own_business") else ()
    return Moment(
        at="", n=0, kind="request", witness="", who=scene.name(args.get("user")), whom=people + firm
    )


def _look(scene: Scene, args: Mapping[str, Any], call: Call) -> Moment:
    about = args.get("subject") or args.get("query")
    return Moment(
        at="",
        n=0,
        kind="view",
        witness="",
        who=scene.name(args.get("user")),
        whom=(scene.name(about),) if isinstance(about, str) else (),
        how=short(args.get("what")) or call.op,
        note="leaked" if args.get("credential") == "leaked" else "",
    )


def _export(scene: Scene, args: Mapping[str, Any], call: Call) -> Moment:
    return Moment(at="", n=0, kind="export", witness="", who=scene.name(args.get("user")), how=call.op)


def _change(scene: Scene, args: Mapping[str, Any], call: Call) -> Moment:
    who = args.get("user") or args.get("account") or args.get("technician")
    about = [args.get("subject"), *_related(args)]
    whom = tuple(scene.name(one) for one in about if isinstance(one, str))
    how = f"{call.op}.{args['change']}" if isinstance(args.get("change"), str) else call.op
    return Moment(
        at="", n=0, kind="change", witness="", who=scene.name(who) if who else "", whom=whom, how=how
    )


def _related(args: Mapping[str, Any]) -> list[Any]:
    kinds = ("technician", "business", "child", "parent", "site")
    return [
        value
        for said in ("affiliation", "link")
        for value in (member(args, said, kind) for kind in kinds)
        if value
    ]


def _fault(_scene: Scene, args: Mapping[str, Any], call: Call) -> Moment:
    return Moment(at="", n=0, kind="fault", witness="", how=call.op, note=short(args.get("name")))


def _announced(scene: Scene, args: Mapping[str, Any], _call: Call) -> Moment:
    if args.get("kind") == "contract_end":
        cause = short(member(args, "end", "cause"))
        return Moment(at="", n=0, kind="announced", witness="", how="contract_end", note=cause)
    drill = member(args, "incident", "drill")
    return Moment(
        at="",
        n=0,
        kind="announced",
        witness="",
        how="incident" if drill is False else "drill",
        whom=scene.names(member(args, "incident", "subjects")),
        note=short(member(args, "incident", "token")),
    )


def _contract(_scene: Scene, args: Mapping[str, Any], _call: Call) -> Moment:
    return Moment(
        at="", n=0, kind="ended", witness="", how=short(args.get("event")), note=short(args.get("cause"))
    )


def _scan(scene: Scene, _args: Mapping[str, Any], call: Call) -> Moment:
    found = found_in(call, scene)
    return Moment(
        at="",
        n=0,
        kind="scan",
        witness="",
        count=len(found) if call.status == "answered" else None,
        whom=tuple(dict.fromkeys(store for store, _, _ in found)),
        outcome=call.status,
    )


def _holdings(_scene: Scene, _args: Mapping[str, Any], _call: Call) -> Moment:
    return Moment(at="", n=0, kind="holdings", witness="")


_ACTS: Mapping[tuple[str, str], Callable[[Scene, Mapping[str, Any], Call], Moment]] = {
    ("candidate", "request"): _request,
    ("candidate", "view"): _look,
    ("candidate", "fetch"): _look,
    ("candidate", "device"): _look,
    ("candidate", "export"): _export,
    **{
        ("candidate", op): _change
        for op in (
            "relate",
            "cancel",
            "enter",
            "account",
            "delegate",
            "edit",
            "reimport",
            "copy",
            "share",
            "backup",
            "restore",
            "contain",
            "retain",
        )
    },
    ("simulator", "registry"): _change,
    ("simulator", "fault"): _fault,
    ("simulator", "mend"): _fault,
    ("candidate", "announce"): _announced,
    ("simulator", "contract"): _contract,
    ("stores", "scan"): _scan,
    ("candidate", "holdings"): _holdings,
}


# -- what CCUS and the Fund wrote down -----------------------------------------------------------------


def _accepted(scene: Scene, body: Mapping[str, Any]) -> Moment:
    return Moment(
        at="", n=0, kind="accepted", witness="", who=scene.name(body.get("user")), whom=_subjects(scene, body)
    )


def _refused(scene: Scene, body: Mapping[str, Any]) -> Moment:
    code = short(member(body, "refusal", "code"))
    return replace(_accepted(scene, body), kind="refused", note=code)


def _subjects(scene: Scene, body: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(scene.name(one.get("id")) for one in members(body, "subjects"))


def _provided(scene: Scene, body: Mapping[str, Any]) -> Moment:
    return Moment(
        at="",
        n=0,
        kind="provided",
        witness="",
        who=scene.name(body.get("user")),
        whom=(scene.name(body.get("id")),),
        count=len(items(body.get("items"))),
    )


_ENTRIES: Mapping[str, Callable[[Scene, Mapping[str, Any]], Moment]] = {
    "request.accepted": _accepted,
    "request.refused": _refused,
    "provision.collected": _provided,
}


def _arrived(item: Mapping[str, Any]) -> Moment:
    document: Any = item.get("document")
    kind = {"certificate": "certificate", "retention_claim": "claimed"}.get(short(item.get("kind")), "notice")
    drill = member(document, "drill")
    return Moment(
        at=short(item.get("received_at")),
        n=0,
        kind=kind,
        witness="",
        who=short(item.get("receipt_id")),
        how=("drill" if drill is True else "incident") if kind == "notice" else "",
        note=short(member(document, "token")) or short(member(document, "certificate_id")),
        count=len(items(item.get("faults"))),
    )


def _number(value: Any) -> int:
    return value if isinstance(value, int) else 0
