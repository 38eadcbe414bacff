"""Lists of drawn things without repetition."""

from collections.abc import Sequence

from ccus_simulator.population.writer import Flag, Whole


def distinct(drawn: Sequence[Whole], wanted: Whole) -> list[tuple[Flag, Whole]]:
    """Flag of the wanted first draws those that no earlier one repeats."""
    kept: list[tuple[Flag, Whole]] = []
    for order, one in enumerate(drawn):
        new: Flag = wanted > order
        for earlier in drawn[:order]:
            new = new & (one != earlier)
        kept.append((new, one))
    return kept
