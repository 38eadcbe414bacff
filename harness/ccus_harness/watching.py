"""The instants at which a watch looks: every number that any option or cap of a policy may name.

What a scenario does must not depend on which number was declared (design §4.4), so it looks at all of
them, and the judging step picks.
"""

from __future__ import annotations

from datetime import timedelta

from ccus_harness.readings import LEVELS, load_policy, parse_duration


def numbers(*policies: str) -> list[timedelta]:
    """At once, and every period that the given policies name, the caps included; in order."""
    known = load_policy()
    named = {known[name].at(level) for name in policies for level in LEVELS}
    named |= {cap for name in policies if (cap := known[name].cap)}
    return sorted({timedelta(), *map(parse_duration, named)})
