"""Every place where registration data lie, and how each is emptied at the end (第6条)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from ccus_reference import agenda, derived, files, lists, term
from ccus_reference.annex1 import TECHNICIAN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path

    from ccus_reference.tenant import Tenant


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreRecord:
    """One place where data lay: how much before, how much is left, how it was emptied, until when it may wait."""

    store_id: str
    store_class: str
    before: int
    left: int
    method: str
    tool: str
    due: datetime | None = None


def places(tenant: Tenant) -> tuple[tuple[str, str, Path], ...]:
    """Each place with its class and where it is, whether or not anything lies there now."""
    return (
        ("database", "primary", tenant.store.path),
        ("search", "search", tenant.index.path),
        ("lists", "warehouse", tenant.lists),
        ("log", "log", tenant.log.path),
        ("exports", "export", tenant.exports),
        ("backups", "backup", tenant.backups),
        ("devices", "device", tenant.devices),
    )


def _database(tenant: Tenant, _names: Mapping[str, str]) -> StoreRecord:
    before = tenant.store.registration_data()
    tenant.behaviour.erase(tenant.store)
    return StoreRecord(
        store_id="database",
        store_class="primary",
        before=before,
        left=tenant.store.registration_data(),
        method="CCUS由来の値を上書き削除し、データベースを再構成",
        tool="SQLite secure_delete + VACUUM",
    )


def _search(tenant: Tenant, _names: Mapping[str, str]) -> StoreRecord:
    before = tenant.index.count()
    tenant.index.clear()
    derived.index_anew(tenant, tenant.store.subjects(TECHNICIAN))
    return StoreRecord(
        store_id="search",
        store_class="search",
        before=before,
        left=0,
        method="索引を空にして再構成し、残った利用者入力から作り直す",
        tool="SQLite secure_delete + VACUUM",
    )


def _lists(tenant: Tenant, _names: Mapping[str, str]) -> StoreRecord:
    before = lists.count(tenant)
    files.remove_all(tenant.lists)
    return _files("lists", "warehouse", tenant.lists, before)


def _exports(tenant: Tenant, _names: Mapping[str, str]) -> StoreRecord:
    return _files("exports", "export", tenant.exports, files.remove_all(tenant.exports))


def _backups(tenant: Tenant, _names: Mapping[str, str]) -> StoreRecord:
    before = files.count(tenant.backups)
    due = tenant.behaviour.backups.erase(tenant)
    return _files("backups", "backup", tenant.backups, before, due)


def _devices(tenant: Tenant, _names: Mapping[str, str]) -> StoreRecord:
    """The order to wipe reaches a device at once or, when it is offline, before it shows anything again."""
    return _files("devices", "device", tenant.devices, files.remove_all(tenant.devices))


def _files(
    store_id: str, store_class: str, folder: Path, before: int, due: datetime | None = None
) -> StoreRecord:
    return StoreRecord(
        store_id=store_id,
        store_class=store_class,
        before=before,
        left=files.count(folder),
        method="ファイルを全て削除" if due is None else "通常の復元から外し、期限が来たら削除",
        tool="unlink",
        due=due,
    )


def _log(tenant: Tenant, names: Mapping[str, str]) -> StoreRecord:
    before = tenant.log.scrub(names)
    return StoreRecord(
        store_id="log",
        store_class="log",
        before=before,
        left=tenant.log.scrub(names),
        method="技能者・事業者のIDを鍵付きの値に置換(項目値は元々記録していない)",
        tool="参照システム",
    )


STEPS: Mapping[str, Callable[[Tenant, Mapping[str, str]], StoreRecord]] = MappingProxyType(
    {
        "database": _database,
        "search": _search,
        "lists": _lists,
        "exports": _exports,
        "backups": _backups,
        "devices": _devices,
        "log": _log,
    }
)
"""How each place is emptied, by its name, in the order in which it is done."""


def erase_backups(tenant: Tenant) -> None:
    """Deletes every backup now; nothing is left to wait for."""
    files.remove_all(tenant.backups)


def without_registration_data(tenant: Tenant) -> None:
    """What a restore brings back after the end goes again before anybody can look."""
    if tenant.ended == term.DISPOSED:
        tenant.behaviour.erase(tenant.store)


@dataclass(frozen=True, slots=True, kw_only=True)
class Backups:
    """What happens to backups after the end: how they go, and what a restored one may bring back.

    `erase` gives the moment by which they will have gone when that is not now.
    """

    erase: Callable[[Tenant], datetime | None] = erase_backups
    after_restore: Callable[[Tenant], None] = without_registration_data


def put_off_backups(tenant: Tenant, days: int) -> datetime:
    """Takes the backups out of the rotation and lets them wait; says until when."""
    files.keep_long(tenant.backups)
    at = tenant.now + timedelta(days=days)
    agenda.put_off(tenant, at, "expire_backups")
    return at


def expire_backups(tenant: Tenant, _facts: Mapping[str, object]) -> None:
    """Deletes the backups whose time has come."""
    files.remove_long(tenant.backups)
    tenant.note("backup.expired")


def measured(tenant: Tenant, store_id: str) -> StoreRecord:
    """How a place that was put off stands now."""
    store_class, folder = next((kind, path) for name, kind, path in places(tenant) if name == store_id)
    left = sum(1 for _ in files.long_kept(folder))
    return replace(_files(store_id, store_class, folder, 0), left=left)


def claimed(tenant: Tenant, store_id: str) -> StoreRecord:
    """A place as one would like to certify it, before anything was done."""
    store_class, path = next((kind, path) for name, kind, path in places(tenant) if name == store_id)
    held = sum(1 for _ in path.iterdir()) if path.is_dir() else 1
    return StoreRecord(
        store_id=store_id,
        store_class=store_class,
        before=held,
        left=0,
        method="全て削除",
        tool="参照システム",
    )
