"""What users hand on: links, mails and reports, which give nobody more than the own sign-in would."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from ccus_reference import looking, pages
from ccus_reference.annex1 import TECHNICIAN
from ccus_reference.looking import Look
from ccus_reference.moments import written
from ccus_reference.result import Artefact, Result, refused
from ccus_reference.store import Share

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ccus_reference.tenant import Tenant

MEMBERS_ONLY = "共有できる相手は、このシステムの利用者だけです。"


def share(tenant: Tenant, parts: Mapping[str, Any]) -> Result:
    """Hands on a record that the user may open; what travels is a handle, never the data."""
    look = Look(user=parts["user"], acting_for=parts["acting_for"], what="record", subject=parts["subject"])
    ground = tenant.behaviour.ground(tenant, look)
    if ground is None or not tenant.store.items(TECHNICIAN, parts["subject"]):
        return looking.not_shown()
    if parts["to"] is not None and parts["to"] not in tenant.world.accounts:
        return refused(MEMBERS_ONLY)
    made = Share(
        handle=f"s-{secrets.token_hex(12)}",
        at=written(tenant.now),
        by_user=parts["user"],
        acting_for=parts["acting_for"],
        subject=parts["subject"],
        form=parts["form"],
        recipient=parts["to"],
        ground=ground,
    )
    tenant.store.add_share(made)
    tenant.note("share", user=made.by_user, form=made.form)
    return Result(artefacts=_letter(made), detail={"handle": made.handle})


def _letter(made: Share) -> tuple[Artefact, ...]:
    if made.form != "mail":
        return ()
    text = f"共有のお知らせ\n利用者としてログインすると開けます: {made.handle}\n"
    return (Artefact(name="mail.txt", media_type="text/plain; charset=utf-8", body=text.encode()),)


def opening(tenant: Tenant, made: Share, user: str | None) -> str | None:
    """On what ground whoever holds the handle may open it now: the ground of an own sign-in, and no other."""
    if user is None:
        return None
    look = Look(user=user, acting_for=_only_firm(tenant, user), what="record", subject=made.subject)
    return tenant.behaviour.ground(tenant, look)


def _only_firm(tenant: Tenant, user: str) -> str | None:
    account = tenant.world.accounts.get(user)
    firms = account.businesses if account else frozenset[str]()
    return next(iter(firms)) if len(firms) == 1 else None


def fetch(tenant: Tenant, parts: Mapping[str, Any]) -> Result:
    """What somebody gets who follows a handle; a wrong one and a forbidden one look alike."""
    made = tenant.store.share(parts["handle"])
    ground = None if made is None else tenant.behaviour.opening(tenant, made, parts["user"])
    if made is None or ground is None:
        return looking.not_shown()
    items = looking.shown_items(tenant, TECHNICIAN, made.subject, ground)
    tenant.note("fetch", user=parts["user"], form=made.form, shown=bool(items))
    if not items:
        return looking.not_shown()
    title, mark = tenant.behaviour.heading(TECHNICIAN, made.subject), tenant.behaviour.marked("page")
    body = pages.record_page(title, TECHNICIAN, made.subject, items, mark)
    return Result(artefacts=(Artefact(name="shared.html", media_type=pages.MEDIA_TYPE, body=body),))
