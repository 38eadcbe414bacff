"""Decisions read from and added to the folder of a run; nothing that stands there is ever changed."""

from __future__ import annotations

import fcntl
import os
import re
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING

from ccus_harness import events
from ccus_harness.deciding.decisions import (
    ATTACHED,
    FILE,
    Attachment,
    Decision,
    Decisions,
    digest,
    parse,
    refusals_of,
    standing,
)
from ccus_harness.deciding.faults import Refusal, raise_any
from ccus_harness.deciding.found import JST, found_in
from ccus_harness.deciding.rules import DECIDED_WORDS

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from ccus_harness.deciding.found import Found
    from ccus_harness.deciding.given import Given
    from ccus_harness.register import Register

LARGEST_FILE = 100 * 1024**2
LONGEST_REASON = 10_000
_FILES = "files"
_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""What has no place in a name or a reason, and could deface a report."""


def load(run: Path, register: Register) -> Decisions:
    """The decisions on the run in this folder; raises `Undecidable` with everything that does not hold."""
    return _load(run, found_in(events.read(run / events.EVENTS_FILE)), register)


def record(run: Path, given: Sequence[Given], register: Register, now: datetime) -> Decisions:
    """Adds decisions to a run and keeps the files they rest on; raises `Undecidable` and adds none.

    `now` is the moment of recording, with its zone: what is dated later is refused.
    """
    with _only_writer(run):
        return _record(run, given, register, now)


@contextmanager
def _only_writer(run: Path) -> Generator[None]:
    """Waits until nobody else adds decisions to the run: two of the same number would break the chain for good."""
    folder = os.open(run, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _record(run: Path, given: Sequence[Given], register: Register, now: datetime) -> Decisions:
    found = found_in(events.read(run / events.EVENTS_FILE))
    before = _load(run, found, register)
    wrong = [fault for one in given for fault in _own_faults(one, found, register, now)]
    raise_any(_of(given), wrong)
    entries = list(before.entries)
    taken: list[tuple[Decision, Given]] = []
    for one in given:
        decision = _decision(one, entries, found, now)
        wrong += _against_rules(one, decision, entries, register)
        entries.append(decision)
        taken.append((decision, one))
    raise_any(_of(given), wrong)
    _keep(run / ATTACHED, taken)
    return standing(entries, found, register)


def _of(given: Sequence[Given]) -> str:
    return "decisions" if len(given) != 1 else given[0].row


def _load(run: Path, found: Found, register: Register) -> Decisions:
    folder = run / ATTACHED
    file = folder / FILE
    written = file.read_bytes() if file.is_file() else b""
    return parse(written, found, register, dict(_kept(folder)))


def _kept(folder: Path) -> Iterator[tuple[str, str]]:
    files = folder / _FILES
    for path in sorted(files.iterdir()) if files.is_dir() else ():
        yield f"{_FILES}/{path.name}", digest(path.read_bytes())


def _own_faults(one: Given, found: Found, register: Register, now: datetime) -> Iterator[Refusal]:
    """What is wrong with one decision by itself."""
    if one.row not in register.by_id or one.row not in found.rows:
        yield Refusal(path=f"{one.path}.row", code="unknown_row", values={"row": one.row})
    elif not found.rows[one.row].selected:
        yield Refusal(path=f"{one.path}.row", code="not_selected", values={"row": one.row})
    if one.word not in DECIDED_WORDS:
        yield Refusal(
            path=f"{one.path}.word", code="word", values={"word": one.word, "words": list(DECIDED_WORDS)}
        )
    yield from _text_faults(one)
    yield from _date_faults(one, found, now)
    for index, file in enumerate(one.files):
        if why := _unusable(file):
            yield Refusal(path=f"{one.path}.files[{index}]", code=why, values={"name": str(file)})


def _text_faults(one: Given) -> Iterator[Refusal]:
    for name, text in (("by", one.by), ("second", one.second), ("reason", one.reason)):
        if name != "second" and not text.strip():
            yield Refusal(path=f"{one.path}.{name}", code="missing", values={"name": name})
        if _CONTROL.search(text) or len(text) > LONGEST_REASON:
            yield Refusal(path=f"{one.path}.{name}", code="text", values={"name": name})


def _date_faults(one: Given, found: Found, now: datetime) -> Iterator[Refusal]:
    today = now.astimezone(JST).date()
    try:
        day = date.fromisoformat(one.date)
    except ValueError:
        yield Refusal(path=f"{one.path}.date", code="date", values={"date": one.date})
        return
    if day > today:
        yield Refusal(path=f"{one.path}.date", code="date_ahead", values={"date": one.date})
    if found.started_on and day < date.fromisoformat(found.started_on):
        values = {"date": one.date, "started": found.started_on}
        yield Refusal(path=f"{one.path}.date", code="date_before", values=values)


def _unusable(file: Path) -> str | None:
    if not file.is_file():
        return "no_file"
    return "file_large" if file.stat().st_size > LARGEST_FILE else None


def _against_rules(
    one: Given, decision: Decision, entries: Sequence[Decision], register: Register
) -> Iterator[Refusal]:
    before = next((past for past in reversed(entries) if past.row == decision.row), None)
    values = {"row": one.row, "word": one.word, "machine": decision.machine}
    if before and date.fromisoformat(decision.date) < date.fromisoformat(before.date):
        yield Refusal(
            path=f"{one.path}.date", code="date_before", values={"date": one.date, "started": before.date}
        )
    for code in refusals_of(decision, before, register):
        yield Refusal(path=f"{one.path}.word", code=code, values=values)


def _decision(one: Given, entries: Sequence[Decision], found: Found, now: datetime) -> Decision:
    own = found.rows[one.row]
    return Decision(
        number=len(entries) + 1,
        run=found.run.document(),
        row=one.row,
        machine=own.word,
        code=own.code,
        found=own.digest,
        word=one.word,
        by=one.by.strip(),
        second=one.second.strip(),
        date=one.date,
        recorded_at=now.isoformat(timespec="seconds"),
        reason=one.reason.strip(),
        files=tuple(_attachment(file) for file in one.files),
        supersedes=next((past.number for past in reversed(entries) if past.row == one.row), None),
        previous=digest(entries[-1].line()) if entries else found.run.header,
    )


def _attachment(file: Path) -> Attachment:
    """The file under a name that its content decides, so that no name of a person's is a path of ours."""
    body = file.read_bytes()
    sha256 = digest(body)
    suffix = file.suffix.lower() if _SUFFIX.fullmatch(file.suffix.lower()) else ""
    return Attachment(name=file.name, kept_as=f"{_FILES}/{sha256}{suffix}", sha256=sha256, size=len(body))


def _keep(folder: Path, taken: Sequence[tuple[Decision, Given]]) -> None:
    """Files first, then the lines that name them, all or none: a line never names what is not there."""
    (folder / _FILES).mkdir(parents=True, exist_ok=True)
    for decision, one in taken:
        for attachment, file in zip(decision.files, one.files, strict=True):
            (folder / attachment.kept_as).write_bytes(file.read_bytes())
    written = (folder / FILE).read_bytes() if (folder / FILE).exists() else b""
    beside = folder / f".{FILE}.part"
    with beside.open("wb") as lines:
        lines.write(written + b"".join(decision.line() for decision, _ in taken))
        lines.flush()
        os.fsync(lines.fileno())
    beside.replace(folder / FILE)
