"""第2条3: sending registration data to others, or using it for another end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ccus_reference import outbound
from ccus_reference.annex1 import TECHNICIAN
from ccus_reference.defects.article1_asking import NOWHERE
from ccus_reference.defects.defect import Defect

if TYPE_CHECKING:
    from ccus_reference.looking import Look
    from ccus_reference.tenant import Tenant

EXPORT_PURPOSE = "利用者が、閲覧できる範囲の登録情報を自社の安全書類のために書き出す"
"""What our profile gives as the purpose of exports."""


def advertise(tenant: Tenant, look: Look) -> None:
    """Whoever is looked at is entered for advertising of training courses."""
    items = tenant.store.items(TECHNICIAN, look.subject or "")
    if items:
        outbound.send(tenant, NOWHERE, "講習の営業案内", "\n".join(item.value for item in items).encode())


def park_in_cloud(tenant: Tenant, body: bytes) -> None:
    """Exports are left with a storage service that stands on no list."""
    outbound.send(tenant, NOWHERE, EXPORT_PURPOSE, body)


DEFECTS = (
    Defect(
        name="advertises",
        row="A2-3-15",
        code="use.other_purpose",
        drags=("A2-3-16",),
        title_ja="見られた技能者の情報を、講習の営業案内に使う",
        title_en="uses the data of those who are looked at for advertising",
        change={"before_page": advertise},
    ),
    Defect(
        name="unlisted_cloud",
        row="A2-3-16",
        code="use.unlisted_recipient",
        drags=("A1-10",),
        title_ja="書き出したファイルを、一覧にない保管サービスに預ける",
        title_en="leaves exported files with a storage service that is on no list",
        change={"after_export": park_in_cloud},
    ),
)
