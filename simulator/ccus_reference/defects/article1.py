"""第1条: asking without a right to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ccus_reference import asking, jobs, ordering
from ccus_reference.annex1 import TECHNICIAN
from ccus_reference.moments import written
from ccus_reference.store import USER, Item

if TYPE_CHECKING:
    from datetime import datetime

    from ccus_reference.tenant import Tenant
    from ccus_reference.world import World

from ccus_reference.defects.defect import Defect


def sync_every_night(tenant: Tenant) -> None:
    """Freshens everybody held, firm by firm, with the stored credentials of whoever is first."""
    if ordering.term_refusal(tenant) is not None:
        return
    held = frozenset(tenant.store.subjects(TECHNICIAN))
    for business in sorted(tenant.world.users):
        user = somebody_of(tenant.world, business)
        roster = tuple(t for t in tenant.world.roster(business, tenant.now) if t in held)
        if user is not None and roster:
            wish = asking.Wish(
                user=user,
                acting_for=business,
                capacity="business",
                purpose="safety_documents",
                technicians=roster,
                own_business=True,
            )
            order_by_itself(tenant, wish, roster)


def order_by_itself(tenant: Tenant, wish: asking.Wish, roster: tuple[str, ...]) -> None:
    row = {
        "at": written(tenant.now),
        "user": "nightly_sync",
        "acting_for": wish.acting_for,
        "capacity": wish.capacity,
        "purpose": wish.purpose,
        "subjects": len(roster),
    }
    seq = tenant.store.add_request(row)
    ordering.place(tenant, asking.order_of(wish, roster, own_business=True), seq, 1)


def somebody_of(world: World, business: str) -> str | None:
    members = (a.id for a in world.accounts.values() if a.role == "member" and business in a.businesses)
    return next(members, None)


def ask_as_the_employer(world: World, wish: asking.Wish, at: datetime) -> asking.Plan:
    """A prime contractor's wish about a subcontractor's technician goes out in the employer's name."""
    plan = asking.as_business(world, wish, at)
    borrowed = [order for t in plan.left_out if (order := _in_employers_name(world, wish, t, at)) is not None]
    return asking.Plan(orders=(*plan.orders, *borrowed), left_out=() if borrowed else plan.left_out)


def _in_employers_name(world: World, wish: asking.Wish, technician: str, at: datetime) -> asking.Order | None:
    sites = (world.sites[entry.site] for entry in world.entries_of(technician, at))
    employer = next(iter(sorted(world.employers(technician, at))), "")
    user = somebody_of(world, employer)
    if user is None or not any(wish.acting_for in site.primes for site in sites):
        return None
    lent = replace(wish, user=user, acting_for=employer)
    return asking.order_of(lent, (technician,), own_business=False)


def ask_for_the_whole_firm(world: World, wish: asking.Wish, at: datetime) -> asking.Plan:
    """A technician's wish goes out as his employer's, about everybody there and the firm itself."""
    me = world.accounts[wish.user].technician or ""
    employer = next(iter(sorted(world.employers(me, at))), "")
    user = somebody_of(world, employer)
    if user is None:
        return asking.as_technician(world, wish, at)
    widened = replace(wish, user=user, acting_for=employer, capacity="business")
    roster = world.roster(employer, at)
    return asking.Plan(orders=(asking.order_of(widened, roster, own_business=True),))


def remember_refused(technicians: tuple[str, ...]) -> list[Item]:
    return [
        Item(record_type=TECHNICIAN, subject=t, item="request_status", origin=USER, value="提供不可")
        for t in technicians
    ]


_SYNC = jobs.DailyJob(name="nightly_sync", hour=3, run=sync_every_night)


DEFECTS = (
    Defect(
        name="nightly_sync",
        row="A1-03",
        code="idle.call",
        drags=("A1-02", "A1-17"),
        title_ja="利用者の依頼がないのに毎晩CCUSから取得する",
        title_en="fetches from CCUS every night without a user's request",
        change={"routine": (*jobs.ROUTINE, _SYNC)},
    ),
    Defect(
        name="prime_refresh",
        row="A1-07",
        code="request.by_viewer",
        drags=("A1-06",),
        title_ja="元請の更新操作を、保存した下請の認証情報で代わりに依頼する",
        title_en="serves a prime contractor's refresh with the employer's stored credential",
        change={"as_business": ask_as_the_employer},
    ),
    Defect(
        name="refused_stub",
        row="A1-11",
        code="request.trace_kept",
        title_ja="断られた技能者のIDを記録に残す",
        title_en="keeps a stub with the id of a technician who was refused",
        change={"trace_of_refused": remember_refused},
    ),
    Defect(
        name="technician_widened",
        row="A1-13",
        code="request.widened",
        drags=("A1-02", "A1-14"),
        title_ja="技能者本人の依頼を、所属事業者の全員分の依頼に広げる",
        title_en="widens a technician's request to the whole firm",
        change={"as_technician": ask_for_the_whole_firm},
    ),
)
