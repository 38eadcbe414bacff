"""The heads of the ledger as they were published: a file beside it, to which every head is added.

A chain cannot show that its newest entries were cut off. These heads can: whoever shortens the ledger has to
shorten this file too, and every copy of it that somebody took.
"""

import os
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final
from weakref import finalize

from ccus_simulator.ledger import Head

NEWEST: Final = 100
"""How many heads are kept at hand."""


class Heads:
    """The published heads; without a file, only the newest of this process."""

    def __init__(self, path: Path | None) -> None:
        self._newest: deque[Head] = deque(maxlen=NEWEST)
        self._file: int | None = None
        self._close = finalize(self, _nothing)
        if path is not None:
            if path.exists():
                self._newest.extend(read(path))
            self._file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
            self._close = finalize(self, os.close, self._file)
            _end_torn_line(self._file)

    def publish(self, head: Head) -> None:
        """Add a head that is on disk; a process that is killed afterwards leaves it behind."""
        if self._newest and self._newest[-1].seq >= head.seq:
            return
        self._newest.append(head)
        if self._file is not None:
            os.write(self._file, f"{head.seq} {head.hash}\n".encode())

    def last(self) -> Head | None:
        return self._newest[-1] if self._newest else None

    def newest(self) -> tuple[Head, ...]:
        return tuple(self._newest)

    def close(self) -> None:
        self._file = None
        self._close()


def read(path: Path) -> Iterator[Head]:
    """Read a file of heads; a line that was being written when the process died is not a head."""
    with path.open("rb") as lines:
        yield from heads_in(lines)


def heads_in(lines: Iterable[bytes]) -> Iterator[Head]:
    for line in lines:
        number, _, own = line.decode("ascii", "replace").partition(" ")
        if line.endswith(b"\n") and number.isascii() and number.isdigit() and len(own) == 65:
            yield Head(seq=int(number), hash=own[:-1])


def _end_torn_line(file: int) -> None:
    size = os.fstat(file).st_size
    if size and os.pread(file, 1, size - 1) != b"\n":
        os.write(file, b"\n")


def _nothing() -> None:
    """Without a file there is nothing to close."""
