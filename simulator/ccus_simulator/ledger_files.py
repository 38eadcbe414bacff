"""A ledger in a file: exported as JSON lines, and verified without the process that wrote it."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final, cast

from ccus_simulator import heads
from ccus_simulator.ledger import SELECT, Head, Verification, canonical, entry_of, row_of, verify
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
    for row in _rows_of_state(state):
        yield canonical(entry_of(row).as_json())


def verified(path: Path, seen: Iterable[Head] = ()) -> Verification:
    """Check the ledger in a state file or an export against the heads that were published or seen."""
    rows = _rows_of_state(path) if _is_state(path) else _rows_of_lines(path)
    try:
        return verify(rows, (*published(path), *seen))
    except sqlite3.Error as error:
        raise NotALedger(path, str(error)) from error


def published(path: Path) -> tuple[Head, ...]:
    """Return the heads in the file beside a ledger, if there is one."""
    beside = Path(f"{path}{HEADS_SUFFIX}")
    return tuple(heads.read(beside)) if beside.is_file() else ()


def _is_state(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(SQLITE)) == SQLITE


def _rows_of_state(path: Path) -> Iterator[tuple[Any, ...]]:
    if not _is_state(path):
        raise NotALedger(path, "SQLite の状態ファイルではありません / not a state file")
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        yield from connection.execute(SELECT, (1,))


def _rows_of_lines(path: Path) -> Iterator[tuple[Any, ...]]:
    with path.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            try:
                entry = json.loads(line)
            except ValueError:
                entry = None
            # A line that cannot be read is a place where the chain breaks, not a reason to stop looking.
            yield row_of(cast("dict[str, Any]", entry) if isinstance(entry, dict) else {})
