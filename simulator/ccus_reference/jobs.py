"""What this system does by itself on its clock: backups, reminders, collecting, sending waiting letters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from ccus_reference import agenda, files, lists, ordering
from ccus_reference.moments import next_daily, parsed, written

if TYPE_CHECKING:
    from collections.abc import Callable

    from ccus_reference.tenant import Tenant

LETTER_RETRY = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyJob:
    """Something done every day at a fixed hour in Japan.

    After a long sleep only the newest `made_up_for` days are made up for: older results would be
    replaced at once.
    """

    name: str
    hour: int
    run: Callable[[Tenant], None]
    made_up_for: int = 1


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Due:
    """One job with the time at which it is to run."""

    at: datetime
    name: str
    run: Callable[[Tenant], None]


def nightly_backup(tenant: Tenant) -> None:
    path = files.write_backup(tenant.backups, tenant.store, tenant.now.date())
    tenant.note("backup", file=path.name)


def expiry_reminder(tenant: Tenant) -> None:
    """Lists whose term of validity runs out next; the screens of the own firm show how many do so soon."""
    if lists.expiries(tenant):
        tenant.note("reminder", records=lists.write(tenant))


def retention_check(tenant: Tenant) -> None:
    """While data are kept under the proviso, looks every day whether that still stands."""
    tenant.behaviour.recheck(tenant)


def collect_ready(tenant: Tenant) -> None:
    for asked in tenant.store.asked("processing"):
        if asked.ready_at is not None and parsed(asked.ready_at) <= tenant.now:
            placed = ordering.collect(tenant, asked)
            tenant.store.close_request(asked.request, placed.status, placed.reason)


def send_letters(tenant: Tenant) -> None:
    for letter in tenant.store.letters():
        if letter.receipt is None and tenant.behaviour.sends_again(letter.path):
            tenant.deliver(letter.seq, letter.path, letter.document)


ROUTINE = (
    DailyJob(name="nightly_backup", hour=2, run=nightly_backup, made_up_for=files.BACKUPS_KEPT),
    DailyJob(name="expiry_reminder", hour=6, run=expiry_reminder),
    DailyJob(name="retention_check", hour=7, run=retention_check),
)


def advance(tenant: Tenant, to: datetime) -> list[dict[str, Any]]:
    """Moves the clock to `to` and runs every job that falls due on the way, in order of time."""
    ran: list[dict[str, Any]] = []
    for due in sorted(_all_due(tenant, to), key=lambda due: (due.at, due.name)):
        ran += _tasks(tenant, due.at)
        tenant.set_now(due.at)
        due.run(tenant)
        ran.append({"name": due.name, "at": written(due.at)})
    ran += _tasks(tenant, to)
    tenant.set_now(max(to, tenant.now))
    return ran


def _tasks(tenant: Tenant, to: datetime) -> list[dict[str, Any]]:
    """Does what was put off until `to`, and what that puts off in its turn."""
    ran: list[dict[str, Any]] = []
    while tasks := agenda.due(tenant, to):
        task = tasks[0]
        tenant.set_now(max(tenant.now, task.at))
        agenda.perform(tenant, task)
        ran.append({"name": task.name, "at": written(task.at)})
    return ran


def _all_due(tenant: Tenant, to: datetime) -> list[Due]:
    daily = [due for job in tenant.behaviour.routine for due in _daily(job, tenant.now, to)]
    return [*daily, *_collections(tenant, to), *_letters(tenant, to)]


def _daily(job: DailyJob, after: datetime, to: datetime) -> list[Due]:
    first = next_daily(after, job.hour)
    days = (to - first).days + 1 if first <= to else 0
    newest = range(max(0, days - job.made_up_for), days)
    return [Due(at=first + timedelta(days=day), name=job.name, run=job.run) for day in newest]


def _collections(tenant: Tenant, to: datetime) -> list[Due]:
    times = {max(parsed(a.ready_at), tenant.now) for a in tenant.store.asked("processing") if a.ready_at}
    return [Due(at=at, name="collect_ready", run=collect_ready) for at in times if at <= to]


def _letters(tenant: Tenant, to: datetime) -> list[Due]:
    waiting = any(letter.receipt is None for letter in tenant.store.letters())
    at = tenant.now + LETTER_RETRY
    return [Due(at=at, name="send_letters", run=send_letters)] if waiting and at <= to else []
