"""Canary codes: a secret-looking number for (seed, id, slot) that no other record of the register shares.

A code is a permutation, keyed by the seed, of the place of (id, slot): two codes of the same permutation never
meet, which a plain hash of eight digits could not promise for a register of millions. The bulk register fills
one permutation. Worlds use two: the lower half of the codes belongs to the first fifty ids of 500 or more
neighbouring worlds, the upper half to the further ids of one large world.

The permutation is a cube between linear steps modulo a prime p with p mod 3 = 2: cubing is one-to-one there,
and the same few operations run on whole numbers and on columns of them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import shake_128
from struct import unpack
from typing import Any, Final

from msgspec import Struct

from ccus_simulator.ids import FIRST_WORLD_NUMBER, FURTHER_SOLE, INDEXES_PER_WORLD, SEAT

MARKER: Final = "彁墸"
GHOSTS: Final = "妛挧暃椦槞蟐袮閠駲壥"
"""Ten kanji of JIS X 0208 that stand in no name and no word: they survive every Japanese encoding."""

GHOST_DIGITS: Final = 8
WORLDS_TOGETHER: Final = 500
"""Worlds are numbered in aligned blocks of so many; no two of a block may share a code."""

_TO_GHOSTS: Final = str.maketrans("0123456789", GHOSTS)
_CLOSER: Final = 60_000
"""Moves the further 一人親方 of a large world next to its other records, so that their places stay small."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """The codes of so many digits: the largest fitting primes below the whole and below its half."""

    digits: int
    whole: int
    half: int


SPACES: Final[Mapping[int, Space]] = {
    5: Space(digits=5, whole=99_989, half=49_991),
    6: Space(digits=6, whole=999_983, half=499_979),
    7: Space(digits=7, whole=9_999_971, half=4_999_961),
    8: Space(digits=8, whole=99_999_989, half=49_999_991),
}
"""The few codes above each prime are never given: a number among them is nobody's."""


class Block(Struct, frozen=True, kw_only=True):
    """Where a record stands among those that share a permutation, and from where its codes are counted."""

    name: str
    place: int
    first: int
    prime: int


def ghosts(code: int) -> str:
    """Write a code as the marker and eight ghost kanji."""
    return MARKER + f"{code:0{GHOST_DIGITS}d}".translate(_TO_GHOSTS)


def block_of(number: int, space: Space, slots: int) -> Block:
    """Seat the record of a number in its block."""
    if number < FIRST_WORLD_NUMBER:
        block, place = divmod(number, space.whole // slots)
        return Block(name=f"bulk|{block}", place=place, first=0, prime=space.whole)
    world, index = divmod(number, INDEXES_PER_WORLD)
    if index >= SEAT:
        return Block(
            name=f"world|{world}", place=_closer(index), first=10**space.digits // 2, prime=space.half
        )
    seats = space.half // slots // SEAT
    block, place = divmod(world, seats - seats % WORLDS_TOGETHER)
    return Block(name=f"worlds|{block}", place=place * SEAT + index, first=0, prime=space.half)


def neighbours(number: int) -> tuple[int, int]:
    """Give the first record of some of a world, or of neighbouring worlds, that share all blocks; and how far this one is from it."""
    world, index = divmod(number, INDEXES_PER_WORLD)
    if index >= SEAT:
        return number - index + SEAT, _closer(index) - SEAT
    together = world % WORLDS_TOGETHER
    return (world - together) * INDEXES_PER_WORLD, together * SEAT + index


def steps_of(seed: int, block: Block, slots: int, wanted: Iterable[int]) -> tuple[int, ...]:
    """Give what `permuted` needs for records of a block from this one on.

    First how far the first linear step moves from one record to the next, then what follows the first cube; then
    the first step of each wanted slot of this record.
    """
    a, b, c, d = key_of(seed, block.name, block.prime, slots)
    prime, first = block.prime, block.place * slots * a + b
    return (a * slots % prime, c, d, *[(first + slot * a) % prime for slot in wanted])


def permuted(key: Sequence[int], prime: int, value: Any) -> Any:
    """Send a value, or a column of them, to its code: one-to-one below the prime."""
    a, b, c, d = key
    value = (value * a + b) % prime
    value = (value * value % prime * value % prime * c + d) % prime
    return value * value % prime * value % prime


def _closer(index: int) -> int:
    return index if index < FURTHER_SOLE else index - _CLOSER


@lru_cache(maxsize=8192)
def key_of(seed: int, block: str, prime: int, slots: int) -> tuple[int, int, int, int]:
    """Give the key of a permutation."""
    name = f"ccus-simulator/codes/2|{seed}|{prime}|{slots}|{block}"
    a, b, c, d = unpack(">4Q", shake_128(name.encode()).digest(32))
    return 1 + a % (prime - 1), b % prime, 1 + c % (prime - 1), d % prime
