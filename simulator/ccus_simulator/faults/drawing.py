"""Whether a fault that is set fires now: its limits, and a draw that the world's seed decides."""

from collections.abc import Collection
from hashlib import sha256
from typing import Any

from msgspec import Struct

from ccus_simulator.faults.catalogue import CATALOGUE
from ccus_simulator.state import WorldState
from ccus_simulator.types import Event


class Chance(Struct, frozen=True, kw_only=True):
    """One occasion on which a fault could fire."""

    name: str
    operation: str
    subjects: Collection[str] = ()


class Drawn(Struct, frozen=True, kw_only=True):
    """What became of an occasion: whether the fault fires, and what to write down."""

    fires: bool
    events: tuple[Event, ...] = ()


NOT_SET = Drawn(fires=False)


def draw(state: WorldState, chance: Chance, **effect: Any) -> Drawn:
    """Decide an occasion; the same world meets the same faults in every run."""
    if not _concerned(state, chance):
        return NOT_SET
    parameters = state.faults[chance.name]
    hit = state.fault_counts[chance.name].hits + 1
    fires = hit > parameters.get("after", 0) and _lot(state, chance.name, hit) < parameters.get(
        "probability", 1
    )
    body = {"name": chance.name, "hit": hit, "operation": chance.operation}
    kind = "fault.fired" if fires else "fault.spared"
    noted = {**body, **effect} if fires else body
    return Drawn(fires=fires, events=(Event(world=state.world.name, at=state.now, kind=kind, body=noted),))


def exhausted(state: WorldState, name: str) -> bool:
    """Whether a fault has fired as often as it may."""
    count = state.faults.get(name, {}).get("count")
    return count is not None and state.fault_counts[name].fired >= count


def _concerned(state: WorldState, chance: Chance) -> bool:
    parameters = state.faults.get(chance.name)
    if parameters is None or exhausted(state, chance.name):
        return False
    operations = parameters.get("operations") or CATALOGUE[chance.name].operations
    if operations and chance.operation not in operations:
        return False
    wanted = parameters.get("subjects")
    return not wanted or not set(wanted).isdisjoint(chance.subjects)


def _lot(state: WorldState, name: str, hit: int) -> float:
    """Draw a number from 0 to 1 for one occasion of one fault of one world."""
    text = f"{state.world.seed}|{state.world.name}|{name}|{hit}"
    return int.from_bytes(sha256(text.encode()).digest()[:7], "big") / 2**56
