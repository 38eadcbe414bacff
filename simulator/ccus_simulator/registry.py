"""The world document as the rules read it: who is registered, who belongs to whom, who may log in."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
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
class Delegation:
    """代行: a principal, a firm or a technician, lets an account of another firm act; registered in CCUS."""

    id: str
    principal: str
    delegate: str
    since: datetime
    until: datetime | None

    def holds(self, at: datetime) -> bool:
        return self.since <= at and (self.until is None or at < self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """How CCUS reads the places where the contract allows several readings; the first option is taken."""

    affiliation_at: Literal["provision", "request", "storage"] = "provision"
    affiliation_kind: Literal["main_and_sub", "main_only"] = "main_and_sub"
    delegate: Literal["recorded", "none"] = "recorded"
    refresh: Literal["new_request", "same_request"] = "new_request"
    disclosure_choice: Literal["respected", "ignored"] = "respected"
    end_causes: Literal["all_causes", "expiry_only"] = "all_causes"
    conditions: Literal["all", "any"] = "all"

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> "Readings":
        return cls(**{name.partition(".")[2]: option for name, option in body.items()})


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
    delegations: tuple[Delegation, ...] = ()
    readings: Readings = field(default_factory=Readings)
    undisclosed: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    """What a technician chose not to disclose, by id."""
    ended: frozenset[str] = frozenset()
    """Accounts, firms and technicians whose registration in CCUS has ended."""
    conditions: tuple[str, ...] = ()
    """What 認定契約 第13条2項 demands, by reference; empty while its text is not given."""
    by_technician: Mapping[str, tuple[Affiliation, ...]] = field(init=False)
    by_business: Mapping[str, tuple[Affiliation, ...]] = field(init=False)

    def __post_init__(self) -> None:
        # Looked up for every record: a firm of ten thousand must not be searched ten thousand times.
        object.__setattr__(self, "by_technician", _grouped(self.affiliations, lambda a: a.technician))
        object.__setattr__(self, "by_business", _grouped(self.affiliations, lambda a: a.business))

    def firms_of(self, technician: str, at: datetime) -> tuple[tuple[str, Kind], ...]:
        """Return the firms a technician belongs to at a moment, 主たる first."""
        current = (a for a in self.by_technician.get(technician, ()) if a.holds(at))
        return tuple((a.business, a.kind) for a in sorted(current, key=lambda a: a.kind))

    def affiliated(self, technician: str, business: str, at: datetime) -> bool:
        """Whether a firm may ask for a technician at a moment (第1条(1), reading request.affiliation_kind)."""
        for a in self.by_technician.get(technician, ()):
            if a.business == business and self._counts(a) and a.holds(at):
                return True
        return False

    def staff_of(self, business: str, at: datetime) -> tuple[str, ...]:
        """Return the technicians that belong to a business at a moment, in the order of the document."""
        known = self.by_business.get(business, ())
        return tuple(dict.fromkeys(a.technician for a in known if self._counts(a) and a.holds(at)))

    def delegations_to(self, account: Account, principal: str) -> tuple[Delegation, ...]:
        """Return what a principal registered for an account or for one of its firms, whether it holds or not."""
        delegates = {account.id, *account.businesses}
        return tuple(d for d in self.delegations if d.principal == principal and d.delegate in delegates)

    def _counts(self, affiliation: Affiliation) -> bool:
        return affiliation.kind == "main" or self.readings.affiliation_kind == "main_and_sub"


def _grouped(
    affiliations: Iterable[Affiliation], key: Callable[[Affiliation], str]
) -> Mapping[str, tuple[Affiliation, ...]]:
    groups: dict[str, list[Affiliation]] = {}
    for affiliation in affiliations:
        groups.setdefault(key(affiliation), []).append(affiliation)
    return MappingProxyType({name: tuple(group) for name, group in groups.items()})


def read_world(document: Mapping[str, Any]) -> World:
    """Read a world document; raises `MalformedDocument` with all of its faults."""
    faults = faults_of("world-1", document) or tuple(_contradictions(document))
    if faults:
        raise MalformedDocument("世界文書", faults)
    return world_of(document)


def world_of(document: Mapping[str, Any]) -> World:
    """Return the world of a document that has been checked, with the credentials or, from the ledger, without."""
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
        delegations=tuple(delegation_of(d) for d in document.get("delegations", ())),
        readings=Readings.of(document.get("readings", {})),
        undisclosed={
            t["id"]: frozenset(t["undisclosed"]) for t in document["technicians"] if t.get("undisclosed")
        },
        conditions=tuple(c["ref"] for c in document.get("retention_conditions", ())),
    )


def without_credentials(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document as the ledger may keep it."""
    accounts = [{key: value for key, value in a.items() if key != "credential"} for a in document["accounts"]]
    return {**document, "accounts": accounts}


def _affiliation(body: Mapping[str, Any]) -> Affiliation:
    until = body.get("to")
    return Affiliation(
        technician=body["technician"],
        business=body["business"],
        kind=body["kind"],
        since=moment(body["from"]),
        until=moment(until) if until else None,
    )


def delegation_of(body: Mapping[str, Any]) -> Delegation:
    until = body.get("to")
    return Delegation(
        id=body["id"],
        principal=body["principal"],
        delegate=body["delegate"],
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
    yield from _moments(document, ("$",))
    for section in ("businesses", "technicians", "sites", "entries", "accounts", "delegations"):
        yield from _twice(section, [member["id"] for member in document.get(section, ())])
    firms = {firm["id"] for firm in document["businesses"]}
    people = {person["id"] for person in document["technicians"]}
    for order, body in enumerate(document["affiliations"]):
        yield from _unknown(f"$.affiliations[{order}].business", [body["business"]], firms)
        yield from _unknown(f"$.affiliations[{order}].technician", [body["technician"]], people)
    for order, body in enumerate(document["accounts"]):
        yield from _unknown(f"$.accounts[{order}].businesses", body["businesses"], firms)
        yield from _unknown(f"$.accounts[{order}].technician", filter(None, [body.get("technician")]), people)
    accounts = {account["id"] for account in document["accounts"]}
    for order, body in enumerate(document.get("delegations", ())):
        yield from _unknown(f"$.delegations[{order}].principal", [body["principal"]], firms | people)
        yield from _unknown(f"$.delegations[{order}].delegate", [body["delegate"]], firms | accounts)


def _moments(value: object, path: tuple[str | int, ...]) -> Iterator[Fault]:
    """Find the texts that should name a moment and do not; their places are told only when there are any."""
    if isinstance(value, dict):
        for key, inner in cast("dict[str, object]", value).items():
            if isinstance(inner, str):
                if key in _DATED:
                    yield from _moment_fault(inner, key, path)
            elif inner:
                yield from _moments(inner, (*path, key))
    elif isinstance(value, list):
        for order, inner in enumerate(cast("list[object]", value)):
            if not isinstance(inner, str):
                yield from _moments(inner, (*path, order))


def _moment_fault(text: str, key: str, path: tuple[str | int, ...]) -> Iterator[Fault]:
    try:
        _DATED[key](text)
    except NoSuchMoment as error:
        first, *steps = (*path, key)
        place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
        yield Fault(path=f"{first}{place}", text=str(error))


_DATED = {
    "signed_on": start_of,
    "ends_on": start_of,
    **dict.fromkeys(("now", "from", "to", "at", "known_at", "cancelled_at"), moment),
}


def _twice(section: str, ids: list[str]) -> Iterator[Fault]:
    for again in sorted(member for member, count in Counter(ids).items() if count > 1):
        yield Fault(path=f"$.{section}", text=f"id {again} が二度あります。一つにしてください。")


def _unknown(path: str, ids: Iterable[str], known: set[str]) -> Iterator[Fault]:
    for missing in (member for member in ids if member not in known):
        yield Fault(path=path, text=f"id {missing} がありません。書き加えるか、直してください。")
