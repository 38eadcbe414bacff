"""第2条3: another way to treat data whose ground has gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ccus_reference import grounds
from ccus_reference.annex1 import TECHNICIAN
from ccus_reference.variants.variant import Variant

if TYPE_CHECKING:
    from ccus_reference.tenant import Tenant


def forgotten(tenant: Tenant) -> None:
    """What CCUS said about people whom nobody may see any more goes at once."""
    for technician in grounds.without_ground(tenant):
        tenant.store.forget_record(TECHNICIAN, technician)


VARIANTS = (
    Variant(
        name="forgets_leavers",
        title_ja="離職して誰にも見えなくなった技能者の情報は、すぐに消す",
        title_en="deletes at once what it holds of technicians who left and whom nobody may see any more",
        chapters=("A2-2", "A2-3"),
        change={"ground_gone": forgotten},
        profile={"ground_gone": {"treatment": "delete"}},
    ),
)
