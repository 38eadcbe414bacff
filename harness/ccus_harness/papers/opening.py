"""A workbook that somebody sent, opened with bounds: what it costs to read is decided before it is read.

It comes from a vendor or over a mailbox. No macro, link or entity in it is followed, and nothing is computed.
"""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, cast

from ccus_harness.papers.faults import NeedsExtra, SheetFault, SheetFaults

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["Formula", "Sheets", "opened"]

LARGEST: Final = 20 * 1024**2
LARGEST_UNPACKED: Final = 40 * 1024**2
MOST_PARTS: Final = 500
MOST_ROWS: Final = 5_000
MOST_COLUMNS: Final = 200

_ESCAPED: Final = re.compile(
    r"_x(00[01][0-9A-Fa-f])_"
)  # a control character; openpyxl undoes the other escapes
_DECLARES: Final = (b"<!DOCTYPE", b"<!ENTITY")


class Formula:
    """Stands for a cell that computes its value: an answer is what somebody wrote."""


type_of_cell = str | date | Formula
Sheets = dict[str, dict[tuple[int, int], type_of_cell]]
"""Each sheet's cells by row and column, both from 0; a blank one is not there."""


def opened(path: Path) -> Sheets:
    """The cells of a workbook; raises `SheetFaults` when it is none or would cost too much to read."""
    packed, openpyxl = _bytes(path), _openpyxl()
    try:
        _check(packed)
        book = openpyxl.load_workbook(io.BytesIO(packed), keep_links=False, data_only=False)
    except _Unfit as unfit:
        raise _unreadable(path, str(unfit)) from unfit
    except Exception as fault:  # openpyxl raises whatever a broken part makes it stumble over
        raise _unreadable(path, f"{type(fault).__name__}: {fault}") from fault
    return {sheet.title: _cells(sheet) for sheet in book.worksheets}


def _openpyxl() -> Any:
    try:
        return import_module("openpyxl")
    except ImportError as lacking:
        raise NeedsExtra from lacking


class _Unfit(Exception):
    """A file that is not opened at all."""


def _unreadable(path: Path, why: str) -> SheetFaults:
    return SheetFaults(path.name, [SheetFault(path=path.name, code="unreadable", values={"why": why})])


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            packed = file.read(LARGEST + 1)
    except OSError as fault:
        raise _unreadable(path, str(fault.strerror)) from fault
    if len(packed) > LARGEST:
        raise _unreadable(path, f"> {LARGEST} bytes")
    return packed


def _check(packed: bytes) -> None:
    """Refuses what unpacks beyond bounds, and parts that declare entities."""
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        entries = archive.infolist()
        if len(entries) > MOST_PARTS:
            raise _Unfit(f"{len(entries)} parts")
        if sum(entry.file_size for entry in entries) > LARGEST_UNPACKED:
            raise _Unfit(f"> {LARGEST_UNPACKED} bytes unpacked")
        for entry in entries:
            if entry.filename.endswith((".xml", ".rels")):
                _plain_part(entry.filename, archive.read(entry))


def _plain_part(name: str, body: bytes) -> None:
    # Two zero bytes are UTF-16 or UTF-32, in which a declaration would not be seen.
    if b"\0" in body[:64] or any(word in body for word in _DECLARES):
        raise _Unfit(f"{name}: DTD")


def _cells(sheet: Any) -> dict[tuple[int, int], type_of_cell]:
    found: dict[tuple[int, int], type_of_cell] = {}
    stored = cast("Mapping[tuple[int, int], Any]", sheet._cells)  # noqa: SLF001 - only what is there; iter_rows makes the rest
    for (row, column), cell in stored.items():
        if row > MOST_ROWS or column > MOST_COLUMNS:
            continue
        value = _value(cell)
        if value not in ("", None):
            found[row - 1, column - 1] = value
    return found


def _value(cell: Any) -> type_of_cell | None:
    value = cell.value
    if cell.data_type in ("f", "e") or not isinstance(value, str | int | float | date | datetime | None):
        return Formula()
    if isinstance(value, datetime):
        return value.date()
    if value is None or isinstance(value, date):
        return value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return _ESCAPED.sub(lambda escape: chr(int(escape[1], 16)), str(value)).strip()
