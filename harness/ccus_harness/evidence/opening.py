"""A run read from wherever it is: the folder that made it, or a bundle of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ccus_harness import deciding, events
from ccus_harness.comparing import side_of
from ccus_harness.evidence import bundle
from ccus_harness.evidence.packing import Altered
from ccus_harness.evidence.verifying import integrity

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ccus_harness.comparing import Side
    from ccus_harness.deciding import Decisions
    from ccus_harness.events import Event
    from ccus_harness.register import Register


class NoRun(Exception):
    """A path is neither the folder of a finished run nor a bundle of one."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self.path = path


def opened(path: Path, register: Register) -> Side:
    """The run at `path` as it is compared; raises `NoRun`, `Altered`, `Unfinished` or `Undecidable`."""
    if path.is_dir() and (path / events.EVENTS_FILE).is_file():
        told = list(events.read(path / events.EVENTS_FILE))
        deciding.found_in(told)  # an unfinished record is refused before anything is said of it
        return side_of(told, deciding.load(path, register))
    if not path.is_file():
        raise NoRun(path)
    return side_in(members_of(path.read_bytes()), register)


def members_of(packed: bytes) -> dict[str, bytes]:
    """The members of an unaltered bundle; raises `Altered`."""
    steps, members = integrity(packed)
    if not members:
        raise Altered("the bundle", steps[0].where)
    return members


def side_in(members: Mapping[str, bytes], register: Register) -> Side:
    """The run inside a bundle, with the decisions that it carries."""
    told = events_in(members)
    return side_of(told, decisions_in(members, told, register))


def events_in(members: Mapping[str, bytes]) -> list[Event]:
    return [json.loads(line) for line in members[bundle.EVENTS].splitlines()]


def decisions_in(members: Mapping[str, bytes], told: list[Event], register: Register) -> Decisions:
    """The decisions that a bundle carries, checked; raises `Undecidable`."""
    kept = bundle.attached(members)
    digests = {name: bundle.digest(body) for name, body in kept.items()}
    return deciding.parse(kept.get(deciding.FILE, b""), deciding.found_in(told), register, digests)
