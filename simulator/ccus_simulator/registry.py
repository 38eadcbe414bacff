"""The world document as the rules read it: who is registered, who belongs to whom, who may log in."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

from ccus_simulator.documents import Fault, MalformedDocument, faults_of
from ccus_simulator.moments import NoSuchMoment, end_instant, moment, start_of

Kind = Literal["main", "sub"]
Role = Literal["member", "client", "staff", "guest"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Affiliation:
    """A technician belongs to a business from one moment until another."""

    technician: str
    business: str
    kind: Kind
    since: datetime
    until: datetime | None

    def holds(self, at: datetime) -> bool:
        return self.since <= at and (self.until is None or at < self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A login of a user, as CCUS knows it."""

    id: str
    businesses: tuple[str, ...]
    technician: str | None
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """The contract as signed."""

    id: str
    signed_on: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """One tenant: its people, firms, accounts and contract."""

    name: str
    seed: int
    term: Term
    processing_seconds: int
    users: frozenset[str]
    affiliations: tuple[Affiliation, ...]
    accounts: Mapping[str, Account]

    def firms_of(self, technician: str, at: datetime) -> tuple[tuple[str, Kind], ...]:
        """Return the firms a technician belongs to at a moment, 主たる first."""
        current = (a for a in self.affiliations if a.technician == technician and a.holds(at))
        return tuple((a.business, a.kind) for a in sorted(current, key=lambda a: a.kind))

    def affiliated(self, technician: str, business: str, at: datetime) -> bool:
        return any(firm == business for firm, _ in self.firms_of(technician, at))

    def staff_of(self, business: str, at: datetime) -> tuple[str, ...]:
        """Return the technicians that belong to a business at a moment, in the order of the document."""
        staff = (a.technician for a in self.affiliations if a.business == business and a.holds(at))
        return tuple(dict.fromkeys(staff))


def read_world(document: Mapping[str, Any]) -> World:
    """Read a world document; raises `MalformedDocument` with all of its faults."""
    faults = faults_of("world-1", document) or tuple(_contradictions(document))
    if faults:
        raise MalformedDocument("世界文書", faults)
    term = document["contract"]
    return World(
        name=document["world"],
        seed=document["seed"],
        term=Term(
            id=term["id"],
            signed_on=term["signed_on"],
            starts_at=start_of(term["signed_on"]),
            ends_at=end_instant(term["ends_on"], term["instant"]),
        ),
        processing_seconds=document.get("processing_seconds", 0),
        users=frozenset(b["id"] for b in document["businesses"] if b.get("user", True)),
        affiliations=tuple(_affiliation(a) for a in document["affiliations"]),
        accounts={a["id"]: _account(a) for a in document["accounts"]},
    )


def without_credentials(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document as the ledger may keep it."""
    accounts = [{key: value for key, value in a.items() if key != "credential"} for a in document["accounts"]]
    return {**document, "accounts": accounts}


def with_blank_credentials(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document of the ledger in the shape that `read_world` checks."""
    return {**document, "accounts": [{**account, "credential": "-"} for account in document["accounts"]]}


def _affiliation(body: Mapping[str, Any]) -> Affiliation:
    until = body.get("to")
    return Affiliation(
        technician=body["technician"],
        business=body["business"],
        kind=body["kind"],
        since=moment(body["from"]),
        until=moment(until) if until else None,
    )


def _account(body: Mapping[str, Any]) -> Account:
    return Account(
        id=body["id"],
        businesses=tuple(body["businesses"]),
        technician=body.get("technician"),
        role=body["role"],
    )


def _contradictions(document: Mapping[str, Any]) -> Iterator[Fault]:
    yield from _moments(document, "$")
    for section in ("businesses", "technicians", "sites", "entries", "accounts"):
        yield from _twice(section, [member["id"] for member in document[section]])
    firms = {firm["id"] for firm in document["businesses"]}
    people = {person["id"] for person in document["technicians"]}
    for order, body in enumerate(document["affiliations"]):
        yield from _unknown(f"$.affiliations[{order}].business", [body["business"]], firms)
        yield from _unknown(f"$.affiliations[{order}].technician", [body["technician"]], people)
    for order, body in enumerate(document["accounts"]):
        yield from _unknown(f"$.accounts[{order}].businesses", body["businesses"], firms)
        yield from _unknown(f"$.accounts[{order}].technician", filter(None, [body.get("technician")]), people)


def _moments(value: object, path: str) -> Iterator[Fault]:
    if isinstance(value, dict):
        for key, inner in cast("dict[str, object]", value).items():
            yield from _moments(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for order, inner in enumerate(cast("list[object]", value)):
            yield from _moments(inner, f"{path}[{order}]")
    elif isinstance(value, str) and path.rsplit(".", 1)[-1] in _DATED:
        try:
            _DATED[path.rsplit(".", 1)[-1]](value)
        except NoSuchMoment as error:
            yield Fault(path=path, text=str(error))


_DATED = {
    "signed_on": start_of,
    "ends_on": start_of,
    **dict.fromkeys(("now", "from", "to", "at", "known_at", "cancelled_at"), moment),
}


def _twice(section: str, ids: list[str]) -> Iterator[Fault]:
    for again in sorted({member for member in ids if ids.count(member) > 1}):
        yield Fault(path=f"$.{section}", text=f"id {again} が二度あります。一つにしてください。")


def _unknown(path: str, ids: Iterable[str], known: set[str]) -> Iterator[Fault]:
    for missing in (member for member in ids if member not in known):
        yield Fault(path=path, text=f"id {missing} がありません。書き加えるか、直してください。")
