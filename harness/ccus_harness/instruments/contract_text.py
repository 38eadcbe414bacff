"""The agreement's text looked through for what it leaves open or gets wrong; reported, never corrected.

Patterns stand as data in `schemas/text-defects.json`. What was not found was not seen in this text: that
is no promise that the text is free of it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from ccus_harness.annex1 import load_annex1
from ccus_harness.documents import Bilingual, load
from ccus_harness.locator import data

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_ARTICLE = re.compile(r"^第\s*(\d+)\s*条\s*[((](.+?)[))]", re.MULTILINE)
_REFERENCE = re.compile(r"第\s*(\d+)\s*条\s*[((]([^()()]+?)[))]")
_ANNEX = re.compile(r"^別紙\s*1", re.MULTILINE)
_BLANK = re.compile(r"[●〇○]{1,}\s*(年|月|日|株式会社)|[〇○]{2,}|^\s*年\s+月\s+日", re.MULTILINE)
_ITEM_LIKE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """A text in its parts: what stands before the articles, the articles by number, and the annex."""

    preamble: str
    headings: Mapping[int, str]
    bodies: Mapping[int, str]
    annex: str

    @property
    def articles(self) -> str:
        return "\n".join(self.bodies.values())

    def part(self, scope: str) -> str | None:
        """The text of a scope; None when this contract has no such article."""
        if scope.isdigit():
            return self.bodies.get(int(scope))
        whole = f"{self.preamble}\n{self.articles}\n{self.annex}"
        return {"preamble": self.preamble, "annex": self.annex, "articles": self.articles, "all": whole}[
            scope
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextDefect:
    """One known fault of the text, and what in this text shows it."""

    id: str
    place: str
    says: Bilingual
    seen: tuple[str, ...]


def read(text: str) -> Contract:
    """The parts of a contract's text, in any width of digits and brackets."""
    plain = unicodedata.normalize("NFKC", text).replace("\r\n", "\n")
    plain = re.sub(r"(?<=[^\x00-\x7f]) +(?=\S)|(?<=\S) +(?=[^\x00-\x7f\s])", "", plain)
    main, annex = _split(plain)
    marks = list(_ARTICLE.finditer(main))
    ends = [*(mark.start() for mark in marks[1:]), len(main)][: len(marks)]
    return Contract(
        preamble=main[: marks[0].start()] if marks else main,
        headings={int(mark[1]): mark[2] for mark in marks},
        bodies={int(mark[1]): main[mark.end() : end] for mark, end in zip(marks, ends, strict=True)},
        annex=annex,
    )


def _split(plain: str) -> tuple[str, str]:
    mark = next(iter(list(_ANNEX.finditer(plain))[-1:]), None)
    return (plain, "") if mark is None else (plain[: mark.start()], plain[mark.start() :])


def blanks(text: str) -> list[str]:
    """Places that a signed contract must have filled in."""
    plain = unicodedata.normalize("NFKC", text)
    return [" ".join(match[0].split()) for match in _BLANK.finditer(plain)]


def defects(text: str) -> list[TextDefect]:
    """Every known fault that can be seen in this text, in the order of the list."""
    contract = read(text)
    found = ((rule, _seen(contract, rule)) for rule in _rules())
    return [
        TextDefect(
            id=rule["id"], place=rule["place"], says=Bilingual(ja=rule["ja"], en=rule["en"]), seen=tuple(seen)
        )
        for rule, seen in found
        if seen is not None
    ]


def _seen(contract: Contract, rule: Mapping[str, Any]) -> list[str] | None:
    """What shows the fault, or None when it does not show."""
    if rule.get("computed"):
        return list(_COMPUTED[rule["computed"]](contract)) or None
    found: list[str] = []
    for scope, pattern in rule.get("has", ()):
        match = re.search(pattern, contract.part(scope) or "", re.DOTALL)
        if match is None:
            return None
        found.append(" ".join(match[0].split())[:40])
    for scope, pattern in rule.get("lacks", ()):
        part = contract.part(scope)
        if part is None or re.search(pattern, part, re.DOTALL):
            return None
    return found


def _wrong_references(contract: Contract) -> Iterator[str]:
    for number, body in contract.bodies.items():
        for reference in _REFERENCE.finditer(body):
            named, heading = int(reference[1]), reference[2]
            own = next((n for n, known in contract.headings.items() if known == heading), None)
            if own is not None and own != named:
                yield f"第{number}条: 第{named}条({heading}) → 見出しは第{own}条"


def _not_surviving(contract: Contract) -> Iterator[str]:
    for number, heading in contract.headings.items():
        if "存続" in heading:
            named = {int(ref[1]) for ref in _REFERENCE.finditer(contract.bodies[number])}
            meant = {n for n, known in contract.headings.items() if known in contract.bodies[number]}
            yield from (
                f"第{n}条({known})"
                for n, known in contract.headings.items()
                if n not in named | meant | {number}
            )


def _open_bracket(contract: Contract) -> Iterator[str]:
    missing = contract.preamble.count("「") - contract.preamble.count("」")
    if missing > 0:
        yield f"「 {missing}"


_COMPUTED: Mapping[str, Callable[[Contract], Iterator[str]]] = {
    "wrong_references": _wrong_references,
    "not_surviving": _not_surviving,
    "open_bracket": _open_bracket,
}


@cache
def _rules() -> tuple[dict[str, Any], ...]:
    document = load(data("schemas") / "text-defects.json", "text-defects.schema.json")
    return tuple(document["defects"])


def missing_items(text: str) -> list[str]:
    """Items of Annex 1 as we read it that the annex of this text does not hold under their number and name."""
    annex = _ITEM_LIKE.sub("", read(text).annex)
    items = load_annex1().items
    return [
        f"{item.record_type} {item.no} {item.label_ja}"
        for item in items
        if f"{item.no}{_ITEM_LIKE.sub('', unicodedata.normalize('NFKC', item.label_ja))}" not in annex
    ]
