"""The synthetic register: every record is a function of (seed, id), every identifying text in it a canary.

Nothing is stored and nothing depends on what was asked before, so 1.75 million technicians and 305 thousand
businesses exist at the cost of none. Names, addresses, firm names and free text carry the marker 彁墸 with
eight ghost kanji; numbers carry prefixes that nobody was ever given. `bulk` writes the whole register to files.
"""

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any, Final

from ccus_simulator.ids import BUSINESS, FIRST_WORLD_NUMBER, TECHNICIAN, NotARegistryId
from ccus_simulator.population.businesses import business_items
from ccus_simulator.population.canary import Canary
from ccus_simulator.population.draws import FORMULA
from ccus_simulator.population.extras import EXTRA_KEYS, extra_items
from ccus_simulator.population.hand import Hand, Planted
from ccus_simulator.population.scribe import Written, written
from ccus_simulator.population.technicians import technician_items
from ccus_simulator.population.writer import Writer

Affiliated = Sequence[tuple[str, str]]
"""The firms of a technician: (business id, "main" or "sub")."""

_LENGTH: Final = 14

__all__ = ["EXTRA_KEYS", "FORMULA", "Affiliated", "Canary", "business", "canaries", "extra", "technician"]


def technician(seed: int, id: str, affiliated: Affiliated | None = None) -> dict[str, Any]:  # noqa: A002 - the word of the registry
    """Return the 34 items of a technician, in the order of 別紙1.

    `affiliated` names the firms the world has the technician in, as (business id, kind); without it the
    technician has the firms of the bulk register, and none in a world.
    """
    number = _number(id, TECHNICIAN)
    write = _writer(TECHNICIAN, number < FIRST_WORLD_NUMBER, affiliated is not None)
    return write(seed, id.encode(), number, affiliated)


def business(seed: int, id: str) -> dict[str, Any]:  # noqa: A002 - the word of the registry
    """Return the 23 items of a business, in the order of 別紙1."""
    number = _number(id, BUSINESS)
    return _writer(BUSINESS, number < FIRST_WORLD_NUMBER)(seed, id.encode(), number)


def extra(seed: int, id: str) -> dict[str, Any]:  # noqa: A002 - the word of the registry
    """Return items outside 別紙1 that belong to the same record, each a canary."""
    return extra_items(Hand(seed, id))


def canaries(seed: int, id: str, affiliated: Affiliated | None = None) -> tuple[Canary, ...]:  # noqa: A002 - the word of the registry
    """Return every identifying text of the record and of its `extra`, as it stands in the values.

    The name of a firm inside a technician's record is that firm's canary: it carries the firm's id.
    """
    return _canaries(seed, id, None if affiliated is None else tuple(affiliated))


@lru_cache(maxsize=4096)
def _canaries(seed: int, id: str, affiliated: tuple[tuple[str, str], ...] | None) -> tuple[Canary, ...]:  # noqa: A002
    hand = Hand(seed, id)
    write = _writer(hand.kind, hand.number < FIRST_WORLD_NUMBER, affiliated is not None, plants=True)
    planted: list[Planted] = []
    write(seed, id.encode(), hand.number, affiliated, planted.append)
    extra_items(hand)
    every = dict.fromkeys([*planted, *hand.planted])
    return tuple(Canary(id=id, item=item, text=text) for id, item, text in every)  # noqa: A001


@cache
def _writer(kind: str, bulk: bool, named: bool = False, plants: bool = False) -> Written:  # noqa: FBT001, FBT002 - as one key, in time
    """Give the function that writes the records of a sort."""
    rule = technician_items if kind == TECHNICIAN else _business_items
    return written(rule, kind, bulk=bulk, named=named and kind == TECHNICIAN, plants=plants)


def _business_items(w: Writer, _: None) -> dict[str, Any]:
    return business_items(w)


def _number(id: str, kind: str) -> int:  # noqa: A002 - the word of the registry
    """Take the number out of an id of this kind."""
    if len(id) == _LENGTH and id[:2] == kind and id.isascii() and id.isdigit():
        return int(id[2:])
    raise NotARegistryId(id)
