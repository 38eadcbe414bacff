"""第4条: where a leak may have come from, said as a likelihood with its method and its rate of error, never as a fact.

Whoever received everything that was found is a possible source; whoever lacks a part of it is a much less likely one.
A source nobody thought of always keeps a share, so no estimate is ever certain.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

METHOD = "canary-overlap/1"
UNKNOWN = "unknown"

STRAY = 0.02
"""How likely one found item is to be there by another way than from the source at hand."""

Marks = frozenset[tuple[str, str]]
"""What identifies: (subject, item) whose canary stood in a text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """The shares of likelihood of each possible source, which add up to one, and how far they may be trusted."""

    shares: Mapping[str, float]
    method: str
    error_rate: float
    trials: int

    @property
    def likeliest(self) -> str:
        """The source with the greatest share."""
        return max(self.shares, key=lambda source: self.shares[source])

    @property
    def hedged(self) -> bool:
        """Whether it says no more than a likelihood: a share is left for a source nobody thought of."""
        return bool(self.method) and self.trials > 0 and max(self.shares.values()) < 1


def attributed(found: Marks, received: Mapping[str, Marks]) -> Attribution | None:
    """The estimate for what was found; None when nothing was found or nobody received anything."""
    if not found or not any(received.values()):
        return None
    wrong, trials = _tried(received)
    return Attribution(
        shares=_shares(found, received), method=METHOD, error_rate=wrong / trials, trials=trials
    )


def _shares(found: Marks, received: Mapping[str, Marks]) -> dict[str, float]:
    weights = {source: _weight(found, marks) for source, marks in received.items() if marks}
    weights[UNKNOWN] = STRAY
    whole = sum(weights.values())
    return {source: round(weight / whole, 3) for source, weight in weights.items()}


def _weight(found: Marks, marks: Marks) -> float:
    return STRAY ** len(found - marks) * len(found & marks) / len(marks)


def _tried(received: Mapping[str, Marks]) -> tuple[int, int]:
    """How often the method names another than the true source, for the whole and for each half of what each received."""
    trials = [
        (source, part)
        for source, marks in sorted(received.items())
        if marks
        for part in (marks, frozenset(sorted(marks)[::2]), frozenset(sorted(marks)[1::2]))
        if part
    ]
    return sum(_named(part, received) != [source] for source, part in trials), len(trials)


def _named(found: Marks, received: Mapping[str, Marks]) -> list[str]:
    shares = _shares(found, received)
    return [source for source, share in shares.items() if share == max(shares.values())]
