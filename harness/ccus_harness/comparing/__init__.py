"""Two runs held beside each other: what changed row by row, and what has to be run again."""

from ccus_harness.comparing.again import Again, again_after
from ccus_harness.comparing.attempts import Attempt, Attempts, NotAttempts, Standing, together
from ccus_harness.comparing.comparison import Change, Comparison, Condition, compare
from ccus_harness.comparing.sides import RowSide, Side, side_of

__all__ = [
    "Again",
    "Attempt",
    "Attempts",
    "Change",
    "Comparison",
    "Condition",
    "NotAttempts",
    "RowSide",
    "Side",
    "Standing",
    "again_after",
    "compare",
    "side_of",
    "together",
]
