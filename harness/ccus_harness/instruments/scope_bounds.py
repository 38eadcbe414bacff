"""What the scope rule says of a cell whichever way the open readings are taken."""

from __future__ import annotations

from itertools import product
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from ccus_harness.instruments.scope import may_view
from ccus_harness.instruments.scope_terms import OPTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from ccus_harness.instruments.world import Viewer, World

Bound = Literal["allowed", "denied", "contested"]

WIDEST: Mapping[str, str] = MappingProxyType(
    {
        "scope.upper": "all_ancestors",
        "scope.employer_needs_entry": "no",
        "scope.pre_entry": "allow_if_roster",
        "scope.post_entry_limit": "none",
        "scope.gap_tier": "bridge",
        "scope.jv": "all_members",
    }
)
"""Of each reading that only widens or narrows, the option that lets most people see."""

NARROWEST: Mapping[str, str] = MappingProxyType(
    {name: next(option for option in OPTIONS[name] if option != widest) for name, widest in WIDEST.items()}
)
"""The options that let fewest people see."""

SIDEWAYS = ("scope.affiliation", "scope.chain_time")
"""The readings whose options let different people see, none of them more: all must be tried."""

_NONE: Mapping[str, str] = MappingProxyType({})


def bound(
    world: World, viewer: Viewer, technician: str, at: datetime, fixed: Mapping[str, str] = _NONE
) -> Bound:
    """Tell whether every choice of the readings, but for the fixed ones, allows or denies the view."""
    may = [
        may_view(world, viewer, technician, at, {**WIDEST, **choice, **fixed}).allowed
        for choice in _sideways()
    ]
    if not any(may):
        return "denied"
    must = [
        may_view(world, viewer, technician, at, {**NARROWEST, **choice, **fixed}).allowed
        for choice in _sideways()
    ]
    return "allowed" if all(must) else "contested"


def _sideways() -> Iterator[dict[str, str]]:
    for options in product(*(OPTIONS[name] for name in SIDEWAYS)):
        yield dict(zip(SIDEWAYS, options, strict=True))
