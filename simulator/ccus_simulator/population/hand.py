"""One record while the items outside 別紙1 are written: its draws, its codes, and the canaries planted in it."""

from functools import lru_cache

from ccus_simulator.ids import parse_id
from ccus_simulator.population import slots
from ccus_simulator.population.codes import SPACES, block_of, ghosts, key_of, permuted
from ccus_simulator.population.draws import BITS, PLACES, numbers, prefix_of

Planted = tuple[str, str, str]
"""Id, item and text of a canary."""

_prefix_of = lru_cache(maxsize=64)(prefix_of)


class Hand:
    """What such an item is written from, and what remembers the canaries."""

    __slots__ = ("_drawn", "_places", "id", "kind", "number", "planted", "seed")

    def __init__(self, seed: int, id: str) -> None:  # noqa: A002 - the word of the registry
        registry_id = parse_id(id)
        self.seed = seed
        self.id = id
        self.kind = registry_id.kind
        self.number = registry_id.number
        self.planted: list[Planted] = []
        self._places = PLACES[self.kind]
        self._drawn = numbers(_prefix_of(seed), self.kind, id)

    def below(self, name: str, limit: int) -> int:
        return self._drawn[self._places[name]] * limit >> BITS

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

    def _code(self, slot: int, of: int, digits: int) -> int:
        block = block_of(self.number, SPACES[digits], of)
        key = key_of(self.seed, block.name, block.prime, of)
        return block.first + permuted(key, block.prime, block.place * of + slot)
