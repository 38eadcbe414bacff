"""Rewriting a table that a candidate exported, in its own layout, as somebody who wants to deceive it would."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ccus_harness.instruments.artefacts import ArtefactUnreadable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ccus_harness.instruments.artefacts import Layout


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """A line to add: what it says of one item of one technician."""

    subject: str
    item: str
    value: str
    marked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Flipped:
    """A value whose mark is to say the opposite."""

    subject: str
    value: str
    marked: bool


def rewritten(body: bytes, layout: Layout, flipped: Sequence[Flipped], added: Sequence[Added]) -> bytes:
    """The table with some marks turned round and some lines added; everything else as it came.

    Raises `ArtefactUnreadable` when the table has not the declared columns.
    """
    encoding = "utf-8-sig" if layout.encoding.lower() == "utf-8" else layout.encoding
    text = body.decode(encoding, errors="replace")
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=layout.delimiter))
    places = _places(rows[0] if rows else [], layout)
    origin = {True: min(layout.marked, default=""), False: min(layout.unmarked, default="")}
    for row in rows[1:]:
        for flip in flipped:
            if len(row) > max(places.values()) and _is(row, places, flip):
                row[places["origin"]] = origin[flip.marked]
    lines = [_line(len(rows[0]), places, layout, one, origin[one.marked]) for one in added]
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=layout.delimiter, lineterminator="\r\n").writerows([*rows, *lines])
    return out.getvalue().encode(layout.encoding, errors="replace")


def _places(header: Sequence[str], layout: Layout) -> Mapping[str, int]:
    names = [name.strip() for name in header]
    missing = [name for name in layout.columns.values() if name not in names]
    if missing:
        raise ArtefactUnreadable("column_missing", "、".join(missing))
    return {meaning: names.index(name) for meaning, name in layout.columns.items()}


def _is(row: Sequence[str], places: Mapping[str, int], flip: Flipped) -> bool:
    return flip.subject in row[places["id"]] and flip.value in row[places["value"]]


def _line(width: int, places: Mapping[str, int], layout: Layout, one: Added, origin: str) -> list[str]:
    kind = next(name for name, kind in layout.record_types.items() if kind == "technician")
    label = next(name for (of, name), key in layout.labels.items() if key == one.item and of == "technician")
    cells = {"record_type": kind, "id": one.subject, "item": label, "value": one.value, "origin": origin}
    row = [""] * width
    for meaning, text in cells.items():
        row[places[meaning]] = text
    return row
