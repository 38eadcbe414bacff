"""The words both scope oracles share: readings with their options, the decision, its reasons."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Relation = Literal["self", "affiliated", "prime", "upper", "none"]

OPTIONS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "scope.upper": ("all_ancestors", "direct_parent"),
        "scope.employer_needs_entry": ("no", "yes"),
        "scope.affiliation": ("any_current", "main_only", "firm_at_entry"),
        "scope.chain_time": ("at_entry", "at_viewing"),
        "scope.pre_entry": ("deny", "allow_if_roster"),
        "scope.post_entry_limit": ("none", "period"),
        "scope.gap_tier": ("deny_above_gap", "bridge"),
        "scope.jv": ("all_members", "representative"),
    }
)
"""Every scope reading with its options, the default first."""

POST_ENTRY_DAYS: Final = 365
"""How long after an entry it still counts under `scope.post_entry_limit=period`; the text has no number."""


class UnknownReading(LookupError):
    """A reading was asked for with an option that does not exist."""

    def __init__(self, parameter: str, option: str) -> None:
        super().__init__(parameter, option)
        self.parameter = parameter
        self.option = option

    def __str__(self) -> str:
        known = OPTIONS.get(self.parameter)
        if known is None:
            return f"{self.parameter!r} is no scope reading. Use one of: {', '.join(OPTIONS)}"
        return f"{self.parameter} has no option {self.option!r}. Use one of: {', '.join(known)}"


def chosen(readings: Mapping[str, str]) -> Mapping[str, str]:
    """Fill in the default of every scope reading that is not given; other readings are left out."""
    given = {name: option for name, option in readings.items() if name.startswith("scope.")}
    for name, option in given.items():
        if name in _OTHER_ROWS:
            continue
        if option not in OPTIONS.get(name, ()):
            raise UnknownReading(name, option)
    return {name: given.get(name, options[0]) for name, options in OPTIONS.items()}


_OTHER_ROWS = frozenset({"scope.firm_data", "scope.items_by_class", "scope.vendor_staff"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Whether a viewer may see a technician, with the relation, and the entry that carries it."""

    allowed: bool
    reason: str
    relation: Relation
    site: str | None = None
    entry: str | None = None


REASONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "self": "the technician's own record",
        "affiliated": "an affiliated business of the technician",
        "prime": "the prime contractor of a site the technician entered",
        "upper": "above the firm under which the technician entered, at that site",
        "viewer.client": "a client is not among those who may view",
        "viewer.staff": "the operator's staff are not among those who may view",
        "viewer.guest": "a guest is not among those who may view",
        "viewer.nobody": "no firm is named that the account may act for, or the viewer is unknown",
        "viewer.not_user": "the firm is not a user of this system",
        "technician.other": "a technician sees only the own record",
        "technician.unknown": "there is no such technician",
        "relation.none": "neither affiliated, nor prime contractor, nor above at a site entered",
    }
)
"""What each reason code says."""
