"""A record copied to another site's crew list: the values as of that day, each with its mark."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from ccus_reference.annex1 import TECHNICIAN
from ccus_reference.editing import may_write
from ccus_reference.result import Result, refused
from ccus_reference.store import Item

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ccus_reference.tenant import Tenant

COLUMNS = ("record_type", "subject", "item", "origin", "value", "provision_id", "at", "by_user")


def copy(tenant: Tenant, parts: Mapping[str, Any]) -> Result:
    """Copies a technician's record to the crew list of a site that the firm works at."""
    subject, site = parts["subject"], tenant.world.sites.get(parts["to_site"])
    ours = may_write(tenant, parts["user"], parts["acting_for"], TECHNICIAN, subject)
    items = tenant.store.items(TECHNICIAN, subject) if ours else []
    if site is None or not items:
        return refused("この記録は写せません。")
    copies = [tenant.behaviour.copied(item) for item in items]
    path = _path(tenant, parts["to_site"])
    others = [item for item in _read(path) if item.subject != subject]
    _write(path, [*others, *copies])
    tenant.note("copy", user=parts["user"], site=parts["to_site"], values=len(copies))
    return Result(detail={"values": len(copies)})


def with_its_mark(item: Item) -> Item:
    """A copy of a value says of its origin what the value says."""
    return item


def kept(tenant: Tenant) -> list[Item]:
    """What stands on the crew lists."""
    return [item for path in sorted(tenant.lists.glob("crew-*.csv")) for item in _read(path)]


def _path(tenant: Tenant, site: str) -> Path:
    return tenant.lists / f"crew-{site}.csv"


def _read(path: Path) -> list[Item]:
    if not path.exists():
        return []
    rows = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"), newline=""))
    return [_item(row) for row in rows]


def _item(row: Mapping[str, str]) -> Item:
    return Item(
        record_type=row["record_type"],
        subject=row["subject"],
        item=row["item"],
        origin=row["origin"],
        value=row["value"],
        provision_id=row["provision_id"] or None,
        at=row["at"],
        by_user=row["by_user"] or None,
    )


def _write(path: Path, items: list[Item]) -> None:
    text = io.StringIO(newline="")
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    rows.writerows([getattr(item, name) or "" for name in COLUMNS] for item in items)
    path.write_text(text.getvalue(), encoding="utf-8", newline="")
