"""Every point at which the conduct that the agreement governs is decided, gathered in one object.

The default is the lawful system. A defect replaces exactly one of these points.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ccus_reference import (
    annex1,
    arrivals,
    asking,
    devices,
    files,
    incidents,
    jobs,
    layout,
    looking,
    sharing,
    term,
)
from ccus_reference.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime, timedelta
    from pathlib import Path

    from ccus_reference.store import Item, Provision, Share, Store
    from ccus_reference.tenant import Tenant
    from ccus_reference.world import Account, World


def _no_trace(_technicians: tuple[str, ...]) -> list[Item]:
    return []


def _erase(store: Store) -> None:
    store.erase_registration_data()


def _log_viewing(store: Store, row: Mapping[str, Any]) -> None:
    store.add_viewing(row)


def _all_of(provisions: list[Provision]) -> list[Provision]:
    return provisions


def _nothing_more(_tenant: Tenant, _what: Any) -> None:
    """Looking, exporting and receiving have no other effect than what they are."""


def _make_way(store: Store, record_type: str, subject: str) -> None:
    store.forget_record(record_type, subject)


def _every_row(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return rows


def _submit(tenant: Tenant, certificate: Mapping[str, Any]) -> Mapping[str, Any] | None:
    return tenant.send("/v1/certificates", certificate)


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """The conduct of the system; each field is one decision."""

    known: Callable[[World, str], Account | None] = asking.known
    is_user: Callable[[Account], bool] = asking.is_user
    purpose: Callable[[str], str | None] = asking.listed_purpose
    delegated: Callable[[World, Account, asking.Wish, datetime], asking.Wish | None] = asking.delegated
    routine: tuple[jobs.DailyJob, ...] = jobs.ROUTINE
    as_business: Callable[[World, asking.Wish, datetime], asking.Plan] = asking.as_business
    as_technician: Callable[[World, asking.Wish, datetime], asking.Plan] = asking.as_technician
    trace_of_refused: Callable[[tuple[str, ...]], list[Item]] = _no_trace
    term_refusal: Callable[[term.Standing], str | None] = term.refusal
    listed_items: Callable[[str, Mapping[str, Any]], dict[str, Any]] = annex1.listed_items
    asked_for: Callable[[Mapping[str, Any], arrivals.Arrival], bool] = arrivals.asked_for
    still_ours: Callable[..., bool] = arrivals.still_ours
    make_way: Callable[[Store, str, str], None] = _make_way
    after_arrival: Callable[[Tenant, Any], None] = _nothing_more
    before_page: Callable[[Tenant, looking.Look], None] = _nothing_more
    after_export: Callable[[Tenant, bytes], None] = _nothing_more
    audited: Callable[[list[dict[str, Any]]], list[dict[str, Any]]] = _every_row
    items_of: Callable[..., list[Item]] = arrivals.items_of
    mark: Callable[[str], str] = layout.origin_mark
    scope: Scope = field(default_factory=Scope)
    ground: Callable[[Tenant, looking.Look], str | None] = looking.ground
    firm_ground: Callable[[Tenant, looking.Look], str | None] = looking.firm_ground
    listed: Callable[..., tuple[str, ...]] = looking.viewable
    counted: Callable[..., tuple[str, ...]] = looking.counted
    exported: Callable[..., tuple[str, ...]] = looking.viewable
    on_device: Callable[..., tuple[str, ...]] = looking.viewable
    items_shown: Callable[[str | None, list[Item]], list[Item]] = looking.every_item
    log_viewing: Callable[[Store, Mapping[str, Any]], None] = _log_viewing
    opening: Callable[[Tenant, Share, str | None], str | None] = sharing.opening
    device_lease: timedelta = devices.NO_COPY
    to_be_notified: Callable[[str], bool] = incidents.to_be_notified
    contain: Callable[..., list[str]] = incidents.contain
    erase: Callable[[Store], None] = _erase
    erase_backups: Callable[[Path], int] = files.remove_all
    committed: Callable[[list[Provision]], list[Provision]] = _all_of
    submit: Callable[[Tenant, Mapping[str, Any]], Mapping[str, Any] | None] = _submit
