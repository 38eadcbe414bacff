"""Canary codes: a secret-looking number for (seed, id, slot) that no neighbour of the id shares.

A code is a permutation of the place of (id, slot) within a block, keyed by the seed: within a block two codes
never meet, which a plain hash of six digits could not promise for a register of thousands. A block holds
25,000 neighbouring ids of the bulk register, or the first fifty ids of 500 neighbouring worlds; longer codes
have larger blocks.
"""

from functools import lru_cache
from hashlib import shake_128
from struct import iter_unpack
from typing import Final

from ccus_simulator.ids import INDEXES_PER_WORLD, SEAT, RegistryId

MARKER: Final = "彁墸"
GHOSTS: Final = "妛挧暃椦槞蟐袮閠駲壥"
"""Ten kanji of JIS X 0208 that stand in no name and no word: they survive every Japanese encoding."""

GHOST_DIGITS: Final = 6
ROUNDS: Final = 4
_TO_GHOSTS: Final = str.maketrans("0123456789", GHOSTS)


def ghosts(code: int) -> str:
    """Write a code as the marker and six ghost kanji."""
    return MARKER + f"{code:0{GHOST_DIGITS}d}".translate(_TO_GHOSTS)


def code_of(seed: int, registry_id: RegistryId, *, slot: int, slots: int, digits: int) -> int:
    """Give this slot of this record its code of so many digits."""
    space = 10**digits
    block, place = _seat(registry_id, space // slots)
    return _permute(seed, f"{slots}|{block}", place * slots + slot, digits)


def _seat(registry_id: RegistryId, places: int) -> tuple[str, int]:
    number = registry_id.number
    if registry_id.bulk:
        return f"bulk|{number // places}", number % places
    world, index = divmod(number, INDEXES_PER_WORLD)
    worlds = places // SEAT
    return f"world|{world // worlds}|{index // SEAT}", (world % worlds) * SEAT + index % SEAT


def _permute(seed: int, block: str, value: int, digits: int) -> int:
    left_size, right_size = _halves(digits)
    left, right = divmod(value, right_size)
    turns = zip(_tables(seed, digits), _shifts(seed, block, digits), strict=True)
    for (to_left, to_right), (left_shift, right_shift) in turns:
        left = (left + to_left[(right + left_shift) % right_size]) % left_size
        right = (right + to_right[(left + right_shift) % left_size]) % right_size
    return left * right_size + right


def _halves(digits: int) -> tuple[int, int]:
    return 10 ** (digits // 2), 10 ** (digits - digits // 2)


@lru_cache(maxsize=16)
def _tables(seed: int, digits: int) -> tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]:
    """Return the round tables of a seed; every block shares them and enters them at its own shifts."""
    left_size, right_size = _halves(digits)
    return tuple(
        (
            _numbers(f"{seed}|{digits}|{turn}|left", right_size, left_size),
            _numbers(f"{seed}|{digits}|{turn}|right", left_size, right_size),
        )
        for turn in range(ROUNDS)
    )


@lru_cache(maxsize=4096)
def _shifts(seed: int, block: str, digits: int) -> tuple[tuple[int, int], ...]:
    drawn = _numbers(f"{seed}|{digits}|{block}", 2 * ROUNDS, 10**digits)
    return tuple(zip(drawn[::2], drawn[1::2], strict=True))


def _numbers(key: str, count: int, limit: int) -> tuple[int, ...]:
    data = shake_128(f"ccus-simulator/codes/1|{key}".encode()).digest(4 * count)
    return tuple(number % limit for (number,) in iter_unpack(">I", data))
