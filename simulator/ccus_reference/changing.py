"""What site office and administration tell this system: entries, affiliations, site links, accounts, delegations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ccus_reference.happenings import DoesNotFit
from ccus_reference.result import Result, refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ccus_reference.tenant import Tenant

UNKNOWN = "この内容は登録できません。"


def enter(tenant: Tenant, parts: Mapping[str, Any]) -> Result:
    """Records that a technician entered a site under a firm, or is to enter it."""
    said = {name: parts[name] for name in ("technician", "site", "under", "at", "known_at")}
    identity = f"e{len(tenant.world.entries) + 1}"
    return _told(tenant, "enter", {"id": identity, **said}, entry=identity)


def cancel(tenant: Tenant, parts: Mapping[str, Any]) -> Result:
    """Voids an entry that was recorded by mistake; who looked before stays on record."""
    return _told(tenant, "cancel", {"entry": parts["entry"], "at": parts["at"]})


def relate(tenant: Tenant, parts: Mapping[str, Any]) -> Result:
    """Begins or ends an affiliation or a link of a site's tree."""
    return _told(tenant, "relate", {name: parts[name] for name in ("change", "at", "affiliation", "link")})


def account(tenant: Tenant, parts: Mapping[str, Any]) -> Result:
    """Makes an account, stops one, or lets its owner leave the service."""
    said = {name: parts[name] for name in ("account", "change", "businesses", "technician", "role")}
    return _told(tenant, "account", said)


def delegate(tenant: Tenant, parts: Mapping[str, Any]) -> Result:
    """Records that a firm lets somebody else's account ask for it, from when and until when."""
    identity = f"d{len(tenant.world.delegations) + 1}"
    said = {name: parts[name] for name in ("business", "account", "from", "to")}
    return _told(tenant, "delegate", {"id": identity, **said}, delegation=identity)


def _told(tenant: Tenant, kind: str, said: Mapping[str, Any], **detail: Any) -> Result:
    try:
        tenant.knowledge.learn(kind, said)
    except DoesNotFit as fault:
        tenant.note(f"{kind}.refused", what=fault.what)
        return refused(UNKNOWN)
    tenant.note(kind)
    tenant.behaviour.ground_gone(tenant)
    return Result(detail=detail)
