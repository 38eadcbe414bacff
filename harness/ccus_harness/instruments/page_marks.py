"""Which mark stands beside a value on a page: read from the page alone, by the texts that the profile declares."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

SKIPPED = frozenset({"script", "style", "template", "head"})
VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
)
DEEPEST = 200
LARGEST = 8 << 20


@dataclass(slots=True)
class Node:
    """An element with the texts and elements inside it, in order."""

    name: str
    parent: Node | None
    depth: int
    parts: list[Node | str] = field(default_factory=list["Node | str"])

    def text(self) -> str:
        pieces: list[str] = []
        todo: list[Node | str] = [self]
        while todo:
            part = todo.pop()
            if isinstance(part, str):
                pieces.append(part)
            else:
                todo.extend(reversed(part.parts))
        return "".join(pieces)


class _Reader(HTMLParser):
    """Builds the elements of a page, whatever is wrong with it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("page", None, 0)
        self.at = self.root
        self.leaves: list[tuple[Node, str]] = []
        self._skipping = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        _ = attrs
        if tag in SKIPPED:
            self._skipping += 1
        elif tag not in VOID and self.at.depth < DEEPEST:
            node = Node(tag, self.at, self.at.depth + 1)
            self.at.parts.append(node)
            self.at = node

    def handle_endtag(self, tag: str) -> None:
        if tag in SKIPPED:
            self._skipping = max(0, self._skipping - 1)
            return
        node: Node | None = self.at
        while node is not None and node.name != tag:
            node = node.parent
        if node is not None and node.parent is not None:
            self.at = node.parent

    def handle_data(self, data: str) -> None:
        if not self._skipping:
            self.at.parts.append(data)
            self.leaves.append((self.at, data))


@dataclass(frozen=True, slots=True, kw_only=True)
class PageMarks:
    """The texts by which a candidate's pages tell the origin of a value."""

    ccus: str
    other: str = ""


def marks_on(page: bytes, marks: PageMarks, values: list[str]) -> dict[str, bool | None]:
    """For each value that stands on the page: whether CCUS is said beside it; None when nothing is said.

    "Beside" is the smallest element around the value that holds a declared mark and none of the values
    that stand outside the value's own cell; when both marks stand there, the first after the value counts.
    """
    reader = _read(page)
    found: dict[str, bool | None] = {}
    for value in values:
        said = [_beside(leaf, value, marks, values) for leaf, text in reader.leaves if value in text]
        if said:
            found[value] = None if None in said else all(said)
    return found


def page_text(page: bytes) -> str:
    """What somebody reads on the page, in order."""
    return _read(page).root.text()


def _read(page: bytes) -> _Reader:
    reader = _Reader()
    reader.feed(page[:LARGEST].decode("utf-8", errors="replace"))
    reader.close()
    return reader


def _beside(leaf: Node, value: str, marks: PageMarks, values: list[str]) -> bool | None:
    own = leaf.text()  # two phone numbers may share one cell, and then they share its mark
    others = [other for other in values if other not in own]
    for node in _around(leaf):
        text = node.text()
        if any(other in text for other in others):
            return None
        said = _first(text, value, marks)
        if said is not None:
            return said
    return None


def _around(node: Node) -> Iterator[Node]:
    while node.parent is not None:
        yield node
        node = node.parent


def _first(text: str, value: str, marks: PageMarks) -> bool | None:
    """The mark that comes first after the value, else any before it."""
    before, _, after = text.partition(value)
    for part in (after, before):
        places = {mark: part.find(mark) for mark in (marks.ccus, marks.other) if mark and mark in part}
        if places:
            return min(places, key=lambda mark: places[mark]) == marks.ccus
    return None
