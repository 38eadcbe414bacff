"""The catalogue of lawful variants, by the article whose duty each keeps in its own way."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ccus_reference.variants import article2_2, article2_3, article2_4, article6

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ccus_reference.variants.variant import Variant

_CHAPTERS = (article2_2, article2_3, article2_4, article6)

VARIANTS: Mapping[str, Variant] = MappingProxyType(
    {variant.name: variant for chapter in _CHAPTERS for variant in chapter.VARIANTS}
)
"""Every lawful variant by its name."""


def catalogue() -> list[dict[str, Any]]:
    """The catalogue as a judge reads it."""
    return [variant.document() for variant in VARIANTS.values()]
