"""What lies packed inside a stream: compressed, archived, in a database or a mail; opened within limits."""

from __future__ import annotations

import bz2
import lzma
import re
import shutil
import sqlite3
import struct
import tempfile
import zipfile
import zlib
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, Protocol, cast

from ccus_harness.instruments.sources import CHUNK, Limits, NotRead, Source, open_regular

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

HEAD: Final = 4096
"""How many bytes from the start tell what a stream is."""


@dataclass(slots=True, kw_only=True)
class Budget:
    """What may still be unpacked in one scan; shared by all members, so that bombs add up."""

    limits: Limits
    inflated: int = 0
    members: int = 0

    def take(self, size: int) -> None:
        self.inflated += size
        if self.inflated > self.limits.inflated_bytes:
            raise NotRead("too_large")

    def member(self) -> None:
        self.members += 1
        if self.members > self.limits.members:
            raise NotRead("too_many_members")


def kind_of(head: bytes) -> str | None:
    """Tell the container by its first bytes; None for a plain stream."""
    for kind, magic in _MAGIC.items():
        if head.startswith(magic):
            return kind
    if head.startswith(b"BZh") and head[4:10] == b"1AY&SY":
        return "bzip2"
    if head[257:262] == b"ustar":
        return "tar"
    if _MAIL.search(head):
        return "mail"
    return "zlib" if _is_zlib(head) else None


def members(source: Source, kind: str, budget: Budget) -> Iterator[Source]:
    """Give the streams inside a container, to be read before the next is asked for."""
    return _OPENERS.get(kind, _closed)(source, budget)


def _closed(_source: Source, _budget: Budget) -> Iterator[Source]:
    raise NotRead("unknown_container")


def _is_zlib(head: bytes) -> bool:
    if len(head) < 2 or head[0] != _ZLIB_FIRST or int.from_bytes(head[:2]) % 31:
        return False
    try:
        return bool(zlib.decompressobj().decompress(head, 1))
    except zlib.error:
        return False


def _nothing(_source: Source, _budget: Budget) -> Iterator[Source]:
    return iter(())


# Compressed streams


class _Inflater(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = ..., /) -> bytes: ...


class _Zlib:
    """zlib's object with the manners of bz2 and lzma: input that was not used up is kept inside."""

    def __init__(self, wbits: int) -> None:
        self._object = zlib.decompressobj(wbits)

    @property
    def eof(self) -> bool:
        return self._object.eof

    @property
    def unused_data(self) -> bytes:
        return self._object.unused_data

    def decompress(self, data: bytes, max_length: int = -1, /) -> bytes:
        return self._object.decompress(self._object.unconsumed_tail + data, max_length)


def _inflated(source: Source, make: Callable[[], _Inflater], budget: Budget) -> Iterator[bytes]:
    inflater = make()
    fed = False
    try:
        for chunk in source.chunks():
            data = chunk
            while True:
                if inflater.eof:
                    data = inflater.unused_data or data
                    if not data.strip(b"\0"):
                        break
                    budget.member()
                    inflater = make()
                out = inflater.decompress(data, CHUNK)
                fed, data = True, b""
                if out:
                    budget.take(len(out))
                    yield out
                elif not inflater.eof or not inflater.unused_data:
                    break
    except (zlib.error, OSError, EOFError, lzma.LZMAError, ValueError) as error:
        raise NotRead("damaged") from error
    if fed and not inflater.eof:
        raise NotRead("damaged")


def _stream(name: str, make: Callable[[], _Inflater]) -> Callable[[Source, Budget], Iterator[Source]]:
    def opened(source: Source, budget: Budget) -> Iterator[Source]:
        budget.member()
        yield source.inside(name, lambda: _inflated(source, make, budget))

    return opened


# Archives


def _zip(source: Source, budget: Budget) -> Iterator[Source]:
    with _seekable(source, budget) as file:
        _check_directory(file)
        try:
            archive = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, struct.error, ValueError, OSError, RuntimeError) as error:
            raise NotRead("damaged") from error
        with archive:
            for info in archive.infolist():
                budget.member()
                yield source.inside(info.filename, _zip_member(archive, info, budget))


def _zip_member(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: Budget
) -> Callable[[], Iterator[bytes]]:
    def chunks() -> Iterator[bytes]:
        if info.flag_bits & 1:
            raise NotRead("encrypted")
        # zipfile bounds what it inflates at once only for these two.
        if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise NotRead("unknown_container")
        try:
            with archive.open(info) as member:
                while chunk := member.read(CHUNK):
                    budget.take(len(chunk))
                    yield chunk
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError) as error:
            raise NotRead("damaged") from error

    return chunks


def _check_directory(file: BinaryIO) -> None:
    """Refuse a directory so large that reading it would fill the memory."""
    end = file.seek(0, 2)
    file.seek(max(0, end - _ZIP_TAIL))
    tail = file.read(_ZIP_TAIL)
    record = tail.rfind(b"PK\x05\x06")
    if record < 0 or len(tail) - record < _ZIP_END:
        raise NotRead("damaged")
    if b"PK\x06\x07" in tail or int.from_bytes(tail[record + 12 : record + 16], "little") > _ZIP_DIRECTORY:
        raise NotRead("too_large")
    file.seek(0)


def _tar(source: Source, budget: Budget) -> Iterator[Source]:
    """Give only the members that are containers themselves: the others lie plainly in the archive."""
    for name, start, size in _tar_containers(source, budget):
        budget.member()
        yield source.inside(name, lambda start=start, size=size: _part(source, start, size, budget))


def _tar_containers(source: Source, budget: Budget) -> list[tuple[str, int, int]]:
    reader = _Forward(source.chunks())
    found: list[tuple[str, int, int]] = []
    seen = 0
    while len(header := reader.read(_TAR_BLOCK)) == _TAR_BLOCK and header.strip(b"\0"):
        seen += 1
        if seen > budget.limits.members:
            raise NotRead("too_many_members")
        size = _tar_size(header[124:136])
        start = reader.place
        head = reader.read(min(size, HEAD))
        if header[156:157] in {b"0", b"\0"} and kind_of(head):
            found.append((header[:100].rstrip(b"\0").decode("utf-8", "replace"), start, size))
        reader.skip(-(-size // _TAR_BLOCK) * _TAR_BLOCK - len(head))
    return found


def _tar_size(digits: bytes) -> int:
    if digits[:1] == b"\x80":
        return int.from_bytes(digits[1:])
    try:
        return max(0, int(digits.strip(b"\0 ") or b"0", 8))
    except ValueError as error:
        raise NotRead("damaged") from error


class _Forward:
    """Reads a stream of chunks forward, by sizes."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._held = b""
        self.place = 0

    def read(self, size: int) -> bytes:
        while len(self._held) < size and (chunk := next(self._chunks, b"")):
            self._held += chunk
        taken, self._held = self._held[:size], self._held[size:]
        self.place += len(taken)
        return taken

    def skip(self, size: int) -> None:
        while size > 0 and (taken := self.read(min(size, CHUNK))):
            size -= len(taken)


def _part(source: Source, start: int, size: int, budget: Budget) -> Iterator[bytes]:
    reader = _Forward(source.chunks())
    reader.skip(start)
    while size > 0 and (chunk := reader.read(min(size, CHUNK))):
        size -= len(chunk)
        budget.take(len(chunk))
        yield chunk


# Mail


def _mail(source: Source, budget: Budget) -> Iterator[Source]:
    """Give the mail with its lines joined: base64 and quoted-printable break values at the margin."""
    budget.member()
    yield source.inside("joined", lambda: _joined(source, budget))


def _joined(source: Source, budget: Budget) -> Iterator[bytes]:
    yield b"\0"  # or the first header line would make it look like a mail again
    held = b""
    for chunk in source.chunks():
        budget.take(len(chunk))
        data = held + chunk
        held = data[len(data.rstrip(b"=\r")) :][-_SOFT_BREAK:]
        whole = data[: len(data) - len(held)]
        yield re.sub(rb"=\r?\n", b"", whole).translate(None, b"\r\n")
    yield held


# Databases


def _sqlite(source: Source, budget: Budget) -> Iterator[Source]:
    """Give the values of all tables: a value that crosses pages does not stand whole in the file."""
    with tempfile.TemporaryDirectory(prefix="ccus-scan-") as folder:
        copy = Path(folder) / "copy.db"
        _copy(source, copy, budget)
        yield source.inside("sqlite", lambda: _values(copy, budget))
        for number, packed in enumerate(_packed_values(copy, budget)):
            budget.member()
            yield source.inside(f"sqlite:{number}", lambda packed=packed: iter((packed,)))


def _copy(source: Source, copy: Path, budget: Budget) -> None:
    with copy.open("wb") as file:
        _spool(source, file, budget)
    if source.path is None:
        return
    for suffix in ("-wal", "-journal"):
        beside = source.path.with_name(source.path.name + suffix)
        if beside.is_file() and not beside.is_symlink():
            if beside.stat().st_size > budget.limits.spooled_bytes:
                raise NotRead("too_large")
            shutil.copyfile(beside, copy.with_name(copy.name + suffix))


def _values(copy: Path, budget: Budget) -> Iterator[bytes]:
    yield b"\0"  # or a packed first value would make the whole look packed
    for value in _cells(copy, budget):
        budget.take(len(value))
        yield value + b"\0"


def _packed_values(copy: Path, budget: Budget) -> Iterator[bytes]:
    return (value for value in _cells(copy, budget) if kind_of(value[:HEAD]))


def _cells(copy: Path, budget: Budget) -> Iterator[bytes]:
    try:
        with closing(_connected(copy, budget)) as database:
            tables = database.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND rootpage > 0"
            ).fetchmany(budget.limits.members)
            for (name,) in tables:
                quoted = _quoted(name)
                columns = _stored_columns(database, quoted)
                for row in database.execute(f'SELECT {columns} FROM "{quoted}"'):  # noqa: S608 - quoted
                    yield from (_as_bytes(value) for value in row if value is not None)
    except sqlite3.DataError as error:
        raise NotRead("too_large") from error
    except sqlite3.OperationalError as error:
        raise NotRead("too_large" if "interrupted" in str(error) else "damaged") from error
    except (sqlite3.Error, UnicodeError, OverflowError, MemoryError) as error:
        raise NotRead("damaged") from error


def _stored_columns(database: sqlite3.Connection, table: str) -> str:
    """Name the columns that are kept; those computed when read would run the file's own expressions."""
    columns = database.execute(f'PRAGMA table_xinfo("{table}")').fetchall()
    return ", ".join(f'"{_quoted(column[1])}"' for column in columns if column[6] == 0)


def _quoted(name: bytes) -> str:
    return name.decode("utf-8", "replace").replace('"', '""')


def _connected(copy: Path, budget: Budget) -> sqlite3.Connection:
    database = sqlite3.connect(copy)
    database.text_factory = bytes
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 64 << 20)
    database.set_progress_handler(_Steps(budget.limits.sqlite_steps), _STEP)
    # Nothing the file brings along (functions in its schema, triggers) may act.
    database.execute("PRAGMA trusted_schema = OFF")
    database.execute("PRAGMA query_only = ON")
    database.execute("PRAGMA cell_size_check = ON")
    return database


class _Steps:
    def __init__(self, allowed: int) -> None:
        self._left = allowed // _STEP

    def __call__(self) -> int:
        self._left -= 1
        return int(self._left < 0)


def _as_bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


# Seeking in what can only be read forward


@contextmanager
def _seekable(source: Source, budget: Budget) -> Generator[BinaryIO]:
    if source.path is not None:
        with open_regular(source.path) as file:
            yield file
        return
    with tempfile.SpooledTemporaryFile(max_size=8 << 20) as file:
        _spool(source, cast("BinaryIO", file), budget)
        file.seek(0)
        yield cast("BinaryIO", file)


def _spool(source: Source, file: BinaryIO, budget: Budget) -> None:
    size = 0
    for chunk in source.chunks():
        size += len(chunk)
        if size > budget.limits.spooled_bytes:
            raise NotRead("too_large")
        file.write(chunk)


_MAIL: Final = re.compile(rb"^(?:content-transfer-encoding|mime-version):", re.IGNORECASE | re.MULTILINE)
_SOFT_BREAK: Final = 2
_TAR_BLOCK: Final = 512
_ZLIB_FIRST: Final = 0x78
_ZIP_TAIL: Final = 66_000
_ZIP_END: Final = 22
_ZIP_DIRECTORY: Final = 32 << 20
_STEP: Final = 10_000

_MAGIC: Final = {
    "gzip": b"\x1f\x8b\x08",
    "zip": b"PK\x03\x04",
    "empty-zip": b"PK\x05\x06",
    "xz": b"\xfd7zXZ\0",
    "sqlite": b"SQLite format 3\0",
    "7z": b"7z\xbc\xaf\x27\x1c",
    "rar": b"Rar!\x1a\x07",
    "zstd": b"\x28\xb5\x2f\xfd",
    "lz4": b"\x04\x22\x4d\x18",
    "openssl": b"Salted__",
}

_OPENERS: Final[dict[str, Callable[[Source, Budget], Iterator[Source]]]] = {
    "gzip": _stream("gzip", lambda: _Zlib(31)),
    "zlib": _stream("zlib", lambda: _Zlib(15)),
    "bzip2": _stream("bzip2", bz2.BZ2Decompressor),
    "xz": _stream("xz", lambda: lzma.LZMADecompressor(memlimit=256 << 20)),
    "zip": _zip,
    "empty-zip": _nothing,
    "tar": _tar,
    "mail": _mail,
    "sqlite": _sqlite,
}
