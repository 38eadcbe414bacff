"""What this system notices by itself: mass downloads, repeated refused looks, data that nobody asked for."""

from __future__ import annotations

from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ccus_reference.moments import parsed, written
from ccus_reference.result import Result

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ccus_reference.tenant import Tenant

MASS_DOWNLOAD, REFUSED_ACCESS, UNSOLICITED = "mass_download", "refused_access", "unsolicited_data"
WITHIN = timedelta(hours=1)
LIMITS: Mapping[str, int] = MappingProxyType({MASS_DOWNLOAD: 10, REFUSED_ACCESS: 5, UNSOLICITED: 1})
"""How often something may happen to one account within an hour before somebody is told."""

_SAID = MappingProxyType(
    {
        MASS_DOWNLOAD: "短時間に何度も書き出しがあった。",
        REFUSED_ACCESS: "見られない情報を何度も見ようとした。",
        UNSOLICITED: "依頼していない記録を受け取らなかった。",
    }
)


def happened(tenant: Tenant, kind: str, user: str) -> None:
    """Counts something, and raises an alert when it happens too often."""
    name, now = f"recent:{kind}:{user}", tenant.now
    before: list[str] = tenant.store.setting(name) or []
    recent = [at for at in before if now - parsed(at) < WITHIN]
    tenant.store.set(name, [*recent, written(now)])
    if tenant.behaviour.alarming(kind, len(recent) + 1):
        alert = {"at": written(now), "kind": kind, "text": _SAID[kind]}
        tenant.store.set("detections", [*_raised(tenant), alert])
        tenant.note("detection", kind=kind, user=user)


def alarming(kind: str, times: int) -> bool:
    """Whether somebody is told: once, when the limit is reached."""
    return times == LIMITS[kind]


def _raised(tenant: Tenant) -> list[dict[str, str]]:
    return tenant.store.setting("detections") or []


def detections(tenant: Tenant, _parts: Mapping[str, Any]) -> Result:
    """Every alert so far."""
    return Result(detail={"detections": _raised(tenant)})
