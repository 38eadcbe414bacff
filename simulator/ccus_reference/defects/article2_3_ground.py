"""第2条3: not treating data whose ground has gone by the declared rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ccus_reference import grounds, looking

if TYPE_CHECKING:
    from ccus_reference.scope import Viewer
    from ccus_reference.tenant import Tenant

from ccus_reference.defects.defect import Defect


def leavers_too(tenant: Tenant, viewer: Viewer) -> tuple[str, ...]:
    """Files go on naming those who belong to nobody any more, to whoever draws one up."""
    seen = set(looking.viewable(tenant, viewer))
    return tuple(sorted(seen | set(grounds.without_ground(tenant))))


DEFECTS = (
    Defect(
        name="leavers_in_files",
        row="A2-3-20",
        code="ground.not_as_declared",
        title_ja="離職して誰にも見えないはずの技能者が、書き出したファイルに残る",
        title_en="goes on exporting technicians who left and whom nobody may see any more",
        change={"exported": leavers_too},
    ),
)
