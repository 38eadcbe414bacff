"""The instants at which a watch looks: every number that any option or cap of a policy may name.

What a scenario does must not depend on which number was declared (design §4.4), so it looks at all of
them, and the judging step picks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ccus_harness.instruments.periods import due
from ccus_harness.readings import LEVELS, load_policy

if TYPE_CHECKING:
    from datetime import datetime


def instants(start: datetime, *policies: str) -> list[datetime]:
    """The start itself and the end of every period that the given policies name, caps included; in order."""
    known = load_policy()
    named = {known[name].at(level) for name in policies for level in LEVELS}
    named |= {cap for name in policies if (cap := known[name].cap)}
    return sorted({start, *(due(start, period) for period in named)})
