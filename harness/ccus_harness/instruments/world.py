"""A world document as the instruments read it: frozen records with aware timestamps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Self, cast


class Standing(StrEnum):
    """As what somebody looks at a record; only the first two can ever be allowed."""

    BUSINESS = "business"
    TECHNICIAN = "technician"
    CLIENT = "client"
    STAFF = "staff"
    GUEST = "guest"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """A business or technician that looks, or somebody who has no standing to look."""

    standing: Standing
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """The agreement's dates; `instant` says at which end of `ends_on` it ends."""

    id: str
    nintei_contract_id: str
    signed_on: date
    ends_on: date
    instant: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Business:
    """A firm; `registered` is false for one that takes part on site but is unknown to CCUS."""

    id: str
    label: str
    user: bool
    registered: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Technician:
    """A person of the register."""

    id: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Affiliation:
    """A technician belonged to a firm, as `main` or as `sub`."""

    technician: str
    business: str
    kind: str
    since: datetime
    until: datetime | None

    def holds(self, at: datetime) -> bool:
        return self.since <= at and (self.until is None or at < self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """`child` stands directly below `parent` at one site."""

    child: str
    parent: str
    status: str
    since: datetime
    until: datetime | None

    def holds(self, at: datetime) -> bool:
        return self.since <= at and (self.until is None or at < self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A site and its prime contractor; `jv_members` are the other members of a joint venture."""

    id: str
    label: str
    prime: str
    client: str | None
    jv_members: tuple[str, ...]
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A technician entered a site under a firm: when it happened, became known, was cancelled."""

    id: str
    technician: str
    site: str
    under: str
    at: datetime
    known_at: datetime
    cancelled_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A login of the candidate; only a `member` may act for a firm or as a technician."""

    id: str
    label: str
    businesses: tuple[str, ...]
    technician: str | None
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Everything the scope rule and the reconciliation need to know about one world."""

    id: str
    seed: int
    now: datetime
    contract: Contract
    businesses: tuple[Business, ...] = field(repr=False)
    technicians: tuple[Technician, ...] = field(repr=False)
    affiliations: tuple[Affiliation, ...] = field(repr=False)
    sites: tuple[Site, ...] = field(repr=False)
    entries: tuple[Entry, ...] = field(repr=False)
    accounts: tuple[Account, ...] = field(repr=False)

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Self:
        """Read a world document; all its faults at once in one `WorldUnreadable`."""
        reader = _Reader()
        world = cls(
            id=reader.text(document, "world", ""),
            seed=reader.whole(document, "seed", ""),
            now=reader.moment(document, "now", ""),
            contract=_contract(reader, reader.mapping(document, "contract", "")),
            businesses=tuple(_business(reader, *row) for row in reader.rows(document, "businesses", "")),
            technicians=tuple(_technician(reader, *row) for row in reader.rows(document, "technicians", "")),
            affiliations=tuple(
                _affiliation(reader, *row) for row in reader.rows(document, "affiliations", "")
            ),
            sites=tuple(_site(reader, *row) for row in reader.rows(document, "sites", "")),
            entries=tuple(_entry(reader, *row) for row in reader.rows(document, "entries", "")),
            accounts=tuple(_account(reader, *row) for row in reader.rows(document, "accounts", "")),
        )
        if reader.faults:
            raise WorldUnreadable(reader.faults)
        return world

    def viewer(self, who: str) -> Viewer:
        """Tell the standing of a bare id: a business, a technician, or an account acting as itself."""
        if any(business.id == who for business in self.businesses):
            return Viewer(standing=Standing.BUSINESS, id=who)
        if any(technician.id == who for technician in self.technicians):
            return Viewer(standing=Standing.TECHNICIAN, id=who)
        return self.acting(who, None)

    def acting(self, account: str, acting_for: str | None) -> Viewer:
        """Tell the standing of an account that acts for a firm, or as itself when that is None.

        An account of several firms that names none has no standing: rights are never united.
        """
        holder = next((one for one in self.accounts if one.id == account), None)
        if holder is None:
            return Viewer(standing=Standing.NOBODY, id=account)
        if holder.role != "member":
            standing = Standing(holder.role) if holder.role in _OUTSIDE else Standing.NOBODY
            return Viewer(standing=standing, id=account)
        if acting_for is None and holder.technician is not None:
            return Viewer(standing=Standing.TECHNICIAN, id=holder.technician)
        if acting_for is None and len(holder.businesses) == 1:
            return Viewer(standing=Standing.BUSINESS, id=holder.businesses[0])
        if acting_for is not None and acting_for in holder.businesses:
            return Viewer(standing=Standing.BUSINESS, id=acting_for)
        return Viewer(standing=Standing.NOBODY, id=account)


_OUTSIDE = frozenset({"client", "staff", "guest"})
_NEVER = datetime.fromisoformat("1970-01-01T00:00:00+09:00")


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldFault:
    """One thing wrong in a world document, and where."""

    path: str
    text: str


@dataclass(kw_only=True)
class WorldUnreadable(Exception):
    """A world document that cannot be read; carries every fault with its path."""

    faults: tuple[WorldFault, ...]

    def __init__(self, faults: Sequence[WorldFault]) -> None:
        super().__init__(faults)
        self.faults = tuple(faults)

    def __str__(self) -> str:
        lines = "; ".join(f"{fault.path}: {fault.text}" for fault in self.faults)
        return f"The world document cannot be read. Correct: {lines}"


class _Reader:
    """Reads typed values out of a document and collects what is wrong on the way."""

    def __init__(self) -> None:
        self.faults: list[WorldFault] = []

    def fault(self, path: str, text: str) -> None:
        self.faults.append(WorldFault(path=path, text=text))

    def text(self, table: Mapping[str, Any], key: str, path: str) -> str:
        value = table.get(key)
        if isinstance(value, str):
            return value
        self.fault(f"{path}/{key}", "must be text")
        return ""

    def text_or_none(self, table: Mapping[str, Any], key: str, path: str) -> str | None:
        return None if table.get(key) is None else self.text(table, key, path)

    def whole(self, table: Mapping[str, Any], key: str, path: str) -> int:
        value = table.get(key)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        self.fault(f"{path}/{key}", "must be a whole number")
        return 0

    def flag(self, table: Mapping[str, Any], key: str, path: str, *, default: bool) -> bool:
        value = table.get(key, default)
        if isinstance(value, bool):
            return value
        self.fault(f"{path}/{key}", "must be true or false")
        return default

    def moment(self, table: Mapping[str, Any], key: str, path: str) -> datetime:
        text = self.text(table, key, path)
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            self.fault(f"{path}/{key}", "must be an ISO 8601 timestamp")
            return _NEVER
        if moment.tzinfo is None:
            self.fault(f"{path}/{key}", "must carry an offset")
            return _NEVER
        return moment

    def moment_or_none(self, table: Mapping[str, Any], key: str, path: str) -> datetime | None:
        return None if table.get(key) is None else self.moment(table, key, path)

    def day(self, table: Mapping[str, Any], key: str, path: str) -> date:
        text = self.text(table, key, path)
        try:
            return date.fromisoformat(text)
        except ValueError:
            self.fault(f"{path}/{key}", "must be an ISO 8601 date")
            return _NEVER.date()

    def mapping(self, table: Mapping[str, Any], key: str, path: str) -> Mapping[str, Any]:
        value = table.get(key)
        if isinstance(value, Mapping):
            return cast("Mapping[str, Any]", value)
        self.fault(f"{path}/{key}", "must be an object")
        return {}

    def rows(self, table: Mapping[str, Any], key: str, path: str) -> list[tuple[Mapping[str, Any], str]]:
        value: Any = table.get(key, [])
        if not isinstance(value, list):
            self.fault(f"{path}/{key}", "must be a list")
            return []
        rows = [(row, f"{path}/{key}/{n}") for n, row in enumerate(cast("list[Any]", value))]
        for row, where in rows:
            if not isinstance(row, Mapping):
                self.fault(where, "must be an object")
        return [(row, where) for row, where in rows if isinstance(row, Mapping)]

    def texts(self, table: Mapping[str, Any], key: str, path: str) -> tuple[str, ...]:
        value: Any = table.get(key, [])
        if isinstance(value, list) and all(isinstance(item, str) for item in cast("list[Any]", value)):
            return tuple(cast("list[str]", value))
        self.fault(f"{path}/{key}", "must be a list of texts")
        return ()


def _contract(read: _Reader, row: Mapping[str, Any]) -> Contract:
    path = "/contract"
    return Contract(
        id=read.text(row, "id", path),
        nintei_contract_id=read.text(row, "nintei_contract_id", path),
        signed_on=read.day(row, "signed_on", path),
        ends_on=read.day(row, "ends_on", path),
        instant=read.text(row, "instant", path),
    )


def _business(read: _Reader, row: Mapping[str, Any], path: str) -> Business:
    return Business(
        id=read.text(row, "id", path),
        label=read.text(row, "label", path),
        user=read.flag(row, "user", path, default=True),
        registered=read.flag(row, "registered", path, default=True),
    )


def _technician(read: _Reader, row: Mapping[str, Any], path: str) -> Technician:
    return Technician(id=read.text(row, "id", path), label=read.text(row, "label", path))


def _affiliation(read: _Reader, row: Mapping[str, Any], path: str) -> Affiliation:
    return Affiliation(
        technician=read.text(row, "technician", path),
        business=read.text(row, "business", path),
        kind=read.text(row, "kind", path),
        since=read.moment(row, "from", path),
        until=read.moment_or_none(row, "to", path),
    )


def _site(read: _Reader, row: Mapping[str, Any], path: str) -> Site:
    return Site(
        id=read.text(row, "id", path),
        label=read.text(row, "label", path),
        prime=read.text(row, "prime", path),
        client=read.text_or_none(row, "client", path),
        jv_members=read.texts(row, "jv_members", path),
        links=tuple(_link(read, *link) for link in read.rows(row, "links", path)),
    )


def _link(read: _Reader, row: Mapping[str, Any], path: str) -> Link:
    return Link(
        child=read.text(row, "child", path),
        parent=read.text(row, "parent", path),
        status=read.text(row, "status", path),
        since=read.moment(row, "from", path),
        until=read.moment_or_none(row, "to", path),
    )


def _entry(read: _Reader, row: Mapping[str, Any], path: str) -> Entry:
    return Entry(
        id=read.text(row, "id", path),
        technician=read.text(row, "technician", path),
        site=read.text(row, "site", path),
        under=read.text(row, "under", path),
        at=read.moment(row, "at", path),
        known_at=read.moment(row, "known_at", path),
        cancelled_at=read.moment_or_none(row, "cancelled_at", path),
    )


def _account(read: _Reader, row: Mapping[str, Any], path: str) -> Account:
    return Account(
        id=read.text(row, "id", path),
        label=read.text(row, "label", path),
        businesses=read.texts(row, "businesses", path),
        technician=read.text_or_none(row, "technician", path),
        role=read.text(row, "role", path),
    )
