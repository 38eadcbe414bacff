"""The catalogue of defects, by the article that each breaks."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ccus_reference.defects import (
    article1,
    article1_asking,
    article1_delivery,
    article2_1,
    article2_2,
    article2_2_channels,
    article2_2_sites,
    article2_2_viewers,
    article2_3,
    article2_3_derived,
    article2_3_ground,
    article2_3_recipients,
    article2_4,
    article5,
    article6,
    article6_certificate,
    article6_retention,
    article7,
    declarations,
    preamble,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ccus_reference.defects.defect import Defect

_CHAPTERS = (
    preamble,
    declarations,
    article1,
    article1_asking,
    article1_delivery,
    article2_1,
    article2_2,
    article2_2_viewers,
    article2_2_sites,
    article2_2_channels,
    article2_3,
    article2_3_derived,
    article2_3_ground,
    article2_3_recipients,
    article2_4,
    article5,
    article6,
    article6_certificate,
    article6_retention,
    article7,
)

DEFECTS: Mapping[str, Defect] = MappingProxyType(
    {defect.name: defect for chapter in _CHAPTERS for defect in chapter.DEFECTS}
)
"""Every defect by its name."""


def catalogue() -> list[dict[str, Any]]:
    """The catalogue as a judge reads it."""
    return [defect.document() for defect in DEFECTS.values()]
