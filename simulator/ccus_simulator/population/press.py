"""Writes the same items of many records of the bulk register at once, in Arrow columns.

Needs the extra `bulk` (numpy and pyarrow). Numbers and flags are numpy columns, texts and everything built of them
Arrow columns. Where a record has no value, one is written all the same and then left out: whole columns without
branches are faster than anything that asks each record.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from importlib import import_module
from itertools import pairwise
from typing import Any, Final

from ccus_simulator.ids import BUSINESS, bulk_id
from ccus_simulator.population import arrow, slots
from ccus_simulator.population.codes import GHOST_DIGITS, GHOSTS, MARKER, SPACES, block_of, key_of, permuted
from ccus_simulator.population.draws import BITS, PLACES, Shares, least, least_of, packed, prefix_of
from ccus_simulator.population.register import BUSINESSES
from ccus_simulator.population.writer import Writer

# Numpy cannot say what a column here holds: numbers or flags, as the words of `Writer` have it.
np: Final[Any] = import_module("numpy")

_QUADS: Final = 10_000


class Press:
    """A writer of the records of a kind whose numbers run from the first up to, not including, the last."""

    def __init__(self, seed: int, kind: str, numbers: range) -> None:
        self.seed = seed
        self.kind = kind
        self.numbers = numbers
        self.number: Any = np.arange(numbers.start, numbers.stop, dtype=np.int64)
        self._drawn = _drawn(seed, kind, numbers)
        self._codes: dict[tuple[int, int, int], Any] = {}

    @property
    def bulk(self) -> bool:
        return True

    @property
    def sole_of_world(self) -> bool:
        return False

    @property
    def always(self) -> Any:
        return np.ones(len(self.numbers), dtype=bool)

    def below(self, name: str, limit: Any) -> Any:
        return self._number(name) * limit >> BITS

    def chance(self, name: str, per_mille: Any) -> Any:
        if isinstance(per_mille, int):
            return self._number(name) < least(per_mille, 1000)
        return self.below(name, 1000) < per_mille

    def pick(self, name: str, shares: Shares) -> Any:
        return np.searchsorted(np.array(least_of(shares), dtype=np.int64), self._number(name), side="right")

    def at(self, table: Sequence[Any], place: Any) -> Any:
        column = _column(table)
        return arrow.taken(column, place) if arrow.is_column(column) else column[place]

    def where(self, condition: Any, yes: Any, no: Any) -> Any:
        return np.where(condition, yes, no)

    def when(self, condition: Any, value: Callable[[], Any]) -> Any:
        return arrow.only(condition, value())

    def join(self, *parts: Any) -> Any:
        return arrow.joined(parts)

    def struct(self, **fields: Any) -> Any:
        return arrow.struct(fields, len(self.numbers))

    def rows(self, *rows: tuple[Any, Callable[[], Any]]) -> Any:
        return arrow.lists([(flag, value()) for flag, value in rows], len(self.numbers))

    def text(self, item: str, word: Any, *, order: int = 0) -> Any:
        slot = slots.TEXT_SLOT[slots.slot_name(item, order)]
        code = self._code(slot, len(slots.TEXT_SLOTS), GHOST_DIGITS)
        ghosts = arrow.fixed_text(MARKER, _quads(GHOSTS)[code // _QUADS], _quads(GHOSTS)[code % _QUADS])
        return arrow.joined((word, ghosts))

    def code(self, item: str, *, order: int = 0) -> Any:
        slot = slots.NUMBER_SLOT[slots.slot_name(item, order)]
        return self._code(slot, len(slots.NUMBER_SLOTS), 8)

    def digits(self, item: str, *, order: int = 0) -> Any:
        return _digits(self.code(item, order=order), 8)

    def line(self, item: str, *, order: int = 0) -> Any:
        slot = slots.LINE_SLOT[slots.slot_name(item, order)]
        return _digits(self._code(slot, len(slots.LINE_SLOTS), 7), 7)

    def serial(self, digits: int) -> Any:
        return _digits(self._code(0, 1, digits), digits)

    def serial_block(self, digits: int) -> Any:
        return self.number // SPACES[digits].whole

    def plant(self, item: str, text: Any) -> Any:  # noqa: ARG002 - nobody asks a column for its canaries
        return text

    def of_firm(self, rule: Callable[[Writer], Any], number: Any) -> Any:
        return arrow.taken(_of_firms(rule, self.seed), number)

    def _number(self, name: str) -> Any:
        return self._drawn[:, PLACES[self.kind][name]]

    def _code(self, slot: int, of: int, digits: int) -> Any:
        key = (slot, of, digits)
        if key not in self._codes:
            self._codes[key] = np.concatenate(
                [self._codes_of(part, slot, of, digits) for part in _parts(self.numbers, digits, of)]
            )
        return self._codes[key]

    def _codes_of(self, part: range, slot: int, of: int, digits: int) -> Any:
        block = block_of(part.start, SPACES[digits], of)
        places = np.arange(block.place, block.place + len(part), dtype=np.int64)
        key = key_of(self.seed, block.name, block.prime, of)
        return block.first + permuted(key, block.prime, places * of + slot)


def _drawn(seed: int, kind: str, numbers: range) -> Any:
    prefix = prefix_of(seed)
    drawn = b"".join([packed(prefix, kind, bulk_id(kind, number)) for number in numbers])
    return np.frombuffer(drawn, dtype=">u4").reshape(len(numbers), -1).astype(np.int64)


def _parts(numbers: range, digits: int, of: int) -> list[range]:
    """Cut a range where a new block of codes begins."""
    size = SPACES[digits].whole // of
    cuts = range((numbers.start // size + 1) * size, numbers.stop, size)
    ends = [numbers.start, *cuts, numbers.stop]
    return [range(start, stop) for start, stop in pairwise(ends)]


@lru_cache(maxsize=2)
def _of_firms(rule: Callable[[Writer], Any], seed: int) -> Any:
    return arrow.plain(rule(Press(seed, BUSINESS, range(BUSINESSES))))


_COLUMNS: Final[dict[int, tuple[Sequence[Any], Any]]] = {}


def _column(table: Sequence[Any]) -> Any:
    """Give a constant table as a column; the table is kept beside it so that its identity stays its own."""
    known = _COLUMNS.get(id(table))
    if known is None:
        known = _COLUMNS[id(table)] = (table, _made(table))
    return known[1]


def _made(table: Sequence[Any]) -> Any:
    if all(isinstance(value, int) for value in table):
        return np.array(table)
    return arrow.texts(table)


@lru_cache(maxsize=4)
def _quads(letters: str) -> Any:
    """Every group of four digits in the given ten letters, as rows of bytes."""
    words = [f"{number:04d}".translate(str.maketrans("0123456789", letters)) for number in range(_QUADS)]
    return np.frombuffer("".join(words).encode(), dtype=np.uint8).reshape(_QUADS, -1)


def _digits(code: Any, digits: int) -> Any:
    quads = _quads("0123456789")
    both = np.concatenate([quads[code // _QUADS], quads[code % _QUADS]], axis=1)
    return arrow.fixed_text("", both[:, 8 - digits :])
