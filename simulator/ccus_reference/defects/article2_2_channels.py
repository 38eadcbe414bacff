"""第2条2: other ways out than the screen, and rights that outlive their ground."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from ccus_reference import looking, sharing
from ccus_reference.annex1 import TECHNICIAN
from ccus_reference.defects.defect import Defect

if TYPE_CHECKING:
    from ccus_reference.looking import Look
    from ccus_reference.scope import Viewer
    from ccus_reference.store import Share
    from ccus_reference.tenant import Tenant

FOR_EVER = timedelta(days=3_650)


def whole_table(tenant: Tenant, _viewer: Viewer) -> tuple[str, ...]:
    """Exports everybody of whom anything is kept."""
    return tenant.store.subjects(TECHNICIAN)


def unasked_by_programs(tenant: Tenant, look: Look) -> str | None:
    """Asks for a ground on the screen only; a user's program gets everything."""
    if look.channel == "api" and looking.viewer_of(tenant, look) is not None:
        return "API"
    return looking.ground(tenant, look)


def once_opened(tenant: Tenant, look: Look) -> str | None:
    """Remembers that a user could open a record, and asks no more."""
    name = f"opened:{look.user}:{look.acting_for}:{look.subject}"
    found = tenant.store.setting(name) or looking.ground(tenant, look)
    if found:
        tenant.store.set(name, found)
    return found


def whoever_has_the_link(tenant: Tenant, made: Share, user: str | None) -> str | None:
    """Opens a link without any sign-in."""
    return made.ground if user is None else sharing.opening(tenant, made, user)


def right_when_made(tenant: Tenant, made: Share, user: str | None) -> str | None:
    """Judges a report by the right of its recipient when it was made."""
    if made.form == "file" and made.recipient is not None and user is not None:
        return made.ground
    return sharing.opening(tenant, made, user)


DEFECTS = (
    Defect(
        name="export_wider",
        row="A2-2-20",
        code="scope.channel_wider",
        title_ja="書き出しだけは閲覧範囲で絞らない",
        title_en="the export is not narrowed to what the user may see",
        change={"exported": whole_table},
    ),
    Defect(
        name="api_wider",
        row="A2-2-20",
        code="scope.channel_wider",
        title_ja="APIの応答だけは閲覧範囲で絞らない",
        title_en="the interface for programs is not narrowed to what the user may see",
        change={"ground": unasked_by_programs},
    ),
    Defect(
        name="right_cached",
        row="A2-2-21",
        code="scope.right_lingers",
        drags=("A2-2-11", "A2-2-29"),
        title_ja="一度見られた記録は、権利を失った後も見える",
        title_en="a record that could once be opened stays open",
        change={"ground": once_opened},
    ),
    Defect(
        name="device_keeps",
        row="A2-2-21",
        code="scope.right_lingers",
        title_ja="端末の写しに期限がない",
        title_en="the copy on a device never runs out",
        change={"device_lease": FOR_EVER},
    ),
    Defect(
        name="link_opens_for_all",
        row="A2-2-27",
        code="scope.outsider",
        title_ja="共有リンクがログインなしで開く",
        title_en="a shared link opens without any sign-in",
        change={"opening": whoever_has_the_link},
    ),
    Defect(
        name="report_never_stale",
        row="A2-2-29",
        code="scope.stale_report",
        word="depends",
        title_ja="帳票は、作った時の権利でいつまでも開く",
        title_en="a report opens for ever by the right of the day it was made",
        change={"opening": right_when_made},
    ),
)
