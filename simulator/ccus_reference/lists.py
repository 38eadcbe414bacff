"""Lists that this system works out from what it keeps: whose term of validity runs out next."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import TYPE_CHECKING

from ccus_reference.annex1 import TECHNICIAN

if TYPE_CHECKING:
    from pathlib import Path

    from ccus_reference.tenant import Tenant

REMIND_WITHIN = timedelta(days=30)
NAME, VALID_UNTIL = "t01_name", "t26_valid_until"
HEADER = ("氏名", "有効期限", "30日以内")


def expiries(tenant: Tenant) -> list[tuple[str, str, str]]:
    """Name and term of everybody, the soonest first; the last column says whether it is soon."""
    horizon = (tenant.now + REMIND_WITHIN).date().isoformat()
    rows: list[tuple[str, str, str]] = []
    for subject in tenant.store.subjects(TECHNICIAN):
        known = {item.item: item.value for item in tenant.store.items(TECHNICIAN, subject)}
        if VALID_UNTIL in known:
            until = known[VALID_UNTIL]
            rows.append((known.get(NAME, ""), until, "はい" if until[:10] <= horizon else ""))
    return sorted(rows, key=lambda row: (row[1], row[0]))


def write(tenant: Tenant) -> int:
    """Writes the list anew; says how many terms run out soon."""
    rows = expiries(tenant)
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows([HEADER, *rows])
    path(tenant).write_text(text.getvalue(), encoding="utf-8")
    return sum(bool(soon) for _, _, soon in rows)


def count(tenant: Tenant) -> int:
    """How many people the list names now."""
    if not path(tenant).exists():
        return 0
    return len(path(tenant).read_text(encoding="utf-8").splitlines()) - 1


def path(tenant: Tenant) -> Path:
    return tenant.lists / "expiries.csv"
