"""A ledger in a file: exported as JSON lines, and verified without the process that wrote it."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

from ccus_simulator import heads
from ccus_simulator.ledger import Head, Verification, lines_in, verify
from ccus_simulator.store import HEADS_SUFFIX

SQLITE: Final = b"SQLite format 3\x00"


class NotALedger(Exception):
    """A file that holds no ledger."""

    def __init__(self, path: Path, why: str) -> None:
        self.path = path
        self.why = why
        super().__init__(path, why)

    def __str__(self) -> str:
        return f"{self.path}: {self.why}"


def export(state: Path) -> Iterator[str]:
    """Give every entry of a state file as one line of canonical JSON, while its simulator may be running."""
    if not _is_state(state):
        raise NotALedger(state, "SQLite の状態ファイルではありません / not a state file")
    try:
        with closing(sqlite3.connect(f"{state.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            yield from lines_in(connection)
    except sqlite3.Error as error:
        raise NotALedger(state, str(error)) from error


def verified(path: Path, seen: Iterable[Head] = ()) -> Verification:
    """Check the ledger in a state file or an export against the heads that were published or seen."""
    lines = export(path) if _is_state(path) else _lines_of(path)
    return verify(lines, (*published(path), *seen))


def published(path: Path) -> tuple[Head, ...]:
    """Return the heads in the file beside a ledger, if there is one."""
    beside = Path(f"{path}{HEADS_SUFFIX}")
    return tuple(heads.read(beside)) if beside.is_file() else ()


def _is_state(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(SQLITE)) == SQLITE


def _lines_of(path: Path) -> Iterator[bytes]:
    with path.open("rb") as lines:
        yield from lines
