"""Loading a file that was exported before: own values come in as own values, and no file says what CCUS said."""

from __future__ import annotations

import base64
import binascii
import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ccus_reference.annex1 import ITEMS, KINDS, label
from ccus_reference.editing import may_write
from ccus_reference.layout import HEADER, unguarded
from ccus_reference.moments import written
from ccus_reference.result import Result, refused
from ccus_reference.store import CCUS, USER, Item

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ccus_reference.tenant import Tenant

KEYS = {
    (KINDS[record_type], label(record_type, item)): (record_type, item)
    for record_type, items in ITEMS.items()
    for item in items
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a file: what it says of which item of whom, and what it says of the origin."""

    record_type: str
    subject: str
    item: str
    value: str
    origin: str


def reimport(tenant: Tenant, parts: Mapping[str, Any]) -> Result:
    """Takes in the lines of a file; says how many came in and how many did not."""
    lines = _lines(parts["file"].get("body"))
    if lines is None:
        return refused("このファイルは読み込めません。")
    user, acting_for = parts["user"], parts["acting_for"]
    taken = passed = 0
    for line in lines:
        mine = may_write(tenant, user, acting_for, line.record_type, line.subject)
        item = tenant.behaviour.taken_back(tenant, line, user) if mine else None
        if item is None:
            passed += 1
            continue
        tenant.store.keep([item])
        taken += 1
    tenant.note("reimport", user=user, taken=taken, passed=passed)
    return Result(detail={"taken": taken, "passed_over": passed})


def own_values_only(tenant: Tenant, line: Line, user: str) -> Item | None:
    """The value to keep of a line, or None.

    What CCUS provided comes from CCUS alone: a line that says so adds nothing, true or not. A line
    that calls a provided value the user's own adds nothing either, so no mark is washed off.
    """
    provided = {
        i.value
        for i in tenant.store.items(line.record_type, line.subject)
        if i.origin == CCUS and i.item == line.item
    }
    if line.origin != USER or line.value in provided:
        return None
    return item_of(tenant, line, USER, user)


def item_of(tenant: Tenant, line: Line, origin: str, user: str | None) -> Item:
    return Item(
        record_type=line.record_type,
        subject=line.subject,
        item=line.item,
        origin=origin,
        value=line.value,
        at=written(tenant.now),
        by_user=user,
    )


def _lines(body: Any) -> list[Line] | None:
    """The lines of the file, None when it is not one of ours."""
    try:
        text = base64.b64decode(body, validate=True).decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except (TypeError, ValueError, binascii.Error, csv.Error):
        return None
    if not rows or tuple(rows[0][: len(HEADER)]) != HEADER:
        return None
    return list(_read(rows[1:]))


def _read(rows: list[list[str]]) -> Iterator[Line]:
    for row in rows:
        if len(row) < len(HEADER) or (row[0], row[2]) not in KEYS:
            continue
        record_type, item = KEYS[row[0], row[2]]
        yield Line(record_type=record_type, subject=row[1], item=item, value=unguarded(row[3]), origin=row[4])
