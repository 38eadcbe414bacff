"""The one table in which this system hands data out: long form, a value a line, its origin beside it."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from ccus_reference.annex1 import KINDS, label
from ccus_reference.store import CCUS, USER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from ccus_reference.store import Item, Provision

HEADER = ("種別", "ID", "項目", "値", "出所")
ACQUISITION = ("提供番号", "依頼番号", "提供日時", "取得日時", "様式の版")
ANNEX_VERSION = "別紙1（34項目・23項目）"
MEDIA_TYPE = "text/csv; charset=utf-8"


def table(items: Iterable[Item], mark: Callable[[str], str]) -> bytes:
    """The items as CSV in UTF-8, each with the mark of its origin."""
    text = io.StringIO(newline="")
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(HEADER)
    for i in items:
        rows.writerow(_cells(i, mark))
    return text.getvalue().encode()


def acquired(items: Iterable[Item], orders: Mapping[str, Provision], mark: Callable[[str], str]) -> bytes:
    """The same table with how each value was acquired: by which provision and request, when, in what version."""
    text = io.StringIO(newline="")
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow((*HEADER, *ACQUISITION))
    for i in items:
        rows.writerow((*_cells(i, mark), *_how(i, orders.get(i.provision_id or ""))))
    return text.getvalue().encode()


def in_one_file(
    items: Sequence[Item], orders: Mapping[str, Provision], mark: Callable[[str], str]
) -> Mapping[str, bytes]:
    """The operator's dump: one table of everything, each value with its mark."""
    return {"holdings.csv": acquired(items, orders, mark)}


def in_separate_files(
    items: Sequence[Item], orders: Mapping[str, Provision], mark: Callable[[str], str]
) -> Mapping[str, bytes]:
    """A dump of separate stores: what came from CCUS in one file, users' own entries in another, no mark in either."""

    def of(origin: str) -> bytes:
        text = io.StringIO(newline="")
        rows = csv.writer(text, lineterminator="\r\n")
        rows.writerow((*HEADER[:-1], *ACQUISITION))
        ours = [i for i in items if i.origin == origin]
        rows.writerows((*_cells(i, mark)[:-1], *_how(i, orders.get(i.provision_id or ""))) for i in ours)
        return text.getvalue().encode()

    return {f"{name}.csv": of(origin) for name, origin in (("from-ccus", CCUS), ("own-entries", USER))}


def _cells(i: Item, mark: Callable[[str], str]) -> tuple[str, ...]:
    return (KINDS[i.record_type], i.subject, label(i.record_type, i.item), guarded(i.value), mark(i.origin))


def _how(i: Item, provision: Provision | None) -> tuple[str, ...]:
    if provision is None:
        return ("", "", "", i.at, "")
    return (provision.provision_id, provision.order_id, provision.provided_at, i.at, ANNEX_VERSION)


def origin_mark(origin: str) -> str:
    """What is written beside a value to tell where it came from."""
    return origin


def guarded(value: str) -> str:
    """A cell that no spreadsheet takes for a formula: such a value gets an apostrophe in front."""
    return f"'{value}" if value.startswith(_FORMULA) else value


def unguarded(cell: str) -> str:
    """The value that a guarded cell stands for."""
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(_FORMULA) else cell


def as_it_is(_channel: str, mark: str) -> str:
    """Whether a mark is shown on pages, in files and in the operator's dump: everywhere."""
    return mark


_FORMULA = ("=", "+", "-", "@", "\t", "\r")
