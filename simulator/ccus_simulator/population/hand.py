"""Writes one record by hand, and remembers the canaries it planted."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from ccus_simulator.ids import BUSINESS, RegistryId, bulk_id, parse_id
from ccus_simulator.population import slots
from ccus_simulator.population.codes import SPACES, block_of, ghosts, permuted
from ccus_simulator.population.draws import BITS, PLACES, Shares, numbers, prefix_of
from ccus_simulator.population.writer import Writer

Planted = tuple[str, str, str]
"""Id, item and text of a canary."""

_prefix_of = lru_cache(maxsize=64)(prefix_of)


class Hand:
    """A writer of one record."""

    __slots__ = ("_bases", "_numbers", "_places", "bulk", "id", "number", "planted", "registry_id", "seed")

    def __init__(self, seed: int, id: str, registry_id: RegistryId | None = None) -> None:  # noqa: A002 - the word of the registry
        self.seed = seed
        self.id = id
        self.registry_id: RegistryId = registry_id or parse_id(id)
        self.number: Any = self.registry_id.number
        self.bulk = self.registry_id.bulk
        self.planted: list[Planted] = []
        kind = self.registry_id.kind
        self._places = PLACES[kind]
        self._numbers = numbers(_prefix_of(seed), kind, id)
        self._bases: dict[tuple[int, int], tuple[str, int, int, int]] = {}

    @property
    def always(self) -> bool:
        return True

    @property
    def sole_of_world(self) -> bool:
        return self.registry_id.sole

    def below(self, name: str, limit: int) -> int:
        return self._numbers[self._places[name]] * limit >> BITS

    def chance(self, name: str, per_mille: int) -> bool:
        return self._numbers[self._places[name]] * 1000 >> BITS < per_mille

    def pick(self, name: str, shares: Shares) -> int:
        return bisect_right(shares.bounds, self._numbers[self._places[name]] * shares.total >> BITS)

    def at(self, table: Sequence[Any], place: int) -> Any:
        return table[place]

    def where(self, condition: bool, yes: int, no: int) -> int:  # noqa: FBT001 - it is the value
        return yes if condition else no

    def when(self, condition: bool, value: Callable[[], Any]) -> Any:  # noqa: FBT001 - it is the value
        return value() if condition else None

    def join(self, *parts: str) -> str:
        return "".join(parts)

    def struct(self, **fields: Any) -> dict[str, Any]:
        return fields

    def rows(self, *rows: tuple[bool, Callable[[], Any]]) -> list[Any]:
        return [value() for keep, value in rows if keep]

    def text(self, item: str, word: str, *, order: int = 0) -> str:
        slot = slots.TEXT_SLOT[f"{item}/{order}" if order else item]
        return self.plant(item, word + ghosts(self._code(slot, len(slots.TEXT_SLOTS), 8)))

    def code(self, item: str, *, order: int = 0) -> int:
        slot = slots.NUMBER_SLOT[f"{item}/{order}" if order else item]
        return self._code(slot, len(slots.NUMBER_SLOTS), 8)

    def digits(self, item: str, *, order: int = 0) -> str:
        return f"{self.code(item, order=order):08d}"

    def line(self, item: str, *, order: int = 0) -> str:
        slot = slots.LINE_SLOT[f"{item}/{order}" if order else item]
        return f"{self._code(slot, len(slots.LINE_SLOTS), 7):07d}"

    def serial(self, digits: int) -> str:
        return f"{self._code(0, 1, digits):0{digits}d}"

    def serial_block(self, digits: int) -> int:
        return self.number // SPACES[digits].whole if self.bulk else -1

    def plant(self, item: str, text: str) -> str:
        self.planted.append((self.id, item, text))
        return text

    def of_firm(self, rule: Callable[[Writer], str], number: int) -> str:
        return self.called(rule, bulk_id(BUSINESS, number))

    def called(self, rule: Callable[[Writer], str], business: str) -> str:
        """Write a text of a firm; its canary is the firm's wherever it stands, so a hit leads to the firm."""
        text, planted = _of_firm(rule, self.seed, business)
        self.planted.extend(planted)
        return text

    def _code(self, slot: int, of: int, digits: int) -> int:
        base = self._bases.get((of, digits))
        if base is None:
            block = block_of(self.registry_id, SPACES[digits], of)
            base = self._bases[of, digits] = (block.name, block.prime, block.first, block.place * of)
        name, prime, first, place = base
        code: int = permuted(self.seed, name, prime, of, place + slot)
        return first + code


@lru_cache(maxsize=4096)
def _of_firm(rule: Callable[[Writer], str], seed: int, business: str) -> tuple[str, tuple[Planted, ...]]:
    firm = Hand(seed, business)
    return rule(firm), tuple(firm.planted)
