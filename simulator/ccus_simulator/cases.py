"""The tricky cases of the scope rule: small named worlds, each with the decisions expected of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final, cast

from ccus_simulator import worlds
from ccus_simulator.documents import Fault, MalformedDocument, faults_of
from ccus_simulator.worlds import WorldFile

FILE: Final = "scope.yaml"
OF_THE_CASE: Final = ("ja", "en", "beside", "decisions")
"""What a case says about its world; everything else of it is the world itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """Who sees whom at a moment under given readings: (viewer, technician) → relation, "-" for not at all."""

    at: str
    readings: Mapping[str, str]
    sees: Mapping[tuple[str, str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One tricky case; `beside` is what it asks of a system that a decision does not show."""

    id: str
    ja: str
    en: str
    beside: str | None
    world: WorldFile
    expectations: tuple[Expectation, ...]


@cache
def shipped() -> tuple[Case, ...]:
    """Return the cases that ship with the simulator, T01 first."""
    text = files("ccus_simulator").joinpath("worldfiles", "cases", FILE).read_text(encoding="utf-8")
    return read(text, FILE)


def read(text: str | bytes, what: str = "判定例") -> tuple[Case, ...]:
    """Read a file of cases; raises `MalformedDocument` with all of its faults."""
    document, twice = worlds.parse(text, what)
    faults = (*twice, *faults_of("scope-cases-1", document))
    if faults:
        raise MalformedDocument(what, faults)
    read: list[Case] = []
    for name, body in document["cases"].items():
        try:
            read.append(_case(name, body, document["common"]))
        except MalformedDocument as fault:
            faults += tuple(Fault(path=f"$.cases.{name}{f.path[1:]}", text=f.text) for f in fault.faults)
    if faults:
        raise MalformedDocument(what, faults)
    return tuple(read)


def _case(name: str, body: Mapping[str, Any], common: Mapping[str, Any]) -> Case:
    given = {key: value for key, value in body.items() if key not in OF_THE_CASE}
    document: dict[str, Any] = {
        **common,
        "title": body["ja"],
        "entries": [],
        **given,
        "accounts": _accounts(given),
    }
    world = worlds.of_document(document, name)
    unknown = tuple(_unknown(world, body["decisions"]))
    if unknown:
        raise MalformedDocument(name, unknown)
    return Case(
        id=name,
        ja=body["ja"],
        en=body["en"],
        beside=body.get("beside"),
        world=world,
        expectations=tuple(_expectation(one, world.now) for one in body["decisions"]),
    )


def _accounts(given: Mapping[str, Any]) -> dict[str, Any]:
    firms = {f"u_{label.lower()}": {"businesses": [label]} for label in given.get("businesses", {})}
    people = {f"u_{label.lower()}": {"technician": label} for label in given.get("technicians", {})}
    return {**firms, **people, **given.get("accounts", {})}


def _expectation(body: Mapping[str, Any], now: str) -> Expectation:
    sees = {cast("tuple[str, str]", tuple(cell.split())): relation for cell, relation in body["sees"].items()}
    return Expectation(at=body.get("at", now), readings=body.get("readings", {}), sees=sees)


def _unknown(world: WorldFile, decisions: list[Mapping[str, Any]]) -> Iterator[Fault]:
    """Find cells about people and firms that the world does not have; an account may be nobody's."""
    firms, people = {b.label for b in world.businesses}, {t.label for t in world.technicians}
    for order, decision in enumerate(decisions):
        for cell in decision["sees"]:
            viewer, technician = cell.split()
            account, _, acting_for = viewer.partition("@")
            for label, known in ((account, firms | people), (acting_for, firms), (technician, people)):
                if label and not label.startswith("u_") and label not in known:
                    path = f"$.decisions[{order}].sees.{cell}"
                    yield Fault(path=path, text=f"「{label}」はこの世界にいません。名前を直してください。")
