"""The operations of the control interface, each turned into one call of the product."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ccus_reference import (
    changing,
    copying,
    derived,
    devices,
    disposal,
    editing,
    incidents,
    jobs,
    looking,
    noticing,
    oversight,
    reimporting,
    restoring,
    retention,
    sharing,
)
from ccus_reference.asking import Wish
from ccus_reference.bodies import BadBody, Fault, checked
from ccus_reference.disposal import End
from ccus_reference.moments import parsed, written
from ccus_reference.ordering import request as order
from ccus_reference.result import Result, refused
from ccus_reference.signs import Sign
from ccus_reference.tenants import AnotherWorld

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ccus_reference.tenant import Tenant
    from ccus_reference.tenants import Tenants


def _world(tenants: Tenants, body: Any) -> Result:
    parts = checked("world", body)
    document = parts["document"]
    checked("world.document", document, "/document")
    dialect = checked("world.ccus", parts["ccus"], "/ccus")
    ccus = dialect | checked(f"world.ccus.{dialect['dialect']}", parts["ccus"], "/ccus")
    if dialect["mail"] is not None:
        ccus["mail"] = checked("world.ccus.mail", dialect["mail"], "/ccus/mail")
    with tenants.lock(document["world"]):
        try:
            tenant = tenants.set_up(document, ccus)
        except AnotherWorld:
            return refused("同じ名前の別の世界があります。")
        except (KeyError, TypeError, ValueError) as fault:
            raise BadBody([Fault(path="/document", text=f"cannot be read: {fault!r}")]) from fault
        return Result(detail={"now": written(tenant.now)})


def _in_world(
    name: str, perform: Callable[[Tenant, Mapping[str, Any]], Result], unknown: Callable[[], Result]
) -> Callable[[Tenants, Any], Result]:
    def operation(tenants: Tenants, body: Any) -> Result:
        parts = checked(name, body)
        with tenants.lock(parts["world"]):
            tenant = tenants.find(parts["world"])
            if tenant is None:
                return unknown()
            result = perform(tenant, parts)
            derived.keep_up(tenant)
            return result

    return operation


def _no_world() -> Result:
    return refused("この世界は登録されていません。")


def _reset(tenants: Tenants, body: Any) -> Result:
    parts = checked("reset", body)
    with tenants.lock(parts["world"]):
        return Result() if tenants.forget(parts["world"]) else _no_world()


def _request(tenant: Tenant, parts: Mapping[str, Any]) -> Result:
    technicians = parts["technicians"]
    wish = Wish(
        user=parts["user"],
        acting_for=parts["acting_for"],
        capacity=parts["capacity"],
        purpose=parts["purpose"],
        technicians=None if technicians == "all" else tuple(technicians),
        own_business=parts["own_business"],
    )
    return order(tenant, wish)


def _view(tenant: Tenant, parts: Mapping[str, Any]) -> Result:
    if _credential_dead(tenant, parts):
        return looking.not_shown()
    asked = {name: parts[name] for name in ("user", "acting_for", "what", "subject", "query", "channel")}
    return looking.view(tenant, looking.Look(**asked))


def _credential_dead(tenant: Tenant, parts: Mapping[str, Any]) -> bool:
    """A published credential stops working when it is revoked; its owner was given a new one."""
    return parts["credential"] == "leaked" and tenant.store.revoked(parts["user"])


def _export(tenant: Tenant, parts: Mapping[str, Any]) -> Result:
    return looking.export(tenant, parts["user"], parts["acting_for"])


def _holdings(tenant: Tenant, _parts: Mapping[str, Any]) -> Result:
    return looking.holdings(tenant)


def _announce(tenant: Tenant, parts: Mapping[str, Any]) -> Result:
    return _ANNOUNCED[parts["kind"]](tenant, parts)


def _incident(tenant: Tenant, parts: Mapping[str, Any]) -> Result:
    said = checked("announce.incident", parts["incident"], "/incident")
    if said["news"] is not None:
        said["news"] = checked("announce.incident.news", said["news"], "/incident/news")
    said["subjects"] = tuple(said["subjects"])
    said["items"] = None if said["items"] is None else tuple(said["items"])
    return incidents.announced(tenant, Sign(**said))


def _end(tenant: Tenant, parts: Mapping[str, Any]) -> Result:
    said = checked("announce.end", parts["end"], "/end")
    kept = checked("announce.end.retention", said["retention"] or {"claim": False}, "/end/retention")
    end = End(
        cause=said["cause"],
        ended_at=said["ended_at"],
        known_at=said["known_at"],
        claim=kept["claim"],
        conditions=tuple(kept["conditions"]),
    )
    return disposal.announced(tenant, end)


_ANNOUNCED = MappingProxyType({"incident": _incident, "contract_end": _end})


def _edit(tenant: Tenant, parts: Mapping[str, Any]) -> Result:
    typed = {name: parts[name] for name in ("user", "acting_for", "subject", "item", "value")}
    return editing.enter_own(tenant, editing.Typed(**typed))


def _advance(tenant: Tenant, parts: Mapping[str, Any]) -> Result:
    ran = jobs.advance(tenant, parsed(parts["to"]))
    return Result(detail={"now": written(tenant.now), "jobs": ran})


OPERATIONS: Mapping[str, Callable[[Tenants, Any], Result]] = MappingProxyType(
    {
        "request": _in_world("request", _request, _no_world),
        "view": _in_world("view", _view, looking.not_shown),
        "export": _in_world("export", _export, looking.not_shown),
        "holdings": _in_world("holdings", _holdings, _no_world),
        "announce": _in_world("announce", _announce, _no_world),
        "world": _world,
        "enter": _in_world("enter", changing.enter, _no_world),
        "relate": _in_world("relate", changing.relate, _no_world),
        "cancel": _in_world("cancel", changing.cancel, _no_world),
        "account": _in_world("account", changing.account, _no_world),
        "delegate": _in_world("delegate", changing.delegate, _no_world),
        "share": _in_world("share", sharing.share, _no_world),
        "fetch": _in_world("fetch", sharing.fetch, looking.not_shown),
        "device": _in_world("device", devices.device, looking.not_shown),
        "edit": _in_world("edit", _edit, _no_world),
        "reimport": _in_world("reimport", reimporting.reimport, _no_world),
        "copy": _in_world("copy", copying.copy, _no_world),
        "detections": _in_world("detections", noticing.detections, _no_world),
        "contain": _in_world("contain", incidents.by_hand, _no_world),
        "advance": _in_world("advance", _advance, _no_world),
        "restore": _in_world("restore", restoring.restore, _no_world),
        "retain": _in_world("retain", retention.updated, _no_world),
        "stores": _in_world("stores", oversight.stores, _no_world),
        "backup": _in_world("backup", oversight.backup, _no_world),
        "audit_log": _in_world("audit_log", oversight.audit_log, _no_world),
        "view_log": _in_world("view_log", oversight.view_log, _no_world),
        "egress": _in_world("egress", oversight.egress, _no_world),
        "reset": _reset,
    }
)
"""What this system offers, the five of the minimum first."""

UNSUPPORTED: tuple[str, ...] = ()
"""What the interface knows and this system lacks; each would answer 501 with its name."""
