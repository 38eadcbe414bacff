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
    viewer = viewer_of(tenant.world.accounts.get(typed.user), typed.acting_for)
    record_type = next((kind for kind, items in ITEMS.items() if typed.item in items), None)
    if (
        viewer is None
        or record_type is None
        or _ground(tenant, viewer, record_type, typed.subject) not in EDITORS
    ):
        return refused("この項目は入力できません。")
    tenant.store.keep(
        [
            Item(
                record_type=record_type,
                subject=typed.subject,
                item=typed.item,
                origin=USER,
                value=typed.value,
                at=written(tenant.now),
                by_user=typed.user,
            )
        ]
    )
    tenant.note("edit", user=typed.user, item=typed.item)
    return Result()


def _ground(tenant: Tenant, viewer: Viewer, record_type: str, subject: str) -> str | None:
    if record_type == BUSINESS:
        return business_relation(viewer, subject)
    known = record_type == TECHNICIAN and subject in tenant.world.technicians
    return tenant.behaviour.scope.relation(tenant.world, viewer, subject, tenant.now) if known else None
