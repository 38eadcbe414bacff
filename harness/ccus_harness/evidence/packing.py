"""A bundle as bytes: an uncompressed zip with nothing in it that its members do not decide.

The same members always give the same bytes, so a reader packs what it unpacked and compares: a changed bit
anywhere, in a member, a header or the directory, shows (design §5, standards.md §6).
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME = re.compile(r"[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)*")
"""What a member may be called: no folder above, no absolute path, nothing that a file system reads its own way."""

MOST_MEMBERS = 2000
LARGEST = 2 * 1024**3

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first moment that a zip can name
_UNIX = 3
_PLAIN_FILE = 0o100644 << 16


class Altered(Exception):
    """A bundle is not what was packed: `where` is a member, a header or a byte of the file."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"{where}: {why}")
        self.where = where
        self.why = why


def pack(members: Mapping[str, bytes]) -> bytes:
    """The bundle of these members, in the order of their names."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(members):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system = _UNIX
            entry.external_attr = _PLAIN_FILE
            archive.writestr(entry, members[name])
    return packed.getvalue()


def unpack(packed: bytes) -> dict[str, bytes]:
    """The members of a bundle; raises `Altered` unless packing them again gives the very same bytes."""
    members = _members(packed)
    again = pack(members)
    if again != packed:
        raise Altered(_place(packed, again), "packing the members again gives other bytes")
    return members


def _members(packed: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            entries = archive.infolist()
            _check(entries, len(packed))
            return {entry.filename: archive.read(entry) for entry in entries}
    except (zipfile.BadZipFile, struct.error, ValueError, EOFError, OSError, NotImplementedError) as fault:
        raise Altered("the file", f"it is no zip of ours ({fault})") from fault
    except RuntimeError as fault:  # zipfile's word for an entry that calls itself encrypted
        raise Altered("the file", f"it cannot be read ({fault})") from fault


def _check(entries: list[zipfile.ZipInfo], size: int) -> None:
    """Refuses whatever could make reading costly or strange before a byte of it is read."""
    if len(entries) > MOST_MEMBERS:
        raise Altered("the directory", f"{len(entries)} members are more than {MOST_MEMBERS}")
    names = [entry.filename for entry in entries]
    for entry in entries:
        if not NAME.fullmatch(entry.filename):
            raise Altered("the directory", f"{entry.filename!r} is no name of a member")
        if entry.compress_type != zipfile.ZIP_STORED or entry.file_size > size:
            raise Altered(entry.filename, "it is not stored as it is")
    if len(set(names)) != len(names):
        raise Altered("the directory", "a name stands twice")


def _place(packed: bytes, again: bytes) -> str:
    same = next(
        (i for i, (one, other) in enumerate(zip(packed, again, strict=False)) if one != other),
        min(len(packed), len(again)),
    )
    return f"byte {same}"
