"""How a function that writes one record begins: it draws what its lines ask for, and finds its place in the codes."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from hashlib import shake_128
from struct import Struct
from typing import Any, Final

from ccus_simulator.population.codes import SPACES, block_of, neighbours, steps_of
from ccus_simulator.population.draws import BYTES, PLACES, prefix_of

SEEDS_AT_HAND: Final = 512
"""Keys of codes are kept for so many seeds, worlds or neighbourhoods of worlds."""

_Spaces = Mapping[tuple[int, int], Sequence[int]]
"""The slots that are wanted of each permutation, by the number of its slots and digits."""


class Opening:
    """Collects what the lines of a function ask for, then writes the lines that come before them."""

    def __init__(self, kind: str, *, bulk: bool) -> None:
        self._kind = kind
        self._bulk = bulk
        self._drawn: set[int] = set()
        self._spaces: dict[tuple[int, int], list[int]] = {}

    def draw(self, name: str) -> str:
        """Ask for a draw; give its name in the function."""
        place = PLACES[self._kind][name]
        self._drawn.add(place)
        return f"n{place}"

    def first_step(self, slot: int, of: int, digits: int) -> tuple[str, int]:
        """Ask for the first linear step to a code, not reduced; give it with the number of its permutation."""
        wanted = self._spaces.setdefault((of, digits), [])
        if slot not in wanted:
            wanted.append(slot)
        order = list(self._spaces).index((of, digits))
        return f"s{order} + x{order}_{slot}", order

    def prime(self, digits: int) -> int:
        return SPACES[digits].whole if self._bulk else SPACES[digits].half

    def lines(self) -> list[str]:
        return [*(self._of_bulk() if self._bulk else self._of_world()), *self._draws()]

    def known(self) -> dict[str, Any]:
        """Give the things that the lines know."""
        keys = _keys_of_bulk(self._spaces) if self._bulk else _keys_of_world(self._spaces)
        drawn = _layout(self._drawn).unpack
        return {"keys": keys, "neighbours": neighbours, "shake": shake_128, "drawn": drawn}

    def _of_bulk(self) -> list[str]:
        sizes = [SPACES[digits].whole // of for of, digits in self._spaces]
        blocks = "".join(f", number // {size}" for size in sizes)
        return [
            f"{self._terms()} = keys(seed{blocks})",
            *(self._start(order, f"number % {size}") for order, size in enumerate(sizes)),
        ]

    def _of_world(self) -> list[str]:
        return [
            "first, place = neighbours(number)",
            f"{self._terms()} = keys(seed, first)",
            *(self._start(order, "place") for order in range(len(self._spaces))),
        ]

    def _start(self, order: int, place: str) -> str:
        _, digits = list(self._spaces)[order]
        return f"s{order} = {place} * a{order} % {self.prime(digits)}"

    def _terms(self) -> str:
        """Name what the keys hold: the same for all records of a block."""
        terms = ["prefix"]
        for order, wanted in enumerate(self._spaces.values()):
            terms += [f"{name}{order}" for name in ("zero", "a", "c", "d")]
            terms += [f"x{order}_{slot}" for slot in wanted]
        return ", ".join([*terms, ""])

    def _draws(self) -> list[str]:
        names = "".join(f"n{place}, " for place in sorted(self._drawn))
        size = _layout(self._drawn).size
        return [f"{names}= drawn(shake(prefix + id).digest({size}))"] if names else []


def _keys_of_bulk(spaces: _Spaces) -> Callable[..., tuple[Any, ...]]:
    @lru_cache(maxsize=SEEDS_AT_HAND)
    def keys(seed: int, *blocks: int) -> tuple[Any, ...]:
        sizes = (SPACES[digits].whole // of for of, digits in spaces)
        firsts = [block * size for block, size in zip(blocks, sizes, strict=True)]
        return _keys(spaces, seed, firsts)

    return keys


def _keys_of_world(spaces: _Spaces) -> Callable[..., tuple[Any, ...]]:
    @lru_cache(maxsize=SEEDS_AT_HAND)
    def keys(seed: int, first: int) -> tuple[Any, ...]:
        return _keys(spaces, seed, [first] * len(spaces))

    return keys


def _keys(spaces: _Spaces, seed: int, firsts: Sequence[int]) -> tuple[Any, ...]:
    keys: list[Any] = [prefix_of(seed)]
    for ((of, digits), wanted), first in zip(spaces.items(), firsts, strict=True):
        block = block_of(first, SPACES[digits], of)
        keys += [block.first, *steps_of(seed, block, of, wanted)]
    return tuple(keys)


def _layout(drawn: set[int]) -> Struct:
    """Read the wanted draws alone, in order."""
    wanted = range(max(drawn, default=-1) + 1)
    return Struct(">" + "".join("I" if place in drawn else f"{BYTES}x" for place in wanted))
