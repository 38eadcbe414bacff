"""What a user gets to see: pages and files, through one viewing rule for all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ccus_reference import copying, files, layout, noticing, pages, term
from ccus_reference.annex1 import BUSINESS, TECHNICIAN
from ccus_reference.moments import written
from ccus_reference.result import Artefact, Result
from ccus_reference.scope import business_relation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ccus_reference.scope import Viewer
    from ccus_reference.store import Item
    from ccus_reference.tenant import Tenant

    Shown = tuple[Artefact, str | None]
    """What is shown, and on what ground a single record was shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a user wants to see: which page, about whom, found by what, on which channel."""

    user: str
    acting_for: str | None
    what: str
    subject: str | None = None
    query: str | None = None
    channel: str = "screen"


def viewer_of(tenant: Tenant, look: Look) -> Viewer | None:
    return tenant.behaviour.scope.viewer_of(tenant.world.accounts.get(look.user), look.acting_for)


def ground(tenant: Tenant, look: Look) -> str | None:
    """Why this user may open this technician's record now, on whatever channel; None when there is no ground."""
    viewer = viewer_of(tenant, look)
    return None if viewer is None else ground_of(tenant, viewer, look.subject or "")


def firm_ground(tenant: Tenant, look: Look) -> str | None:
    """Why this user may open this firm's record now: only as that firm itself."""
    viewer = viewer_of(tenant, look)
    return None if viewer is None else business_relation(viewer, look.subject or viewer.business or "")


def viewable(tenant: Tenant, viewer: Viewer) -> tuple[str, ...]:
    """The technicians about whom anything is kept and whose record this viewer may open."""
    return tuple(t for t in tenant.store.subjects(TECHNICIAN) if ground_of(tenant, viewer, t))


def ground_of(tenant: Tenant, viewer: Viewer, technician: str) -> str | None:
    """Why this viewer may see this technician's record now, or None; retained data have a rule of their own."""
    if tenant.ended == term.RETAINED:
        return tenant.behaviour.retained_ground(tenant, viewer, technician)
    return tenant.behaviour.scope.relation(tenant.world, viewer, technician, tenant.now)


def counted(tenant: Tenant, viewer: Viewer) -> tuple[str, ...]:
    """Those who are counted for this viewer: the ones on the viewer's list."""
    return tenant.behaviour.listed(tenant, viewer)


UPPER_TIER = "上位下請事業者"
HIDDEN_FROM_UPPER_TIERS = frozenset(
    {"t08_emergency_name_relation", "t09_emergency_address", "t10_emergency_phone"}
)
"""What nobody above needs on site: whom to call is the employer's and the prime contractor's business."""


def less_for_upper_tiers(why: str | None, items: list[Item]) -> list[Item]:
    """The items that are shown on this ground, as we declare it (`hidden_items` of our profile)."""
    if why != UPPER_TIER:
        return items
    return [item for item in items if item.item not in HIDDEN_FROM_UPPER_TIERS]


def every_item(_why: str | None, items: list[Item]) -> list[Item]:
    """All items to everybody who may look: the agreement gives the three classes the same."""
    return items


def view(tenant: Tenant, look: Look) -> Result:
    """The page a user gets; what may not be seen and what does not exist give the same page."""
    tenant.behaviour.before_page(tenant, look)
    shown = _PAGES[look.what](tenant, look)
    artefact, why = (None, None) if shown is None else shown
    _log(tenant, look, why, shown=artefact is not None)
    if artefact is None:
        noticing.happened(tenant, noticing.REFUSED_ACCESS, look.user)
    return not_shown() if artefact is None else Result(artefacts=(artefact,))


def _log(tenant: Tenant, look: Look, why: str | None, *, shown: bool) -> None:
    tenant.behaviour.log_viewing(
        tenant.store,
        {
            "at": written(tenant.now),
            "user": look.user,
            "acting_for": look.acting_for,
            "what": look.what,
            "subject": look.subject if shown else None,
            "ground": why,
        },
    )
    tenant.note("view", user=look.user, what=look.what, shown=shown)


def not_shown() -> Result:
    return Result(
        outcome="refused",
        reason=pages.NOT_SHOWN,
        artefacts=(Artefact(name="refusal.html", media_type=pages.MEDIA_TYPE, body=pages.refusal_page()),),
    )


def _html(look: Look, body: bytes) -> Artefact:
    return Artefact(name=f"{look.what}.html", media_type=pages.MEDIA_TYPE, body=body)


def _record(tenant: Tenant, look: Look) -> Shown | None:
    return _opened(tenant, look, TECHNICIAN, look.subject or "", tenant.behaviour.ground(tenant, look))


def _business(tenant: Tenant, look: Look) -> Shown | None:
    viewer = viewer_of(tenant, look)
    business = look.subject or (viewer.business if viewer else None) or ""
    return _opened(tenant, look, BUSINESS, business, tenant.behaviour.firm_ground(tenant, look))


def _opened(tenant: Tenant, look: Look, record_type: str, subject: str, why: str | None) -> Shown | None:
    items = shown_items(tenant, record_type, subject, why) if why else []
    if not items:
        return None
    if look.channel == "api":
        body = pages.record_document(record_type, subject, items, tenant.behaviour.marked("page"))
        return Artefact(name=f"{look.what}.json", media_type=pages.JSON, body=body), why
    note = tenant.behaviour.as_of(items) if tenant.ended == term.RETAINED else ""
    title, mark = tenant.behaviour.heading(record_type, subject), tenant.behaviour.marked("page")
    items = [*items, *tenant.behaviour.derived(items, tenant.now)]
    body = pages.record_page(title, record_type, subject, items, mark, note=note)
    return _html(look, body), why


def shown_items(tenant: Tenant, record_type: str, subject: str, why: str | None) -> list[Item]:
    """The items of one record that are shown on this ground."""
    return tenant.behaviour.items_shown(why, tenant.store.items(record_type, subject))


def _list(tenant: Tenant, look: Look) -> Shown | None:
    return _people(tenant, look, "技能者一覧", "")


def _search(tenant: Tenant, look: Look) -> Shown | None:
    return _people(tenant, look, "検索結果", look.query or "")


def _people(tenant: Tenant, look: Look, title: str, query: str) -> Shown | None:
    viewer = viewer_of(tenant, look)
    if viewer is None:
        return None
    found = _found(tenant, tenant.behaviour.listed(tenant, viewer), query)
    return _html(look, pages.list_page(title, found, tenant.behaviour.marked("page"))), None


def _count(tenant: Tenant, look: Look) -> Shown | None:
    viewer = viewer_of(tenant, look)
    if viewer is None:
        return None
    found = _found(tenant, tenant.behaviour.counted(tenant, viewer), look.query or "")
    return _html(look, pages.count_page(len(found))), None


def _found(tenant: Tenant, listed: tuple[str, ...], query: str) -> list[tuple[str, str, list[Item]]]:
    """Those of a list in whose data the query stands; an empty one stands everywhere."""
    found = tenant.index.matching(query) if query else frozenset(listed)
    return [_person(tenant, t) for t in listed if t in found]


def _person(tenant: Tenant, technician: str) -> tuple[str, str, list[Item]]:
    ours = tenant.world.labels.get(technician, "")
    return technician, ours, tenant.store.items(TECHNICIAN, technician)


_PAGES: Mapping[str, Callable[[Tenant, Look], Shown | None]] = {
    "record": _record,
    "business": _business,
    "list": _list,
    "search": _search,
    "count": _count,
}


def export(tenant: Tenant, user: str, acting_for: str | None) -> Result:
    """The CSV a user gets: the records that user may open, and the own firm's."""
    viewer = tenant.behaviour.scope.viewer_of(tenant.world.accounts.get(user), acting_for)
    if viewer is None:
        return not_shown()
    items = records_of(tenant, viewer, tenant.behaviour.exported(tenant, viewer))
    if viewer.business is not None:
        items += tenant.store.items(BUSINESS, viewer.business)
    body = layout.table(items, tenant.behaviour.marked("file"))
    path = files.write_export(tenant.exports, body)
    tenant.behaviour.after_export(tenant, body)
    noticing.happened(tenant, noticing.MASS_DOWNLOAD, user)
    tenant.note("export", user=user, file=path.name, values=len(items))
    return Result(artefacts=(Artefact(name=path.name, media_type=layout.MEDIA_TYPE, body=body),))


def records_of(tenant: Tenant, viewer: Viewer, technicians: tuple[str, ...]) -> list[Item]:
    """The items of these technicians that this viewer gets."""
    relation = tenant.behaviour.scope.relation
    return [
        item
        for technician in technicians
        for item in shown_items(
            tenant, TECHNICIAN, technician, relation(tenant.world, viewer, technician, tenant.now)
        )
    ]


def holdings(tenant: Tenant) -> Result:
    """Everything kept about technicians and firms, with how each value was acquired, as the operator dumps it."""
    items = [*tenant.store.items(), *copying.kept(tenant)]
    orders = {provision.provision_id: provision for provision in tenant.store.provisions()}
    dumped = tenant.behaviour.dumped(items, orders, tenant.behaviour.marked("dump"))
    return Result(
        artefacts=tuple(
            Artefact(name=name, media_type=layout.MEDIA_TYPE, body=body) for name, body in dumped.items()
        ),
        detail={"values": len(items)},
    )
