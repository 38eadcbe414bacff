"""Decisions as they are recorded: one line each, chained to the run and to each other, never erased."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ccus_harness import events as stream
from ccus_harness.deciding.faults import Refusal, raise_any
from ccus_harness.deciding.found import RowFound
from ccus_harness.deciding.rules import persons_needed, refusals, waits_for_person
from ccus_harness.documents import faults_against

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ccus_harness.deciding.found import Found
    from ccus_harness.register import Register

FORMAT = "ccus-conformance/decision/1"
ATTACHED = "attached"
FILE = "decisions.jsonl"
SCHEMA = "decision.schema.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that a decision rests on: its name as given, where the run keeps it, and its digest."""

    name: str
    kept_as: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One word that people gave to a row, with who, when and why, and what they had before them."""

    number: int
    run: Mapping[str, str]
    row: str
    machine: str
    code: str
    found: str
    word: str
    by: str
    second: str
    date: str
    recorded_at: str
    reason: str
    files: tuple[Attachment, ...]
    supersedes: int | None
    previous: str

    @property
    def people(self) -> tuple[str, ...]:
        return (self.by, self.second) if self.second else (self.by,)

    def document(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "number": self.number,
            "run": dict(self.run),
            "row": self.row,
            "machine": {"word": self.machine, "code": self.code, "found_sha256": self.found},
            "word": self.word,
            "by": self.by,
            "second": self.second,
            "date": self.date,
            "recorded_at": self.recorded_at,
            "reason": self.reason,
            "files": [
                {"name": file.name, "kept_as": file.kept_as, "sha256": file.sha256, "size": file.size}
                for file in self.files
            ],
            "supersedes": self.supersedes,
            "previous": self.previous,
        }

    def line(self) -> bytes:
        return stream.line(self.document())

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> Decision:
        """The decision of a document that its schema allows."""
        plain = (
            "number",
            "run",
            "row",
            "word",
            "by",
            "second",
            "date",
            "recorded_at",
            "reason",
            "supersedes",
        )
        machine = raw["machine"]
        return cls(
            **{name: raw[name] for name in plain},
            machine=machine["word"],
            code=machine["code"],
            found=machine["found_sha256"],
            files=tuple(Attachment(**file) for file in raw["files"]),
            previous=raw["previous"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruled:
    """A row as it stands when the machine has judged and people have decided."""

    row: str
    machine: str
    decision: Decision | None = None
    earlier: tuple[Decision, ...] = ()
    overrides: bool = False
    waits: bool = False

    @property
    def word(self) -> str:
        """The decided word where there is one, else the machine's."""
        return self.decision.word if self.decision else self.machine


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """All decisions on a run in the order they were recorded, and every row as it stands.

    `stale` are decisions on rows of which the machine found something else since (the run was resumed):
    they are kept and shown, but no longer count.
    """

    entries: tuple[Decision, ...] = ()
    rows: Mapping[str, Ruled]
    stale: tuple[Decision, ...] = ()

    def ruled(self, row: str) -> Ruled:
        return self.rows[row]

    @property
    def words(self) -> dict[str, str]:
        """The word of every row, decided or the machine's."""
        return {name: ruled.word for name, ruled in self.rows.items()}

    @property
    def waiting(self) -> tuple[Ruled, ...]:
        """The rows that a person still has to decide, in the register's order."""
        return tuple(ruled for ruled in self.rows.values() if ruled.waits)

    @property
    def overrides(self) -> tuple[Ruled, ...]:
        """The rows on which two people set a machine's verdict aside."""
        return tuple(ruled for ruled in self.rows.values() if ruled.overrides)

    @property
    def tip(self) -> str | None:
        """The digest of the last record, to which the next is chained; none while nothing is decided."""
        return digest(self.entries[-1].line()) if self.entries else None


def digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def parse(written: bytes, found: Found, register: Register, kept: Mapping[str, str]) -> Decisions:
    """The decisions of a file, checked against the run; `kept` maps kept files to their digests.

    Raises `Undecidable` with everything that does not hold.
    """
    entries = _read(written)
    raise_any(FILE, _broken(entries, written, found, register, kept))
    return standing(entries, found, register)


def standing(entries: Sequence[Decision], found: Found, register: Register) -> Decisions:
    """Every row as it stands after these decisions."""
    live, stale = _parted(entries, found)
    history: dict[str, list[Decision]] = {}
    for decision in live:
        history.setdefault(decision.row, []).append(decision)
    rows = {name: _ruled(name, found, register, history.get(name, [])) for name in found.rows}
    return Decisions(entries=tuple(entries), rows=rows, stale=tuple(stale))


def _parted(entries: Iterable[Decision], found: Found) -> tuple[list[Decision], list[Decision]]:
    live: list[Decision] = []
    stale: list[Decision] = []
    for decision in entries:
        (live if decision.found == found.rows[decision.row].digest else stale).append(decision)
    return live, stale


def _ruled(name: str, found: Found, register: Register, history: Sequence[Decision]) -> Ruled:
    row, own = register.by_id.get(name), found.rows[name]
    last = history[-1] if history else None
    left = row is not None and waits_for_person(row, own)
    return Ruled(
        row=name,
        machine=own.word,
        decision=last,
        earlier=tuple(history[:-1]),
        overrides=last is not None and not left and last.word != own.word,
        waits=left and (last is None or last.word == "review"),
    )


def _read(written: bytes) -> list[Decision]:
    """The records of a file in its one form; raises `Undecidable` for every line that is none."""
    wrong: list[Refusal] = []
    entries: list[Decision] = []
    for place, line in enumerate(written.splitlines(keepends=True)):
        try:
            raw = json.loads(line)
        except ValueError:
            wrong.append(Refusal(path=f"$[{place}]", code="unreadable"))
            continue
        faults = faults_against(raw, SCHEMA)
        wrong += [
            Refusal(path=f"$[{place}]{fault.path[1:]}", code="form", values={"why": fault.text})
            for fault in faults
        ]
        if not faults and stream.line(raw) != line:
            wrong.append(Refusal(path=f"$[{place}]", code="unreadable"))
        if not faults:
            entries.append(Decision.of(raw))
    raise_any(FILE, wrong)
    return entries


def _broken(
    entries: Sequence[Decision], written: bytes, found: Found, register: Register, kept: Mapping[str, str]
) -> Iterator[Refusal]:
    tips = [found.run.header, *(digest(line) for line in written.splitlines(keepends=True))]
    last: dict[str, Decision] = {}
    for place, decision in enumerate(entries):
        path = f"$[{place}]"
        if decision.number != place + 1 or decision.previous != tips[place]:
            yield Refusal(path=f"{path}.previous", code="chain")
        if decision.run["header_sha256"] != found.run.header:
            yield Refusal(path=f"{path}.run", code="other_run", values={"run": decision.run["run_id"]})
        elif decision.row not in found.rows or decision.row not in register.by_id:
            yield Refusal(path=f"{path}.row", code="unknown_row", values={"row": decision.row})
        else:
            yield from _against_run(path, decision, last.get(decision.row), found, register)
        yield from _against_files(path, decision, kept)
        last[decision.row] = decision


def _against_run(
    path: str, decision: Decision, before: Decision | None, found: Found, register: Register
) -> Iterator[Refusal]:
    own = found.rows[decision.row]
    same = (decision.found, decision.machine, decision.code) == (own.digest, own.word, own.code)
    resumed = decision.found != own.digest and decision.run["events_sha256"] != found.run.events
    if not same and not resumed:
        yield Refusal(path=f"{path}.machine", code="not_found", values={"row": decision.row})
    if decision.supersedes != (before.number if before else None):
        yield Refusal(path=f"{path}.supersedes", code="chain")
    for code in refusals_of(decision, before, register):
        yield Refusal(path=f"{path}.word", code=code, values={"row": decision.row, "word": decision.word})


def refusals_of(decision: Decision, before: Decision | None, register: Register) -> Iterator[str]:
    """What the rules hold against a decision, from what stood before those who took it."""
    row = register.by_id[decision.row]
    upon = RowFound(
        row=row.id, word=decision.machine, code=decision.code, selected=True, digest=decision.found
    )
    binding = before is not None and before.found == decision.found
    earlier = persons_needed(row, upon, before.word) if before is not None and binding else 1
    return refusals(row, upon, decision.word, decision.second, by=decision.by, earlier=earlier)


def _against_files(path: str, decision: Decision, kept: Mapping[str, str]) -> Iterator[Refusal]:
    for index, file in enumerate(decision.files):
        place = f"{path}.files[{index}]"
        if file.kept_as not in kept:
            yield Refusal(path=place, code="file_missing", values={"name": file.name})
        elif kept[file.kept_as] != file.sha256:
            yield Refusal(path=place, code="file_changed", values={"name": file.name})
