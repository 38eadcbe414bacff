"""第6条 reconciled three ways, from the record: what the ledger delivered, what the certificate says, what is found kept.

The checks themselves (R1, R2 …) are the judge's; they are read from what it showed, never made again here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ccus_harness.reports.facts.scene import found_in, items, member, members, scenes, short, table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ccus_harness.reports.facts.scene import Scene
    from ccus_harness.reports.model import Report
    from ccus_harness.reports.parts import Call, Story

__all__ = ["Agreement", "Delivery", "Purge", "Scan", "Store", "purge", "purges"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One record that CCUS provided, by its ledger: of whom, to whom, how many items, and what is found of it.

    `before` and `after` count the items found in the candidate's stores before the end and at the last look; None
    where nobody looked. What a user typed with the same value is left out: finding it says nothing.
    """

    provision: str
    record_type: str
    subject: str
    user: str
    at: str
    items: int
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """One store: what the scans found in it, what the certificate says was done to it."""

    id: str
    kind: str
    before: int | None
    after: int | None
    certified: bool
    level: str
    completed_at: str
    due_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """How much was found in all stores at one look; `read` is false where part of a store could not be read."""

    at: str
    found: int
    read: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """One check of the reconciliation as the judge made it."""

    check: str
    part: str
    outcome: str
    expected: str
    seen: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Purge:
    """The end of the contract in one scenario, with everything that is laid side by side."""

    story: str
    title: str
    rows: tuple[str, ...]
    ended_at: str
    claimed: bool
    """Whether retention under the proviso was claimed: what is found is then not left over."""
    certificate: str
    received_at: str
    counts: Mapping[str, Any]
    deliveries: tuple[Delivery, ...]
    stores: tuple[Store, ...]
    scans: tuple[Scan, ...]
    checks: tuple[Agreement, ...]


def purges(report: Report) -> tuple[Purge, ...]:
    """Every scenario in which a contract ended and a store was looked into or a certificate came, checked ones first."""
    found = [told for told in (purge(story) for story in report.stories) if told is not None]
    return tuple(sorted(found, key=lambda each: -len(each.checks)))


def purge(story: Story) -> Purge | None:
    """What one scenario shows of the disposal; None where no contract ended or nobody looked afterwards."""
    seen = _Seen.of(story)
    if not seen.ended_at or not (seen.certificates or seen.after):
        return None
    item: Mapping[str, Any] = seen.certificates[0] if seen.certificates else {}
    document: Any = item.get("document")
    return Purge(
        story=story.id,
        title=story.title,
        rows=story.rows,
        ended_at=seen.ended_at,
        claimed=seen.claimed,
        certificate=short(item.get("receipt_id")),
        received_at=short(item.get("received_at")),
        counts=table(member(document, "counts")),
        deliveries=tuple(_deliveries(seen)),
        stores=tuple(_stores(seen, document)),
        scans=tuple(_scan(seen, look) for look in (*_one(seen.before), *seen.after)),
        checks=tuple(_checks(story)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """One scan of the stores."""

    at: str
    found: list[tuple[str, str, str]]
    stores: list[Mapping[str, Any]]


@dataclass(slots=True, kw_only=True)
class _Seen:
    """What the calls of a scenario brought that matters to its end."""

    provided: list[tuple[Mapping[str, Any], str]] = field(default_factory=list[tuple[Mapping[str, Any], str]])
    before: _Look | None = None
    after: list[_Look] = field(default_factory=list[_Look])
    certificates: list[Mapping[str, Any]] = field(default_factory=list[Mapping[str, Any]])
    ended_at: str = ""
    claimed: bool = False
    scene: Scene | None = None

    @classmethod
    def of(cls, story: Story) -> _Seen:
        seen = cls()
        for _, call, scene in scenes(story):
            seen.scene = scene
            seen.take(call, scene)
        return seen

    def take(self, call: Call, scene: Scene) -> None:
        match call.who, call.op:
            case "simulator", "ledger":
                if short(member(call.args, "world")) == scene.world:
                    self._ledger(call)
            case "simulator", "inbox":
                items = members(call.answer.get("value"), "items")
                self.certificates = [one for one in items if one.get("kind") == "certificate"]
            case "simulator", "contract":
                self._contract(call, scene)
            case "candidate", "announce":
                self.claimed = self.claimed or member(call.args, "end", "retention", "claim") is True
            case "stores", "scan":
                self._scan(call, scene)
            case _:
                pass

    def name(self, identity: Any) -> str:
        return self.scene.name(identity) if self.scene else short(identity)

    def _contract(self, call: Call, scene: Scene) -> None:
        event = member(call.args, "event")
        if event in ("end", "lapse"):
            self.ended_at = short(member(call.args, "at")) or scene.now
        if event == "lapse":
            # What was kept lawfully until now is what has to go from now on.
            self.before = self.after[-1] if self.after else self.before
            self.after, self.claimed = [], False

    def _ledger(self, call: Call) -> None:
        entries = members(call.answer.get("value"), "entries")
        provided = [one for one in entries if one.get("kind") == "provision.collected"]
        if len(provided) >= len(self.provided):
            self.provided = [(table(one.get("body")), short(one.get("at"))) for one in provided]

    def _scan(self, call: Call, scene: Scene) -> None:
        if call.status != "answered":
            return
        look = _Look(
            at=scene.now, found=found_in(call, scene), stores=members(call.answer.get("value"), "stores")
        )
        if self.ended_at:
            self.after.append(look)
        else:
            self.before = look

    def hits(self, look: _Look | None) -> list[tuple[str, str, str]] | None:
        """Store, id and item of everything found of those whose data was provided; None where nobody looked."""
        if look is None:
            return None
        people = {short(body.get("id")) for body, _ in self.provided}
        return [one for one in look.found if one[1] in people]


def _one(look: _Look | None) -> tuple[_Look, ...]:
    return () if look is None else (look,)


def _deliveries(seen: _Seen) -> Iterator[Delivery]:
    before, after = seen.hits(seen.before), seen.hits(seen.after[-1] if seen.after else None)
    for body, at in seen.provided:
        yield Delivery(
            provision=short(body.get("provision_id")),
            record_type=short(body.get("record_type")),
            subject=seen.name(body.get("id")),
            user=seen.name(body.get("user")),
            at=at,
            items=len(items(body.get("items"))),
            before=_of(before, short(body.get("id"))),
            after=_of(after, short(body.get("id"))),
        )


def _of(hits: list[tuple[str, str, str]] | None, owner: str) -> int | None:
    return None if hits is None else len({item for _, whose, item in hits if whose == owner})


def _stores(seen: _Seen, document: Any) -> Iterator[Store]:
    before, after = seen.hits(seen.before), seen.hits(seen.after[-1] if seen.after else None)
    kinds = {
        short(store.get("id")): short(store.get("class"))
        for look in (*_one(seen.before), *seen.after)
        for store in look.stores
    }
    certified = {short(store.get("store_id")): store for store in members(document, "stores")}
    for name in dict.fromkeys((*kinds, *certified)):
        said: Mapping[str, Any] = certified.get(name, {})
        yield Store(
            id=name,
            kind=kinds.get(name) or short(said.get("class")),
            before=_in(before, name),
            after=_in(after, name),
            certified=name in certified,
            level=short(member(said.get("action"), "level")),
            completed_at=short(member(said.get("action"), "completed_at")),
            due_at=short(said.get("due_at")),
        )


def _in(hits: list[tuple[str, str, str]] | None, store: str) -> int | None:
    return None if hits is None else sum(where == store for where, _, _ in hits)


def _scan(seen: _Seen, look: _Look) -> Scan:
    whole = all(store.get("read") is True and not store.get("truncated") for store in look.stores)
    return Scan(at=look.at, found=len(seen.hits(look) or ()), read=whole)


def _checks(story: Story) -> Iterator[Agreement]:
    for claim in story.claims:
        for check in members(dict(claim.shown), "checks"):
            if "check" in check:
                yield Agreement(
                    check=short(check.get("check")),
                    part=short(check.get("part")),
                    outcome=short(check.get("outcome")),
                    expected=short(check.get("expected")),
                    seen=short(check.get("seen")),
                    note=short(check.get("note")),
                )
