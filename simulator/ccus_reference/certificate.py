"""Writes the disposal certificate: what was had, what was destroyed where, by whom, with what left over."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections import Counter
from typing import TYPE_CHECKING, Any

from ccus_reference import VERSION, operator
from ccus_reference.annex1 import BUSINESS, TECHNICIAN
from ccus_reference.commitment import LEAF_RULE, leaf, root
from ccus_reference.moments import written

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ccus_reference.disposal import End
    from ccus_reference.emptying import StoreRecord
    from ccus_reference.store import Provision
    from ccus_reference.tenant import Tenant

STATEMENT = "上記のとおり、登録情報を復元できない方法で廃棄したことを証明します。"


def written_out(
    tenant: Tenant,
    end: End,
    provisions: Sequence[Provision],
    key: Mapping[str, str],
    stores: Sequence[StoreRecord],
) -> dict[str, Any]:
    """The certificate as it is signed now, after the disposal."""
    now, contract = written(tenant.now), tenant.world.contract
    day = now[:10]
    return {
        "schema": "disposal-certificate/1",
        "certificate_id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{contract.id}/{tenant.world.name}/disposal")),
        "supersedes": None,
        "contract": {
            "id": contract.id,
            "signed_on": contract.signed_on.isoformat(),
            "nintei_contract_id": contract.nintei_contract_id,
        },
        "kou": operator.KOU,
        "end_event": {"cause": end.cause, "ended_at": end.ended_at, "known_at": end.known_at},
        "nil": not provisions,
        "scope": _scope(provisions),
        "counts": _counts(provisions),
        "commitment": _commitment(tenant.behaviour.committed(list(provisions)), key),
        "ledger": _ledger(tenant),
        "stores": [_store(one, now) for one in tenant.behaviour.certified(list(stores))],
        "crypto_erase": [],
        "media": [],
        "subprocessors": [],
        "exceptions": tenant.behaviour.exceptions(stores, sum(p.kept for p in provisions)),
        "art6_proviso": {"claimed": end.claim, "conditions": [_condition(c, now) for c in end.conditions]},
        "downstream": {"exports_made": _exports_made(stores), "tei_notified": True},
        "performed_by": operator.signer(**operator.PERFORMER, date=day),
        "verified_by": operator.signer(**operator.VERIFIER, date=day),
        "authorised_by": {**operator.AUTHORISER, "date": day, "seal_or_signature": "模擬社印"},
        "statement_ja": STATEMENT,
        "signed_at": now,
        "issued_at": now,
        "submitted_to": operator.FUND,
        "submitted_at": now,
        "evidence": [],
    }


def filed(path: Path, document: Mapping[str, Any]) -> dict[str, str]:
    """Keeps the record of the disposal with us; gives the line by which the certificate refers to it."""
    body = json.dumps(dict(document), ensure_ascii=False, indent=1).encode()
    path.write_bytes(body)
    return {"path": path.name, "sha256": hashlib.sha256(body).hexdigest(), "kind": "disposal_record"}


def _scope(provisions: Sequence[Provision]) -> dict[str, Any]:
    times = sorted(p.acquired_at for p in provisions)
    return {
        "record_types": sorted({p.record_type for p in provisions}),
        "acquired_from": times[0] if times else None,
        "acquired_to": times[-1] if times else None,
        "states": ["verbatim"] if times else [],
    }


def _counts(provisions: Sequence[Provision]) -> dict[str, Any]:
    kept = [p for p in provisions if p.kept]
    return {
        "provided_records": len(provisions),
        "distinct_technicians": len({p.subject for p in provisions if p.record_type == TECHNICIAN}),
        "distinct_firms": len({p.subject for p in provisions if p.record_type == BUSINESS}),
        "disposed": len(kept),
        "retained": 0,
        "never_stored": len(provisions) - len(kept),
        "by_item": dict(sorted(Counter(item for p in provisions for item in p.items).items())),
    }


def _commitment(provisions: Sequence[Provision], key: Mapping[str, str]) -> dict[str, Any]:
    secret = bytes.fromhex(key["key"])
    return {
        "alg": key["alg"],
        "key_id": key["key_id"],
        "leaf_rule": LEAF_RULE,
        "leaf_count": len(provisions),
        "root": root(leaf(secret, p) for p in provisions),
    }


def _ledger(tenant: Tenant) -> dict[str, Any]:
    """Our own request ledger, by the hash of its rows: it can be shown to be the same later."""
    rows = tenant.store.requests()
    head = hashlib.sha256(json.dumps(rows, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
    return {
        "head_hash": head,
        "first_seq": rows[0]["seq"] if rows else 0,
        "last_seq": rows[-1]["seq"] if rows else 0,
    }


def _store(one: StoreRecord, now: str) -> dict[str, Any]:
    place = {"operator": operator.NAME, "region": "日本"}
    common = {"store_id": one.store_id, "class": one.store_class, **place, "held": one.before > 0}
    put_off = {"due_at": written(one.due)} if one.due is not None else {}
    return {
        **common,
        **put_off,
        "count_before": one.before,
        "action": {
            "level": _level(one),
            "method": one.method,
            "tool": one.tool,
            "tool_version": VERSION,
            "started_at": now,
            "completed_at": now,
            "location": "模擬データセンター",
        },
        "verification": {
            "method": "full_scan",
            "sample_size": one.before,
            "population": one.before,
            "residual_count": one.left,
            "by": operator.VERIFIER["name"],
            "at": now,
        },
    }


def _level(one: StoreRecord) -> str:
    if one.due is not None:
        return "expire_beyond_use"
    return "logical_delete" if one.left < one.before else "not_applicable"


def exceptions(stores: Sequence[StoreRecord], records: int) -> list[dict[str, Any]]:
    """What is left for a while: how many records, on what ground and until when."""
    return [
        {
            "category": "backup_expiry",
            "item_scope": None,
            "count": records,
            "ground": "通常の手段では取り出せない控え。戻しても廃棄が再び適用される",
            "until": written(one.due),
            "access_state": "beyond_use",
        }
        for one in stores
        if one.due is not None
    ]


def supplemented(
    tenant: Tenant, document: Mapping[str, Any], records: Mapping[str, StoreRecord]
) -> dict[str, Any]:
    """The certificate that takes the place of `document` once its deferred stores are done with."""
    now = written(tenant.now)
    again = [_done(store, records, now) for store in document["stores"]]
    return {
        **document,
        "certificate_id": f"{document['certificate_id']}-2",
        "supersedes": document["certificate_id"],
        "stores": again,
        "exceptions": [],
        "authorised_by": {**document["authorised_by"], "date": now[:10]},
        "signed_at": now,
        "issued_at": now,
        "submitted_at": now,
        "evidence": [],
    }


def _done(store: Mapping[str, Any], records: Mapping[str, StoreRecord], now: str) -> dict[str, Any]:
    if store["store_id"] not in records:
        return dict(store)
    fresh = _store(records[store["store_id"]], now)
    return {**fresh, "held": True, "count_before": store["count_before"], "action": _action(fresh, "destroy")}


def _action(store: Mapping[str, Any], level: str) -> dict[str, Any]:
    return {**store["action"], "level": level}


def _condition(condition: Mapping[str, Any], now: str) -> dict[str, Any]:
    return {**{name: condition.get(name) for name in ("ref", "met", "evidence")}, "checked_at": now}


def _exports_made(stores: Sequence[StoreRecord]) -> int:
    return sum(one.before for one in stores if one.store_class == "export")
