"""What the operator can show a reviewer: where the data lie, what was asked for, who looked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ccus_reference import emptying, files
from ccus_reference.result import Artefact, Result

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ccus_reference.tenant import Tenant

JSON_LINES = "application/x-ndjson"


def stores(tenant: Tenant, _parts: Mapping[str, Any]) -> Result:
    """Every place where registration data may lie."""
    rows = [
        {"id": name, "class": kind, "path": str(path.resolve())}
        for name, kind, path in emptying.places(tenant)
    ]
    return Result(detail={"stores": rows})


def backup(tenant: Tenant, _parts: Mapping[str, Any]) -> Result:
    """Makes a backup now, as the nightly job does."""
    path = files.write_backup(tenant.backups, tenant.store, tenant.now.date())
    return Result(detail={"file": path.name})


def audit_log(tenant: Tenant, _parts: Mapping[str, Any]) -> Result:
    """The request ledger: every wish of a user with the orders to CCUS that came of it."""
    rows = tenant.behaviour.audited(
        [
            {**row, "orders": [asked.order_id for asked in tenant.store.orders_of(row["seq"])]}
            for row in tenant.store.requests()
        ]
    )
    return Result(artefacts=(_lines("audit_log.jsonl", rows),))


def view_log(tenant: Tenant, _parts: Mapping[str, Any]) -> Result:
    """Who looked at whose record, for which firm, and on what ground."""
    return Result(artefacts=(_lines("view_log.jsonl", tenant.store.viewings()),))


def egress(tenant: Tenant, _parts: Mapping[str, Any]) -> Result:
    """Every host that this system sent anything to in this world, with why."""
    return Result(detail={"hosts": tenant.store.destinations()})


def _lines(name: str, rows: Iterable[Mapping[str, Any]]) -> Artefact:
    body = "".join(json.dumps(dict(row), ensure_ascii=False) + "\n" for row in rows).encode()
    return Artefact(name=name, media_type=JSON_LINES, body=body)
