"""A paper laid out on the sheets of a workbook: which cell prints what, and which cell is an input.

The writer puts every spot where it stands, the reader looks for it there again, so both know one layout. A first
page lies on a raster of equal narrow columns; a large table has a sheet and columns of its own.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Final, Literal

from ccus_harness.papers.parts import BLANK, only
from ccus_harness.papers.telling import both

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ccus_harness.documents import Bilingual
    from ccus_harness.papers.parts import Column, Entry, Fact, Input, Paper, Table

__all__ = ["Grid", "Spot", "grids", "name_of"]

Role = Literal["number", "title", "box", "stamp", "label", "value", "note", "heading", "head", "cell"]

_RASTER: Final = (9,) * 12
_WIDE: Final = sum(_RASTER)
_LABEL: Final = 3  # columns of the raster that a label takes
_BOX: Final = 2
_STAMP: Final = 52.0
_TALL: Final = 34.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """One cell, or several merged ones; `table`, `entry` and `column` say which part of the paper it is."""

    row: int
    first: int
    last: int
    text: Bilingual
    role: Role
    tone: str = ""
    input: Input | None = None
    choices: tuple[str, ...] = ()
    table: str = ""
    entry: str = ""
    column: str = ""

    @property
    def place(self) -> str:
        return name_of(self.row, self.first)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """One sheet; with `large` it is one table whose first row every printed page repeats."""

    name: str
    widths: tuple[int, ...]
    spots: tuple[Spot, ...]
    heights: tuple[tuple[int, float], ...]
    large: bool = False

    @property
    def last_row(self) -> int:
        return max(spot.row for spot in self.spots)


def name_of(row: int, column: int) -> str:
    """The cell's name in a spreadsheet: row 0, column 26 is AA1."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"


def grids(paper: Paper) -> tuple[Grid, ...]:
    """The first page, and one sheet for each table unless the paper keeps them together."""
    if paper.together:
        return (_first_page(paper, paper.tables),)
    return (_first_page(paper, ()), *(_sheet(table) for table in paper.tables))


@dataclass(slots=True)
class _Page:
    """A sheet while it is laid out, row by row."""

    row: int = 0
    spots: list[Spot] = field(default_factory=list["Spot"])
    heights: list[tuple[int, float]] = field(default_factory=list[tuple[int, float]])

    def put(self, spots: Iterator[Spot] | Sequence[Spot], height: float) -> None:
        self.spots.extend(spots)
        self.heights.append((self.row, height))
        self.row += 1

    def skip(self) -> None:
        self.heights.append((self.row, 10.0))
        self.row += 1


def _first_page(paper: Paper, tables: Sequence[Table]) -> Grid:
    page, end = _Page(), len(_RASTER) - 1

    def across(text: Bilingual, role: Role, first: int = 0) -> list[Spot]:
        return [Spot(row=page.row, first=first, last=end, text=text, role=role)]

    page.put(across(only(f"{both('number').ja} {paper.number}"), "number", 6), 18.0)
    page.put(across(paper.issued, "number", 6), 26.0)
    page.put(across(paper.title, "title"), 44.0)
    page.skip()
    page.put(_boxes(page.row, paper.boxes, "box"), 26.0)
    page.put(_boxes(page.row, [BLANK] * len(paper.boxes), "stamp"), _STAMP)
    page.skip()
    for fact in paper.facts:
        page.put(_fact(fact, page.row), _height(fact.value, sum(_RASTER[_LABEL:]), least=26.0))
    for note in paper.notes:
        page.skip()
        page.put(across(note, "note"), _height(note, _WIDE))
    for table in tables:
        page.skip()
        page.put(across(table.title, "heading"), 28.0)
        _table(page, table, _spans(table.columns))
    return _grid(both("cover").ja, _RASTER, page)


def _boxes(row: int, texts: Sequence[Bilingual], role: Role) -> Iterator[Spot]:
    start = len(_RASTER) - _BOX * len(texts)
    for place, text in enumerate(texts):
        first = start + _BOX * place
        yield Spot(row=row, first=first, last=first + _BOX - 1, text=text, role=role)


def _fact(fact: Fact, row: int) -> Iterator[Spot]:
    yield Spot(row=row, first=0, last=_LABEL - 1, text=fact.label, role="label")
    last = len(_RASTER) - 1
    yield Spot(
        row=row, first=_LABEL, last=last, text=fact.value, role="value", input=fact.input, column=fact.key
    )


def _spans(columns: Sequence[Column]) -> list[tuple[int, int]]:
    """Where each column lies on the raster, as wide as its part of the whole."""
    whole = sum(column.width for column in columns)
    edges = [round(part * len(_RASTER) / whole) for part in accumulate((c.width for c in columns), initial=0)]
    return [(first, following - 1) for first, following in pairwise(edges)]


def _sheet(table: Table) -> Grid:
    page = _Page()
    _table(page, table, [(place, place) for place in range(len(table.columns))])
    return _grid(table.title.ja, tuple(column.width for column in table.columns), page, large=True)


def _grid(name: str, widths: tuple[int, ...], page: _Page, *, large: bool = False) -> Grid:
    return Grid(name=name, widths=widths, spots=tuple(page.spots), heights=tuple(page.heights), large=large)


def _table(page: _Page, table: Table, spans: Sequence[tuple[int, int]]) -> None:
    heads = [
        Spot(row=page.row, first=first, last=last, text=column.head, role="head")
        for column, (first, last) in zip(table.columns, spans, strict=True)
    ]
    page.put(heads, 28.0)
    for entry in table.entries:
        page.put(_line(page.row, table, entry, spans), _line_height(table, entry))
    if not table.entries:
        none = Spot(row=page.row, first=0, last=spans[-1][1], text=table.empty, role="note")
        page.put([none], 30.0)


def _line(row: int, table: Table, entry: Entry, spans: Sequence[tuple[int, int]]) -> Iterator[Spot]:
    for column, (first, last) in zip(table.columns, spans, strict=True):
        yield Spot(
            row=row,
            first=first,
            last=last,
            text=entry.cell(column.key),
            role="cell",
            tone=entry.tone,
            input=None if entry.closed else column.input,
            choices=tuple(choice for choice in column.choices if choice not in entry.without),
            table=table.key,
            entry=entry.key,
            column=column.key,
        )


def _line_height(table: Table, entry: Entry) -> float:
    least = _TALL if table.tall else 20.0
    return max(_height(entry.cell(column.key), column.width, least=least) for column in table.columns)


_LINE: Final = 12.5
_GLOSS_LINE: Final = 9.0
_LETTER: Final = 1.1  # a width counts digits of 11 points; the text is of 9
_GLOSS_LETTER: Final = 1.55
_HIGHEST: Final = 400.0  # a spreadsheet knows no row above 409 points


def _height(text: Bilingual, width: int, *, least: float = 20.0) -> float:
    """How high a cell must be for its text: spreadsheets measure neither merged nor glossed cells alike."""
    lines, glosses = _lines(text.ja, width * _LETTER), _lines(text.en, width * _GLOSS_LETTER)
    return min(max(lines * _LINE + glosses * _GLOSS_LINE + 4, least), _HIGHEST)


def _lines(text: str, width: float) -> int:
    return sum(max(1, -(-_places(line) // int(width - 1))) for line in text.splitlines())


def _places(text: str) -> int:
    """How many half-width places the text takes."""
    return sum(2 if unicodedata.east_asian_width(char) in "FWA" else 1 for char in text)
