"""The ledger: append-only, hash-chained, on disk before the answer leaves.

Each entry is one line of canonical JSON, the same in the file, on the wire and in an export; one row of the file
holds the lines that were put on disk together. A chain shows that an entry was changed or taken from the middle. It
cannot show that the newest entries were cut off: for that a reader keeps the head it saw and asks `verify` about it.
Tamper-evident, not tamper-proof.
"""

import json
import sqlite3
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import lru_cache
from hashlib import sha256
from itertools import chain
from typing import Any, Final

import msgspec
import orjson
from msgspec import Struct
from msgspec.structs import asdict

from ccus_simulator.moments import written
from ccus_simulator.types import Event, Json

GENESIS: Final = "0" * 64

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS ledger (first INTEGER PRIMARY KEY, entries TEXT NOT NULL) STRICT;
CREATE TRIGGER IF NOT EXISTS ledger_is_never_changed BEFORE UPDATE ON ledger
  BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER IF NOT EXISTS ledger_is_never_shortened BEFORE DELETE ON ledger
  BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
"""
INSERT: Final = "INSERT INTO ledger (first, entries) VALUES (?, ?)"
SELECT: Final = "SELECT first, entries FROM ledger ORDER BY first"
SELECT_ONE: Final = "SELECT entries FROM ledger WHERE first = ?"

_ENCODE: Final = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
).encode


class Entry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of the ledger."""

    seq: int
    world: str
    world_seq: int
    at: str
    kind: str
    body: Json
    prev: str
    hash: str

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def own_hash(self) -> str:
        """Return the hash over all fields but the hash itself."""
        fields = self.as_json()
        del fields["hash"]
        return sha256(canonical(fields).encode()).hexdigest()


class Head(Struct, frozen=True, kw_only=True):
    """The newest entry: its number and its hash."""

    seq: int
    hash: str

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Verification(Struct, frozen=True, kw_only=True):
    """Whether the chain holds, and the first entry at which it does not."""

    entries: int
    head: Head
    break_at: int | None

    @property
    def ok(self) -> bool:
        return self.break_at is None

    def as_json(self) -> dict[str, Any]:
        return {"ok": self.ok, **asdict(self), "head": self.head.as_json()}


_READ: Final = msgspec.json.Decoder(Entry).decode


def entry_of(line: str | bytes) -> Entry:
    """Return the entry that a line holds; raises `ValueError` when it holds none."""
    return _READ(line)


def canonical(value: Json) -> str:
    """Write a JSON value in the one way that is hashed."""
    return _ENCODE(value)


OFTEN: Final = frozenset(
    {
        "call.refused",
        "provision.collected",
        "provision.delivered",
        "provision.ready",
        "request.accepted",
        "request.refused",
        "token.issued",
    }
)
"""What is written down all the time; it holds texts and whole numbers only."""


def canonical_of_plain(value: Json) -> str:
    """Write a value of texts and whole numbers in the same way, faster; fractions orjson would write otherwise."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
    except TypeError:  # half of a surrogate pair, or a number of more than 64 bits
        return canonical(value)


class Ledger:
    """The ledger in its SQLite file; what is appended stands in memory until `write_out`, in the caller's transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        connection.executescript(SCHEMA)
        self.reread()

    def reread(self) -> None:
        """Take everything from the file again; what was not written out is forgotten."""
        self._seq, self._hash = 0, GENESIS
        self._counts: dict[str, int] = {}
        self._rows: dict[str, list[int]] = {}
        """The rows in which a world has entries, each by the number of its first entry."""
        self._waiting: list[str] = []
        self._waiting_from = 0
        for first, text in self._connection.execute(SELECT):
            for line in text.split("\n"):
                try:
                    entry = entry_of(line)
                except ValueError:  # a broken ledger is read up to here, and `verify` says so
                    return
                self._counts[entry.world] = entry.world_seq
                self._seq, self._hash = entry.seq, entry.hash
                self._found(entry.world, first)

    def append(self, events: Iterable[Event]) -> int:
        """Chain the events as the next entries, all of them or none; gives the number of the first."""
        first, seq, prev, counts = self._seq + 1, self._seq, self._hash, dict[str, int]()
        lines: list[str] = []
        for event in events:
            world, seq = event.world, seq + 1
            number = counts[world] = (counts.get(world) or self._counts.get(world, 0)) + 1
            # Moments, kinds and hashes hold nothing that JSON would write in another way; the names are in order.
            before = f'{{"at":"{written(event.at)}","body":{_body(event)},'
            after = f'"kind":"{event.kind}","prev":"{prev}","seq":{seq},"world":{_name(world)},"world_seq":{number}}}'
            prev = sha256((before + after).encode()).hexdigest()
            lines.append(f'{before}"hash":"{prev}",{after}')
        if not self._waiting:
            self._waiting_from = first
        self._waiting += lines
        self._seq, self._hash = seq, prev
        for world, number in counts.items():
            self._counts[world] = number
            self._found(world, self._waiting_from)
        return first

    @property
    def waits(self) -> bool:
        """Whether something was appended and not yet written out."""
        return bool(self._waiting)

    def write_out(self) -> None:
        """Write what was appended into the file, as part of the caller's transaction."""
        if self._waiting:
            self._connection.execute(INSERT, (self._waiting_from, "\n".join(self._waiting)))
            self._waiting.clear()

    def head(self) -> Head:
        return Head(seq=self._seq, hash=self._hash)

    def knows(self, world: str) -> bool:
        return world in self._counts

    def entries(self) -> Iterator[Entry]:
        """Read all entries."""
        return map(entry_of, self._lines())

    def entries_of(self, world: str, first: int = 1) -> Iterator[Entry]:
        """Read the entries of a world from a number on."""
        rows = self._rows.get(world, [])
        mark = f'"world":{_name(world)}'
        for row in rows[max(bisect_right(rows, first) - 1, 0) :]:
            for line in self._lines_of(row):
                entry = entry_of(line) if mark in line else None
                if entry is not None and entry.world == world and entry.seq >= first:
                    yield entry

    def verify(self, known: Head | None = None) -> Verification:
        """Check every link, and that the chain still holds a head that somebody saw."""
        return verify(self._lines(), () if known is None else (known,))

    def _lines(self) -> Iterator[str]:
        return chain(lines_in(self._connection), list(self._waiting))

    def _lines_of(self, row: int) -> list[str]:
        if self._waiting and row == self._waiting_from:
            return self._waiting
        return self._connection.execute(SELECT_ONE, (row,)).fetchone()[0].split("\n")

    def _found(self, world: str, row: int) -> None:
        rows = self._rows.setdefault(world, [])
        if not rows or rows[-1] != row:
            rows.append(row)


def lines_in(connection: sqlite3.Connection) -> Iterator[str]:
    """Read the lines of a ledger from its file."""
    for _, text in connection.execute(SELECT):
        yield from text.split("\n")


def verify(lines: Iterable[str | bytes], known: Iterable[Head] = ()) -> Verification:
    """Check every link of a ledger from its first line, and that it still holds the heads that somebody saw."""
    seen = {head.seq: head.hash for head in known}
    head = Head(seq=0, hash=GENESIS)
    counts: dict[str, int] = {}
    for line in lines:
        entry = _following(line, head, counts)
        if entry is None or seen.get(entry.seq, entry.hash) != entry.hash:
            return Verification(entries=head.seq, head=head, break_at=head.seq + 1)
        counts[entry.world] = entry.world_seq
        head = Head(seq=entry.seq, hash=entry.hash)
    cut_off = any(number > head.seq for number in seen)
    return Verification(entries=head.seq, head=head, break_at=head.seq + 1 if cut_off else None)


def _following(line: str | bytes, head: Head, counts: dict[str, int]) -> Entry | None:
    """Return the entry of a line, if it is one and the next in its chain and in its world."""
    try:
        entry = entry_of(line)
        wanted = (head.seq + 1, counts.get(entry.world, 0) + 1, head.hash)
        follows = (entry.seq, entry.world_seq, entry.prev) == wanted and entry.hash == entry.own_hash()
    except (TypeError, ValueError, RecursionError):
        return None
    return entry if follows else None


def _body(event: Event) -> str:
    """Write the body of an event canonically."""
    return canonical_of_plain(event.body) if event.kind in OFTEN else canonical(event.body)


@lru_cache(maxsize=4096)
def _name(world: str) -> str:
    return canonical(world)
