"""The files this system makes beside its database: exports for users, nightly backups."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from ccus_reference.store import Store

BACKUPS_KEPT = 3
NIGHTLY = "[0-9]*.sqlite.gz"


def write_export(folder: Path, content: bytes) -> Path:
    """Files what a user was given, as the system keeps it to be fetched again."""
    number = 1 + len(list(folder.glob("*.csv")))
    path = folder / f"export-{number:05d}.csv"
    path.write_bytes(content)
    return path


def write_backup(folder: Path, store: Store, day: date) -> Path:
    """A compressed copy of the database of that night; only the newest few are kept."""
    plain, packed = folder / "copy.sqlite", folder / f"{day:%Y%m%d}.sqlite.gz"
    store.copy_to(plain)
    packed.write_bytes(gzip.compress(plain.read_bytes(), compresslevel=1, mtime=0))
    plain.unlink()
    for old in sorted(folder.glob(NIGHTLY))[:-BACKUPS_KEPT]:
        old.unlink()
    return packed


def remove_all(folder: Path) -> int:
    """Deletes every file of the folder; says how many there were."""
    files = sorted(path for path in folder.iterdir() if path.is_file())
    for path in files:
        path.unlink()
    return len(files)


def count(folder: Path) -> int:
    return sum(path.is_file() for path in folder.iterdir())
