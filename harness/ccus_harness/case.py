"""A scenario at work: its own world, what it does through the gate, and what it has observed so far."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from ccus_harness.connections import by_mail
from ccus_harness.gate import Answer, Stopped
from ccus_harness.instruments import residue
from ccus_harness.instruments.artefacts import ArtefactUnreadable, HeldItem, Layout, held_items, seen_items
from ccus_harness.instruments.residue import Hit, Hits
from ccus_harness.instruments.sources import Gap
from ccus_harness.stack import connection
from ccus_simulator import population, worlds

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ccus_harness.gate import Gate

BEFORE_ALL = datetime.min.replace(tzinfo=UTC)

BEYOND = 10**14
"""An entry number that no ledger reaches: asking from there on gives the head alone."""

ABSENT_INDEX = 99_999
"""No world has that many records, so ids with this index were never issued."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a candidate answered to one operation."""

    outcome: str
    reason: str | None
    bodies: tuple[tuple[str, bytes], ...]
    detail: Mapping[str, Any]
    names: tuple[str, ...] = ()
    """What the artefacts are called, in the order of `bodies`."""

    @property
    def done(self) -> bool:
        return self.outcome == "done"

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> Reply:
        return cls(
            outcome=value["outcome"],
            reason=value["reason"],
            bodies=tuple((a["media_type"], base64.b64decode(a["body"])) for a in value["artefacts"]),
            detail=value["detail"],
            names=tuple(str(a.get("name", "")) for a in value["artefacts"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What a user got to see: the reply, and which items of whom stood in it."""

    user: str
    reply: Reply
    items: frozenset[tuple[str, str]]

    def shows(self, subject: str) -> bool:
        """Whether any item of the subject stood in what the user got."""
        return any(owner == subject for owner, _ in self.items)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreScan:
    """What was found in the candidate's stores: per store its class, the (id, item) pairs found, what was read."""

    stores: tuple[Mapping[str, Any], ...]

    def found(self, subjects: Iterable[str], *classes: str, but: Iterable[str] = ()) -> list[str]:
        """Findings as ``store:id:item`` in stores of the given classes (all but `but` when none is given)."""
        wanted, left_out = set(subjects), set(but)
        return [
            f"{store['id']}:{owner}:{item}"
            for store in self.stores
            if (store["class"] in classes if classes else store["class"] not in left_out)
            for owner, item, _ in store["hits"]
            if owner in wanted
        ]

    def hits(self, subjects: Iterable[str]) -> Hits:
        """The same findings as the residue scan gives them, for the reconciliation."""
        wanted = set(subjects)
        return Hits(
            hits=tuple(
                Hit(source=str(store["id"]), member="", offset=0, id=owner, item=item, encoding=encoding)
                for store in self.stores
                for owner, item, encoding in store["hits"]
                if owner in wanted
            ),
            truncated=tuple(
                Gap(source=str(store["id"]), member="", reason=reason)
                for store in self.stores
                for reason in (store.get("truncated") or ([] if store["read"] else [store["why"]]))
            ),
            sources=len(self.stores),
            scanned_bytes=0,
        )


@dataclass(kw_only=True)
class Case:
    """One scenario: all contact passes its gate, all it knows is in its observations.

    `labels` maps the names that scenarios use (T1, F2, u_f2) to the ids of this world.
    `profile` is what the candidate declared before the run, empty when it declared nothing.
    `receipts` are what a reviewer entered by hand of notices that no machine saw.
    `finished_worlds` are those of the scenarios before, each with the length of the ledger when nobody in it
    acted any more; `settled_at` is that length for this one, once it is so.
    """

    scenario: str
    gate: Gate
    seed: int
    number: int
    layout: Layout | None
    profile: Mapping[str, Any] = field(default_factory=dict[str, Any])
    dialect: str = "json"
    receipts: Sequence[Mapping[str, Any]] = ()
    finished_worlds: Mapping[str, int] = field(default_factory=dict[str, int])
    settled_at: int | None = None
    document: dict[str, Any] = field(default_factory=dict[str, Any])
    labels: dict[str, str] = field(default_factory=dict[str, str])
    now: datetime = BEFORE_ALL
    seen: dict[str, Any] = field(default_factory=dict[str, Any])

    @property
    def world(self) -> str:
        return str(self.document["world"])

    # -- what was declared before the run ----------------------------------------------------------

    def declared(self, *path: str) -> Any:
        """What the profile says at a place such as ``("contract", "parties")``; None when it says nothing there."""
        part: Any = self.profile
        for step in path:
            if not isinstance(part, dict) or step not in part:
                return None
            part = cast("dict[str, Any]", part)[step]
        return part

    # -- the world ---------------------------------------------------------------------------------

    def build(
        self,
        name: str,
        *,
        contract: Mapping[str, str] | None = None,
        candidate: bool = True,
        **more: Any,
    ) -> None:
        """Loads the named world file, with its own ids, into the simulator and, if it takes part, the candidate.

        `more` are further members of the world document, such as `processing_seconds`.
        """
        document = worlds.instantiate(worlds.shipped(name), seed=self.seed, number=self.number)
        document["now"] = self.gate.ask("clock", "start", {})
        document["contract"] = {**document["contract"], **(contract or {})}
        document |= more
        self.document = document
        self.now = datetime.fromisoformat(document["now"])
        for kind in ("businesses", "technicians", "sites", "accounts"):
            self.labels |= {record["label"]: record["id"] for record in document[kind]}
        if candidate and self.gate.live:
            residue.prepare(self.own_canaries())  # while the world is being loaded
        self.simulator("world", document=document)
        if candidate:
            self.tell(
                "world",
                document=document,
                ccus=connection(self.world, self.dialect, mail=by_mail(self.profile)),
            )

    def id(self, label: str) -> str:
        return self.labels[label]

    def ids(self, labels: str) -> list[str]:
        """The ids of labels written as scenarios write them: 「T1、T2」."""
        return [self.labels[label] for label in labels.split("、")]

    def absent(self, nth: int = 0) -> str:
        """The id of a technician that was never issued."""
        return f"99{self.number:07d}{ABSENT_INDEX - nth:05d}"

    def subjects(self) -> list[str]:
        """Every technician and business of this world."""
        return [record["id"] for kind in ("technicians", "businesses") for record in self.document[kind]]

    def firm_of(self, user: str) -> str | None:
        """The firm a user acts for when the scenario says nothing else: the account's first."""
        account = next(a for a in self.document["accounts"] if a["id"] == self.id(user))
        return next(iter(account["businesses"]), None)

    # -- who is asked ------------------------------------------------------------------------------

    def simulator(self, op: str, **args: Any) -> Any:
        return self.gate.ask("simulator", op, {"world": self.world, **args})

    def tell(self, op: str, **args: Any) -> Reply:
        """The candidate performs `op`; the scenario stops when it does not answer or lacks the operation."""
        return Reply.of(self.gate.ask("candidate", op, {"world": self.world, **args}))

    def try_tell(self, op: str, **args: Any) -> Answer:
        """Like `tell`, for an operation whose lack only weakens the evidence."""
        return self.gate.try_ask("candidate", op, {"world": self.world, **args})

    # -- what users do -----------------------------------------------------------------------------

    def request(
        self, user: str, technicians: list[str], *, capacity: str = "business", own_business: bool = False
    ) -> Reply:
        return self.tell(
            "request",
            user=self.id(user),
            acting_for=self.firm_of(user),
            capacity=capacity,
            technicians=technicians,
            own_business=own_business,
            purpose="safety_documents",
        )

    def view(self, user: str, what: str = "record", *, credential: str = "own", **args: Any) -> View:
        """What `user` gets for a record, business, list, search or count; `args` are subject and query.

        `acting_for` among them names another firm than the account's first, or None for no firm at all.
        """
        reply = self.tell("view", **self.looking(user, what, credential=credential, **args))
        return View(user=user, reply=reply, items=self.items_in(reply))

    def looking(
        self, user: str, what: str = "record", *, credential: str = "own", **args: Any
    ) -> dict[str, Any]:
        """What is asked of the candidate when `user` looks."""
        return {
            "user": self.id(user),
            "acting_for": args["acting_for"] if "acting_for" in args else self.firm_of(user),
            "what": what,
            "subject": args.get("subject"),
            "query": args.get("query"),
            "channel": args.get("channel", "screen"),
            "credential": credential,
        }

    def export(self, user: str) -> View:
        reply = self.tell("export", user=self.id(user), acting_for=self.firm_of(user), format="csv")
        return View(user=user, reply=reply, items=self.items_in(reply))

    # -- what is looked at -------------------------------------------------------------------------

    def canaries(self, subjects: Iterable[str]) -> list[population.Canary]:
        return [canary for subject in subjects for canary in population.canaries(self.seed, subject)]

    def own_canaries(self) -> list[population.Canary]:
        """The canaries of everybody of this world, made once: every look is searched for all of them."""
        known: list[population.Canary] | None = self.seen.get("canaries")
        if known is None:
            known = self.seen["canaries"] = self.canaries(self.subjects())
        return known

    def registered(self, label: str, item: str) -> str:
        """The value of a technician's item as CCUS has it."""
        return str(population.technician(self.seed, self.id(label))[item])

    def record(self, subject: str) -> dict[str, Any]:
        """What CCUS holds of a technician or business: the values a provision of this moment brings."""
        if not subject.startswith("99"):
            return population.business(self.seed, subject)
        firms = sorted(
            ((a["business"], a["kind"]) for a in self.document["affiliations"] if a["technician"] == subject),
            key=lambda firm: firm[1],
        )
        return population.technician(self.seed, subject, firms)

    def items_in(self, reply: Reply) -> frozenset[tuple[str, str]]:
        """Which items of whom stand in a reply, found by their canaries, whatever its form."""
        if reply.outcome == "refused" and not reply.bodies and not reply.reason:
            return frozenset()
        canaries = self.own_canaries()
        bodies = [*reply.bodies, ("text/plain", (reply.reason or "").encode())]
        return frozenset(
            item for media_type, body in bodies for item in seen_items(body, media_type, canaries)
        )

    def ledger(self) -> list[dict[str, Any]]:
        """Every ledger entry of this world so far."""
        return list(self.simulator("ledger")["entries"])

    def settle(self) -> None:
        """Notes how long the ledger is now that nobody acts any more: what comes later nobody asked for."""
        if self.document and self.settled_at is None:
            self.settled_at = int(self.simulator("ledger", **{"from": BEYOND})["head"]["seq"])

    def holdings(self) -> tuple[HeldItem, ...]:
        """What the candidate says it keeps, mapped to Annex 1 by its profile.

        Stops the scenario as the candidate's failure when the artefact cannot be read.
        """
        reply = self.tell("holdings")
        try:
            return tuple(
                item
                for name, (_, body) in zip(reply.names, reply.bodies, strict=True)
                if body
                for item in held_items(body, self.layout or Layout(), name=name).items
            )
        except ArtefactUnreadable as fault:
            answer = Answer(status="unanswered", fault=f"nonsense: holdings: {fault.reason}", blame="product")
            raise Stopped("candidate", "holdings", answer) from fault

    def scan(self, subjects: Sequence[str]) -> StoreScan | None:
        """What the candidate's stores hold of the given people and firms; None when we may not look."""
        answer = self.gate.try_ask(
            "stores", "scan", {"world": self.world, "seed": self.seed, "subjects": list(subjects)}
        )
        if answer.status == "unsupported":
            return None
        if answer.status != "answered":
            raise Stopped("stores", "scan", answer)
        return StoreScan(stores=tuple(answer.value["stores"]))

    def advance(self, by: timedelta) -> Reply:
        """Both clocks move; the candidate's due jobs have run when this returns."""
        self.now += by
        to = self.now.isoformat()
        self.simulator("clock", to=to)
        return self.tell("advance", to=to)
