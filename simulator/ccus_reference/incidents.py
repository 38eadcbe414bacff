"""From learning of a leak or misuse to the Fund's inbox and the closed path (第2条4項), at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ccus_reference import operator
from ccus_reference.annex1 import BUSINESS, SENSITIVE, TECHNICIAN
from ccus_reference.jobs import advance
from ccus_reference.moments import parsed, written
from ccus_reference.result import Result
from ccus_reference.store import CCUS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ccus_reference.store import Item
    from ccus_reference.tenant import Tenant

REPORTABLE = frozenset({"leak", "purpose_misuse"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """How this system learnt of an incident: a token handed in somewhere, at a time, about somebody."""

    token: str
    nature: str
    delivered_at: str
    delivered_to: str
    drill: bool
    subjects: tuple[str, ...]
    path: Mapping[str, Any] | None
    actor: str


def to_be_notified(nature: str) -> bool:
    """Whether the Fund is to be told: of every leak and every misuse, however small."""
    return nature in REPORTABLE


def contain(tenant: Tenant, sign: Sign) -> list[str]:
    """Closes the way the data went out; says what was done."""
    path = sign.path or {}
    if path.get("kind") != "account":
        return []
    tenant.store.revoke(path["account"], written(tenant.now))
    return ["漏えいした認証情報を失効させた。"]


def announced(tenant: Tenant, sign: Sign) -> Result:
    """Handles a sign the moment it comes in: first the path, then the letter; no office hours."""
    advance(tenant, max(tenant.now, parsed(sign.delivered_at)))
    stopped = tenant.behaviour.contain(tenant, sign)
    tenant.note("incident", token=sign.token, nature=sign.nature, stopped=len(stopped))
    if not tenant.behaviour.to_be_notified(sign.nature):
        return Result(detail={"incident_id": None, "notice_id": None, "receipt": None})
    document = notice(tenant, sign, stopped)
    receipt = tenant.send("/v1/notices", document)
    detail = {
        "incident_id": document["incident_id"],
        "notice_id": document["notice_id"],
        "receipt": receipt,
        "sent_at": document["sent_at"],
        "stopped": stopped,
    }
    if receipt is None:
        return Result(outcome="pending", reason="通知を再送します。", due=written(tenant.now), detail=detail)
    return Result(detail=detail)


def notice(tenant: Tenant, sign: Sign, stopped: list[str]) -> dict[str, Any]:
    """The first notice, with what is known now; what is not known says so."""
    now, kept = written(tenant.now), _affected(tenant, sign)
    number = 1 + sum(letter.path == "/v1/notices" for letter in tenant.store.letters())
    incident = f"inc-{tenant.world.name}-{number}"
    return {
        "schema": "incident-notice/1",
        "incident_id": incident,
        "notice_id": f"{incident}-1",
        "seq": 1,
        "kind": "initial",
        "drill": sign.drill,
        "token": sign.token,
        "contract": {"id": tenant.world.contract.id},
        "kou": operator.KOU,
        "reporter": operator.REPORTER,
        "recipient": operator.FUND,
        "channel": "api",
        "sent_at": now,
        "receipt": {"id": None, "at": None},
        "status": "confirmed",
        "nature": [sign.nature],
        "timeline": _timeline(sign, contained_at=now if stopped else None),
        "actor": {"class": sign.actor, "intent": "unknown"},
        "data": _data(sign, kept),
        "place": _place(sign),
        "cause": {"state": "under_investigation", "text": "調査中"},
        "consequence": {"secondary": "possible", "text": "調査中"},
        "measures": {"stopped": stopped, "recovery": [], "planned": ["原因の調査", "貴基金との協議"]},
        "persons": {"state": "under_consideration", "at": None},
        "publication": {"state": "under_consideration", "at": None},
        "legal": {"rule7": [], "ppc_prompt": {}, "ppc_final": {}, "police": None, "other": None},
        "evidence": [],
    }


def _timeline(sign: Sign, contained_at: str | None) -> dict[str, Any]:
    """We know from the moment the sign reached anybody of ours, not from when somebody senior read it."""
    return {
        "occurred_from": None,
        "occurred_to": None,
        "first_signal_at": sign.delivered_at,
        "aware_at": sign.delivered_at,
        "aware_by": sign.delivered_to,
        "confirmed_at": None,
        "contained_at": contained_at,
        "recovered_at": None,
    }


def _affected(tenant: Tenant, sign: Sign) -> list[Item]:
    kinds = (TECHNICIAN, BUSINESS)
    return [item for kind in kinds for one in sign.subjects for item in tenant.store.items(kind, one)]


def _data(sign: Sign, kept: list[Item]) -> dict[str, Any]:
    ccus = [item for item in kept if item.origin == CCUS]
    keys = sorted({item.item for item in ccus})
    technicians = len({item.subject for item in ccus if item.record_type == TECHNICIAN})
    firms = len({item.subject for item in ccus if item.record_type == BUSINESS})
    return {
        "record_types": sorted({item.record_type for item in ccus}) or [TECHNICIAN],
        "items": keys,
        "technicians": {"min": technicians, "max": len(sign.subjects), "exact": None},
        "firms": firms,
        "records": technicians + firms,
        "origin": {"ccus": bool(ccus), "other": len(ccus) < len(kept)},
        "sensitive_items": [key for key in keys if key in SENSITIVE],
        "protection": "none",
    }


def _place(sign: Sign) -> dict[str, Any]:
    kind = (sign.path or {}).get("kind")
    return {
        "component": kind or "unknown",
        "on_system": True,
        "copies_outside": [],
        "exposure": {"url": None, "from": None, "to": None},
        "recipients": [],
    }
