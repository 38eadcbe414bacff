"""The ledger: append-only, hash-chained, on disk before the answer leaves.

A chain shows that an entry was changed or taken from the middle. It cannot show that the newest entries were
cut off: for that a reader keeps the head it saw and asks `verify` about it. Tamper-evident, not tamper-proof.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from typing import Any, Final

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
SELECT: Final = f"SELECT {COLUMNS} FROM ledger WHERE seq >= ? AND (? IS NULL OR world = ?) ORDER BY seq"  # noqa: S608 - our own constant


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The newest entry: its number and its hash."""

    seq: int
    hash: str

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """Whether the chain holds, and the first entry at which it does not."""

    entries: int
    head: Head
    break_at: int | None

    @property
    def ok(self) -> bool:
        return self.break_at is None

    def as_json(self) -> dict[str, Any]:
        return {"ok": self.ok, **asdict(self)}


def canonical(value: Json) -> str:
    """Write a JSON value in the one way that is hashed."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


class Ledger:
    """The ledger in its SQLite file; appending is part of the caller's transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        connection.executescript(SCHEMA)

    def append(self, events: Iterable[Event]) -> list[Entry]:
        """Write the events down as the next entries of the chain."""
        head = self.head()
        entries: list[Entry] = []
        counts: dict[str, int] = {}
        for event in events:
            count = counts.get(event.world)
            counts[event.world] = (self._count(event.world) if count is None else count) + 1
            entry = _entry(event, head, counts[event.world])
            entries.append(entry)
            head = Head(seq=entry.seq, hash=entry.hash)
        rows = [
            (e.seq, e.world, e.world_seq, e.at, e.kind, canonical(e.body), e.prev, e.hash) for e in entries
        ]
        self._connection.executemany(INSERT, rows)
        return entries

    def head(self) -> Head:
        row = self._connection.execute("SELECT seq, hash FROM ledger ORDER BY seq DESC LIMIT 1").fetchone()
        return Head(seq=row[0], hash=row[1]) if row else Head(seq=0, hash=GENESIS)

    def entries(self, world: str | None = None, first: int = 1) -> Iterator[Entry]:
        """Read the entries from a number on, of one world or of all."""
        return map(_read, self._connection.execute(SELECT, (first, world, world)))

    def verify(self, known: Head | None = None) -> Verification:
        """Check every link, and that the chain still holds a head that somebody saw."""
        head = Head(seq=0, hash=GENESIS)
        counts: dict[str, int] = {}
        for row in self._connection.execute(SELECT, (1, None, None)):
            counts[row[1]] = counts.get(row[1], 0) + 1
            if not _follows(row, head, counts[row[1]]) or _contradicts(row, known):
                return Verification(entries=head.seq, head=head, break_at=head.seq + 1)
            head = Head(seq=row[0], hash=row[7])
        cut_off = known is not None and known.seq > head.seq
        return Verification(entries=head.seq, head=head, break_at=head.seq + 1 if cut_off else None)

    def _count(self, world: str) -> int:
        query = "SELECT COALESCE(MAX(world_seq), 0) FROM ledger WHERE world = ?"
        return self._connection.execute(query, (world,)).fetchone()[0]


def _entry(event: Event, head: Head, world_seq: int) -> Entry:
    unsealed = Entry(
        seq=head.seq + 1,
        world=event.world,
        world_seq=world_seq,
        at=written(event.at),
        kind=event.kind,
        body=dict(event.body),
        prev=head.hash,
        hash="",
    )
    return replace(unsealed, hash=unsealed.own_hash())


def _read(row: tuple[Any, ...]) -> Entry:
    fields = dict(zip(COLUMNS.split(", "), row, strict=True))
    return Entry(**{**fields, "body": json.loads(fields["body"])})


def _follows(row: tuple[Any, ...], head: Head, world_seq: int) -> bool:
    try:
        entry = _read(row)
    except ValueError:
        return False
    linked = (entry.seq, entry.world_seq, entry.prev) == (head.seq + 1, world_seq, head.hash)
    return linked and entry.hash == entry.own_hash()


def _contradicts(row: tuple[Any, ...], known: Head | None) -> bool:
    return known is not None and row[0] == known.seq and row[7] != known.hash
