"""The devices of users: what they get when they sync, and what is left on them while they are offline."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ccus_reference import looking, pages
from ccus_reference.looking import Look
from ccus_reference.moments import parsed, written
from ccus_reference.result import Artefact, Result

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ccus_reference.tenant import Tenant

NO_COPY = timedelta(0)
"""How long a device may show its copy offline: here it keeps none, because nobody could take it back."""


def device(tenant: Tenant, parts: Mapping[str, Any]) -> Result:
    """Syncs a device, or shows what it shows offline."""
    look = Look(user=parts["user"], acting_for=parts["acting_for"], what="list")
    path = tenant.devices / f"{parts['device']}.json"
    return _synced(tenant, look, path) if parts["action"] == "sync" else _offline(tenant, path)


def _synced(tenant: Tenant, look: Look, path: Path) -> Result:
    """The device shows what its user may see now; an older copy goes whatever comes."""
    path.unlink(missing_ok=True)
    tenant.store.set("devices", {**known(tenant), path.stem: [look.user, look.acting_for]})
    viewer = looking.viewer_of(tenant, look)
    if viewer is None:
        return looking.not_shown()
    people = tenant.behaviour.on_device(tenant, viewer)
    items = looking.records_of(tenant, viewer, people)
    body = pages.records_page(
        "端末", [(t, [i for i in items if i.subject == t]) for t in people], tenant.behaviour.marked("page")
    )
    if tenant.behaviour.device_lease > NO_COPY:
        copy = {"until": written(tenant.now + tenant.behaviour.device_lease), "page": body.decode()}
        path.write_text(json.dumps(copy, ensure_ascii=False), encoding="utf-8")
    tenant.note("device.sync", user=look.user, people=len(people))
    return Result(artefacts=(_page(body),))


def known(tenant: Tenant) -> dict[str, list[Any]]:
    """The devices that ever synced, each with whose it is and for which firm: so that they can be wiped."""
    return tenant.store.setting("devices") or {}


def packed(tenant: Tenant, user: str, acting_for: str | None) -> str:
    """Everything that a user may see now, as one page."""
    viewer = looking.viewer_of(tenant, Look(user=user, acting_for=acting_for, what="list"))
    people = looking.viewable(tenant, viewer) if viewer is not None else ()
    items = looking.records_of(tenant, viewer, people) if viewer is not None else []
    by_person = [(t, [i for i in items if i.subject == t]) for t in people]
    return pages.records_page("端末", by_person, tenant.behaviour.marked("page")).decode()


def _offline(tenant: Tenant, path: Path) -> Result:
    """The copy on the device while its lease lasts; then it goes by itself, whether or not it hears from us."""
    if not path.is_file():
        return looking.not_shown()
    copy = json.loads(path.read_text(encoding="utf-8"))
    if parsed(copy["until"]) <= tenant.now:
        path.unlink()
        return looking.not_shown()
    return Result(artefacts=(_page(copy["page"].encode()),))


def _page(body: bytes) -> Artefact:
    return Artefact(name="device.html", media_type=pages.MEDIA_TYPE, body=body)
