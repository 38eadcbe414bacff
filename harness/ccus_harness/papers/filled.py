"""A filled-in workbook held against the paper it was made from: what stands in its inputs, and what was changed.

What is printed must still stand as it was printed: a changed word of the machine, another run's sheet or a moved
line is refused, with its cell.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from ccus_harness.papers import era
from ccus_harness.papers.excel import IDENTITY
from ccus_harness.papers.faults import SheetFault, raise_any
from ccus_harness.papers.grid import grids, name_of
from ccus_harness.papers.opening import Formula, opened

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from ccus_harness.documents import Bilingual
    from ccus_harness.papers.grid import Grid, Spot
    from ccus_harness.papers.opening import Sheets, type_of_cell
    from ccus_harness.papers.parts import Paper

__all__ = ["Answer", "Filled", "read_back"]

_OF_THE_RUN: Final = ("format", "paper", "run_id", "events_sha256")
_SHOWN: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What stands in one input, a day as its ISO date, and the cell it stands in."""

    text: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """The inputs of a paper: those of its first page, and those of each line of its tables."""

    fields: Mapping[str, Answer]
    lines: Mapping[tuple[str, str], Mapping[str, Answer]]

    def line(self, table: str, entry: str) -> Mapping[str, Answer]:
        return self.lines.get((table, entry), {})


def read_back(path: Path, paper: Paper, *, same_issue: bool) -> Filled:
    """What somebody filled in; raises `SheetFaults` with every cell that is wrong.

    With `same_issue` the sheet must also carry the paper's number.
    """
    sheets = opened(path)
    raise_any(path.name, _of_another(sheets, paper, same_issue=same_issue))
    faults: list[SheetFault] = []
    fields: dict[str, Answer] = {}
    lines: dict[tuple[str, str], dict[str, Answer]] = {}
    for grid in grids(paper):
        cells = sheets.get(grid.name, {})
        faults += _changed(grid, cells)
        for spot in (spot for spot in grid.spots if spot.input):
            place = f"{grid.name}!{spot.place}"
            answer, fault = _answer(spot, cells.get((spot.row, spot.first)), place)
            faults += [fault] if fault else []
            into = lines.setdefault((spot.table, spot.entry), {}) if spot.table else fields
            into[spot.column] = answer
    raise_any(path.name, faults)
    return Filled(fields=fields, lines=lines)


def _of_another(sheets: Sheets, paper: Paper, *, same_issue: bool) -> Iterator[SheetFault]:
    """Whether a workbook is this paper of this run."""
    told = {
        str(key): str(sheets[IDENTITY].get((row, 1), ""))
        for (row, column), key in sheets.get(IDENTITY, {}).items()
        if column == 0
    }
    if not told:
        yield SheetFault(path=IDENTITY, code="no_identity")
        return
    for key in (*_OF_THE_RUN, "number") if same_issue else _OF_THE_RUN:
        if told.get(key) != paper.identity[key]:
            values = {"what": key, "found": told.get(key, ""), "expected": paper.identity[key]}
            yield SheetFault(path=IDENTITY, code="other", values=values)
    for grid in grids(paper):
        if grid.name not in sheets:
            yield SheetFault(path=grid.name, code="no_sheet")


def _changed(grid: Grid, cells: Mapping[tuple[int, int], type_of_cell]) -> Iterator[SheetFault]:
    """What is printed and no longer stands so; only in tables that are filled in, where a word is decided on."""
    if not any(spot.input for spot in grid.spots if spot.table):
        return
    for spot in grid.spots:
        if spot.input or not (spot.table or spot.role == "head"):
            continue
        found = cells.get((spot.row, spot.first), "")
        if _plain(found) != _plain(_printed(spot.text)):
            values = {"found": _short(found), "expected": _short(_printed(spot.text))}
            yield SheetFault(path=f"{grid.name}!{spot.place}", code="changed", values=values)
    yield from _beyond(grid, cells)


def _beyond(grid: Grid, cells: Mapping[tuple[int, int], type_of_cell]) -> Iterator[SheetFault]:
    """What was written where the paper has no cell: it would be lost."""
    for row, column in sorted(cells):
        if grid.large and (row > grid.last_row or column >= len(grid.widths)):
            place = f"{grid.name}!{name_of(row, column)}"
            yield SheetFault(path=place, code="beyond", values={"found": _short(cells[row, column])})


def _printed(text: Bilingual) -> str:
    return f"{text.ja}\n{text.en}" if text.ja and text.en else text.ja or text.en


def _answer(spot: Spot, value: type_of_cell | None, place: str) -> tuple[Answer, SheetFault | None]:
    """The text of an input, and what is wrong with it."""
    if isinstance(value, Formula):
        return Answer(text="", place=place), SheetFault(path=place, code="formula")
    if value is None or not _plain(value):
        return Answer(text="", place=place), None
    if spot.input == "date":
        day = era.day_of(value)
        wrong = SheetFault(path=place, code="date", values={"found": _short(value)}) if day is None else None
        return Answer(text=day.isoformat() if day else "", place=place), wrong
    text = value.isoformat() if isinstance(value, date) else value
    if spot.input == "choice" and text not in spot.choices:
        values = {"found": _short(text), "choices": list(spot.choices)}
        return Answer(text="", place=place), SheetFault(path=place, code="choice", values=values)
    return Answer(text=text, place=place), None


def _plain(value: type_of_cell) -> str:
    """The text as a person sees it: a spreadsheet may write line ends and spaces in its own way."""
    if not isinstance(value, str):
        return str(value)
    return "\n".join(
        " ".join(line.split()) for line in unicodedata.normalize("NFC", value).splitlines()
    ).strip()


def _short(value: type_of_cell) -> str:
    text = " ".join(_plain(value).split()) if not isinstance(value, Formula) else "=…"
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
