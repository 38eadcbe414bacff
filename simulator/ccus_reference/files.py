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
LONG = "monthly-"


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


def keep_long(folder: Path) -> None:
    """Moves the backups to long-term keeping, where no rotation reaches them."""
    for path in sorted(folder.glob(NIGHTLY)):
        path.rename(path.with_name(f"{LONG}{path.name}"))


def long_kept(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"{LONG}{NIGHTLY}"))


def remove_long(folder: Path) -> None:
    for path in long_kept(folder):
        path.unlink()


def backup_of(folder: Path, name: str | None) -> Path | None:
    """The backup of that name, or the oldest there is; None when there is none."""
    found = {path.name: path for path in (*long_kept(folder), *sorted(folder.glob(NIGHTLY)))}
    oldest = min(found, key=lambda known: known.removeprefix(LONG), default="")
    return found.get(oldest if name is None else name)


def unpacked(backup: Path, to: Path) -> Path:
    """Writes what a backup holds to `to`."""
    to.write_bytes(gzip.decompress(backup.read_bytes()))
    return to


def remove_all(folder: Path) -> int:
    """Deletes every file of the folder; says how many there were."""
    files = sorted(path for path in folder.iterdir() if path.is_file())
    for path in files:
        path.unlink()
    return len(files)


def count(folder: Path) -> int:
    return sum(path.is_file() for path in folder.iterdir())
