"""What a scan reads: named streams of bytes, and the limits that keep hostile ones bounded."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

CHUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much of the untrusted is read; whatever lies beyond is reported as not read."""

    source_bytes: int = 16 << 30
    inflated_bytes: int = 1 << 30
    spooled_bytes: int = 2 << 30
    members: int = 10_000
    depth: int = 4
    files: int = 100_000
    sqlite_steps: int = 2_000_000_000


class NotRead(Exception):
    """A stream could not be read to its end; `reason` is a code of `GAPS`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.reason}: {GAPS[self.reason]}"


GAPS: Final = {
    "too_large": "more bytes than the limit",
    "too_deep": "containers nested deeper than the limit",
    "too_many_members": "more members or files than the limit",
    "damaged": "a container that breaks off or is not well formed",
    "encrypted": "a member locked with a password",
    "unknown_container": "a packed format that is not opened here",
    "unreadable": "a file that could not be opened or read",
    "symlink": "a symbolic link, not followed",
    "special_file": "a socket, pipe or device, not opened",
    "too_short": "a value too short to be told from chance, not searched for",
}
"""Why a place was not read, or not wholly."""

_NOTHING_BEHIND: Final = frozenset({"symlink", "special_file"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A place that was not read, or not wholly, and why."""

    source: str
    member: str
    reason: str

    @property
    def hides(self) -> bool:
        """Tell whether kept data could lie there: a link or a pipe holds none itself."""
        return self.reason not in _NOTHING_BEHIND


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A named stream of bytes that can be read again from its start; `path` when it is a file."""

    name: str
    chunks: Callable[[], Iterator[bytes]]
    path: Path | None = None
    member: str = ""

    def inside(self, member: str, chunks: Callable[[], Iterator[bytes]]) -> Source:
        """Give a stream found inside this one."""
        where = f"{self.member}!{member}" if self.member else member
        return Source(name=self.name, chunks=chunks, member=where)


def from_bytes(name: str, data: bytes) -> Source:
    """Give a source of bytes at hand."""

    def chunks() -> Iterator[bytes]:
        for start in range(0, len(data), CHUNK):
            yield data[start : start + CHUNK]

    return Source(name=name, chunks=chunks)


def from_file(path: Path, name: str | None = None) -> Source:
    """Give a source of a regular file; a link or special file put in its place is not opened."""

    def chunks() -> Iterator[bytes]:
        with open_regular(path) as file:
            yield from _read(file.read)

    return Source(name=name or str(path), chunks=chunks, path=path)


def open_regular(path: Path) -> BinaryIO:
    """Open a regular file and nothing else, and never wait for one."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise NotRead("unreadable") from error
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise NotRead("special_file")
    return os.fdopen(handle, "rb")


def _read(read: Callable[[int], bytes]) -> Iterator[bytes]:
    try:
        while chunk := read(CHUNK):
            yield chunk
    except OSError as error:
        raise NotRead("unreadable") from error


def not_read(name: str, reason: str) -> Source:
    """Give a source that says why it cannot be read; a scan reports it among the gaps."""

    def chunks() -> Iterator[bytes]:
        raise NotRead(reason)

    return Source(name=name, chunks=chunks)


def files_under(path: Path, limits: Limits | None = None) -> tuple[Source, ...]:
    """Give every file at or under a path, in order of name; links and special files only say so."""
    limits = limits or Limits()
    found: list[Source] = []
    for place in _walk(path):
        if len(found) >= limits.files:
            found.append(not_read(str(path), "too_many_members"))
            break
        found.append(_source_at(place))
    return tuple(found)


def _source_at(place: Path) -> Source:
    try:
        mode = place.lstat().st_mode
    except OSError:
        return not_read(str(place), "unreadable")
    if stat.S_ISLNK(mode):
        return not_read(str(place), "symlink")
    if stat.S_ISDIR(mode):
        return not_read(str(place), "unreadable")
    return from_file(place) if stat.S_ISREG(mode) else not_read(str(place), "special_file")


def _walk(path: Path) -> Iterator[Path]:
    """Walk without recursion; a folder that cannot be listed is itself given."""
    waiting = [path]
    while waiting:
        place = waiting.pop()
        if place.is_symlink() or not place.is_dir():
            yield place
            continue
        try:
            inside = sorted(place.iterdir(), reverse=True)
        except OSError:
            yield place
            continue
        waiting.extend(inside)
