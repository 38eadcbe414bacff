"""Lists of drawn things without repetition."""

from collections.abc import Sequence

from ccus_simulator.population.writer import Flag, Whole, Writer


def distinct(w: Writer, drawn: Sequence[Whole], wanted: Whole, *, least: int = 0) -> list[tuple[Flag, Whole]]:
    """Flag of the wanted first draws those that no earlier one repeats; so many are wanted at least."""
    kept: list[tuple[Flag, Whole]] = []
    for order, draw in enumerate(drawn):
        new: Flag = w.always if order < least else wanted > order
        one = draw if order < least else w.where(new, draw, 0)
        for _, earlier in kept:
            new = new & (one != earlier)
        kept.append((new, one))
    return kept
