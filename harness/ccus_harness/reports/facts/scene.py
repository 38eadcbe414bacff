"""A scenario walked call by call: who was asked, in which world, at what time of that world.

Labels are what scenarios use (`u_f1`, `T2`, `S1`); an id that the world does not know stays as it is. Whatever a
candidate answered may be of any form: what is not of the expected one reads as nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from ccus_harness import changes
from ccus_harness.instruments.world import World, WorldUnreadable
from ccus_simulator import population

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ccus_harness.reports.parts import Call, Step, Story

__all__ = ["Scene", "found_in", "items", "member", "members", "moment", "scenes", "short", "table", "text"]

_KINDS = ("businesses", "technicians", "sites", "accounts")
_NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """The world of a scenario at one moment: its document as changed so far, its time, whether the contract ended.

    `left` are the accounts that were closed, `typed` the items that a user typed with the very value that CCUS has:
    finding those in a store says nothing. `place` is a number that grows with every change of the document.
    """

    document: Mapping[str, Any]
    labels: Mapping[str, str]
    now: str = ""
    ended: bool = False
    left: frozenset[str] = frozenset()
    typed: frozenset[tuple[str, str]] = frozenset()
    place: int = 0

    @property
    def world(self) -> str:
        return text(self.document.get("world"))

    @property
    def at(self) -> datetime | None:
        return moment(self.now)

    def name(self, identity: Any) -> str:
        """The label of a person, firm, site or account; an id that nobody has stays as it is."""
        return self.labels.get(text(identity)) or short(identity)

    def names(self, identities: Any) -> tuple[str, ...]:
        return tuple(self.name(each) for each in items(identities))

    def firm_of(self, user: str) -> str:
        """The label of the one firm that an account stands for; nothing where it is none or several."""
        account = next((one for one in members(self.document, "accounts") if one.get("id") == user), _NOTHING)
        firms = items(account.get("businesses"))
        return self.name(firms[0]) if len(firms) == 1 else ""

    def read(self) -> World | None:
        """The world as the instruments read it; None where the document is none."""
        try:
            return World.of(self.document)
        except WorldUnreadable:
            return None


def scenes(story: Story) -> Iterator[tuple[Step, Call, Scene]]:
    """Every call of a scenario with its step and the world as it stood when the call was made."""
    scene = Scene(document=_NOTHING, labels=_NOTHING)
    for step in story.steps:
        for call in step.calls:
            if (call.who, call.op) == ("simulator", "world"):
                # The world that a call loads is the one it is made in.
                scene = _opened(call, scene)
            yield step, call, scene
            scene = _after(call, scene)


def _opened(call: Call, scene: Scene) -> Scene:
    document: Any = member(call.args, "document")
    if not isinstance(document, dict):
        return scene
    opened = cast("Mapping[str, Any]", document)
    labels = {
        text(each.get("id")): text(each.get("label")) for kind in _KINDS for each in members(opened, kind)
    }
    return Scene(document=opened, labels=labels, now=text(opened.get("now")), place=scene.place + 1)


def _after(call: Call, scene: Scene) -> Scene:
    change = _CHANGES.get((call.who, call.op))
    if change is None or call.status != "answered" or not scene.document:
        return scene
    try:
        return change(scene, call.args)
    except (KeyError, TypeError, ValueError, StopIteration, AttributeError):
        # A call of another form than the suite makes changes nothing that could be told.
        return scene


def _clock(scene: Scene, args: Mapping[str, Any]) -> Scene:
    return replace(scene, now=text(args["to"]))


def _contract(scene: Scene, args: Mapping[str, Any]) -> Scene:
    return replace(scene, ended=scene.ended or args["event"] == "end")


def _told(scene: Scene, args: Mapping[str, Any]) -> Scene:
    return replace(scene, ended=scene.ended or args["kind"] == "contract_end")


def _cancel(scene: Scene, args: Mapping[str, Any]) -> Scene:
    return _changed(scene, changes.entry_cancelled(dict(scene.document), args["entry"], args["at"]))


def _relate(scene: Scene, args: Mapping[str, Any]) -> Scene:
    document, at, begins = dict(scene.document), args["at"], args["change"] == "begin"
    if args.get("affiliation"):
        said = args["affiliation"]
        change = changes.affiliation_begun if begins else changes.affiliation_ended
        return _changed(scene, change(document, said["technician"], said["business"], at))
    link = args["link"]
    shift = changes.link_begun if begins else changes.link_ended
    return _changed(scene, shift(document, link["site"], link["child"], link["parent"], at))


def _enter(scene: Scene, args: Mapping[str, Any]) -> Scene:
    entries = list(members(scene.document, "entries"))
    entry = {
        "id": f"e{len(entries) + 1}",
        "technician": args["technician"],
        "site": args["site"],
        "under": args["under"],
        "at": args["at"],
        "known_at": args.get("known_at") or args["at"],
        "cancelled_at": None,
    }
    return _changed(scene, {**scene.document, "entries": [*entries, entry]})


def _account(scene: Scene, args: Mapping[str, Any]) -> Scene:
    return replace(scene, left=scene.left | {text(args["account"])}) if args["change"] == "leave" else scene


def _edit(scene: Scene, args: Mapping[str, Any]) -> Scene:
    subject, item = text(args["subject"]), text(args["item"])
    same = (item, args["value"]) in _values(int(scene.document["seed"]), subject)
    return replace(scene, typed=scene.typed | {(subject, item)}) if same else scene


@lru_cache(maxsize=64)
def _values(seed: int, subject: str) -> frozenset[tuple[str, Any]]:
    return frozenset((canary.item, canary.text) for canary in population.canaries(seed, subject))


def _changed(scene: Scene, document: Mapping[str, Any]) -> Scene:
    return replace(scene, document=document, place=scene.place + 1)


_CHANGES = {
    ("simulator", "clock"): _clock,
    ("simulator", "contract"): _contract,
    ("candidate", "announce"): _told,
    ("candidate", "cancel"): _cancel,
    ("candidate", "relate"): _relate,
    ("candidate", "enter"): _enter,
    ("candidate", "account"): _account,
    ("candidate", "edit"): _edit,
}


def found_in(call: Call, scene: Scene) -> list[tuple[str, str, str]]:
    """What a scan of the stores found: store, id and item, each once, without what a user typed the same."""
    return sorted(
        {
            (text(store.get("id")), text(hit[0]), text(hit[1]))
            for store in members(call.answer.get("value"), "stores")
            for hit in map(items, items(store.get("hits")))
            if len(hit) > 1 and (text(hit[0]), text(hit[1])) not in scene.typed
        }
    )


def member(document: Any, *path: str) -> Any:
    """What stands at a place of a document of any form; None where nothing does."""
    for key in path:
        document = cast("Mapping[str, Any]", document).get(key) if isinstance(document, dict) else None
    return document


def members(document: Any, *path: str) -> list[Mapping[str, Any]]:
    """The objects of a list in such a document."""
    found = member(document, *path)
    return [cast("Mapping[str, Any]", one) for one in items(found) if isinstance(one, dict)]


def table(value: Any) -> Mapping[str, Any]:
    """An object; an empty one for anything else."""
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else _NOTHING


def text(value: Any) -> str:
    """A text; nothing for anything else."""
    return value if isinstance(value, str) else ""


LONGEST = 200


def short(value: Any) -> str:
    """A text as a row may show it: what somebody else sent is never longer than a line."""
    said = text(value)
    return said if len(said) <= LONGEST else f"{said[:LONGEST]}…"


def moment(value: Any) -> datetime | None:
    """A point in time with an offset; None for anything else."""
    try:
        read = datetime.fromisoformat(text(value))
    except ValueError:
        return None
    return read if read.tzinfo is not None else None


def items(value: Any) -> Sequence[Any]:
    """The members of a list; none for anything else."""
    return cast("Sequence[Any]", value) if isinstance(value, list) else ()
