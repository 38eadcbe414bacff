"""What changes in the registry while a world runs: people leave and join, registrations and delegations end."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from ccus_simulator.registry import Affiliation, World, delegation_of


class NothingToChange(Exception):
    """A change that does not fit the registry as it is."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        super().__init__(path, text)

    def __str__(self) -> str:
        return f"{self.path}: {self.text}"


def changed(world: World, body: Mapping[str, Any], at: datetime) -> World:
    """Return the registry after a change at this moment; raises `NothingToChange`."""
    return _CHANGES[body["change"]](world, body, at)


def _affiliation_began(world: World, body: Mapping[str, Any], at: datetime) -> World:
    began = Affiliation(
        technician=body["technician"],
        business=body["business"],
        kind=body.get("kind", "main"),
        since=at,
        until=None,
    )
    return replace(world, affiliations=(*world.affiliations, began))


def _affiliation_ended(world: World, body: Mapping[str, Any], at: datetime) -> World:
    pair = (body["technician"], body["business"])
    ending = {a for a in world.affiliations if (a.technician, a.business) == pair and a.holds(at)}
    if not ending:
        raise NothingToChange(
            "$.technician", "今この事業者に所属していません。所属している者を書いてください。"
        )
    kept = (replace(a, until=at) if a in ending else a for a in world.affiliations)
    return replace(world, affiliations=tuple(kept))


def _registration_ended(world: World, body: Mapping[str, Any], _: datetime) -> World:
    return replace(world, ended=world.ended | {body["id"]})


def _registration_renewed(world: World, body: Mapping[str, Any], _: datetime) -> World:
    return replace(world, ended=world.ended - {body["id"]})


def _delegation_began(world: World, body: Mapping[str, Any], at: datetime) -> World:
    if any(d.id == body["id"] for d in world.delegations):
        raise NothingToChange("$.id", "この番号の代行はすでに登録されています。別の番号にしてください。")
    began = replace(delegation_of({**body, "from": at.isoformat()}), since=at)
    return replace(world, delegations=(*world.delegations, began))


def _delegation_ended(world: World, body: Mapping[str, Any], at: datetime) -> World:
    if not any(d.id == body["id"] and d.holds(at) for d in world.delegations):
        raise NothingToChange("$.id", "この番号の有効な代行はありません。登録された番号を書いてください。")
    ended = (replace(d, until=at) if d.id == body["id"] else d for d in world.delegations)
    return replace(world, delegations=tuple(ended))


def _disclosure_changed(world: World, body: Mapping[str, Any], _: datetime) -> World:
    return replace(world, undisclosed={**world.undisclosed, body["technician"]: frozenset(body["items"])})


_CHANGES: Final[Mapping[str, Callable[[World, Mapping[str, Any], datetime], World]]] = {
    "affiliation.began": _affiliation_began,
    "affiliation.ended": _affiliation_ended,
    "registration.ended": _registration_ended,
    "registration.renewed": _registration_renewed,
    "delegation.began": _delegation_began,
    "delegation.ended": _delegation_ended,
    "disclosure.changed": _disclosure_changed,
}
