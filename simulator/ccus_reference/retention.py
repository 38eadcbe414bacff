"""Keeping data after the end (第6条ただし書): only while the conditions hold, as they were, for those who could see them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ccus_reference import disposal, term
from ccus_reference.ccus_client import CcusRefused, CcusUnreachable
from ccus_reference.disposal import End
from ccus_reference.moments import parsed, written
from ccus_reference.result import Result, refused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ccus_reference.scope import Viewer
    from ccus_reference.tenant import Tenant


CLAIMS = "/v1/retention-claims"


def submit_claim(tenant: Tenant, claim: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Tells the Fund that we keep the data, and on which conditions."""
    return tenant.send(CLAIMS, claim)


def updated(tenant: Tenant, parts: Mapping[str, Any]) -> Result:
    """Looks at the conditions anew: all met, and we go on; one gap, and the data go."""
    if tenant.ended != term.RETAINED:
        return refused("継続保有していません。")
    disposal.advance(tenant, max(tenant.now, parsed(parts["at"])))
    conditions: Sequence[Mapping[str, Any]] = parts["conditions"]
    end = replace(End.of(tenant.store.setting("end")), claim=True, conditions=tuple(conditions))
    tenant.note("retention.checked", met=disposal.may_keep(end))
    if disposal.may_keep(end):
        return Result(detail={"state": term.RETAINED})
    return tenant.behaviour.after_lapse(tenant, replace(end, known_at=written(tenant.now)))


def check(tenant: Tenant) -> None:
    """The daily check: when CCUS no longer takes our retention for valid, it is over."""
    told = any(letter.path == CLAIMS and letter.receipt for letter in tenant.store.letters())
    if (
        tenant.ended != term.RETAINED or not told
    ):  # while the Fund has not read our claim its word is no answer
        return
    try:
        state = tenant.ccus.contract().get("state")
    except (CcusRefused, CcusUnreachable):
        return
    if state == "disposing":
        end = End.of(tenant.store.setting("end"))
        tenant.behaviour.after_lapse(tenant, replace(end, known_at=written(tenant.now)))


def lapsed(tenant: Tenant, end: End) -> Result:
    """What follows when retention falls away: the same as at an ordinary end."""
    return disposal.begin(tenant, end)


def frozen_ground(tenant: Tenant, viewer: Viewer, technician: str) -> str | None:
    """Why somebody may still look at retained data: on the ground there was when the agreement ended."""
    end = parsed(tenant.store.setting("end")["ended_at"])
    entries = tuple(entry for entry in tenant.world.entries if entry.at <= end)
    frozen = replace(tenant.world, entries=entries)
    return tenant.behaviour.scope.relation(frozen, viewer, technician, tenant.now)
