"""The HTML pages a user sees; every value is escaped and says where it came from."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from ccus_reference.annex1 import KINDS, TECHNICIAN, label

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ccus_reference.store import Item

MEDIA_TYPE = "text/html; charset=utf-8"
NOT_SHOWN = "該当する情報はありません。"
"""One sentence for what does not exist and for what may not be seen: the difference would disclose."""

_NAME_ITEM = {"technician": "t01_name", "business": "b01_trade_name"}


def page(title: str, body: str) -> bytes:
    head = f'<meta charset="utf-8"><title>{escape(title)}</title>'
    text = f"<body><h1>{escape(title)}</h1>\n{body}\n</body>"
    return f'<!doctype html>\n<html lang="ja"><head>{head}</head>\n{text}</html>\n'.encode()


def record_page(record_type: str, subject: str, items: Sequence[Item], mark: Callable[[str], str]) -> bytes:
    """One person's or firm's record: item, value, origin."""
    rows = "\n".join(
        f"<tr><th>{escape(label(record_type, i.item))}</th>{_valued(i, mark)}</tr>" for i in items
    )
    table = f'<table data-kind="{record_type}" data-id="{escape(subject)}">\n{rows}\n</table>'
    return page(f"{KINDS[record_type]}情報", table)


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
