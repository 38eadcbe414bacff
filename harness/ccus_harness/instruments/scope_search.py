"""Searches for the small world that tells the most wrong scope rules apart: `python -m ccus_harness.instruments.scope_search`.

The search starts from the standing world and only adds, within the limits, under new labels; what anybody sees of
anybody in the standing world stays as it is, under every reading, so that scenarios go on to mean the same. It is
a local search: a random step is kept when no fewer wrong rules fall and the world grows no larger for nothing.
"""

from __future__ import annotations

import argparse
import random
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, cast

from ccus_harness.instruments import scope
from ccus_harness.instruments.scope_mutants import MUTANTS, killed
from ccus_harness.instruments.scope_terms import OPTIONS
from ccus_harness.instruments.world import World
from ccus_simulator import worlds
from ccus_simulator.worlds import Affiliation, Business, Entry, Link, Site, Technician, WorldFile

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LIMITS: Final = {"sites": 3, "businesses": 12, "technicians": 15, "accounts": 20}
BEGINNING, EARLIER, LATELY, SOON = (
    "2025-01-01T00:00:00+09:00",
    "2026-04-07T08:00:00+09:00",
    "2026-04-10T08:00:00+09:00",
    "2026-05-20T08:00:00+09:00",
)
LONG_AGO: Final = "2025-03-03T08:00:00+09:00"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A world, the wrong rules that it kills, and its size beyond the standing one."""

    world: WorldFile
    kills: frozenset[str]
    size: int

    @property
    def rank(self) -> tuple[int, int]:
        return len(self.kills), -self.size


def as_world(world_file: WorldFile) -> World:
    """Read a world file with its labels for ids, which the search can look at."""
    return World.of(document(world_file))


def document(world_file: WorldFile) -> dict[str, Any]:
    """Give the world document whose ids are the labels."""
    made = worlds.instantiate(world_file, seed=1, number=worlds.FIRST_WORLD)
    labels = {
        member["id"]: member["label"]
        for section in ("businesses", "technicians", "sites", "accounts")
        for member in made[section]
    }
    return _renamed(made, labels)


def search(start: WorldFile, *, steps: int, seed: int) -> Found:
    """Take so many random steps from the standing world and give the best world on the way."""
    chance = random.Random(seed)  # noqa: S311 - a search, not a secret
    held = _Held.of(start)
    best = _found(start, start)
    for _ in range(steps):
        changed = chance.choice(_MOVES)(best.world, start, chance)
        if changed == best.world or _beyond_limits(changed):
            continue
        candidate = _found(changed, start)
        if candidate.kills >= best.kills and candidate.rank >= best.rank and held.still(changed):
            best = candidate
    return best


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    """What everybody of the standing world sees, under every reading."""

    decisions: Mapping[tuple[str, str], Mapping[scope.Cell, bool]]

    @classmethod
    def of(cls, world_file: WorldFile) -> _Held:
        world = as_world(world_file)
        return cls(decisions={reading: _allowed(world, reading) for reading in _readings()})

    def still(self, world_file: WorldFile) -> bool:
        world = as_world(world_file)
        return all(
            dict(cells).items() <= _allowed(world, reading).items()
            for reading, cells in self.decisions.items()
        )


def _readings() -> list[tuple[str, str]]:
    return [(reading, option) for reading, options in OPTIONS.items() for option in options]


def _allowed(world: World, reading: tuple[str, str]) -> dict[scope.Cell, bool]:
    decided = scope.matrix(world, world.now, dict([reading]))
    return {cell: decision.allowed for cell, decision in decided.items()}


def _found(world_file: WorldFile, start: WorldFile) -> Found:
    world = as_world(world_file)
    kills = frozenset(name for name, mutant in MUTANTS.items() if killed(mutant, world, world.now))
    return Found(world=world_file, kills=kills, size=_size(world_file) - _size(start))


def _size(world: WorldFile) -> int:
    members = len(world.businesses) + len(world.technicians) + len(world.affiliations) + len(world.entries)
    return members + sum(len(site.links) + len(site.partners) for site in world.sites)


def _beyond_limits(world: WorldFile) -> bool:
    return any(len(getattr(world, section)) > limit for section, limit in LIMITS.items())


def _renamed(value: Any, labels: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _renamed(inner, labels) for key, inner in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [_renamed(inner, labels) for inner in cast("list[Any]", value)]
    return labels.get(value, value) if isinstance(value, str) else value


# Steps


def _add_firm(world: WorldFile, _start: WorldFile, chance: random.Random) -> WorldFile:
    label = f"N{len(world.businesses)}"
    firm = Business(label=label, user=chance.random() < 0.5, registered=chance.random() < 0.5)
    return replace(world, businesses=(*world.businesses, firm))


def _change_firm(world: WorldFile, start: WorldFile, chance: random.Random) -> WorldFile:
    new = world.businesses[len(start.businesses) :]
    if not new:
        return world
    changed = replace(chance.choice(new), user=chance.random() < 0.5, registered=chance.random() < 0.5)
    firms = tuple(changed if firm.label == changed.label else firm for firm in world.businesses)
    return replace(world, businesses=firms)


def _add_person(world: WorldFile, _start: WorldFile, chance: random.Random) -> WorldFile:
    """Add a technician of one firm, who enters a site."""
    label = f"W{len(world.technicians)}"
    made = replace(world, technicians=(*world.technicians, Technician(label=label)))
    made = _affiliated(made, label, chance, "main")
    return _entered(made, label, chance)


def _add_affiliation(world: WorldFile, start: WorldFile, chance: random.Random) -> WorldFile:
    new = world.technicians[len(start.technicians) :]
    return _affiliated(world, chance.choice(new).label, chance, "sub") if new else world


def _affiliated(world: WorldFile, label: str, chance: random.Random, kind: Any) -> WorldFile:
    firm = chance.choice(world.businesses).label
    until = EARLIER if chance.random() < 0.2 else None
    belongs = Affiliation(technician=label, business=firm, kind=kind, since=BEGINNING, until=until)
    return replace(world, affiliations=(*world.affiliations, belongs))


def _add_entry(world: WorldFile, start: WorldFile, chance: random.Random) -> WorldFile:
    new = world.technicians[len(start.technicians) :]
    return _entered(world, chance.choice(new).label, chance) if new else world


def _entered(world: WorldFile, label: str, chance: random.Random) -> WorldFile:
    at = chance.choice((EARLIER, EARLIER, LONG_AGO, SOON))
    entry = Entry(
        technician=label,
        site=chance.choice(world.sites).label,
        under=chance.choice(world.businesses).label,
        at=at,
        known_at=chance.choice((min(at, LATELY), SOON)) if chance.random() < 0.3 else min(at, LATELY),
        cancelled_at=LATELY if chance.random() < 0.2 else None,
    )
    return replace(world, entries=(*world.entries, entry))


def _add_link(world: WorldFile, _start: WorldFile, chance: random.Random) -> WorldFile:
    child, parent = (firm.label for firm in chance.sample(world.businesses, 2))
    status = chance.choice(("approved", "approved", "approved", "pending", "withdrawn"))
    since, until = chance.choice(((BEGINNING, None), (BEGINNING, None), (BEGINNING, LATELY), (LATELY, None)))
    link = Link(child=child, parent=parent, status=status, since=since, until=until)
    return _at_a_site(world, chance, lambda site: replace(site, links=(*site.links, link)))


def _add_partner(world: WorldFile, _start: WorldFile, chance: random.Random) -> WorldFile:
    firm = chance.choice(world.businesses).label
    return _at_a_site(world, chance, lambda site: replace(site, partners=(firm,)))


def _at_a_site(world: WorldFile, chance: random.Random, change: Callable[[Site], Site]) -> WorldFile:
    chosen = chance.choice(world.sites).label
    sites = tuple(change(site) if site.label == chosen else site for site in world.sites)
    return replace(world, sites=sites)


def _drop(world: WorldFile, start: WorldFile, chance: random.Random) -> WorldFile:
    """Take away one entry, affiliation or link that was added."""
    section = chance.choice(("entries", "affiliations", "links"))
    if section == "links":
        old = {site.label: len(site.links) for site in start.sites}
        return _at_a_site(
            world, chance, lambda site: replace(site, links=_less(site.links, old[site.label], chance))
        )
    less = _less(getattr(world, section), len(getattr(start, section)), chance)
    return replace(world, **{section: less})


def _less(members: tuple[Any, ...], kept: int, chance: random.Random) -> tuple[Any, ...]:
    if len(members) <= kept:
        return members
    place = chance.randrange(kept, len(members))
    return members[:place] + members[place + 1 :]


_MOVES: Final = (
    *(_add_firm, _change_firm, _add_person, _add_person, _add_affiliation, _add_entry, _add_entry),
    *(_add_link, _add_link, _add_link, _add_partner, _drop, _drop, _drop),
)


def main() -> None:
    """Search and print what was found, and the kill rate before and after."""
    options = argparse.ArgumentParser(prog="python -m ccus_harness.instruments.scope_search")
    options.add_argument("--steps", type=int, default=2000)
    options.add_argument("--seed", type=int, default=7)
    options.add_argument("--world", default="standard")
    chosen = options.parse_args()
    start = worlds.shipped(chosen.world)
    before, best = _found(start, start), search(start, steps=chosen.steps, seed=chosen.seed)
    print(f"{len(before.kills)} of {len(MUTANTS)} wrong rules before, {len(best.kills)} after")  # noqa: T201
    for name in MUTANTS:
        print(f"  {'killed' if name in best.kills else '      '}  {name}")  # noqa: T201
    for line in _additions(best.world, start):
        print(line)  # noqa: T201


def _additions(world: WorldFile, start: WorldFile) -> list[str]:
    sections = ("businesses", "technicians", "affiliations", "entries")
    added = [str(one) for name in sections for one in getattr(world, name)[len(getattr(start, name)) :]]
    for new, old in zip(world.sites, start.sites, strict=True):
        added += [f"{new.label}: {link}" for link in new.links[len(old.links) :]]
        added += [f"{new.label}: partner {firm}" for firm in new.partners if firm not in old.partners]
    return added


if __name__ == "__main__":
    main()
