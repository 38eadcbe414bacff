"""第2条4: silence and idleness after leaks and misuse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ccus_reference import incidents

if TYPE_CHECKING:
    from ccus_reference.tenant import Tenant

from ccus_reference.defects.defect import Defect


def misuse_only(nature: str) -> bool:
    return nature != "leak" and incidents.to_be_notified(nature)


def leaks_only(nature: str) -> bool:
    return nature == "leak"


def leave_open(_tenant: Tenant, _sign: incidents.Sign) -> list[str]:
    return []


DEFECTS = (
    Defect(
        name="leak_silent",
        row="A2-4-05",
        code="notice.none",
        drags=("A2-4-07", "A2-4-08", "A2-4-09", "A2-4-12", "A2-4-13", "A2-4-14"),
        title_ja="漏えいを知っても通知しない",
        title_en="sends no notice of a leak",
        change={"to_be_notified": misuse_only},
    ),
    Defect(
        name="misuse_silent",
        row="A2-4-06",
        code="notice.misuse_none",
        title_ja="目的外利用を知っても通知しない",
        title_en="sends no notice of misuse",
        change={"to_be_notified": leaks_only},
    ),
    Defect(
        name="path_left_open",
        row="A2-4-17",
        code="path.open",
        drags=("A2-4-18", "A2-4-19"),
        title_ja="漏えい経路を閉じない",
        title_en="leaves the path of a leak open",
        change={"contain": leave_open},
    ),
)
