"""Worlds made by number: contractor trees with the depths, sizes and changes of real sites.

Each choice is drawn from the seed and the name of what it is about, so the same seed and size give the same world.
The deepest tier of a site follows the published report on 10,449 sites; a third of the firms are 一人親方; in a
quarter of the chains some firm is not registered; firms come and go, people change firms, entries are late or void.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from hashlib import shake_128
from math import gcd
from typing import Any, Final, cast

from ccus_simulator.population.draws import Shares

FORMULA: Final = "ccus-simulator/worlds/1"
MOST_SITES: Final = 1_000
JST: Final = timezone(timedelta(hours=9))
NOW: Final = datetime(2026, 4, 13, 9, tzinfo=JST)
BEGINNING: Final = datetime(2024, 4, 1, tzinfo=JST)
DEEPEST_TIER: Final = Shares.of((562, 2670, 4047, 2520, 650))
"""Of 10,449 building sites, by the lowest tier: first to fifth."""

FIRST_TIER: Final = Shares.of((10, 25, 30, 20, 10, 5))
NARROWING: Final = (100, 90, 55, 30)
"""How many firms a tier has for a hundred of the tier above, from the second tier on."""

STAFF: Final = Shares.of((20, 30, 20, 12, 8, 5, 3, 2))
SOLE_PER_MILLE: Final = (0, 250, 500, 600, 700)
"""How often a firm of each tier is a 一人親方: the lower, the oftener."""

UNREGISTERED, NO_USER, JOINT, WITH_CLIENT = 110, 80, 60, 600
PENDING, WITHDRAWN, LEFT_SITE = 30, 20, 40
MOVED, SECOND_FIRM, WITH_ACCOUNT = 60, 30, 50
ENTERS, HELPS, LATE, VOID, PLANNED = 700, 30, 50, 20, 20
_PLAIN: Final = re.compile(
    r"[A-Za-z][A-Za-z0-9_]*( > [A-Za-z][A-Za-z0-9_]*)*|\d{4}-\d\d-\d\d(T[\d:]+\+09:00)?"
)


class TooManySites(ValueError):
    """A world larger than any list of its document may be."""

    def __init__(self, sites: int) -> None:
        super().__init__(sites)
        self.sites = sites

    def __str__(self) -> str:
        return f"A world has 1 to {MOST_SITES:,} sites, not {self.sites:,}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A firm's place in a contractor tree."""

    firm: str
    parent: str
    tier: int


@dataclass
class Maker:
    """Makes one world; everything that it draws has a name."""

    sites: int
    seed: int
    companies: int = field(init=False)
    soles: int = field(init=False)
    primes: int = field(init=False)

    def __post_init__(self) -> None:
        self.companies, self.soles = self.sites * 4 + 12, self.sites * 2 + 8
        self.primes = max(2, self.sites // 4)

    def document(self) -> dict[str, Any]:
        """Write the world as a world file."""
        return {
            "title": f"作られた世界（現場 {self.sites}、種 {self.seed}）",
            "now": _moment(NOW),
            "since": _moment(BEGINNING),
            "contract": {"signed_on": "2026-04-01", "ends_on": "2027-03-31", "instant": "24:00"},
            "businesses": {label: self._business(label) for label in self._firms()},
            "technicians": dict(self._technicians()),
            "sites": {self._site_label(n): self._site(n) for n in range(self.sites)},
            "entries": [entry for n in range(self.sites) for entry in self._entries(n)],
            "accounts": dict(self._accounts()),
        }

    # -- draws

    def below(self, limit: int, *names: object) -> int:
        key = "|".join(map(str, (FORMULA, self.seed, *names)))
        return int.from_bytes(shake_128(key.encode()).digest(8), "big") % limit

    def chance(self, per_mille: int, *names: object) -> bool:
        return self.below(1000, *names) < per_mille

    def pick(self, shares: Shares, *names: object) -> int:
        number = self.below(shares.total, *names)
        return next(place for place, bound in enumerate(shares.bounds) if number < bound)

    # -- firms and people

    def _firms(self) -> Iterator[str]:
        yield from (f"C{n}" for n in range(1, 1 + max(1, self.sites // 10)))
        yield from (f"P{n}" for n in range(self.primes))
        yield from (f"F{n}" for n in range(self.companies))
        yield from (f"H{n}" for n in range(self.soles))

    def _business(self, label: str) -> dict[str, Any]:
        if label[0] in "CP":
            return {}
        if self.chance(UNREGISTERED, label, "unregistered"):
            return {"user": False, "registered": False, **({"sole": True} if label[0] == "H" else {})}
        user = {"user": False} if self.chance(NO_USER, label, "no user") else {}
        return {**user, **({"sole": True} if label[0] == "H" else {})}

    def staff(self, firm: str) -> tuple[str, ...]:
        """Name the people of a firm."""
        if firm[0] == "C":
            return ()
        count = 1 if firm[0] == "H" else 1 + self.pick(STAFF, firm, "staff")
        return tuple(f"T_{firm}_{n}" for n in range(count))

    def _technicians(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for firm in self._firms():
            for label in self.staff(firm):
                yield label, self._technician(label, firm)

    def _technician(self, label: str, firm: str) -> dict[str, Any]:
        if firm[0] == "H":
            return {"main": firm, "sole": True}
        if self.chance(MOVED, label, "moved"):
            moved = _moment(NOW - timedelta(days=1 + self.below(300, label, "when")))
            before = {"firm": self._another(label, firm), "from": _moment(BEGINNING), "to": moved}
            return {"past": [before, {"firm": firm, "from": moved}]}
        second = self.chance(SECOND_FIRM, label, "second")
        return {"main": firm, **({"sub": [self._another(label, firm)]} if second else {})}

    def _another(self, label: str, firm: str) -> str:
        place = self.below(self.companies, label, "another")
        other = f"F{place}"
        return other if other != firm else f"F{(place + 1) % self.companies}"

    def _accounts(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for firm in self._firms():
            role = {"role": "client"} if firm[0] == "C" else {}
            yield f"u_{firm.lower()}", {"businesses": [firm], **role}
        for firm in self._firms():
            for label in self.staff(firm):
                if self.chance(WITH_ACCOUNT, label, "account"):
                    yield f"u_{label.lower()}", {"technician": label}
        yield "u_staff", {"role": "staff"}
        yield "u_guest", {"role": "guest"}

    # -- sites

    def _site_label(self, site: int) -> str:
        return f"S{site}"

    def prime(self, site: int) -> str:
        return f"P{self.below(self.primes, 'site', site, 'prime')}"

    def began(self, site: int) -> datetime:
        return NOW - timedelta(days=30 + self.below(300, "site", site, "began"))

    def slots(self, site: int) -> tuple[Slot, ...]:
        """Draw the tree of a site from the first tier down to its deepest."""
        deepest = 1 + self.pick(DEEPEST_TIER, "site", site, "deepest")
        firms, above, slots = self._drawn_firms(site), [self.prime(site)], list[Slot]()
        count = 1 + self.pick(FIRST_TIER, "site", site, "first tier") + deepest
        for tier in range(deepest):
            count = max(1, count * NARROWING[min(tier, 3)] // 100)
            names = [
                next(firms[self.chance(SOLE_PER_MILLE[tier], "site", site, tier, n)]) for n in range(count)
            ]
            parents = [above[self.below(len(above), "site", site, tier, n, "parent")] for n in range(count)]
            slots += [
                Slot(firm=name, parent=parent, tier=tier + 1)
                for name, parent in zip(names, parents, strict=True)
            ]
            # A 一人親方 has nobody below him as long as a company stands beside him.
            above = [name for name in names if name[0] == "F"] or names
        return tuple(slots)

    def _drawn_firms(self, site: int) -> tuple[Iterator[str], Iterator[str]]:
        return self._around("F", self.companies, site), self._around("H", self.soles, site)

    def _around(self, letter: str, count: int, site: int) -> Iterator[str]:
        """Go round all firms of a sort in steps that meet each once."""
        place = self.below(count, "site", site, letter, "start")
        step = 1 + self.below(count - 1, "site", site, letter, "step")
        while gcd(step, count) != 1:
            step += 1
        while True:
            yield f"{letter}{place}"
            place = (place + step) % count

    def _site(self, site: int) -> dict[str, Any]:
        clients = max(1, self.sites // 10)
        client = {"client": f"C{1 + self.below(clients, 'site', site, 'client')}"}
        partner = f"P{self.below(self.primes, 'site', site, 'partner')}"
        joint = self.chance(JOINT, "site", site, "joint") and partner != self.prime(site)
        return {
            "prime": self.prime(site),
            **(client if self.chance(WITH_CLIENT, "site", site, "with client") else {}),
            **({"partners": [partner]} if joint else {}),
            "links": [self._link(site, slot) for slot in self.slots(site)],
        }

    def _link(self, site: int, slot: Slot) -> dict[str, Any]:
        began = self.began(site) + timedelta(days=self.below(20, "site", site, slot.firm, "came"))
        link: dict[str, Any] = {"child": slot.firm, "parent": slot.parent, "from": _moment(began)}
        if self.chance(PENDING, "site", site, slot.firm, "pending"):
            return {**link, "status": "pending"}
        if self.chance(WITHDRAWN, "site", site, slot.firm, "withdrawn"):
            return {**link, "status": "withdrawn"}
        if self.chance(LEFT_SITE, "site", site, slot.firm, "left"):
            return {**link, "to": _moment(NOW - timedelta(days=1 + self.below(9, "site", site, slot.firm)))}
        return link

    def _entries(self, site: int) -> Iterator[dict[str, Any]]:
        workers = [(self.prime(site), self.prime(site)), *((s.firm, s.parent) for s in self.slots(site))]
        for firm, parent in workers:
            for label in self.staff(firm):
                if self.chance(ENTERS, "site", site, label, "enters"):
                    yield self._entry(site, label, parent if self._helps(site, label) else firm)

    def _helps(self, site: int, label: str) -> bool:
        return self.chance(HELPS, "site", site, label, "helps")

    def _entry(self, site: int, label: str, under: str) -> dict[str, Any]:
        days = (NOW - self.began(site)).days
        at = self.began(site) + timedelta(days=20 + self.below(days - 20, "site", site, label, "at"))
        at = at.replace(hour=8, minute=self.below(60, "site", site, label, "minute"))
        entry = {"technician": label, "site": self._site_label(site), "under": under, "at": _moment(at)}
        if self.chance(PLANNED, "site", site, label, "planned"):
            planned = NOW + timedelta(days=3 + self.below(60, "site", site, label, "planned for"))
            return {**entry, "at": _moment(planned), "known_at": _moment(at)}
        if self.chance(LATE, "site", site, label, "late"):
            return {**entry, "known_at": _moment(at + timedelta(days=1 + self.below(5, "site", site, label)))}
        if self.chance(VOID, "site", site, label, "void"):
            return {**entry, "cancelled_at": _moment(at + timedelta(days=2))}
        return entry


def generated(*, sites: int, seed: int) -> dict[str, Any]:
    """Make a world of so many sites, as a world file."""
    if not 1 <= sites <= MOST_SITES:
        raise TooManySites(sites)
    return Maker(sites=sites, seed=seed).document()


def as_yaml(document: Mapping[str, Any]) -> str:
    """Write a world file as a person would: one firm, person, link or entry to a line."""
    return "".join(_section(name, value) for name, value in document.items())


def _section(name: str, value: Any) -> str:
    if name == "sites":
        return "sites:\n" + "".join(_site(label, body) for label, body in value.items())
    if name in {"businesses", "technicians", "accounts"}:
        return f"{name}:\n" + "".join(f"  {label}: {_flow(body)}\n" for label, body in value.items())
    if name == "entries":
        return f"{name}:\n" + "".join(f"  - {_flow(one)}\n" for one in value)
    return f"{name}: {_flow(value)}\n"


def _site(label: str, body: Mapping[str, Any]) -> str:
    plain = "".join(f"    {key}: {_flow(value)}\n" for key, value in body.items() if key != "links")
    links = "".join(f"      - {_flow(link)}\n" for link in body["links"])
    return f"  {label}:\n{plain}    links:\n{links}"


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        fields = cast("dict[str, Any]", value)
        return "{" + ", ".join(f"{key}: {_flow(inner)}" for key, inner in fields.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(inner) for inner in cast("list[Any]", value)) + "]"
    if isinstance(value, str) and _PLAIN.fullmatch(value):
        return value
    return json.dumps(value, ensure_ascii=False)


def _moment(moment: datetime) -> str:
    return moment.isoformat()
