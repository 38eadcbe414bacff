"""Two runs held beside each other: what changed row by row, and what has to be run again."""

from ccus_harness.comparing.again import Again, again_after
from ccus_harness.comparing.comparison import Change, Comparison, Condition, compare
from ccus_harness.comparing.sides import RowSide, Side, side_of

__all__ = [
    "Again",
    "Change",
    "Comparison",
    "Condition",
    "RowSide",
    "Side",
    "again_after",
    "compare",
    "side_of",
]
