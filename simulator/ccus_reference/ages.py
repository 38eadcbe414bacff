"""The one value that screens show and nobody stores: a technician's age, said to be derived and from what."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from ccus_reference.annex1 import label
from ccus_reference.store import CCUS, Item

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

AGE, BIRTH_DATE = "年齢", "t03_birth_date"


def with_its_source(birth: Item) -> str:
    """The origin of a derived value: that it is derived, and from which item."""
    return f"派生：{label(birth.record_type, birth.item)}"


def derived(items: Sequence[Item], now: datetime) -> list[Item]:
    """The age by the registered date of birth; nothing when none is shown or it cannot be read."""
    return [
        Item(
            record_type=birth.record_type,
            subject=birth.subject,
            item=AGE,
            origin=with_its_source(birth),
            value=f"{years}歳",
            at=birth.at,
        )
        for birth in items
        if birth.item == BIRTH_DATE and birth.origin == CCUS
        if (years := _years(birth.value, now)) is not None
    ]


def _years(text: str, now: datetime) -> int | None:
    try:
        born = date.fromisoformat(text[:10])
    except ValueError:
        return None
    return now.year - born.year - ((now.month, now.day) < (born.month, born.day))
