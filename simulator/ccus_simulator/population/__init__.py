"""The synthetic register: every record is a function of (seed, id), every identifying text in it a canary.

Nothing is stored and nothing depends on what was asked before, so 1.75 million technicians and 305 thousand
businesses exist at the cost of none. Names, addresses, firm names and free text carry the marker 彁墸 with
eight ghost kanji; numbers carry prefixes that nobody was ever given. `bulk` writes the whole register to files.
"""

from functools import lru_cache
from typing import Any

from ccus_simulator.ids import BUSINESS, TECHNICIAN, NotARegistryId, parse_id
from ccus_simulator.population.businesses import business_items
from ccus_simulator.population.canary import Canary
from ccus_simulator.population.draws import FORMULA
from ccus_simulator.population.extras import EXTRA_KEYS, extra_items
from ccus_simulator.population.hand import Hand
from ccus_simulator.population.scribe import written
from ccus_simulator.population.technicians import Affiliated, technician_items
from ccus_simulator.population.writer import Writer

__all__ = ["EXTRA_KEYS", "FORMULA", "Affiliated", "Canary", "business", "canaries", "extra", "technician"]


def technician(seed: int, id: str, affiliated: Affiliated | None = None) -> dict[str, Any]:  # noqa: A002 - the word of the registry
    """Return the 34 items of a technician, in the order of 別紙1.

    `affiliated` names the firms the world has the technician in, as (business id, kind); without it the
    technician has the firms of the bulk register, and none in a world.
    """
    return _technician(_hand(seed, id, TECHNICIAN), affiliated)


def business(seed: int, id: str) -> dict[str, Any]:  # noqa: A002 - the word of the registry
    """Return the 23 items of a business, in the order of 別紙1."""
    return _business(_hand(seed, id, BUSINESS))


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
    if hand.registry_id.kind == TECHNICIAN:
        _technician(hand, affiliated)
    else:
        _business(hand)
    extra_items(hand)
    return tuple(Canary(id=id, item=item, text=text) for id, item, text in dict.fromkeys(hand.planted))  # noqa: A001


def _technician(hand: Hand, affiliated: Affiliated | None) -> dict[str, Any]:
    named = affiliated is not None
    write = written(technician_items, TECHNICIAN, bulk=hand.bulk, affiliated=named)
    return write(hand, affiliated)


def _business(hand: Hand) -> dict[str, Any]:
    return written(_business_items, BUSINESS, bulk=hand.bulk, affiliated=False)(hand, None)


def _business_items(w: Writer, _: None) -> dict[str, Any]:
    return business_items(w)


def _hand(seed: int, id: str, kind: str) -> Hand:  # noqa: A002 - the word of the registry
    registry_id = parse_id(id)
    if registry_id.kind != kind:
        raise NotARegistryId(id)
    return Hand(seed, id, registry_id)
