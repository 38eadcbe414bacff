"""From learning of a leak or misuse to the Fund's inbox and the closed path (第2条4項), at once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ccus_reference import notices
from ccus_reference.jobs import advance
from ccus_reference.moments import parsed, written
from ccus_reference.result import Result
from ccus_reference.signs import CLOSED, CONSULTED, Sign

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from ccus_reference.notices import Incident
    from ccus_reference.tenant import Tenant

REPORTABLE = frozenset({"leak", "purpose_misuse", "scope_violation"})


def to_be_notified(_tenant: Tenant, sign: Sign) -> bool:
    """Whether the Fund is to be told: of every leak and misuse, however small, whoever did it, mere signs too."""
    return sign.nature in REPORTABLE


def at_once(tenant: Tenant, _sign: Sign) -> datetime | None:
    """When the first letter goes out: now, whatever the day or hour; None would wait for more facts."""
    return tenant.now


def first_known(_tenant: Tenant, sign: Sign) -> dict[str, str]:
    """Since when we know: from the moment the sign reached anybody of ours, not from when somebody senior read it."""
    return {"aware_at": sign.delivered_at, "aware_by": sign.delivered_to}


def as_written(document: dict[str, Any]) -> dict[str, Any]:
    """A letter as it goes out."""
    return document


def told_on(_sign: Sign) -> bool:
    """Whether later news go to the Fund: all of them."""
    return True


def contain(tenant: Tenant, sign: Sign) -> list[str]:
    """Closes the way the data went out, without waiting for anybody; says what was done."""
    return closed(tenant, sign.path or {})


def closed(tenant: Tenant, path: Mapping[str, Any]) -> list[str]:
    """A published credential stops working; its owner gets a new one."""
    if path.get("kind") != "account":
        return []
    tenant.store.revoke(path["account"], written(tenant.now))
    return ["漏えいした認証情報を失効させた。"]


def recover(_tenant: Tenant, incident: Incident) -> list[str]:
    """Makes good what can be made good; says what was done."""
    asked = "流出先に削除を求め、結果を記録した。"
    renewed = "失効させた認証情報に代えて新しい認証情報を本人に渡した。"
    return [asked, renewed] if incident.sign["path"] else [asked]


def announced(tenant: Tenant, sign: Sign) -> Result:
    """Handles a sign or news the moment it comes in: first the path, then the letter; no office hours."""
    advance(tenant, max(tenant.now, parsed(sign.delivered_at)))
    incident = notices.known(tenant, sign.token) or notices.opened(tenant, sign)
    if sign.news is not None:
        incident = notices.learnt(incident, sign, written(tenant.now))
    incident = _contained(tenant, incident, sign)
    if sign.told == CLOSED:
        incident = _recovered(tenant, incident)
    notices.keep(tenant, incident)
    tenant.note(
        "incident", token=sign.token, nature=sign.nature, told=sign.told, stopped=len(incident.stopped)
    )
    return _told(tenant, incident, sign)


def _contained(tenant: Tenant, incident: Incident, sign: Sign) -> Incident:
    if incident.stopped or (sign.news is not None and sign.told != CONSULTED):
        return incident
    stopped = tuple(tenant.behaviour.contain(tenant, sign))
    return replace(incident, stopped=stopped, contained_at=written(tenant.now) if stopped else None)


def _recovered(tenant: Tenant, incident: Incident) -> Incident:
    done = tuple(tenant.behaviour.recover(tenant, incident))
    return replace(incident, recovery=done, recovered_at=written(tenant.now) if done else None)


def _told(tenant: Tenant, incident: Incident, sign: Sign) -> Result:
    """Tells the Fund now, later or not at all, as the rules say."""
    silent = {"incident_id": incident.id, "notice_id": None, "receipt": None}
    if not tenant.behaviour.to_be_notified(tenant, sign):
        return Result(detail=silent)
    if incident.sent and not tenant.behaviour.told_on(sign):
        return Result(detail=silent)
    at = tenant.now if incident.sent or sign.news else tenant.behaviour.notify_at(tenant, sign)
    if at is None or at > tenant.now:
        return _put_off(tenant, incident, at, silent)
    _, detail = notices.send(tenant, incident, sign.told)
    if detail["receipt"] is None:
        return Result(outcome="pending", reason="通知を再送します。", due=written(tenant.now), detail=detail)
    return Result(detail=detail)


def _put_off(tenant: Tenant, incident: Incident, at: datetime | None, detail: dict[str, Any]) -> Result:
    if at is None:
        return Result(detail=detail)
    notices.put_off(tenant, incident, at)
    return Result(outcome="pending", reason="通知を準備しています。", due=written(at), detail=detail)


def by_hand(tenant: Tenant, parts: Mapping[str, Any]) -> Result:
    """The operator closes a path where no sign said which."""
    stopped = closed(tenant, parts["path"])
    tenant.note("contain", stopped=len(stopped))
    return Result(detail={"stopped": stopped})
