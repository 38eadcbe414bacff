"""The simulator's one file: the ledger, and the secrets that must never stand in it."""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from hashlib import sha256
from hmac import compare_digest
from pathlib import Path
from secrets import token_bytes
from typing import Final

from ccus_simulator.heads import Heads
from ccus_simulator.ledger import Ledger
from ccus_simulator.types import Event, Secret

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS secrets (
  world TEXT NOT NULL, name TEXT NOT NULL, salt TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (world, name)
) STRICT;
"""
TOKEN_KEY: Final = "token_key"  # noqa: S105 - its name, not its value
SALT_BYTES: Final = 16
IN_MEMORY: Final = ":memory:"
HEADS_SUFFIX: Final = ".heads"
UNKEPT: Final = (sqlite3.Error, OverflowError)
"""What SQLite raises when it cannot keep something; the second when a single row would be larger than it takes."""
DROPPED: Final = "world.dropped"
"""With this event a world is gone; its entries stay, its secrets do not."""


class Store:
    """The SQLite file. What was written is on disk once `settle` has returned; several writes may share one."""

    def __init__(self, path: Path | str) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.executescript(SCHEMA)
        self.ledger = Ledger(self._connection)
        self.vault = Vault(self._connection)
        self.heads = Heads(None if path == IN_MEMORY else Path(f"{path}{HEADS_SUFFIX}"))
        self._begun = False

    @property
    def settled(self) -> bool:
        """Whether everything written so far is on disk."""
        return not self._begun and not self.ledger.waits

    def write(self, events: tuple[Event, ...], secrets: tuple[Secret, ...] = ()) -> int:
        """Write events and secrets down together, or neither; gives the number of the first. `settle` puts them on disk."""
        dropped = [event.world for event in events if event.kind == DROPPED]
        if not secrets and not dropped:
            return self.ledger.append(events)
        with self._all_or_nothing():
            for secret in secrets:
                self.vault.keep(secret)
            for world in dropped:
                self.vault.forget(world)
            return self.ledger.append(events)

    def settle(self) -> None:
        """Put everything written so far on disk, or take all of it back and raise."""
        if self.settled:
            return
        try:
            # Without secrets it is one row, and one statement is a transaction of its own.
            self.ledger.write_out()
            if self._begun:
                self._connection.execute("COMMIT")
            self._begun = False
        except UNKEPT:
            self._take_back()
            raise
        self.heads.publish(self.ledger.head())

    def close(self) -> None:
        self.settle()
        self.heads.close()
        self._connection.close()

    def _begin(self) -> None:
        if not self._begun:
            self._connection.execute("BEGIN IMMEDIATE")
            self._begun = True

    @contextmanager
    def _all_or_nothing(self) -> Generator[None]:
        self._begin()
        self._connection.execute("SAVEPOINT one")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK TO one")
            self.vault.reread()
            raise
        finally:
            self._connection.execute("RELEASE one")

    def _take_back(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")
        self._begun = False
        self.ledger.reread()
        self.vault.reread()


class Vault:
    """Client secrets and user credentials as salted digests, and the keys that have to be read again."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._known: dict[tuple[str, str], tuple[str, str]] = {}

    def reread(self) -> None:
        """Forget what was read, after something was rolled back."""
        self._known.clear()

    def forget(self, world: str) -> None:
        """Delete every secret of a world."""
        self._connection.execute("DELETE FROM secrets WHERE world = ?", (world,))
        for place in [place for place in self._known if place[0] == world]:
            del self._known[place]

    def keep(self, secret: Secret) -> None:
        salt = token_bytes(SALT_BYTES).hex() if secret.sealed else ""
        value = _sealed(salt, secret.value) if secret.sealed else secret.value
        row = (secret.world, secret.name, salt, value)
        self._connection.execute("INSERT INTO secrets (world, name, salt, value) VALUES (?, ?, ?, ?)", row)

    def matches(self, world: str, name: str, value: str) -> bool:
        """Compare a sealed secret, taking as long for one that does not exist."""
        row = self._row(world, name)
        salt, kept = row or ("", "")
        return compare_digest(_sealed(salt, value), kept)

    def read(self, world: str, name: str) -> str | None:
        """Read an unsealed secret."""
        row = self._row(world, name)
        return row[1] if row else None

    def _row(self, world: str, name: str) -> tuple[str, str] | None:
        known = self._known.get((world, name))
        if known is None:
            query = "SELECT salt, value FROM secrets WHERE world = ? AND name = ?"
            known = self._connection.execute(query, (world, name)).fetchone()
            if known is not None:
                self._known[world, name] = known
        return known


def _sealed(salt: str, value: str) -> str:
    return sha256(f"{salt}|{value}".encode(errors="surrogatepass")).hexdigest()
