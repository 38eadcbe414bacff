"""第2条3: showing computed values as if they came from nowhere."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ccus_reference import ages
from ccus_reference.defects.defect import Defect

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from ccus_reference.store import Item


def without_a_word(items: Sequence[Item], now: datetime) -> list[Item]:
    """The age stands there and nothing says what it was worked out from."""
    return [replace(item, origin="") for item in ages.derived(items, now)]


DEFECTS = (
    Defect(
        name="age_bare",
        row="A2-3-12",
        word="depends",
        code="mark.derived_bare",
        title_ja="年齢を、派生であることも元の項目も示さずに見せる",
        title_en="shows ages without saying that they are derived and from what",
        change={"derived": without_a_word},
    ),
)
