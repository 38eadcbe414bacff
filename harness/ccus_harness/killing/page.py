"""The kill table as a page in Markdown, in Japanese with English beside it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ccus_harness.killing import Found
    from ccus_harness.register import Register

_HEAD = """# 検出表 / Kill table

`ccus-conformance kill-table --scope chapter --page docs/kill-table.md` が作る。手で直さない。
Made by `ccus-conformance kill-table --scope chapter --page docs/kill-table.md`; not edited by hand.

模擬不備はそれぞれ自分の行で、自分の理由で見つかる。併せて不適合になってよい行は「併せて」にだけ現れる。
適法な変種はどの行でも責められない。
Each defect is found by its own row for its own reason; rows that fall with it stand under "with it". A lawful
variant is accused by no row.
"""

_DEFECTS = "| 模擬不備 defect | 行 row | 判定 word | 符号 code | 併せて with it | 内容 what it does |\n"
_VARIANTS = "| 変種 variant | 結果 outcome | 内容 what it does |\n"


def markdown(found: Iterable[Found], register: Register) -> str:
    """The page for these findings, in the order of the register."""
    found = list(found)
    places = {row.id: place for place, row in enumerate(register.rows)}
    defects = sorted(
        (one for one in found if one.conduct.kind == "defect"),
        key=lambda one: (places[one.conduct.row], one.conduct.name),
    )
    variants = [one for one in found if one.conduct.kind == "variant"]
    chapters: defaultdict[str, list[Found]] = defaultdict(list)
    for one in defects:
        chapters[register.by_id[one.conduct.row].clause.label].append(one)
    pairs = {(one.conduct.row, one.conduct.code) for one in defects}
    counts = (
        f"\n模擬不備 {len(defects)}、行と符号の組 {len(pairs)}、適法な変種 {len(variants)}。 "
        f"{len(defects)} defects, {len(pairs)} pairs of row and code, {len(variants)} lawful variants.\n"
    )
    return "".join(
        [_HEAD, counts, *(_chapter(label, ones) for label, ones in chapters.items()), _rest(variants)]
    )


def _chapter(label: str, found: Sequence[Found]) -> str:
    lines = [f"\n## {label}\n\n", _DEFECTS, "| --- | --- | --- | --- | --- | --- |\n"]
    lines += [
        f"| `{one.conduct.name}` | {one.conduct.row} | {one.word} | `{one.code}` | {_with_it(one)} "
        f"| {one.conduct.title['ja']}<br>{one.conduct.title['en']} |\n"
        for one in found
    ]
    return "".join(lines)


def _with_it(one: Found) -> str:
    return " ".join([*one.dragged, *(f"**{row}**" for row in one.collateral)]) or "–"


def _rest(variants: Sequence[Found]) -> str:
    lines = ["\n## 適法な変種 / Lawful variants\n\n", _VARIANTS, "| --- | --- | --- |\n"]
    lines += [
        f"| `{one.conduct.name}` | {one.outcome} {' '.join(one.collateral)} "
        f"| {one.conduct.title['ja']}<br>{one.conduct.title['en']} |\n"
        for one in variants
    ]
    return "".join(lines) if variants else ""
