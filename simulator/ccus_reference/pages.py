"""The HTML pages a user sees; every value is escaped and says where it came from."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING

from ccus_reference.annex1 import KINDS, TECHNICIAN, label

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ccus_reference.store import Item

MEDIA_TYPE = "text/html; charset=utf-8"
JSON = "application/json"
NOT_SHOWN = "該当する情報はありません。"
"""One sentence for what does not exist and for what may not be seen: the difference would disclose."""

_NAME_ITEM = {"technician": "t01_name", "business": "b01_trade_name"}


def page(title: str, body: str) -> bytes:
    head = f'<meta charset="utf-8"><title>{escape(title)}</title>'
    text = f"<body><h1>{escape(title)}</h1>\n{body}\n</body>"
    return f'<!doctype html>\n<html lang="ja"><head>{head}</head>\n{text}</html>\n'.encode()


def heading(record_type: str, _subject: str) -> str:
    """What stands above a record: its kind. The registry's id is a key, not something to read."""
    return f"{KINDS[record_type]}情報"


def record_page(
    title: str,
    record_type: str,
    subject: str,
    items: Sequence[Item],
    mark: Callable[[str], str],
    *,
    note: str = "",
) -> bytes:
    """One person's or firm's record: item, value, origin, below a note where there is one."""
    said = f"<p>{escape(note)}</p>\n" if note else ""
    return page(title, f"{said}{_table(record_type, subject, items, mark)}")


def as_of(items: Sequence[Item]) -> str:
    """What retained data say of themselves: of which day they are."""
    days = sorted({item.at[:10] for item in items if item.provision_id})
    return f"契約終了後の継続保有。{days[-1]}に提供された時点の情報で、更新されません。" if days else ""


def records_page(
    title: str, people: Iterable[tuple[str, Sequence[Item]]], mark: Callable[[str], str]
) -> bytes:
    """The whole records of several technicians, one below the other."""
    return page(title, "\n".join(_table(TECHNICIAN, subject, items, mark) for subject, items in people))


def _table(record_type: str, subject: str, items: Sequence[Item], mark: Callable[[str], str]) -> str:
    rows = "\n".join(
        f"<tr><th>{escape(label(record_type, i.item))}</th>{_valued(i, mark)}</tr>" for i in items
    )
    return f'<table data-kind="{record_type}" data-id="{escape(subject)}">\n{rows}\n</table>'


def record_document(
    record_type: str, subject: str, items: Sequence[Item], mark: Callable[[str], str]
) -> bytes:
    """The same record as this system's own interface gives it to a user's program."""
    rows = [
        {"item": label(record_type, i.item), "value": i.value, "origin": mark(i.origin) or None}
        for i in items
    ]
    document = {"kind": KINDS[record_type], "id": subject, "items": rows}
    return json.dumps(document, ensure_ascii=False).encode()


def list_page(
    title: str, people: Iterable[tuple[str, str, Sequence[Item]]], mark: Callable[[str], str]
) -> bytes:
    """Several technicians, a line each: what we call them, and their name as provided or entered."""
    rows = "\n".join(_line(subject, ours, items, mark) for subject, ours, items in people)
    return page(title, f'<table data-kind="{TECHNICIAN}">\n{rows}\n</table>')


def count_page(count: int) -> bytes:
    return page("技能者数", f'<p data-count="{count}">{count}名</p>')


def refusal_page() -> bytes:
    return page("お知らせ", f"<p>{NOT_SHOWN}</p>")


def _line(subject: str, ours: str, items: Sequence[Item], mark: Callable[[str], str]) -> str:
    names = "".join(_valued(i, mark) for i in items if i.item == _NAME_ITEM[i.record_type])
    return f'<tr data-id="{escape(subject)}"><th>{escape(ours)}</th>{names}</tr>'


def _valued(item: Item, mark: Callable[[str], str]) -> str:
    origin = mark(item.origin)
    flag = f'<span class="mark">「{escape(origin)}」</span>' if origin else ""
    return f'<td><span class="value">{escape(item.value)}</span>{flag}</td>'
