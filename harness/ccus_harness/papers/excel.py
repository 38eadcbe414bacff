"""A paper as a workbook: protected but for its inputs, and the same bytes for the same paper.

Whatever a candidate wrote stands in its cell as text. It is written as a string, never as a formula, a link or a
number, and carries the mark that keeps a spreadsheet from reading it as one when somebody edits the cell.
"""

from __future__ import annotations

import io
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from ccus_harness.papers import era
from ccus_harness.papers.faults import NeedsExtra
from ccus_harness.papers.grid import grids
from ccus_harness.papers.telling import both

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from ccus_harness.papers.grid import Grid, Spot
    from ccus_harness.papers.parts import Paper

__all__ = ["IDENTITY", "workbook"]

IDENTITY: Final = "照合"
"""The hidden sheet that says of which run and which issue a workbook is."""

_FONT: Final = "Yu Gothic"
_A4: Final = 9
_DAY: Final = '[$-411]ggge"年"m"月"d"日";@'
_INERT: Final = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "in_memory": True,
}
_MAY: Final = {
    "format_columns": True,
    "format_rows": True,
    "autofilter": True,
    "select_locked_cells": True,
    "select_unlocked_cells": True,
}
_BASE: Final = {"font_name": _FONT, "font_size": 9, "text_wrap": True, "valign": "top"}
_ROLES: Final[Mapping[str, Mapping[str, Any]]] = {
    "number": {"align": "right", "valign": "vcenter"},
    "title": {"font_size": 20, "bold": True, "align": "center", "valign": "vcenter"},
    "box": {"border": 1, "align": "center", "valign": "vcenter"},
    "stamp": {"border": 1},
    "label": {"border": 1, "bg_color": "#EEF1F4", "valign": "vcenter"},
    "value": {"border": 1, "valign": "vcenter"},
    "note": {},
    "heading": {"font_size": 11, "bold": True, "valign": "bottom"},
    "head": {"border": 1, "bold": True, "bg_color": "#DDE3EA", "align": "center", "valign": "vcenter"},
    "cell": {"border": 1},
}
_TONES: Final = {
    "violated": "#F8D7D4",
    "failed": "#F8D7D4",
    "error": "#E7DCF2",
    "waits": "#FFF3C4",
    "held": "#FFF3C4",
}
_TONED: Final = ("machine", "kind", "mark", "finding", "id")
_FILL_IN: Final = "#FFFFFF"
_WAITING: Final = "#FFFBE8"
_GLOSS: Final = {"font_name": _FONT, "font_size": 6.5, "color": "#555555"}


def workbook(paper: Paper, issued: date) -> bytes:
    """The bytes of the workbook; `issued` is the day that it says it was made on."""
    held = io.BytesIO()
    book: Any = _xlsxwriter().Workbook(held, _INERT)
    book.set_properties({"title": paper.title.ja, "subject": paper.number, "created": _midnight(issued)})
    writer = _Writer(book)
    for grid in grids(paper):
        writer.sheet(grid, paper)
    _identity(book, paper)
    book.close()
    return held.getvalue()


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a workbook knows no zone


def _xlsxwriter() -> Any:
    try:
        return import_module("xlsxwriter")
    except ImportError as lacking:
        raise NeedsExtra from lacking


class _Writer:
    """Puts the spots of a paper into a workbook, and makes each format once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}

    def sheet(self, grid: Grid, paper: Paper) -> None:
        sheet = self._book.add_worksheet(grid.name)
        for place, width in enumerate(grid.widths):
            sheet.set_column(place, place, width)
        for row, height in grid.heights:
            sheet.set_row(row, height)
        for spot in grid.spots:
            self._spot(sheet, spot)
        _page(sheet, grid, paper)
        sheet.protect("", _MAY)

    def _spot(self, sheet: Any, spot: Spot) -> None:
        style = self._format(_style(spot))
        if spot.last > spot.first:
            sheet.merge_range(spot.row, spot.first, spot.row, spot.last, "", style)
        self._write(sheet, spot, style)
        if offered := _validation(spot):
            sheet.data_validation(spot.row, spot.first, spot.row, spot.last, offered)

    def _write(self, sheet: Any, spot: Spot, style: Any) -> None:
        place, text = (spot.row, spot.first), spot.text
        day = era.day_of(text.ja) if spot.input == "date" else None
        if day:
            sheet.write_datetime(*place, _midnight(day), style)
        elif text.ja and text.en:
            gloss = self._format(_GLOSS)
            own = self._format(_letters(spot))
            sheet.write_rich_string(*place, own, text.ja, gloss, f"\n{text.en}", style)
        elif alone := text.ja or text.en:
            if alone.startswith(_RAW):
                own = self._format(_letters(spot))
                sheet.write_rich_string(*place, own, alone[:1], own, alone[1:], style)
            else:
                sheet.write_string(*place, alone, style)
        else:
            sheet.write_blank(*place, None, style)

    def _format(self, style: Mapping[str, Any]) -> Any:
        key = tuple(sorted(style.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format(dict(style))
        return self._formats[key]


_RAW: Final = "<r>"
"""What xlsxwriter would take for markup of its own and put into the file as it is."""


def _letters(spot: Spot) -> dict[str, Any]:
    """The part of a cell's style that letters have."""
    return {key: part for key, part in _style(spot).items() if key in ("font_name", "font_size", "bold")}


def _style(spot: Spot) -> dict[str, Any]:
    style = {**_BASE, **_ROLES[spot.role], "quote_prefix": True}
    if spot.role == "cell" and spot.column in _TONED and spot.tone in _TONES:
        style["bg_color"] = _TONES[spot.tone]
    if spot.input:
        style |= {"locked": False, "bg_color": _WAITING if spot.tone == "waits" else _FILL_IN}
        style |= {"num_format": _DAY if spot.input == "date" else "@"}
        if spot.input == "date":
            style["quote_prefix"] = False
    return style


def _validation(spot: Spot) -> dict[str, Any] | None:
    """What an input offers: a list refuses other words; all else is looked at when it is read back."""
    if spot.input == "choice":
        return {"validate": "list", "source": list(spot.choices), "ignore_blank": True}
    if spot.input == "date":
        return {"validate": "any", "input_title": both("fill_in").ja, "input_message": both("a_date").ja}
    return None


def _page(sheet: Any, grid: Grid, paper: Paper) -> None:
    """A4, the whole width on one page, headings on every page, number and page below."""
    sheet.set_paper(_A4)
    if grid.large:
        sheet.set_landscape()
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.print_area(0, 0, grid.last_row, len(grid.widths) - 1)
    if grid.large:
        sheet.repeat_rows(0)
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, grid.last_row, len(grid.widths) - 1)
    named = f"{both('number').ja} {paper.number}".replace("&", "&&")
    sheet.set_header(f"&L&8{paper.title.ja.replace('&', '&&')}&R&8{named}")
    sheet.set_footer(f"&C&8&P / &N {both('page').ja}")


def _identity(book: Any, paper: Paper) -> None:
    sheet = book.add_worksheet(IDENTITY)
    for row, (key, value) in enumerate(paper.identity.items()):
        sheet.write_string(row, 0, key)
        sheet.write_string(row, 1, value)
    sheet.protect("")
    sheet.very_hidden()
