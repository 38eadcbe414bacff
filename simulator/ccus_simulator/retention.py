"""第6条 ただし書: when data may be kept after the end; its conditions are a list that a world brings along.

認定契約 第13条2項 is not public. A world that knows its text names the conditions (`retention_conditions`,
see retention_conditions.sample.json); without it any reference is taken as one.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, cast

from ccus_simulator import contract_life
from ccus_simulator.documents import Fault
from ccus_simulator.registry import World
from ccus_simulator.state import WorldState
from ccus_simulator.timers import contract_event
from ccus_simulator.types import Event


def claim_faults(world: World, claim: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield every condition of a claim that the list does not know."""
    conditions = claim.get("conditions")
    for order, condition in enumerate(
        cast("list[object]", conditions) if isinstance(conditions, list) else []
    ):
        ref = cast("Mapping[str, Any]", condition).get("ref") if isinstance(condition, dict) else None
        if world.conditions and isinstance(ref, str) and ref not in world.conditions:
            known = "、".join(world.conditions)
            yield Fault(
                path=f"$.conditions[{order}].ref", text=f"この条件はありません。{known} から選んでください。"
            )


def met(world: World, claim: Mapping[str, Any]) -> frozenset[str] | None:
    """Return the conditions met when they are enough to keep data, or nothing (reading art6.conditions)."""
    conditions = cast("list[Mapping[str, Any]]", claim["conditions"])
    fulfilled = frozenset(str(condition["ref"]) for condition in conditions if condition["met"])
    demanded = frozenset(world.conditions) or frozenset(str(condition["ref"]) for condition in conditions)
    enough = fulfilled >= demanded if world.readings.conditions == "all" else bool(fulfilled & demanded)
    return fulfilled if enough else None


def claimed(state: WorldState, claim: Mapping[str, Any]) -> tuple[Event, ...]:
    """Return what a faultless claim does to the contract."""
    fulfilled = met(state.world, claim) if state.life == "disposing" else None
    if fulfilled is None:
        return ()
    return (contract_event(state, "claim", state.now, conditions=sorted(fulfilled)),)


def lapse(state: WorldState, at: datetime, ref: str | None, cause: str | None) -> Event:
    """Return the loss of one condition, or of all; at a coming moment it is the end of a cure period."""
    contract_life.after(state.life, "lapse")
    left = state.retained_by - {ref} if ref else frozenset[str]()
    if left and ref and state.world.readings.conditions == "any":
        return contract_event(state, "lose", state.now, cause, ref=ref, conditions=sorted(left))
    return contract_event(
        state, "lapse_set" if at > state.now else "lapse", max(at, state.now), cause, ref=ref
    )
