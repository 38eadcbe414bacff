"""Every point at which the conduct that the agreement governs is decided, gathered in one object.

The default is the lawful system. A defect replaces exactly one of these points.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ccus_reference import (
    BUILD,
    ages,
    annex1,
    arrivals,
    asking,
    certificate,
    copying,
    devices,
    disposal,
    editing,
    emptying,
    grounds,
    incidents,
    jobs,
    layout,
    looking,
    notices,
    noticing,
    pages,
    reimporting,
    retention,
    sharing,
    term,
)
from ccus_reference.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime, timedelta

    from ccus_reference.disposal import End
    from ccus_reference.emptying import StoreRecord
    from ccus_reference.result import Result
    from ccus_reference.signs import Sign
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


def _keep_all(store: Store, items: list[Item]) -> None:
    """Keeps what arrived beside what users had typed, equal or not."""
    store.keep(items)


def _every_row(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return rows


def _no_values(_kept: Sequence[arrivals.Arrival]) -> dict[str, Any]:
    """The application log tells that something arrived, never what it says."""
    return {}


def _all_stores(records: list[StoreRecord]) -> list[StoreRecord]:
    return records


def _as_it_is(document: dict[str, Any]) -> dict[str, Any]:
    return document


def _by_api(tenant: Tenant, path: str, document: Mapping[str, Any]) -> Mapping[str, Any]:
    return tenant.ccus.send(path, document)


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
    after_failure: Callable[[Tenant, bytes], None] = _nothing_more
    before_page: Callable[[Tenant, looking.Look], None] = _nothing_more
    after_export: Callable[[Tenant, bytes], None] = _nothing_more
    audited: Callable[[list[dict[str, Any]]], list[dict[str, Any]]] = _every_row
    items_of: Callable[..., list[Item]] = arrivals.items_of
    join: Callable[[Store, list[Item]], None] = _keep_all
    keep_own: Callable[[Store, Item], None] = editing.beside
    copied: Callable[[Item], Item] = copying.with_its_mark
    taken_back: Callable[..., Item | None] = reimporting.own_values_only
    alarming: Callable[[str, int], bool] = noticing.alarming
    heading: Callable[[str, str], str] = pages.heading
    as_of: Callable[[Sequence[Item]], str] = pages.as_of
    build: str = BUILD
    mark: Callable[[str], str] = layout.origin_mark
    dumped: Callable[..., Mapping[str, bytes]] = layout.in_one_file
    shown_mark: Callable[[str, str], str] = layout.as_it_is
    derived: Callable[[Sequence[Item], datetime], list[Item]] = ages.derived
    scope: Scope = field(default_factory=Scope)
    ground_gone: Callable[[Tenant], None] = grounds.stay_hidden
    ground: Callable[[Tenant, looking.Look], str | None] = looking.ground
    firm_ground: Callable[[Tenant, looking.Look], str | None] = looking.firm_ground
    listed: Callable[..., tuple[str, ...]] = looking.viewable
    counted: Callable[..., tuple[str, ...]] = looking.counted
    exported: Callable[..., tuple[str, ...]] = looking.viewable
    on_device: Callable[..., tuple[str, ...]] = looking.viewable
    items_shown: Callable[[str | None, list[Item]], list[Item]] = looking.less_for_upper_tiers
    log_viewing: Callable[[Store, Mapping[str, Any]], None] = _log_viewing
    opening: Callable[[Tenant, Share, str | None], str | None] = sharing.opening
    device_lease: timedelta = devices.NO_COPY
    to_be_notified: Callable[[Tenant, Sign], bool] = incidents.to_be_notified
    notify_at: Callable[[Tenant, Sign], datetime | None] = incidents.at_once
    aware: Callable[[Tenant, Sign], dict[str, str]] = incidents.first_known
    notice_worded: Callable[[dict[str, Any]], dict[str, Any]] = incidents.as_written
    told_on: Callable[[Sign], bool] = incidents.told_on
    sends_again: Callable[[str], bool] = notices.until_receipted
    carried: Callable[[Tenant, str, Mapping[str, Any]], Mapping[str, Any]] = _by_api
    contain: Callable[..., list[str]] = incidents.contain
    recover: Callable[..., list[str]] = incidents.recover
    erase: Callable[[Store], None] = _erase
    logged: Callable[[Sequence[arrivals.Arrival]], dict[str, Any]] = _no_values
    late_arrival: Callable[[term.Standing], str | None] | None = None
    """What is said of records that arrive; None asks the same as of requests."""
    counts_as_end: Callable[[End], bool] = disposal.counts_as_end
    may_keep: Callable[[End], bool] = disposal.may_keep
    claim: Callable[..., Mapping[str, Any] | None] = retention.submit_claim
    recheck: Callable[[Tenant], None] = retention.check
    after_lapse: Callable[[Tenant, End], Result] = retention.lapsed
    retained_ground: Callable[..., str | None] = retention.frozen_ground
    begin_disposal: Callable[[datetime], datetime] = disposal.at_once
    dispose: Callable[[Tenant, End], None] = disposal.destroy_then_certify
    emptied: frozenset[str] = frozenset(emptying.STEPS)
    backups: emptying.Backups = field(default_factory=emptying.Backups)
    commitment_of: Callable[[bytes, str], str] = disposal.keyed_name
    tasks: Mapping[str, Callable[..., object]] = field(
        default_factory=lambda: {**disposal.TASKS, **notices.TASKS}
    )
    certified: Callable[[list[StoreRecord]], list[StoreRecord]] = _all_stores
    exceptions: Callable[..., list[dict[str, Any]]] = certificate.exceptions
    worded: Callable[[dict[str, Any]], dict[str, Any]] = _as_it_is
    committed: Callable[[list[Provision]], list[Provision]] = _all_of
    submit: Callable[[Tenant, Mapping[str, Any]], Mapping[str, Any] | None] = _submit

    def marked(self, channel: str) -> Callable[[str], str]:
        """How an origin is marked on a channel: ``page``, ``file`` or ``dump``."""
        return lambda origin: self.shown_mark(channel, self.mark(origin))
