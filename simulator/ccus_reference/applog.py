"""The application log: what happened and to whom it mattered, never what a record says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class AppLog:
    """One JSON line an event in one file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.touch(mode=0o600)

    def write(self, at: str, event: str, **facts: Any) -> None:
        line = json.dumps({"at": at, "event": event, **facts}, ensure_ascii=False)
        with self.path.open("a", encoding="utf-8") as log:
            log.write(line + "\n")

    def scrub(self, names: Mapping[str, str]) -> int:
        """Replaces every name by its commitment; says in how many lines there was one."""
        lines = self.path.read_text(encoding="utf-8").splitlines(keepends=True)
        scrubbed = [_replaced(line, names) for line in lines]
        self.path.write_text("".join(scrubbed), encoding="utf-8")
        return sum(before != after for before, after in zip(lines, scrubbed, strict=True))


def _replaced(line: str, names: Mapping[str, str]) -> str:
    for name, commitment in names.items():
        line = line.replace(name, commitment)
    return line
