"""What happens in a world by itself as its clock moves: signing, end, processed requests, in order of time."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from msgspec import Struct

from ccus_simulator import contract_life
from ccus_simulator.contract_life import State, Step
from ccus_simulator.faults import ANSWERS_AFTER_END, KEEPS_LEAVERS
from ccus_simulator.faults.drawing import exhausted
from ccus_simulator.faults.forgetting import forgets
from ccus_simulator.moments import written
from ccus_simulator.provision import Subject, still_affiliated
from ccus_simulator.refusals import CATALOGUE
from ccus_simulator.state import Recorded, WorldState
from ccus_simulator.types import Event

TimerName = Literal["contract.signed", "contract.ended", "retention.lapsed", "request.ready"]
ORDER: Final[dict[TimerName, int]] = {
    "contract.signed": 0,
    "contract.ended": 1,
    "retention.lapsed": 2,
    "request.ready": 3,
}
"""At one instant the end comes before a provision: what is ready at the end is too late."""


class Timer(Struct, frozen=True, kw_only=True):
    """Something due at a moment of the world's clock."""

    at: datetime
    name: TimerName
    request_id: str | None = None

    def as_json(self) -> dict[str, Any]:
        return {"at": written(self.at), "timer": self.name, "request_id": self.request_id}


def run(state: WorldState, to: datetime) -> tuple[list[Timer], list[Event]]:
    """Let everything due by then happen on a copy; return what fired and the events it made."""
    trial = state.copy()
    fired: list[Timer] = []
    events: list[Event] = []
    while timer := _next(trial, to):
        event = _fire(trial, timer)
        trial.apply(event.kind, event.at, event.body)
        fired.append(timer)
        events.append(event)
    return fired, events


def contract_event(
    state: WorldState, step: Step, at: datetime, cause: str | None = None, **more: Any
) -> Event:
    """Move the contract by one step of its table; at the end the requests in flight are dropped."""
    to = contract_life.after(state.life, step)
    dropped = in_flight(state) if step == "end" and ANSWERS_AFTER_END not in state.faults else []
    came_from: State = state.life
    body = {"from": came_from, "event": step, "cause": cause, "at": written(at), "to": to, "dropped": dropped}
    # What is announced happens later: writing it down moves no clock.
    announced = step in {"end_set", "renew", "lapse_set"}
    happened = state.now if announced else max(state.now, at)
    return Event(world=state.world.name, at=happened, kind="contract.event", body={**body, **more})


def ready_at(state: WorldState) -> datetime:
    """Return when a request taken in now will have been processed."""
    seconds = state.world.processing_seconds
    # The same moment, not an equal one: its text and hash are known already.
    return state.now + timedelta(seconds=seconds) if seconds else state.now


def in_flight(state: WorldState) -> list[str]:
    return [request.request_id for request in state.requests.values() if request.status == "processing"]


def _next(state: WorldState, to: datetime) -> Timer | None:
    due = [timer for timer in _timers(state) if timer.at <= to]
    return min(due, key=lambda timer: (timer.at, ORDER[timer.name], timer.request_id or ""), default=None)


def _timers(state: WorldState) -> Iterator[Timer]:
    if state.life == "unsigned":
        yield Timer(at=state.world.term.starts_at, name="contract.signed")
    if state.life in {"unsigned", "in_force"}:
        yield Timer(at=state.ends_at, name="contract.ended")
    if state.life == "retaining" and state.lapse_at is not None:
        yield Timer(at=state.lapse_at, name="retention.lapsed")
    for request in state.requests.values():
        if request.status == "processing":
            yield Timer(at=request.ready_at, name="request.ready", request_id=request.request_id)


def _fire(state: WorldState, timer: Timer) -> Event:
    if timer.name == "contract.signed":
        return contract_event(state, "sign", timer.at)
    if timer.name == "contract.ended":
        return contract_event(state, "end", timer.at, state.end_cause)
    if timer.name == "retention.lapsed":
        return contract_event(state, "lapse", timer.at)
    return ready(state, state.requests[timer.request_id or ""], timer.at)


def ready(state: WorldState, request: Recorded, at: datetime) -> Event:
    """Finish processing: affiliation is looked at again, and what remains gets its provision ids."""
    subjects: list[Subject] = []
    leavers: list[str] = []
    number = state.promised
    for subject in request.subjects:
        left = not subject.reason and _has_left(state, request, subject, at)
        kept = left and _is_kept(state, subject)
        if subject.reason or (left and not kept):
            subjects.append(subject.decided(subject.reason or "subject.not_yours", None))
            continue
        number += 1
        leavers.extend([subject.id] if kept and subject.id else [])
        subjects.append(subject.decided(None, f"PV-{state.world.name}-{number:06d}"))
    body = {
        "request_id": request.request_id,
        "subjects": [subject.for_ledger() for subject in subjects],
        "refusal": whole_refusal(subjects),
        **({"leavers": leavers} if leavers else {}),
    }
    return Event(world=state.world.name, at=max(state.now, at), kind="provision.ready", body=body)


def _has_left(state: WorldState, request: Recorded, subject: Subject, at: datetime) -> bool:
    """Reading request.affiliation_at: after the request, affiliation counts again unless that alone governs."""
    if state.world.readings.affiliation_at == "request" or forgets(state, "subject.not_yours"):
        return False
    return not still_affiliated(state.world, request.capacity, request.acting_for, subject, at)


def _is_kept(state: WorldState, subject: Subject) -> bool:
    """Fault: CCUS does not notice that somebody has left."""
    wanted = state.faults.get(KEEPS_LEAVERS, {}).get("subjects")
    return (
        KEEPS_LEAVERS in state.faults
        and not exhausted(state, KEEPS_LEAVERS)
        and (not wanted or subject.id in wanted)
    )


def whole_refusal(subjects: list[Subject] | tuple[Subject, ...]) -> dict[str, str | None] | None:
    """Return the reason of a request of which every subject is refused."""
    reasons = [subject.reason for subject in subjects if subject.reason]
    return CATALOGUE[reasons[0]].for_ledger() if reasons and len(reasons) == len(subjects) else None
