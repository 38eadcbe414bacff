"""One record while it is written: its draws, its codes, and the canaries that were planted in it."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from ccus_simulator.ids import RegistryId, parse_id
from ccus_simulator.population import slots
from ccus_simulator.population.codes import SPACES, block_of, ghosts, key_of, permuted
from ccus_simulator.population.draws import BITS, PLACES, numbers, prefix_of

Base = tuple[int, int, int, int, int, int, int]
"""Key and prime of a permutation, where its codes begin, and the place of a record in it."""

Planted = tuple[str, str, str]
"""Id, item and text of a canary."""

Rule = Callable[["Hand"], str]
"""Writes a text of a record."""

_prefix_of = lru_cache(maxsize=64)(prefix_of)


class Hand:
    """What a record is written from, and what remembers the canaries; the rules reach it through `Scribe`."""

    __slots__ = ("_bases", "_places", "bulk", "drawn", "id", "number", "planted", "registry_id", "seed")

    def __init__(self, seed: int, id: str, registry_id: RegistryId | None = None) -> None:  # noqa: A002 - the word of the registry
        self.seed = seed
        self.id = id
        self.registry_id: RegistryId = registry_id or parse_id(id)
        self.number: Any = self.registry_id.number
        self.bulk = self.registry_id.bulk
        self.planted: list[Planted] = []
        kind = self.registry_id.kind
        self._places = PLACES[kind]
        self.drawn = numbers(_prefix_of(seed), kind, id)
        self._bases: dict[tuple[int, int], Base] = {}

    @property
    def sole_of_world(self) -> bool:
        return self.registry_id.sole

    def below(self, name: str, limit: int) -> int:
        return self.drawn[self._places[name]] * limit >> BITS

    def text(self, item: str, word: str, *, order: int = 0) -> str:
        slot = slots.TEXT_SLOT[slots.slot_name(item, order)]
        return self.plant(item, word + ghosts(self._code(slot, len(slots.TEXT_SLOTS), 8)))

    def digits(self, item: str, *, order: int = 0) -> str:
        slot = slots.NUMBER_SLOT[slots.slot_name(item, order)]
        return f"{self._code(slot, len(slots.NUMBER_SLOTS), 8):08d}"

    def line(self, item: str, *, order: int = 0) -> str:
        slot = slots.LINE_SLOT[slots.slot_name(item, order)]
        return f"{self._code(slot, len(slots.LINE_SLOTS), 7):07d}"

    def plant(self, item: str, text: str) -> str:
        self.planted.append((self.id, item, text))
        return text

    def called(self, rule: "Rule", business: str) -> str:
        """Write a text of a firm; its canary is the firm's wherever it stands, so a hit leads to the firm."""
        text, planted = _of_firm(rule, self.seed, business)
        self.planted.extend(planted)
        return text

    def base(self, of: int, digits: int) -> "Base":
        """Give what all codes of a sort have in common in this record: key, prime, where they begin, their place."""
        base = self._bases.get((of, digits))
        if base is None:
            block = block_of(self.registry_id, SPACES[digits], of)
            key = key_of(self.seed, block.name, block.prime, of)
            base = self._bases[of, digits] = (*key, block.prime, block.first, block.place * of)
        return base

    def _code(self, slot: int, of: int, digits: int) -> int:
        *key, prime, first, place = self.base(of, digits)
        return first + permuted(key, prime, place + slot)


@lru_cache(maxsize=4096)
def _of_firm(rule: "Rule", seed: int, business: str) -> tuple[str, tuple[Planted, ...]]:
    firm = Hand(seed, business)
    return rule(firm), tuple(firm.planted)
