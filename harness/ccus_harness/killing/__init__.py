"""The kill table: every defect and lawful variant run as a whole stack, and what the suite said of each.

A suite is believed for what it finds wrong and for what it leaves alone. A defect must be found by its own
row for its own reason, with no other row accused but those it drags along; a lawful variant must never be
accused at all.
"""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from ccus_harness import events, runs
from ccus_harness.register import BREACH_LAYERS, load_register

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

Kind = Literal["defect", "variant"]
Scope = Literal["row", "chapter", "all"]
Outcome = Literal["killed", "missed", "wrong_reason", "collateral", "left_alone", "accused", "not_replayed"]

SOUND: tuple[Outcome, ...] = ("killed", "left_alone")
"""The outcomes that leave nothing to mend."""

CONTROLS = ("A1-07", "A2-1-02", "A2-3-01", "A2-4-05", "A6-16")
"""A row of every article that a lawful variant is tried on besides those it touches."""

ACCUSING = ("violated", "error", "inconclusive")
"""The words that put a row in doubt; the reference earns none of them."""

Verdicts = Mapping[str, Mapping[str, Any]]
NOTHING: Mapping[str, Any] = MappingProxyType({"verdict": "", "code": ""})
"""What is said of a row that was not reached."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conduct:
    """One way for the reference to behave: a defect with what it breaks, or a lawful variant."""

    name: str
    kind: Kind
    title: Mapping[str, str]
    row: str = ""
    word: str = "violated"
    code: str = ""
    drags: tuple[str, ...] = ()
    chapters: tuple[str, ...] = ()
    """Of a variant: where it can be told from the reference at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the suite said of one conduct: of its own row, of those it drags along, of those it should not touch."""

    conduct: Conduct
    outcome: Outcome
    word: str = ""
    code: str = ""
    dragged: tuple[str, ...] = ()
    collateral: tuple[str, ...] = ()

    @property
    def sound(self) -> bool:
        return self.outcome in SOUND


def chapter_of(row: str) -> str:
    """The article and paragraph of a row id: ``A2-2`` of ``A2-2-03``."""
    return row.rpartition("-")[0]


def catalogue() -> tuple[Conduct, ...]:
    """Every defect and lawful variant of the reference."""
    defects = [
        Conduct(
            name=raw["name"],
            kind="defect",
            title=raw["title"],
            row=raw["row"],
            word=raw["word"],
            code=raw["code"],
            drags=tuple(raw["drags"]),
        )
        for raw in runs.defects().values()
    ]
    variants = [
        Conduct(name=raw["name"], kind="variant", title=raw["title"], chapters=tuple(raw["chapters"]))
        for raw in runs.variants().values()
    ]
    return (*defects, *variants)


def judged(conduct: Conduct, said: Verdicts, sound: Verdicts) -> Found:
    """Compares what was said of a conduct with what was said of the reference, row by row."""
    accused = tuple(
        row
        for row, verdict in said.items()
        if row != conduct.row and verdict["verdict"] in ACCUSING and sound[row]["verdict"] not in ACCUSING
    )
    dragged = tuple(row for row in accused if row in conduct.drags)
    collateral = tuple(row for row in accused if row not in conduct.drags)
    own = said.get(conduct.row, NOTHING)
    code = _code(conduct, own, sound.get(conduct.row, NOTHING))
    return Found(
        conduct=conduct,
        outcome=_outcome(conduct, own["verdict"], code, collateral),
        word=own["verdict"],
        code=code,
        dragged=dragged,
        collateral=collateral,
    )


def _code(conduct: Conduct, own: Mapping[str, Any], sound: Mapping[str, Any]) -> str:
    """Why the row says what it says; a word that depends may have its reason under another reading.

    What the reference is told too is no reason.
    """
    elsewhere = set(own.get("codes", ())) - set(sound.get("codes", ()))
    if own["verdict"] == "depends" and conduct.code in elsewhere:
        return conduct.code
    same = (own["verdict"], own["code"]) == (sound["verdict"], sound["code"])
    return "" if same else str(own["code"])


def _outcome(conduct: Conduct, word: str, code: str, collateral: tuple[str, ...]) -> Outcome:
    if conduct.kind == "variant":
        return "accused" if collateral else "left_alone"
    if word != conduct.word:
        return "missed"
    if code != conduct.code:
        return "wrong_reason"
    return "collateral" if collateral else "killed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Killing:
    """How a kill table is made: in which folder, over which rows of each conduct, how many stacks at once."""

    folder: Path
    rows: Sequence[str]
    scope: Scope = "chapter"
    jobs: int = 2
    replay: bool = False

    def selection(self, conduct: Conduct) -> tuple[str, ...]:
        """The rows that a conduct is run over; none stands for all, as on the command line.

        A lawful variant has no row of its own: it is run over the chapters it touches and the controls.
        """
        if self.scope == "all":
            return ()
        if conduct.kind == "variant":
            return (*self._of(conduct.chapters), *CONTROLS)
        return (conduct.row,) if self.scope == "row" else self._of((chapter_of(conduct.row),))

    def _of(self, chapters: Sequence[str]) -> tuple[str, ...]:
        return tuple(row for row in self.rows if chapter_of(row) in chapters)


def table(
    killing: Killing, conducts: Iterable[Conduct], reference: Sequence[events.Event] = ()
) -> Iterator[Found]:
    """Runs every conduct, several stacks at once, and yields in the order given.

    `reference` is a whole run of the reference, made first when there is none.
    """
    with ThreadPoolExecutor(killing.jobs) as workers:
        sound = _said(reference) if reference else _run(killing, "reference", ())[0]

        def kill(conduct: Conduct) -> Found:
            said, same = _run(killing, f"reference:{conduct.name}", killing.selection(conduct))
            found = judged(conduct, said, sound)
            return found if same else Found(conduct=conduct, outcome="not_replayed")

        yield from workers.map(kill, conducts)


def _run(killing: Killing, target: str, rows: tuple[str, ...]) -> tuple[dict[str, Mapping[str, Any]], bool]:
    """The verdicts of one run, and whether its replay wrote the same bytes; leaves nothing behind."""
    out = killing.folder / target.replace(":", "-")
    try:
        written = list(runs.launch(runs.RunRequest(target=target, out=out, obligations=rows)))
        same = True
        if killing.replay:
            for _ in runs.replay(out):
                pass
            same = runs.compare(out).identical
        return _said(written), same
    finally:
        shutil.rmtree(out, ignore_errors=True)


def _said(written: Sequence[events.Event]) -> dict[str, Mapping[str, Any]]:
    return {**_claimed(written), **_verdicts(written)}


def _claimed(written: Iterable[events.Event]) -> dict[str, Mapping[str, Any]]:
    """What the scenarios that ran claimed of the rows they hold besides the selected ones: accused or not."""
    layers = {row.id: row.layer for row in load_register().rows}
    return {
        event["row"]: {"verdict": "violated", "code": event["code"]}
        for event in written
        if event["kind"] == "claim" and layers[event["row"]] in BREACH_LAYERS and _under_any_reading(event)
    }


def _under_any_reading(claim: events.Event) -> bool:
    """Whether a claim accuses whatever is read; where readings differ a verdict is `depends`, which accuses nobody."""
    return all(word == "violated" for word, _code in claim["under"].values())


def _verdicts(written: Iterable[events.Event]) -> dict[str, Mapping[str, Any]]:
    """The verdict of each selected row, with the codes that its claims have under any reading."""
    written = list(written)
    codes: defaultdict[str, set[str]] = defaultdict(set)
    for event in written:
        if event["kind"] == "claim":
            codes[event["row"]] |= {code for _word, code in event["under"].values()}
    return {
        event["row"]: {**event, "codes": sorted(codes[event["row"]])}
        for event in written
        if event["kind"] == "verdict" and event["selected"]
    }
