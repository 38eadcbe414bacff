"""A user's own entries: kept beside what CCUS provided, never over it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ccus_reference.annex1 import BUSINESS, ITEMS, TECHNICIAN
from ccus_reference.moments import written
from ccus_reference.result import Result, refused
from ccus_reference.scope import business_relation, viewer_of
from ccus_reference.store import USER, Item

if TYPE_CHECKING:
    from ccus_reference.scope import Viewer
    from ccus_reference.store import Store
    from ccus_reference.tenant import Tenant

EDITORS = frozenset({"所属事業者", "本人", "本人(事業者)"})
"""Those to whom a record belongs; a prime contractor or upper tier may look but not write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """A value that a user typed for one item of one record."""

    user: str
    acting_for: str | None
    subject: str
    item: str
    value: str


def enter_own(tenant: Tenant, typed: Typed) -> Result:
    """Keeps a value that a user typed, marked as such; the mark is set here and by nobody else."""
    record_type = next((kind for kind, items in ITEMS.items() if typed.item in items), None)
    if record_type is None or not may_write(tenant, typed.user, typed.acting_for, record_type, typed.subject):
        return refused("この項目は入力できません。")
    own = Item(
        record_type=record_type,
        subject=typed.subject,
        item=typed.item,
        origin=USER,
        value=typed.value,
        at=written(tenant.now),
        by_user=typed.user,
    )
    tenant.behaviour.keep_own(tenant.store, own)
    tenant.note("edit", user=typed.user, item=typed.item)
    return Result()


def beside(store: Store, own: Item) -> None:
    """Keeps an own value beside what CCUS provided, never over it: what was provided stays to be seen."""
    store.keep([own])


def may_write(tenant: Tenant, user: str, acting_for: str | None, record_type: str, subject: str) -> bool:
    """Whether the record belongs to this user, so that own values may be entered."""
    viewer = viewer_of(tenant.world.accounts.get(user), acting_for)
    return viewer is not None and _ground(tenant, viewer, record_type, subject) in EDITORS


def _ground(tenant: Tenant, viewer: Viewer, record_type: str, subject: str) -> str | None:
    if record_type == BUSINESS:
        return business_relation(viewer, subject)
    known = record_type == TECHNICIAN and subject in tenant.world.technicians
    return tenant.behaviour.scope.relation(tenant.world, viewer, subject, tenant.now) if known else None
