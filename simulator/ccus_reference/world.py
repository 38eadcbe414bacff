"""The circumstances this system works in: its contract, its users, the sites they work on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from ccus_reference.moments import BEGINNING, midnight, parsed

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A stretch of time, open at its end."""

    start: datetime
    end: datetime | None

    def holds(self, at: datetime) -> bool:
        return self.start <= at and (self.end is None or at < self.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """The joint-use agreement, with the instants between which it binds."""

    id: str
    nintei_contract_id: str
    signed_on: date
    starts_at: datetime
    ends_at: datetime

    def in_force(self, at: datetime) -> bool:
        return self.starts_at <= at < self.ends_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Affiliation:
    """A technician belongs to a business, mainly or on the side, for a time."""

    technician: str
    business: str
    kind: str
    period: Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One firm standing below another at one site, as far as it was approved."""

    child: str
    parent: str
    approved: bool
    period: Period

    def holds(self, at: datetime) -> bool:
        return self.approved and self.period.holds(at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A building site: its prime contractor (several in a joint venture), the tree below, whose site it is."""

    id: str
    prime: str
    primes: frozenset[str]
    client: str | None
    links: tuple[Link, ...]

    def parents(self, child: str, at: datetime) -> frozenset[str]:
        return frozenset(link.parent for link in self.links if link.child == child and link.holds(at))


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A technician entered a site under a firm: when it happened, when we learnt it, when it was voided."""

    id: str
    technician: str
    site: str
    under: str
    at: datetime
    known_at: datetime
    cancelled_at: datetime | None

    def stands(self, at: datetime) -> bool:
        voided = self.cancelled_at is not None and self.cancelled_at <= at
        return self.at <= at and self.known_at <= at and not voided


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A user of this system, with the firms it stands for or the technician it is."""

    id: str
    businesses: frozenset[str]
    technician: str | None
    role: str
    credential: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegation:
    """A firm's recorded wish that somebody else's account may ask for it (代行)."""

    id: str
    business: str
    account: str
    period: Period


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Everything the rules of this system ask about, as far as it was told."""

    name: str
    now: datetime
    contract: Contract
    users: frozenset[str]
    unregistered: frozenset[str]
    labels: Mapping[str, str]
    technicians: frozenset[str]
    affiliations: tuple[Affiliation, ...]
    sites: Mapping[str, Site]
    entries: tuple[Entry, ...]
    accounts: Mapping[str, Account]
    left: Mapping[str, Account] = field(default_factory=dict[str, "Account"])
    """Accounts that were stopped or whose owner left: they may do nothing any more."""
    delegations: tuple[Delegation, ...] = ()

    def delegation(self, business: str, account: str, at: datetime) -> Delegation | None:
        """What lets this account ask for that firm now, if anything does."""
        named = (d for d in self.delegations if (d.business, d.account) == (business, account))
        return next((d for d in named if d.period.holds(at)), None)

    def roster(self, business: str, at: datetime) -> tuple[str, ...]:
        """The technicians who belong to `business` at that time, main or side affiliation."""
        return tuple(
            sorted({a.technician for a in self.affiliations if a.business == business and a.period.holds(at)})
        )

    def employers(self, technician: str, at: datetime) -> frozenset[str]:
        return frozenset(
            a.business for a in self.affiliations if a.technician == technician and a.period.holds(at)
        )

    def entries_of(self, technician: str, at: datetime) -> tuple[Entry, ...]:
        return tuple(e for e in self.entries if e.technician == technician and e.stands(at))


def read_world(document: Mapping[str, Any]) -> World:
    """The world that a world document describes; `KeyError`, `TypeError` or `ValueError` when it describes none."""
    firms, people = document["businesses"], document["technicians"]
    sites = {row["id"]: _site(row) for row in document["sites"]}
    entries = tuple(_entry(row) for row in document["entries"])
    nowhere = sorted({entry.site for entry in entries} - sites.keys())
    if nowhere:
        raise ValueError(f"entries name sites that are not described: {', '.join(nowhere)}")
    return World(
        name=document["world"],
        now=parsed(document["now"]),
        contract=_contract(document["contract"]),
        users=frozenset(row["id"] for row in firms if row.get("user", True)),
        unregistered=frozenset(row["id"] for row in firms if not row.get("registered", True)),
        labels={row["id"]: row["label"] for row in (*firms, *people)},
        technicians=frozenset(row["id"] for row in people),
        affiliations=tuple(_affiliation(row) for row in document["affiliations"]),
        sites=sites,
        entries=entries,
        accounts={row["id"]: _account(row) for row in document["accounts"]},
    )


def _contract(row: Mapping[str, Any]) -> Contract:
    signed, last = date.fromisoformat(row["signed_on"]), date.fromisoformat(row["ends_on"])
    through = timedelta(days=1) if row.get("instant", "24:00") == "24:00" else timedelta(0)
    return Contract(
        id=row["id"],
        nintei_contract_id=row["nintei_contract_id"],
        signed_on=signed,
        starts_at=midnight(signed),
        ends_at=midnight(last) + through,
    )


def _moment(row: Mapping[str, Any], key: str) -> datetime | None:
    text = row.get(key)
    return parsed(text) if text else None


def _period(row: Mapping[str, Any]) -> Period:
    return Period(start=_moment(row, "from") or BEGINNING, end=_moment(row, "to"))


def _affiliation(row: Mapping[str, Any]) -> Affiliation:
    return Affiliation(
        technician=row["technician"], business=row["business"], kind=row["kind"], period=_period(row)
    )


def _site(row: Mapping[str, Any]) -> Site:
    links = tuple(
        Link(
            child=link["child"],
            parent=link["parent"],
            approved=link["status"] == "approved",
            period=_period(link),
        )
        for link in row.get("links", [])
    )
    return Site(
        id=row["id"],
        prime=row["prime"],
        primes=frozenset({row["prime"], *row.get("jv_members", [])}),
        client=row.get("client"),
        links=links,
    )


def _entry(row: Mapping[str, Any]) -> Entry:
    at = parsed(row["at"])
    return Entry(
        id=row["id"],
        technician=row["technician"],
        site=row["site"],
        under=row["under"],
        at=at,
        known_at=_moment(row, "known_at") or at,
        cancelled_at=_moment(row, "cancelled_at"),
    )


def _account(row: Mapping[str, Any]) -> Account:
    return Account(
        id=row["id"],
        businesses=frozenset(row["businesses"]),
        technician=row.get("technician"),
        role=row["role"],
        credential=row.get("credential", ""),
    )
