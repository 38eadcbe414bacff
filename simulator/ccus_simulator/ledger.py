"""The ledger: append-only, hash-chained, on disk before the answer leaves.

A chain shows that an entry was changed or taken from the middle. It cannot show that the newest entries were
cut off: for that a reader keeps the head it saw and asks `verify` about it. Tamper-evident, not tamper-proof.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from itertools import chain
from typing import Any, Final

import orjson
from msgspec import Struct
from msgspec.structs import asdict

from ccus_simulator.moments import written
from ccus_simulator.types import Event, Json

GENESIS: Final = "0" * 64

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS ledger (
  seq INTEGER PRIMARY KEY, world TEXT NOT NULL, world_seq INTEGER NOT NULL, at TEXT NOT NULL,
  kind TEXT NOT NULL, body TEXT NOT NULL, prev TEXT NOT NULL, hash TEXT NOT NULL, UNIQUE (world, world_seq)
) STRICT;
CREATE TRIGGER IF NOT EXISTS ledger_is_never_changed BEFORE UPDATE ON ledger
  BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER IF NOT EXISTS ledger_is_never_shortened BEFORE DELETE ON ledger
  BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
"""
COLUMNS: Final = "seq, world, world_seq, at, kind, body, prev, hash"
INSERT: Final = f"INSERT INTO ledger ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 - our own constant
SELECT: Final = f"SELECT {COLUMNS} FROM ledger WHERE seq >= ? ORDER BY seq"  # noqa: S608 - our own constant
SELECT_WORLD: Final = f"SELECT {COLUMNS} FROM ledger WHERE world = ? AND seq >= ? ORDER BY world_seq"  # noqa: S608 - our own constant

_ENCODE: Final = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
).encode


class Entry(Struct, frozen=True, kw_only=True):
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
        return {name: getattr(self, name) for name in self.__struct_fields__}

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
        self._seq = 0
        self._hash = GENESIS
        self._counts: dict[str, int] = {}
        self._waiting: list[tuple[Any, ...]] = []
        connection.executescript(SCHEMA)
        self.reread()

    def reread(self) -> None:
        """Take head and counts from the file again; what was not written out is forgotten."""
        row = self._connection.execute("SELECT seq, hash FROM ledger ORDER BY seq DESC LIMIT 1").fetchone()
        self._seq, self._hash = row or (0, GENESIS)
        self._waiting.clear()
        counts = self._connection.execute("SELECT world, MAX(world_seq) FROM ledger GROUP BY world")
        self._counts = dict(counts.fetchall())

    def append(self, events: Iterable[Event]) -> int:
        """Chain the events as the next entries, all of them or none; gives the number of the first."""
        first, seq, prev, counts = self._seq + 1, self._seq, self._hash, dict[str, int]()
        rows: list[tuple[Any, ...]] = []
        for event in events:
            world, at, seq = event.world, written(event.at), seq + 1
            number = counts[world] = (counts.get(world) or self._counts.get(world, 0)) + 1
            body = _body(event)
            own = sha256(_hashed(at, body, event.kind, prev, seq, world, number).encode()).hexdigest()
            rows.append((seq, world, number, at, event.kind, body, prev, own))
            prev = own
        self._waiting += rows
        self._seq, self._hash = seq, prev
        self._counts.update(counts)
        return first

    @property
    def waits(self) -> bool:
        """Whether something was appended and not yet written out."""
        return bool(self._waiting)

    def write_out(self) -> None:
        """Write what was appended into the file, as part of the caller's transaction."""
        self._connection.executemany(INSERT, self._waiting)
        self._waiting.clear()

    def head(self) -> Head:
        return Head(seq=self._seq, hash=self._hash)

    def knows(self, world: str) -> bool:
        return world in self._counts

    def entries(self, world: str | None = None, first: int = 1) -> Iterator[Entry]:
        """Read the entries from a number on, of one world or of all."""
        if world is None:
            rows = self._connection.execute(SELECT, (first,))
        else:
            rows = self._connection.execute(SELECT_WORLD, (world, first))
        waiting = [row for row in self._waiting if row[0] >= first and world in {None, row[1]}]
        return map(entry_of, chain(rows, waiting))

    def verify(self, known: Head | None = None) -> Verification:
        """Check every link, and that the chain still holds a head that somebody saw."""
        rows = chain(self._connection.execute(SELECT, (1,)), list(self._waiting))
        return verify(rows, () if known is None else (known,))


def verify(rows: Iterable[tuple[Any, ...]], known: Iterable[Head] = ()) -> Verification:
    """Check every link of a ledger from its first entry, and that it still holds the heads that somebody saw."""
    seen = {head.seq: head.hash for head in known}
    head = Head(seq=0, hash=GENESIS)
    counts: dict[str, int] = {}
    for row in rows:
        world, number = row[1], row[0]
        counts[world] = counts.get(world, 0) + 1
        if not _follows(row, head, counts[world]) or seen.get(number, row[7]) != row[7]:
            return Verification(entries=head.seq, head=head, break_at=head.seq + 1)
        head = Head(seq=number, hash=row[7])
    cut_off = any(number > head.seq for number in seen)
    return Verification(entries=head.seq, head=head, break_at=head.seq + 1 if cut_off else None)


def row_of(line: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return an exported entry in the shape that `verify` reads; what is missing breaks the chain there."""
    fields = {**line, "body": canonical(line.get("body"))}
    return tuple(fields.get(column) for column in COLUMNS.split(", "))


def _body(event: Event) -> str:
    """Write the body of an event canonically."""
    return canonical_of_plain(event.body) if event.kind in OFTEN else canonical(event.body)


def _hashed(at: str, body: str, kind: str, prev: str, seq: int, world: str, world_seq: int) -> str:
    """Return the canonical text of an entry without its hash; its body has been written canonically already."""
    # A moment, a kind and a hash hold no character that JSON would write in another way.
    return (
        f'{{"at":"{at}","body":{body},"kind":"{kind}","prev":"{prev}","seq":{seq},'
        f'"world":{canonical_of_plain(world)},"world_seq":{world_seq}}}'
    )


def entry_of(row: tuple[Any, ...]) -> Entry:
    """Return the entry that a row of the file holds."""
    seq, world, world_seq, at, kind, body, prev, own = row
    return Entry(
        seq=seq,
        world=world,
        world_seq=world_seq,
        at=at,
        kind=kind,
        body=json.loads(body),
        prev=prev,
        hash=own,
    )


def _follows(row: tuple[Any, ...], head: Head, world_seq: int) -> bool:
    try:
        entry = entry_of(row)
        linked = (entry.seq, entry.world_seq, entry.prev) == (head.seq + 1, world_seq, head.hash)
        return linked and entry.hash == entry.own_hash()
    except (TypeError, ValueError):
        return False
