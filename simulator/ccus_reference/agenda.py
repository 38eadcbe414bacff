"""What this system has put off to a moment of its own clock: each task is done once, when its time has come."""

from __future__ import annotations

from dataclasses import asdict, dataclass, is_dataclass
from typing import TYPE_CHECKING, Any

from ccus_reference.moments import parsed, written

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from ccus_reference.tenant import Tenant

    Doing = Callable[[Tenant, Mapping[str, Any]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Something to be done at a moment, with what has to be known then."""

    seq: int
    at: datetime
    name: str
    facts: Mapping[str, Any]


def put_off(tenant: Tenant, at: datetime, name: str, facts: object = None) -> None:
    """Notes that `name` is to be done at `at`; what it needs by then is kept beside it."""
    known = asdict(facts) if is_dataclass(facts) and not isinstance(facts, type) else (facts or {})
    tenant.store.add_task(written(at), name, known)


def due(tenant: Tenant, to: datetime) -> list[Task]:
    """The tasks whose time comes by `to`, in order of time."""
    tasks = (Task(seq=s, at=parsed(at), name=n, facts=f) for s, at, n, f in tenant.store.tasks())
    return sorted((task for task in tasks if task.at <= to), key=lambda task: (task.at, task.seq))


def perform(tenant: Tenant, task: Task) -> None:
    """Does a task; it is struck off first, so that it is never done twice."""
    tenant.store.drop_task(task.seq)
    tenant.behaviour.tasks[task.name](tenant, task.facts)
