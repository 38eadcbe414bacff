"""The letters about an incident: the first with what is known, updates as facts come, one that closes it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ccus_reference import agenda, operator
from ccus_reference.annex1 import BUSINESS, SENSITIVE, TECHNICIAN
from ccus_reference.moments import written
from ccus_reference.signs import CLOSED, CONSULTED, Sign
from ccus_reference.store import CCUS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from ccus_reference.store import Item
    from ccus_reference.tenant import Tenant

PATH = "/v1/notices"
PREVENTION_WITHIN = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """The record of one incident: what was told of it, what was done, how many letters went out.

    Whom it concerns is kept as counts only, so that the record may outlive the data.
    """

    id: str
    sign: Mapping[str, Any]
    data: Mapping[str, Any]
    aware: Mapping[str, str]
    sent: int = 0
    first_sent_at: str | None = None
    stopped: tuple[str, ...] = ()
    contained_at: str | None = None
    recovery: tuple[str, ...] = ()
    recovered_at: str | None = None
    cause: str | None = None
    held_at: str | None = None
    agreed: tuple[str, ...] = ()
    closed: bool = False

    @property
    def token(self) -> str:
        return str(self.sign["token"])


def opened(tenant: Tenant, sign: Sign) -> Incident:
    """A new record for a sign that nothing was known of before."""
    number = len(every(tenant)) + 1
    facts = {key: value for key, value in asdict(sign).items() if key not in ("subjects", "news")}
    return Incident(
        id=f"inc-{tenant.world.name}-{number}",
        sign=facts,
        data=_data(sign, _affected(tenant, sign)),
        aware=tenant.behaviour.aware(tenant, sign),
    )


def every(tenant: Tenant) -> list[Incident]:
    """All incidents so far, in the order in which they became known."""
    raw: list[dict[str, Any]] = tenant.store.setting("incidents") or []
    return [_read(one) for one in raw]


def known(tenant: Tenant, token: str) -> Incident | None:
    return next((incident for incident in every(tenant) if incident.token == token), None)


def keep(tenant: Tenant, incident: Incident) -> None:
    records = {one.token: one for one in every(tenant)} | {incident.token: incident}
    tenant.store.set("incidents", [asdict(one) for one in records.values()])


def _read(raw: Mapping[str, Any]) -> Incident:
    lists: dict[str, Any] = {name: tuple(raw[name]) for name in ("stopped", "recovery", "agreed")}
    return Incident(**{**raw, **lists})


def send(tenant: Tenant, incident: Incident, told: str | None) -> tuple[Incident, dict[str, Any]]:
    """Writes the next letter about an incident and sends it; gives the record and what came of it."""
    incident = replace(incident, sent=incident.sent + 1)
    document = tenant.behaviour.notice_worded(written_out(tenant, incident, told))
    incident = replace(incident, first_sent_at=incident.first_sent_at or document["sent_at"])
    keep(tenant, incident)
    receipt = tenant.send(PATH, document)
    return incident, {
        "incident_id": document["incident_id"],
        "notice_id": document["notice_id"],
        "receipt": receipt,
        "sent_at": document["sent_at"],
        "stopped": list(incident.stopped),
    }


def until_receipted(_path: str) -> bool:
    """Whether a letter without a receipt is sent again: every one, until the Fund has it."""
    return True


def put_off(tenant: Tenant, incident: Incident, at: datetime) -> None:
    """Notes that the first letter is to go out later."""
    agenda.put_off(tenant, at, "first_notice", {"token": incident.token})


def send_put_off(tenant: Tenant, facts: Mapping[str, Any]) -> None:
    """Sends a first letter whose time has come, unless it went out meanwhile."""
    incident = known(tenant, facts["token"])
    if incident is not None and incident.sent == 0:
        send(tenant, incident, None)


TASKS: Mapping[str, Callable[[Tenant, Mapping[str, Any]], None]] = MappingProxyType(
    {"first_notice": send_put_off}
)


def written_out(tenant: Tenant, incident: Incident, told: str | None) -> dict[str, Any]:
    """A letter with what is known now; what is not known says so."""
    sign, now = incident.sign, written(tenant.now)
    return {
        "schema": "incident-notice/1",
        "incident_id": incident.id,
        "notice_id": f"{incident.id}-{incident.sent}",
        "seq": incident.sent,
        "kind": _kind(incident, told),
        "drill": sign["drill"],
        "token": incident.token,
        "contract": {"id": tenant.world.contract.id},
        "kou": operator.KOU,
        "reporter": operator.REPORTER,
        "recipient": operator.FUND,
        "channel": "api",
        "sent_at": now,
        "receipt": {"id": None, "at": None},
        "status": sign["status"],
        "nature": [sign["nature"]],
        "timeline": _timeline(incident),
        "actor": {"class": sign["actor"], "intent": "unknown"},
        "data": dict(incident.data),
        "place": _place(sign),
        "cause": _cause(incident),
        "consequence": {"secondary": "possible", "text": "調査中"},
        "measures": _measures(incident),
        "consultation": _consultation(incident),
        "persons": {"state": "under_consideration", "at": None},
        "publication": {"state": "under_consideration", "at": None},
        "prevention": _prevention(tenant) if told == CLOSED else None,
        "legal": {"rule7": [], "ppc_prompt": {}, "ppc_final": {}, "police": None, "other": None},
        "evidence": [],
    }


def _kind(incident: Incident, told: str | None) -> str:
    if incident.sent == 1:
        return "initial"
    return "closing" if told == CLOSED else "update"


def _timeline(incident: Incident) -> dict[str, Any]:
    return {
        "occurred_from": None,
        "occurred_to": None,
        "first_signal_at": incident.sign["delivered_at"],
        **incident.aware,
        "confirmed_at": None,
        "contained_at": incident.contained_at,
        "recovered_at": incident.recovered_at,
    }


def _cause(incident: Incident) -> dict[str, str]:
    if incident.cause is None:
        return {"state": "under_investigation", "text": "調査中"}
    return {"state": "known", "text": incident.cause}


def _measures(incident: Incident) -> dict[str, list[str]]:
    planned = [] if incident.closed else ["原因の調査", "貴基金との協議"]
    return {"stopped": list(incident.stopped), "recovery": list(incident.recovery), "planned": planned}


def _consultation(incident: Incident) -> dict[str, Any]:
    agreed = list(incident.agreed)
    return {"asked_at": incident.first_sent_at, "held_at": incident.held_at, "agreed": agreed}


def _prevention(tenant: Tenant) -> dict[str, str]:
    due = (tenant.now + PREVENTION_WITHIN).date().isoformat()
    return {"text": "公開された認証情報を自動で失効させ、利用者への注意喚起を毎月行う。", "due": due}


def _affected(tenant: Tenant, sign: Sign) -> list[Item]:
    kinds = (TECHNICIAN, BUSINESS)
    kept = [item for kind in kinds for one in sign.subjects for item in tenant.store.items(kind, one)]
    return [item for item in kept if sign.items is None or item.item in sign.items]


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
        "protection": sign.protection,
    }


def _place(sign: Mapping[str, Any]) -> dict[str, Any]:
    outside = sign["place"] == "outside"
    return {
        "component": sign["path"]["kind"] if sign["path"] else "unknown",
        "on_system": not outside,
        "copies_outside": ["利用者が書き出したファイル"] if outside else [],
        "exposure": {"url": None, "from": None, "to": None},
        "recipients": [],
    }


def learnt(incident: Incident, sign: Sign, at: str) -> Incident:
    """The record with the news in it."""
    text = (sign.news or {}).get("text", "")
    if sign.told == CONSULTED:
        return replace(incident, held_at=at, agreed=(*incident.agreed, text))
    return replace(incident, cause=text or incident.cause, closed=sign.told == CLOSED)
