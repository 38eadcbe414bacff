"""The simulator's one file: the ledger, and the secrets that must never stand in it."""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from hashlib import sha256
from hmac import compare_digest
from pathlib import Path
from secrets import token_bytes
from typing import Final

from ccus_simulator.ledger import Entry, Ledger
from ccus_simulator.types import Event, Secret

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS secrets (
  world TEXT NOT NULL, name TEXT NOT NULL, salt TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (world, name)
) STRICT;
"""
TOKEN_KEY: Final = "token_key"  # noqa: S105 - its name, not its value
SALT_BYTES: Final = 16


class Store:
    """The SQLite file; what `commit` returned is on disk."""

    def __init__(self, path: Path | str) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.executescript(SCHEMA)
        self.ledger = Ledger(self._connection)
        self.vault = Vault(self._connection)

    def commit(self, events: tuple[Event, ...], secrets: tuple[Secret, ...] = ()) -> list[Entry]:
        """Write events and secrets down together, or neither."""
        with self._transaction():
            for secret in secrets:
                self.vault.keep(secret)
            return self.ledger.append(events)

    def close(self) -> None:
        self._connection.close()

    @contextmanager
    def _transaction(self) -> Generator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")


class Vault:
    """Client secrets and user credentials as salted digests, and the keys that have to be read again."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

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
        query = "SELECT salt, value FROM secrets WHERE world = ? AND name = ?"
        return self._connection.execute(query, (world, name)).fetchone()


def _sealed(salt: str, value: str) -> str:
    return sha256(f"{salt}|{value}".encode(errors="surrogatepass")).hexdigest()
