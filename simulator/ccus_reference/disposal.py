"""The end of the agreement (第6条): stop asking, then destroy and certify, or claim the proviso and keep."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ccus_reference import certificate, files, term
from ccus_reference.ccus_client import CcusRefused, CcusUnreachable
from ccus_reference.certificate import StoreRecord
from ccus_reference.commitment import keyed
from ccus_reference.jobs import advance
from ccus_reference.moments import parsed, written
from ccus_reference.result import Result

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ccus_reference.store import Provision
    from ccus_reference.tenant import Tenant


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """Why and when the agreement ended, when we learnt it, and whether we claim to keep the data."""

    cause: str
    ended_at: str
    known_at: str
    claim: bool
    conditions: tuple[Mapping[str, Any], ...]

    def may_keep(self) -> bool:
        """Whether the proviso is claimed and every condition named is met; one gap ends it."""
        return self.claim and bool(self.conditions) and all(c.get("met") is True for c in self.conditions)


def announced(tenant: Tenant, end: End) -> Result:
    """Handles the news of the end: from now on nothing is asked, and the data go or are claimed."""
    tenant.store.set("ended", tenant.ended or term.RETAINED)  # first of all: no job on the way may ask
    advance(tenant, max(tenant.now, parsed(end.known_at)))
    dropped = tenant.store.drop_waiting()
    tenant.note("contract.end", cause=end.cause, dropped=dropped)
    if end.may_keep() and tenant.ended != term.DISPOSED:
        return _retain(tenant, end)
    return _dispose(tenant, end)


def _retain(tenant: Tenant, end: End) -> Result:
    tenant.store.erase_after(written(parsed(end.ended_at)))
    claim = {"conditions": [dict(c) for c in end.conditions]}
    receipt = tenant.send("/v1/retention-claims", claim)
    return Result(
        detail={"state": term.RETAINED, "values": tenant.store.registration_data(), "receipt": receipt}
    )


def _dispose(tenant: Tenant, end: End) -> Result:
    """Destroys in every store, looks whether anything is left, and only then signs."""
    if tenant.ended == term.DISPOSED:
        return Result(
            detail={"state": term.DISPOSED, "certificate_id": tenant.store.setting("certificate_id")}
        )
    provisions, key = tenant.store.provisions(), commitment_key(tenant)
    done = _emptied(tenant, provisions, bytes.fromhex(key["key"]))
    document = certificate.written_out(tenant, end, provisions, key, done)
    evidence = certificate.filed(tenant.folder / "disposal-record.json", document)
    document["evidence"] = [evidence]
    tenant.store.set("ended", term.DISPOSED)
    tenant.store.set("certificate_id", document["certificate_id"])
    receipt = tenant.behaviour.submit(tenant, document)
    if receipt is not None:
        tenant.store.set("commitment", None)  # without the key nobody can find out whom a commitment names
    detail = {"state": term.DISPOSED, "certificate_id": document["certificate_id"], "receipt": receipt}
    return Result(detail=detail)


def commitment_key(tenant: Tenant) -> Mapping[str, str]:
    """The key CCUS gave for committing to records: learnt with the first request, else asked for now."""
    known = tenant.store.setting("commitment")
    if known is None:
        try:
            known = tenant.ccus.contract().get("commitment")
        except (CcusRefused, CcusUnreachable):
            tenant.note("commitment.unknown")
    return known or {"alg": "hmac-sha256+merkle", "key_id": "none", "key": ""}


def _emptied(tenant: Tenant, provisions: list[Provision], key: bytes) -> list[StoreRecord]:
    names = {p.subject: keyed(key, f"{p.record_type}|{p.subject}").hex() for p in provisions}
    records = [_database(tenant), _exports(tenant), _backups(tenant), _devices(tenant)]
    records.append(_log(tenant, names))
    tenant.store.forget_subjects(names)
    return records


def _database(tenant: Tenant) -> StoreRecord:
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


def _exports(tenant: Tenant) -> StoreRecord:
    return _files("exports", "export", tenant.exports, files.remove_all(tenant.exports))


def _devices(tenant: Tenant) -> StoreRecord:
    before = files.remove_all(tenant.devices)
    return _files("devices", "device", tenant.devices, before)


def _backups(tenant: Tenant) -> StoreRecord:
    before = files.count(tenant.backups)
    tenant.behaviour.erase_backups(tenant.backups)
    return _files("backups", "backup", tenant.backups, before)


def _files(store_id: str, store_class: str, folder: Path, before: int) -> StoreRecord:
    return StoreRecord(
        store_id=store_id,
        store_class=store_class,
        before=before,
        left=files.count(folder),
        method="ファイルを全て削除",
        tool="unlink",
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
