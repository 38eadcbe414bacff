"""What is worked out from the database follows it: the search index and the lists never know more than it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ccus_reference import lists
from ccus_reference.annex1 import TECHNICIAN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ccus_reference.tenant import Tenant


def keep_up(tenant: Tenant) -> None:
    """Brings index and lists up to date with the subjects whose items changed."""
    touched = tenant.store.take_touched()
    if not touched:
        return
    index_anew(tenant, touched)
    if lists.path(tenant).exists():
        lists.write(tenant)


def index_anew(tenant: Tenant, subjects: Iterable[str]) -> None:
    """Enters the technicians as they are now; those about whom nothing is kept are forgotten."""
    for subject in sorted(subjects):
        items = tenant.store.items(TECHNICIAN, subject)
        if items:
            texts = [subject, tenant.world.labels.get(subject, ""), *(item.value for item in items)]
            tenant.index.enter(subject, texts)
        else:
            tenant.index.forget(subject)
