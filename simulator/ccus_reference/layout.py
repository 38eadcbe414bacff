"""The one table in which this system hands data out: long form, a value a line, its origin beside it."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from ccus_reference.annex1 import KINDS, label

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ccus_reference.store import Item

HEADER = ("種別", "ID", "項目", "値", "出所")
MEDIA_TYPE = "text/csv; charset=utf-8"


def table(items: Iterable[Item], mark: Callable[[str], str]) -> bytes:
    """The items as CSV in UTF-8, each with the mark of its origin."""
    text = io.StringIO(newline="")
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(HEADER)
    for i in items:
        rows.writerow(
            (KINDS[i.record_type], i.subject, label(i.record_type, i.item), guarded(i.value), mark(i.origin))
        )
    return text.getvalue().encode()


def origin_mark(origin: str) -> str:
    """What is written beside a value to tell where it came from."""
    return origin


def guarded(value: str) -> str:
    """A cell that no spreadsheet takes for a formula: such a value gets an apostrophe in front."""
    return f"'{value}" if value.startswith(_FORMULA) else value


_FORMULA = ("=", "+", "-", "@", "\t", "\r")
