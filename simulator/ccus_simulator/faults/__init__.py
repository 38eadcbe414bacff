"""Faults by name: what CCUS can be made to do wrong, so that a candidate's answer to it can be seen.

Each has a post-condition that can be waited for: what the ledger shows once it has fired. Whether it fires is
drawn from the seed of the world, so the same run meets the same faults.
"""

from ccus_simulator.faults.catalogue import (
    AFFILIATION_LAPSES,
    ANSWERS_AFTER_END,
    ANSWERS_BEFORE_START,
    CATALOGUE,
    INBOX_DOWN,
    KEEPS_LEAVERS,
    OPERATIONS,
    NamedFault,
)

__all__ = [
    "AFFILIATION_LAPSES",
    "ANSWERS_AFTER_END",
    "ANSWERS_BEFORE_START",
    "CATALOGUE",
    "INBOX_DOWN",
    "KEEPS_LEAVERS",
    "OPERATIONS",
    "NamedFault",
]
