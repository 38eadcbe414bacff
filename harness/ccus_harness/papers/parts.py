"""The parts of a paper: plain frozen data that the Excel and the PDF are both written from.

A cell is either printed, and then protected, or an input that somebody fills in. Nothing here knows a format.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from ccus_harness.documents import Bilingual
from ccus_harness.papers.telling import both

if TYPE_CHECKING:
    from collections.abc import Mapping

Kind = Literal["review", "findings", "improvement", "attendance"]
Input = Literal["text", "date", "choice"]

KINDS: tuple[Kind, ...] = ("review", "findings", "improvement", "attendance")


def only(text: str) -> Bilingual:
    """A text that is the same in both languages: an id, a digest, what a candidate said."""
    return Bilingual(ja=text, en="")


BLANK = only("")


def or_none(value: str) -> Bilingual:
    """A value of the bundle; without a bundle the paper says so."""
    return only(value) if value else both("no_bundle")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a table; `width` counts half-width characters, `choices` are what an input may say."""

    key: str
    head: Bilingual
    width: int
    input: Input | None = None
    choices: tuple[str, ...] = ()


def column(key: str, width: int, kind: Input | None = None, choices: tuple[str, ...] = ()) -> Column:
    """The column `key`, under the heading that the papers give it."""
    return Column(key=key, head=both(f"head.{key}"), width=width, input=kind, choices=choices)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a table, under a key that no other line of it has.

    Nobody fills in a `closed` one; `without` are choices of its column that it does not have.
    """

    key: str
    cells: Mapping[str, Bilingual]
    tone: str = ""
    closed: bool = False
    without: tuple[str, ...] = ()

    def cell(self, column: str) -> Bilingual:
        return self.cells.get(column, BLANK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Lines under one heading; one sheet of the workbook. `tall` lines are to be signed by hand."""

    key: str
    title: Bilingual
    columns: tuple[Column, ...]
    entries: tuple[Entry, ...]
    empty: Bilingual = BLANK
    tall: bool = False

    @property
    def filled_in(self) -> bool:
        """Whether somebody is to write into it."""
        return any(column.input for column in self.columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A label and its value on the first page; with `input` the value is for somebody to write."""

    key: str
    label: Bilingual
    value: Bilingual = BLANK
    input: Input | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One paper: what it is called, under which number, what it says and what is to be filled in.

    `together` keeps its small tables on one upright page; else each is a broad sheet of its own.
    """

    kind: Kind
    title: Bilingual
    number: str
    issued: Bilingual
    facts: tuple[Fact, ...]
    tables: tuple[Table, ...]
    notes: tuple[Bilingual, ...]
    boxes: tuple[Bilingual, ...]
    together: bool = False
    identity: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def name(self) -> str:
        """What its files are called."""
        return self.title.ja

    def table(self, key: str) -> Table:
        return next(table for table in self.tables if table.key == key)
