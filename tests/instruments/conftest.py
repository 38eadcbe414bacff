"""Sketched worlds for the scope oracles: labels are the ids, days are days of April 2026."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from ccus_harness.instruments.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

APRIL = datetime.fromisoformat("2026-04-01T00:00:00+09:00")


def day(number: float) -> datetime:
    """Give a moment in April 2026, JST; day 1 is the first, halves are noon."""
    return APRIL + timedelta(days=number - 1)


def stamp(number: float | None) -> str | None:
    return None if number is None else day(number).isoformat()


@dataclass(frozen=True, kw_only=True)
class Link:
    child: str
    parent: str
    status: str = "approved"
    since: float = -300
    until: float | None = None


@dataclass(frozen=True, kw_only=True)
class Site:
    prime: str
    chain: tuple[Link, ...] = ()
    client: str | None = None
    jv_members: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Entry:
    who: str
    site: str
    under: str
    at: float = 5
    known_at: float | None = None
    cancelled_at: float | None = None


@dataclass(frozen=True, kw_only=True)
class Belongs:
    who: str
    firm: str
    kind: str = "main"
    since: float = -300
    until: float | None = None


@dataclass(frozen=True, kw_only=True)
class Sketch:
    firms: str
    people: str
    sites: Mapping[str, Site]
    belongs: tuple[Belongs, ...]
    entries: tuple[Entry, ...] = ()
    accounts: tuple[dict[str, Any], ...] = ()
    unregistered: frozenset[str] = frozenset()
    no_users: frozenset[str] = frozenset()

    def document(self) -> dict[str, Any]:
        return {
            "world": "sketch",
            "seed": 1,
            "now": stamp(13),
            "contract": {
                "id": "KYODO-1",
                "nintei_contract_id": "NINTEI-1",
                "signed_on": "2026-04-01",
                "ends_on": "2027-03-31",
                "instant": "24:00",
            },
            "businesses": [
                {
                    "id": firm,
                    "label": firm,
                    "user": firm not in self.no_users,
                    "registered": firm not in self.unregistered,
                }
                for firm in self.firms.split()
            ],
            "technicians": [{"id": one, "label": one} for one in self.people.split()],
            "affiliations": [
                {
                    "technician": one.who,
                    "business": one.firm,
                    "kind": one.kind,
                    "from": stamp(one.since),
                    "to": stamp(one.until),
                }
                for one in self.belongs
            ],
            "sites": [_site(label, site) for label, site in self.sites.items()],
            "entries": [_entry(number, one) for number, one in enumerate(self.entries, 1)],
            "accounts": list(self.accounts),
        }

    def world(self) -> World:
        return World.of(self.document())


def _site(label: str, site: Site) -> dict[str, Any]:
    return {
        "id": label,
        "label": label,
        "prime": site.prime,
        "client": site.client,
        "jv_members": list(site.jv_members),
        "links": [
            {
                "child": one.child,
                "parent": one.parent,
                "status": one.status,
                "from": stamp(one.since),
                "to": stamp(one.until),
            }
            for one in site.chain
        ],
    }


def _entry(number: int, one: Entry) -> dict[str, Any]:
    return {
        "id": f"e{number}",
        "technician": one.who,
        "site": one.site,
        "under": one.under,
        "at": stamp(one.at),
        "known_at": stamp(one.at if one.known_at is None else one.known_at),
        "cancelled_at": stamp(one.cancelled_at),
    }


def chain(*firms: str, **when: Any) -> tuple[Link, ...]:
    """Link the firms from the top down: chain("P1", "F1", "F2")."""
    pairs = pairwise(firms)
    return tuple(Link(child=child, parent=parent, **when) for parent, child in pairs)


@dataclass(frozen=True, kw_only=True)
class Case:
    """One tricky case: at a moment, who sees whom and by which relation ("-": not at all)."""

    name: str
    sketch: Sketch
    sees: Mapping[str, str]
    at: float = 10
    readings: Mapping[str, str] = field(default_factory=dict)


def _four_tiers(**more: Any) -> Sketch:
    """Give the tree S1: P1 > F1 > F2 > F3 and P1 > F4 > F5, with T2 of F2 entered and T4 of F4 entered."""
    parts: dict[str, Any] = {
        "firms": "P1 F1 F2 F3 F4 F5",
        "people": "T2 T4",
        "sites": {"S1": Site(prime="P1", chain=chain("P1", "F1", "F2", "F3") + chain("P1", "F4", "F5"))},
        "belongs": (Belongs(who="T2", firm="F2"), Belongs(who="T4", firm="F4")),
        "entries": (Entry(who="T2", site="S1", under="F2"), Entry(who="T4", site="S1", under="F4")),
    }
    return Sketch(**{**parts, **more})


def _two_sites() -> Sketch:
    return Sketch(
        firms="P1 P2 F1 F2",
        people="T1 T2",
        sites={
            "S1": Site(prime="P1", chain=chain("P1", "F1", "F2")),
            "S2": Site(prime="P2", chain=chain("P2", "F2", "F1", "P1")),
        },
        belongs=(Belongs(who="T1", firm="F1"), Belongs(who="T2", firm="F2")),
        entries=(Entry(who="T1", site="S1", under="F1"), Entry(who="T2", site="S2", under="F2")),
    )


def _one_chain(*links: Link, entries: tuple[Entry, ...] | None = None, **more: Any) -> Sketch:
    """Give P1 > F1 > F2 with other links in their place, and T2 of F2."""
    parts: dict[str, Any] = {
        "firms": "P1 F1 F2",
        "people": "T2",
        "sites": {"S1": Site(prime="P1", chain=links or chain("P1", "F1", "F2"))},
        "belongs": (Belongs(who="T2", firm="F2"),),
        "entries": (Entry(who="T2", site="S1", under="F2"),) if entries is None else entries,
    }
    return Sketch(**{**parts, **more})


def _moved() -> Sketch:
    """T2 left F2 for F9 on day 8; he had entered S1 under F2 and later enters S2 under F9."""
    return Sketch(
        firms="P1 F1 F2 P2 F8 F9",
        people="T2",
        sites={
            "S1": Site(prime="P1", chain=chain("P1", "F1", "F2")),
            "S2": Site(prime="P2", chain=chain("P2", "F8", "F9")),
        },
        belongs=(Belongs(who="T2", firm="F2", until=8), Belongs(who="T2", firm="F9", since=8)),
        entries=(Entry(who="T2", site="S1", under="F2"), Entry(who="T2", site="S2", under="F9", at=9)),
    )


_LATE = (Entry(who="T2", site="S1", under="F2", at=5, known_at=8),)
_CANCELLED = (Entry(who="T2", site="S1", under="F2", cancelled_at=9),)
_PENDING = (*chain("P1", "F1"), *chain("F1", "F2", status="pending"))
_WITHDRAWN = (*chain("P1", "F1"), *chain("F1", "F2", until=8))
_LATE_LINK = (*chain("P1", "F1"), *chain("F1", "F2", since=8))
_JOINT = Site(prime="P1", jv_members=("P9",), chain=chain("P1", "F1", "F2"))

CASES = (
    Case(name="T01 siblings on one tier", sketch=_four_tiers(), sees={"F1 T4": "-", "F4 T2": "-"}),
    Case(name="T02 a cousin under another first tier", sketch=_four_tiers(), sees={"F5 T2": "-"}),
    Case(
        name="T03 a lower tier looks up",
        sketch=_four_tiers(),
        sees={"F3 T2": "-", "F5 T4": "-", "F1 T2": "upper", "F2 T2": "affiliated", "P1 T2": "prime"},
    ),
    Case(
        name="T04 above at one site, below at the other",
        sketch=_two_sites(),
        sees={"F1 T2": "-", "F2 T1": "-", "P2 T2": "prime", "P1 T1": "prime"},
    ),
    Case(
        name="T05 one firm on two tiers of one tree",
        sketch=_four_tiers(
            sites={"S1": Site(prime="P1", chain=chain("P1", "F1", "F2", "F1", "F3") + chain("P1", "F4"))}
        ),
        sees={"F1 T2": "upper", "F4 T2": "-", "F3 T2": "-"},
    ),
    Case(
        name="T06 a cycle in bad data",
        sketch=_one_chain(*chain("F1", "F2", "F1"), *chain("F2", "F2")),
        sees={"F1 T2": "upper", "F2 T2": "affiliated", "P1 T2": "prime"},
    ),
    Case(
        name="T07 prime at S1 and third tier at S2",
        sketch=_two_sites(),
        sees={"P1 T2": "-", "P2 T1": "-"},
    ),
    Case(
        name="T08 the prime's own workers",
        sketch=_one_chain(
            people="T0",
            belongs=(Belongs(who="T0", firm="P1"),),
            entries=(Entry(who="T0", site="S1", under="P1"),),
        ),
        sees={"P1 T0": "affiliated", "F1 T0": "-"},
    ),
    Case(
        name="T09 on the roster, never entered",
        sketch=_one_chain(entries=(Entry(who="T2", site="S1", under="F2", at=20, known_at=3),)),
        sees={"P1 T2": "-", "F1 T2": "-", "F2 T2": "affiliated"},
    ),
    Case(
        name="T09 on the roster, where a roster is agreed to be enough",
        sketch=_one_chain(entries=(Entry(who="T2", site="S1", under="F2", at=20, known_at=3),)),
        readings={"scope.pre_entry": "allow_if_roster"},
        sees={"P1 T2": "prime", "F1 T2": "upper"},
    ),
    Case(
        name="T10 an entry not yet registered",
        sketch=_one_chain(entries=_LATE),
        at=7,
        sees={"P1 T2": "-", "F1 T2": "-"},
    ),
    Case(
        name="T10 an entry registered later for an earlier day",
        sketch=_one_chain(entries=_LATE),
        at=8,
        sees={"P1 T2": "prime", "F1 T2": "upper"},
    ),
    Case(
        name="T11 before the entry is cancelled",
        sketch=_one_chain(entries=_CANCELLED),
        at=8.5,
        sees={"P1 T2": "prime", "F1 T2": "upper"},
    ),
    Case(
        name="T11 after the entry is cancelled",
        sketch=_one_chain(entries=_CANCELLED),
        at=9,
        sees={"P1 T2": "-", "F1 T2": "-", "F2 T2": "affiliated"},
    ),
    Case(
        name="T16 the worker moved firm: both chains by their own entry",
        sketch=_moved(),
        sees={"F1 T2": "upper", "P1 T2": "prime", "F8 T2": "upper", "P2 T2": "prime"},
    ),
    Case(name="T17 a former employer", sketch=_moved(), sees={"F2 T2": "-", "F9 T2": "affiliated"}),
    Case(
        name="T24 an unregistered middle tier stops the chain",
        sketch=_one_chain(
            *chain("P1", "F0", "F1", "F2"), firms="P1 F0 F1 F2", unregistered=frozenset({"F1"})
        ),
        sees={"F0 T2": "-", "F1 T2": "-", "P1 T2": "prime"},
    ),
    Case(
        name="T24 an unregistered middle tier is bridged where that is agreed",
        sketch=_one_chain(
            *chain("P1", "F0", "F1", "F2"), firms="P1 F0 F1 F2", unregistered=frozenset({"F1"})
        ),
        readings={"scope.gap_tier": "bridge"},
        sees={"F0 T2": "upper", "F1 T2": "-"},
    ),
    Case(
        name="T25 invited, not approved",
        sketch=_one_chain(*_PENDING),
        sees={"F1 T2": "-", "P1 T2": "prime"},
    ),
    Case(
        name="T26 approved at entry, withdrawn since",
        sketch=_one_chain(*_WITHDRAWN),
        sees={"F1 T2": "upper"},
    ),
    Case(
        name="T26 withdrawn since, judged by the chain of today",
        sketch=_one_chain(*_WITHDRAWN),
        readings={"scope.chain_time": "at_viewing"},
        sees={"F1 T2": "-"},
    ),
    Case(
        name="T27 linked only after the entry",
        sketch=_one_chain(*_LATE_LINK),
        sees={"F1 T2": "-"},
    ),
    Case(
        name="T27 linked only after the entry, judged by the chain of today",
        sketch=_one_chain(*_LATE_LINK),
        readings={"scope.chain_time": "at_viewing"},
        sees={"F1 T2": "upper"},
    ),
    Case(
        name="T28 the firm left the site before the worker entered",
        sketch=_one_chain(*chain("P1", "F1"), *chain("F1", "F2", until=4)),
        sees={"F1 T2": "-"},
    ),
    Case(
        name="T30 a member of a joint venture",
        sketch=_one_chain(sites={"S1": _JOINT}, firms="P1 P9 F1 F2"),
        sees={"P9 T2": "prime"},
    ),
    Case(
        name="T30 only the representative, where that is agreed",
        sketch=_one_chain(sites={"S1": _JOINT}, firms="P1 P9 F1 F2"),
        readings={"scope.jv": "representative"},
        sees={"P9 T2": "-", "P1 T2": "prime"},
    ),
    Case(
        name="T33 a user of two firms sees as one of them or not at all",
        sketch=_four_tiers(
            accounts=(
                {"id": "u", "label": "u", "businesses": ["F2", "F5"], "technician": None, "role": "member"},
                {"id": "u_guest", "label": "u_guest", "businesses": [], "technician": None, "role": "guest"},
            )
        ),
        sees={"u T2": "-", "u T4": "-", "u_guest T2": "-", "F2 T2": "affiliated", "F5 T2": "-"},
    ),
    Case(
        name="a client at the site",
        sketch=_one_chain(
            sites={"S1": Site(prime="P1", client="C1", chain=chain("P1", "F1", "F2"))}, firms="P1 F1 F2 C1"
        ),
        sees={"C1 T2": "-"},
    ),
    Case(
        name="a firm that does not use the system",
        sketch=_one_chain(no_users=frozenset({"F1"})),
        sees={"F1 T2": "-"},
    ),
    Case(
        name="a worker sent under a firm that is not his",
        sketch=_one_chain(
            *chain("P1", "F1", "F2"),
            firms="P1 F1 F2 F9",
            belongs=(Belongs(who="T2", firm="F9"),),
        ),
        sees={"F2 T2": "-", "F9 T2": "affiliated", "F1 T2": "upper"},
    ),
    Case(
        name="T13 an entry in the last minute of a day counts from that minute on",
        sketch=_one_chain(entries=(Entry(who="T2", site="S1", under="F2", at=5 - 1 / 1440),)),
        at=5 - 2 / 1440,
        sees={"P1 T2": "-", "F2 T2": "affiliated"},
    ),
    Case(
        name="T13 an entry in the last minute of a day, looked at on the stroke of midnight",
        sketch=_one_chain(entries=(Entry(who="T2", site="S1", under="F2", at=5 - 1 / 1440),)),
        at=5,
        sees={"P1 T2": "prime", "F1 T2": "upper"},
    ),
    Case(
        name="T14 entered under the side firm, whose chain counts",
        sketch=_one_chain(
            firms="P1 F1 F2 F9 P2",
            sites={
                "S1": Site(prime="P1", chain=chain("P1", "F1", "F2")),
                "S2": Site(prime="P2", chain=chain("P2", "F9")),
            },
            belongs=(Belongs(who="T2", firm="F9"), Belongs(who="T2", firm="F2", kind="sub")),
        ),
        sees={"F2 T2": "affiliated", "F9 T2": "affiliated", "F1 T2": "upper", "P2 T2": "-"},
    ),
    Case(
        name="T14 entered under the side firm, where only the main one counts as affiliated",
        sketch=_one_chain(
            firms="P1 F1 F2 F9",
            belongs=(Belongs(who="T2", firm="F9"), Belongs(who="T2", firm="F2", kind="sub")),
        ),
        readings={"scope.affiliation": "main_only"},
        sees={"F2 T2": "-", "F9 T2": "affiliated", "F1 T2": "upper"},
    ),
    Case(
        name="T15 one worker on one day at two sites",
        sketch=Sketch(
            firms="P1 P2 F1 F2",
            people="T2",
            sites={
                "S1": Site(prime="P1", chain=chain("P1", "F1", "F2")),
                "S2": Site(prime="P2", chain=chain("P2", "F2")),
            },
            belongs=(Belongs(who="T2", firm="F2"),),
            entries=(
                Entry(who="T2", site="S1", under="F2", at=5),
                Entry(who="T2", site="S2", under="F2", at=5),
            ),
        ),
        sees={"P1 T2": "prime", "P2 T2": "prime", "F1 T2": "upper"},
    ),
    Case(
        name="T18 the affiliation ended, he goes on entering",
        sketch=_one_chain(
            belongs=(Belongs(who="T2", firm="F2", until=4),),
        ),
        sees={"F2 T2": "-", "F1 T2": "upper", "P1 T2": "prime"},
    ),
    Case(
        name="T20 one person as firm and as technician",
        sketch=_one_chain(
            *chain("P1", "F1", "F7"), firms="P1 F1 F2 F7", belongs=(Belongs(who="T2", firm="F7"),)
        ),
        sees={"F7 T2": "affiliated", "T2 T2": "self", "F2 T2": "-"},
    ),
    Case(
        name="T23 merged into another firm by recorded events",
        sketch=_one_chain(
            *chain("P1", "F1", "F2", until=8),
            *chain("P1", "F9", since=8),
            *chain("F9", "F2", since=8),
            firms="P1 F1 F2 F9",
        ),
        sees={"F1 T2": "upper", "F9 T2": "-"},
    ),
    Case(
        name="T23 merged into another firm, judged by the chain of today",
        sketch=_one_chain(
            *chain("P1", "F1", "F2", until=8),
            *chain("P1", "F9", since=8),
            *chain("F9", "F2", since=8),
            firms="P1 F1 F2 F9",
        ),
        readings={"scope.chain_time": "at_viewing"},
        sees={"F1 T2": "-", "F9 T2": "upper"},
    ),
    Case(
        name="T29 years after the last entry",
        sketch=_one_chain(
            *chain("P1", "F1", "F2", since=-900), entries=(Entry(who="T2", site="S1", under="F2", at=-800),)
        ),
        sees={"P1 T2": "prime", "F1 T2": "upper"},
    ),
    Case(
        name="T29 years after the last entry, where a limit is agreed",
        sketch=_one_chain(
            *chain("P1", "F1", "F2", since=-900), entries=(Entry(who="T2", site="S1", under="F2", at=-800),)
        ),
        readings={"scope.post_entry_limit": "period"},
        sees={"P1 T2": "-", "F1 T2": "-", "F2 T2": "affiliated"},
    ),
    Case(
        name="T31 two primes at one address are two sites",
        sketch=Sketch(
            firms="P1 P2 F1 F2",
            people="T1 T2",
            sites={
                "S1": Site(prime="P1", chain=chain("P1", "F1")),
                "S2": Site(prime="P2", chain=chain("P2", "F2")),
            },
            belongs=(Belongs(who="T1", firm="F1"), Belongs(who="T2", firm="F2")),
            entries=(Entry(who="T1", site="S1", under="F1"), Entry(who="T2", site="S2", under="F2")),
        ),
        sees={"P1 T2": "-", "P2 T1": "-", "P1 T1": "prime", "P2 T2": "prime"},
    ),
    Case(
        name="T34 a group company is another firm",
        sketch=_one_chain(firms="P1 F1 F2 F2_head"),
        sees={"F2_head T2": "-", "F2 T2": "affiliated"},
    ),
    Case(name="technicians see themselves only", sketch=_four_tiers(), sees={"T2 T2": "self", "T2 T4": "-"}),
)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "case" in metafunc.fixturenames:
        metafunc.parametrize("case", CASES, ids=[case.name for case in CASES])


@pytest.fixture
def cases() -> tuple[Case, ...]:
    return CASES


@pytest.fixture
def at_day() -> Callable[[float], datetime]:
    return day
