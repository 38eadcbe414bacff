"""The synthetic register: every record is a function of (seed, id), every identifying text in it a canary.

Nothing is stored and nothing depends on what was asked before, so 1.75 million technicians and 300 thousand
businesses exist at the cost of none. Names, addresses, firm names and free text carry the marker 彁墸 with
six ghost kanji; numbers carry prefixes that nobody was ever given.
"""

from typing import Any

from ccus_simulator.ids import BUSINESS, TECHNICIAN, NotARegistryId, parse_id
from ccus_simulator.population.businesses import business_record
from ccus_simulator.population.draws import FORMULA, Draws
from ccus_simulator.population.extras import EXTRA_KEYS, extra_record
from ccus_simulator.population.planter import Canary, Planter
from ccus_simulator.population.technicians import Affiliated, technician_record

__all__ = ["EXTRA_KEYS", "FORMULA", "Affiliated", "Canary", "business", "canaries", "extra", "technician"]


def technician(seed: int, id: str, affiliated: Affiliated | None = None) -> dict[str, Any]:  # noqa: A002 - the word of the registry
    """Return the 34 items of a technician, in the order of 別紙1.

    `affiliated` names the firms the world has the technician in, as (business id, kind); without it the
    technician has the firms of the bulk register, and none in a world.
    """
    return _in_order(technician_record(Planter(_draws(seed, id, TECHNICIAN)), affiliated))


def business(seed: int, id: str) -> dict[str, Any]:  # noqa: A002 - the word of the registry
    """Return the 23 items of a business, in the order of 別紙1."""
    return _in_order(business_record(Planter(_draws(seed, id, BUSINESS))))


def extra(seed: int, id: str) -> dict[str, Any]:  # noqa: A002 - the word of the registry
    """Return items outside 別紙1 that belong to the same record, each a canary."""
    return _in_order(extra_record(Planter(Draws(seed, id))))


def canaries(seed: int, id: str, affiliated: Affiliated | None = None) -> tuple[Canary, ...]:  # noqa: A002 - the word of the registry
    """Return every identifying text of the record and of its `extra`, as it stands in the values.

    The name of a firm inside a technician's record is that firm's canary: it carries the firm's id.
    """
    planter = Planter(Draws(seed, id))
    if planter.draws.registry_id.kind == TECHNICIAN:
        technician_record(planter, affiliated)
    else:
        business_record(planter)
    extra_record(planter)
    return tuple(dict.fromkeys(planter.planted))


def _draws(seed: int, id: str, kind: str) -> Draws:  # noqa: A002 - the word of the registry
    if parse_id(id).kind != kind:
        raise NotARegistryId(id)
    return Draws(seed, id)


def _in_order(record: dict[str, Any]) -> dict[str, Any]:
    return {key: record[key] for key in sorted(record)}
