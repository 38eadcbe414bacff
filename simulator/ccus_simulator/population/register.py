"""Who is a 一人親方 in the bulk register, and which firm is whose: laid out by number, without a look-up.

Ten of every 29 businesses and three of every 50 technicians are 一人親方, close to the published shares, and the
k-th such person owns the k-th such firm. Everybody else belongs to the other firms.
"""

from typing import Final

from ccus_simulator.population.writer import Flag, Whole, Writer

TECHNICIANS: Final = 1_750_000
BUSINESSES: Final = 305_000

SOLE_FIRMS, FIRMS_OF_A_ROUND = 10, 29
SOLE_PEOPLE, PEOPLE_OF_A_ROUND = 3, 50
OTHER_FIRMS: Final = BUSINESSES // FIRMS_OF_A_ROUND * (FIRMS_OF_A_ROUND - SOLE_FIRMS)


def is_sole_person(w: Writer) -> Flag:
    """Whether the technician is a 一人親方; a world says it by the id."""
    return w.number % PEOPLE_OF_A_ROUND < SOLE_PEOPLE if w.bulk else w.sole_of_world


def is_sole_firm(w: Writer) -> Flag:
    """Whether the business is that of a 一人親方; a world says it by the id."""
    return w.number % FIRMS_OF_A_ROUND < SOLE_FIRMS if w.bulk else w.sole_of_world


def own_firm(w: Writer) -> Whole:
    """Number the firm of a technician who is a 一人親方."""
    rank = w.number // PEOPLE_OF_A_ROUND * SOLE_PEOPLE + w.number % PEOPLE_OF_A_ROUND
    return rank // SOLE_FIRMS * FIRMS_OF_A_ROUND + rank % SOLE_FIRMS


def other_firm(w: Writer, name: str) -> Whole:
    """Draw a firm that is not a 一人親方's."""
    rank, others = w.below(name, OTHER_FIRMS), FIRMS_OF_A_ROUND - SOLE_FIRMS
    return rank // others * FIRMS_OF_A_ROUND + SOLE_FIRMS + rank % others
