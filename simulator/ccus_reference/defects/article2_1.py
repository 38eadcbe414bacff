"""第2条1: keeping more than Annex 1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


from ccus_reference.defects.defect import Defect


def as_it_came(_record_type: str, items: Mapping[str, Any]) -> dict[str, Any]:
    return dict(items)


DEFECTS = (
    Defect(
        name="raw_archive",
        row="A2-1-02",
        code="whitelist.extra_kept",
        drags=("A2-1-05", "A2-1-07"),
        title_ja="受信した内容を別紙1で絞らずそのまま保存する",
        title_en="keeps an answer as it came, items outside Annex 1 included",
        change={"listed_items": as_it_came},
    ),
)
