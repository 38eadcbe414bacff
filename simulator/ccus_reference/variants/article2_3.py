"""第2条3: another way to treat data whose ground has gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ccus_reference import grounds, layout
from ccus_reference.annex1 import TECHNICIAN
from ccus_reference.store import CCUS
from ccus_reference.variants.variant import Variant

if TYPE_CHECKING:
    from ccus_reference.tenant import Tenant


def forgotten(tenant: Tenant) -> None:
    """What CCUS said about people whom nobody may see any more goes at once."""
    for technician in grounds.without_ground(tenant):
        tenant.store.forget_record(TECHNICIAN, technician)


def in_an_envelope(origin: str) -> str:
    """What CCUS provided stays in its envelope; what users type has none."""
    return "CCUS提供の封筒" if origin == CCUS else ""


VARIANTS = (
    Variant(
        name="separate_store",
        title_ja="印の列でなく、CCUSから得たものと利用者の入力を別の保管庫に分ける",
        title_en="keeps what came from CCUS and what users typed in separate stores instead of flagging each value",
        chapters=("A2-3", "A6"),
        change={"dumped": layout.in_separate_files},
        profile={
            "mark": {
                "means": "CCUSから得た値は専用の保管庫に置く。画面では値の直後、書き出しでは「出所」の列に示す",
                "by_file": {"from-ccus.csv": "CCUS", "own-entries.csv": "利用者入力"},
            }
        },
    ),
    Variant(
        name="envelope_marks",
        title_ja="CCUSから得た値だけを封筒に入れて示し、利用者の入力には何も付けない",
        title_en="shows what came from CCUS in an envelope and marks nothing else",
        chapters=("A2-3", "A6"),
        change={"mark": in_an_envelope},
        profile={
            "mark": {
                "means": "CCUSから得た値にだけ「CCUS提供の封筒」と示す。印のない値は利用者の入力",
                "ccus": ["CCUS提供の封筒"],
                "other": [""],
                "page_ccus": "「CCUS提供の封筒」",
                "page_other": "",
            }
        },
    ),
    Variant(
        name="forgets_leavers",
        title_ja="離職して誰にも見えなくなった技能者の情報は、すぐに消す",
        title_en="deletes at once what it holds of technicians who left and whom nobody may see any more",
        chapters=("A2-2", "A2-3"),
        change={"ground_gone": forgotten},
        profile={"ground_gone": {"treatment": "delete"}},
    ),
)
