"""Restoring a backup: what was entered and provided comes back with its marks, what had to go stays gone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ccus_reference import files
from ccus_reference.result import Result, refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ccus_reference.tenant import Tenant


def restore(tenant: Tenant, parts: Mapping[str, Any]) -> Result:
    """Puts the items of a backup in the place of the present ones.

    The clock, the request ledger and the state of the agreement are not turned back: what the end
    took away is taken away again.
    """
    backup = files.backup_of(tenant.backups, parts["backup"])
    if backup is None:
        return refused("戻せる控えがありません。")
    plain = files.unpacked(backup, tenant.folder / "restore.sqlite")
    try:
        values = tenant.store.replace_items(plain)
    finally:
        plain.unlink()
    tenant.behaviour.backups.after_restore(tenant)
    tenant.note("restore", file=backup.name, values=values)
    return Result(detail={"restored": backup.name})
