"""The conducts this system can be started with: the lawful one, its lawful variants, its defects."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from ccus_reference.behaviour import Behaviour
from ccus_reference.defects import DEFECTS
from ccus_reference.variants import VARIANTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ccus_reference.defects.defect import Defect
    from ccus_reference.variants.variant import Variant

NAMED: Mapping[str, Defect | Variant] = MappingProxyType({**DEFECTS, **VARIANTS})
"""Every defect and variant by its name; no name stands for both."""


def behaviour_of(name: str | None) -> Behaviour:
    """The conduct of that name, or the plain lawful one."""
    return Behaviour() if name is None else NAMED[name].behaviour()
