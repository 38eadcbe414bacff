"""What lies in the folder of a run, what its digests cover, and which rows it is about."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ccus_harness.register import Register

REQUEST_FILE = "request.json"
REPLAY_FILE = "replay.jsonl"
EARLIER_FILE = "events.before.jsonl"
PORT_FILE = "ccus-port"
MAIL_PORT_FILE = "ccus-mail-port"
"""In the state of a run: where the simulator listened, and where it took mail."""


def digest_of(*paths: Path) -> str:
    """SHA-256 over the files below the given paths, names and contents, in the order of their names."""
    digest = hashlib.sha256()
    for path in paths:
        for file in sorted(p for p in (path.rglob("*") if path.is_dir() else [path]) if p.is_file()):
            digest.update(file.name.encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def selection(register: Register, articles: Sequence[str], obligations: Sequence[str]) -> frozenset[str]:
    """The rows a run is about: everything, or the given articles and obligations together."""
    if not articles and not obligations:
        return frozenset(row.id for row in register.rows)
    return frozenset(
        row.id for row in register.rows if row.clause.article in articles or row.id in obligations
    )


def kept_port(state: Path, file: str = PORT_FILE) -> int | None:
    """The port at which the simulator of this state listened before, if it ever did."""
    path = state / file
    return int(path.read_text(encoding="ascii")) if path.is_file() else None
