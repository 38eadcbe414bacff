"""The search index: a file of its own beside the database, with everything findable about each technician."""

from __future__ import annotations

import sqlite3
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class SearchIndex:
    """Finds technicians by any text that stands in their data; it can be rebuilt, so it is not synced."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        for pragma in ("journal_mode=MEMORY", "synchronous=OFF", "secure_delete=ON"):
            self._db.execute(f"pragma {pragma}").fetchall()
        self._db.execute("create table if not exists entry (subject text primary key, text text not null)")

    def close(self) -> None:
        self._db.close()

    def enter(self, subject: str, texts: Iterable[str]) -> None:
        """Makes a technician findable by these texts and by no others."""
        plain = "\n".join(folded(text) for text in texts)
        self._db.execute("insert or replace into entry values (?,?)", (subject, plain))

    def forget(self, subject: str) -> None:
        self._db.execute("delete from entry where subject=?", (subject,))

    def matching(self, query: str) -> frozenset[str]:
        """Those in whose data the query stands; an empty one stands everywhere."""
        rows = self._db.execute("select subject from entry where instr(text, ?)", (folded(query),))
        return frozenset(row[0] for row in rows)

    def count(self) -> int:
        return int(self._db.execute("select count(*) from entry").fetchone()[0])

    def clear(self) -> None:
        """Empties the index; the file is rewritten so that no freed page keeps a text."""
        self._db.execute("delete from entry")
        self._db.execute("vacuum")


def folded(text: str) -> str:
    """A text as it is compared: width and case make no difference."""
    return unicodedata.normalize("NFKC", text).casefold()
