"""Who may cause a provision (第1条): a firm for its own people and itself, a technician for himself.

Asking is narrower than viewing. A prime contractor that may look at a subcontractor's technician
still may not have CCUS asked about him.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from ccus_reference.world import Account, World

PURPOSES = frozenset({"safety_documents", "entry_management", "work_history"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a user asked this system to fetch."""

    user: str
    acting_for: str | None
    capacity: str
    purpose: str
    technicians: tuple[str, ...] | None
    """None means all technicians of the firm, as they are at this moment."""
    own_business: bool
    delegation: str | None = None
    """Under which recorded delegation somebody else asks for the firm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One request to CCUS: in whose name, and about exactly whom."""

    user: str
    acting_for: str | None
    capacity: str
    purpose: str
    technicians: tuple[str, ...]
    own_business: bool
    delegation: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What becomes of a wish: the orders to send, and the technicians not asked about at all."""

    orders: tuple[Order, ...]
    left_out: tuple[str, ...] = ()


@dataclass
class MayNotAsk(Exception):
    """This person may not ask for anything in this way; `reason` is what the person is told."""

    reason: str


def known(world: World, user: str) -> Account | None:
    """The account that asks; one that was stopped or has left is known no more."""
    return world.accounts.get(user)


def is_user(account: Account) -> bool:
    """Only firms and technicians that use this system ask: no client, no guest, none of our own staff."""
    return account.role == "member"


def listed_purpose(purpose: str) -> str | None:
    """The purpose that goes out with the order, or None when the joint use does not know it."""
    return purpose if purpose in PURPOSES else None


def delegated(world: World, account: Account, wish: Wish, at: datetime) -> Wish | None:
    """The wish of somebody who asks for a firm not the own: it counts only under a recorded delegation."""
    found = world.delegation(wish.acting_for or "", account.id, at)
    return None if found is None else replace(wish, delegation=found.id)


def holds_capacity(world: World, account: Account, wish: Wish) -> bool:
    """Whether the account is the firm or the technician as which it asks."""
    if wish.capacity == "technician":
        return account.technician is not None and wish.acting_for is None
    return wish.acting_for in account.businesses and wish.acting_for in world.users


def as_business(world: World, wish: Wish, at: datetime) -> Plan:
    """The order of a firm: those asked for who belong to it now, and its own record when wanted."""
    roster = world.roster(wish.acting_for or "", at)
    wanted = roster if wish.technicians is None else wish.technicians
    mine = tuple(t for t in wanted if t in roster)
    left_out = tuple(t for t in wanted if t not in roster)
    return Plan(orders=_orders(wish, mine, own_business=wish.own_business), left_out=left_out)


def as_technician(world: World, wish: Wish, _at: datetime) -> Plan:
    """The order of a technician: the own record, nothing else."""
    me = world.accounts[wish.user].technician
    wanted = (me,) if wish.technicians is None else wish.technicians
    mine = tuple(t for t in wanted if t is not None and t == me)
    left_out = tuple(t for t in wanted if t is not None and t != me)
    return Plan(orders=_orders(wish, mine, own_business=False), left_out=left_out)


def _orders(wish: Wish, technicians: Sequence[str], *, own_business: bool) -> tuple[Order, ...]:
    if not technicians and not own_business:
        return ()
    return (order_of(wish, technicians, own_business=own_business),)


def order_of(wish: Wish, technicians: Sequence[str], *, own_business: bool) -> Order:
    return Order(
        user=wish.user,
        acting_for=wish.acting_for,
        capacity=wish.capacity,
        purpose=wish.purpose,
        technicians=tuple(technicians),
        own_business=own_business,
        delegation=wish.delegation,
    )
