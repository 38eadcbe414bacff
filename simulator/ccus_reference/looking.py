"""What a user gets to see: pages and files, through one viewing rule for all of them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ccus_reference import files, layout, pages
from ccus_reference.annex1 import BUSINESS, TECHNICIAN
from ccus_reference.moments import written
from ccus_reference.result import Artefact, Result
from ccus_reference.scope import business_relation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ccus_reference.scope import Viewer
    from ccus_reference.store import Item
    from ccus_reference.tenant import Tenant

    Shown = tuple[bytes, str | None]
    """A page, and on what ground a single record was shown."""


def viewable(tenant: Tenant, viewer: Viewer) -> tuple[str, ...]:
    """The technicians about whom anything is kept and whose record this viewer may open."""
    at = tenant.now
    held = tenant.store.subjects(TECHNICIAN)
    return tuple(t for t in held if tenant.behaviour.scope.relation(tenant.world, viewer, t, at))


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a user wants to see: which page, about whom, found by what."""

    user: str
    acting_for: str | None
    what: str
    subject: str | None = None
    query: str | None = None


def view(tenant: Tenant, look: Look) -> Result:
    """The page a user gets; what may not be seen and what does not exist give the same page."""
    viewer = tenant.behaviour.scope.viewer_of(tenant.world.accounts.get(look.user), look.acting_for)
    shown = None if viewer is None else _PAGES[look.what](tenant, viewer, look)
    body, ground = (None, None) if shown is None else shown
    tenant.store.add_viewing(
        {
            "at": written(tenant.now),
            "user": look.user,
            "acting_for": look.acting_for,
            "what": look.what,
            "subject": look.subject if body else None,
            "ground": ground,
        }
    )
    tenant.note("view", user=look.user, what=look.what, shown=body is not None)
    return not_shown() if body is None else Result(artefacts=(_html(look.what, body),))


def not_shown() -> Result:
    return Result(
        outcome="refused", reason=pages.NOT_SHOWN, artefacts=(_html("refusal", pages.refusal_page()),)
    )


def _html(name: str, body: bytes) -> Artefact:
    return Artefact(name=f"{name}.html", media_type=pages.MEDIA_TYPE, body=body)


def _record(tenant: Tenant, viewer: Viewer, look: Look) -> Shown | None:
    ground = tenant.behaviour.scope.relation(tenant.world, viewer, look.subject or "", tenant.now)
    return _opened(tenant, TECHNICIAN, look.subject or "", ground)


def _business(tenant: Tenant, viewer: Viewer, look: Look) -> Shown | None:
    business = look.subject or viewer.business or ""
    return _opened(tenant, BUSINESS, business, business_relation(viewer, business))


def _opened(tenant: Tenant, record_type: str, subject: str, ground: str | None) -> Shown | None:
    items = tenant.store.items(record_type, subject) if ground else []
    return (pages.record_page(record_type, subject, items, tenant.behaviour.mark), ground) if items else None


def _list(tenant: Tenant, viewer: Viewer, _look: Look) -> Shown:
    return pages.list_page("技能者一覧", _found(tenant, viewer, ""), tenant.behaviour.mark), None


def _search(tenant: Tenant, viewer: Viewer, look: Look) -> Shown:
    found = _found(tenant, viewer, look.query or "")
    return pages.list_page("検索結果", found, tenant.behaviour.mark), None


def _count(tenant: Tenant, viewer: Viewer, look: Look) -> Shown:
    return pages.count_page(len(_found(tenant, viewer, look.query or ""))), None


def _found(tenant: Tenant, viewer: Viewer, query: str) -> list[tuple[str, str, list[Item]]]:
    """Those on this viewer's list in whose data the query stands; an empty one stands everywhere."""
    people = (_person(tenant, t) for t in tenant.behaviour.listed(tenant, viewer))
    return [person for person in people if _matches(person, query)]


def _person(tenant: Tenant, technician: str) -> tuple[str, str, list[Item]]:
    ours = tenant.world.labels.get(technician, "")
    return technician, ours, tenant.store.items(TECHNICIAN, technician)


def _matches(person: tuple[str, str, list[Item]], query: str) -> bool:
    subject, ours, items = person
    wanted = _plain(query)
    return any(wanted in _plain(text) for text in (subject, ours, *(i.value for i in items)))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


_PAGES: Mapping[str, Callable[[Tenant, Viewer, Look], Shown | None]] = {
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
    items = [i for t in viewable(tenant, viewer) for i in tenant.store.items(TECHNICIAN, t)]
    if viewer.business is not None:
        items += tenant.store.items(BUSINESS, viewer.business)
    body = layout.table(items, tenant.behaviour.mark)
    path = files.write_export(tenant.exports, body)
    tenant.note("export", user=user, file=path.name, values=len(items))
    return Result(artefacts=(Artefact(name=path.name, media_type=layout.MEDIA_TYPE, body=body),))


def holdings(tenant: Tenant) -> Result:
    """Everything kept about technicians and firms, as the operator dumps it."""
    items = tenant.store.items()
    body = layout.table(items, tenant.behaviour.mark)
    return Result(
        artefacts=(Artefact(name="holdings.csv", media_type=layout.MEDIA_TYPE, body=body),),
        detail={"values": len(items)},
    )
