"""Every obligation as one small square, clause by clause: who can judge it, or what a run said of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ccus_harness.register import load_register
from ccus_harness.reports.parts import WORDS
from ccus_harness.showing.bilingual import Both, both, word
from ccus_harness.showing.canvas import PLAIN, SMALL, Lettering, Sheet
from ccus_harness.showing.pictures import Picture

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ccus_harness.register import Obligation
    from ccus_harness.reports import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What a square says: a sign and a colour that mean the same, and their name."""

    sign: str
    colour: str
    name: Both


def _kinds(table: Mapping[str, tuple[str, str]]) -> dict[str, Kind]:
    return {
        name: Kind(sign=sign, colour=colour, name=word("verdict", name))
        for name, (sign, colour) in table.items()
    }


VERDICTS: Mapping[str, Kind] = _kinds(
    {
        "violated": ("×", "#f3b3a6"),
        "error": ("！", "#e2b8ea"),
        "inconclusive": ("？", "#f5dfa3"),
        "untested": ("－", "#e4e4e4"),
        "depends": ("△", "#cfe0f5"),
        "review": ("要", "#dcd3f3"),
        "attested": ("申", "#e9dcc9"),
        "satisfied": ("○", "#c9e7c7"),
        "not_applicable": ("／", "#f4f4f4"),
    }
)
NOT_CHOSEN = Kind(
    sign="", colour="#ffffff", name=Both(ja="この回では選んでいない", en="not chosen in this run")
)

JUDGES: Mapping[str, Kind] = {
    "machine": Kind(sign="機", colour="#cfe0f5", name=Both(ja="試験が試す", en="tried by the suite")),
    "person": Kind(
        sign="人", colour="#dcd3f3", name=Both(ja="人が書類や現場で見る", en="looked at by a person")
    ),
    "nobody": Kind(sign="－", colour="#e4e4e4", name=Both(ja="判定しない", en="never judged")),
}

CELL, HIGH, ACROSS, LEFT, LEGEND = 40, 38, 17, 250, 30


def judge_of(row: Obligation) -> str:
    """Who can judge an obligation: the suite, a person, or nobody."""
    if row.machine:
        return "machine"
    return "nobody" if "N" in row.method else "person"


def judges() -> Picture:
    """Who can judge each of the obligations of the agreement."""
    rows = load_register().rows
    counted = Counter(judge_of(row) for row in rows)
    told = Both(
        ja=f"契約文から読み取った {len(rows)} の義務。試験が試すもの {counted['machine']}、"
        f"人が見るもの {counted['person']}、判定しないもの {counted['nobody']}。",
        en=f"The {len(rows)} obligations read out of the agreement: {counted['machine']} are tried by the suite, "
        f"{counted['person']} looked at by a person, {counted['nobody']} never judged.",
    )
    return map_of([(row.id, JUDGES[judge_of(row)]) for row in rows], JUDGES.values(), told)


def verdict_map(report: Report) -> Picture:
    """What a run said of every obligation."""
    chosen = [row for row in report.rows if row.selected]
    counted = Counter(row.verdict for row in chosen)
    found = [(VERDICTS[name].name, counted[name]) for name in WORDS if counted[name]]
    told = Both(
        ja=f"{report.run.target}: 選んだ {len(chosen)} 行のうち、"
        + "、".join(f"{name.ja} {number}" for name, number in found)
        + "。",
        en=f"{report.run.target}: of {len(chosen)} chosen rows "
        + ", ".join(f"{number} {name.en}" for name, number in found)
        + ".",
    )
    cells = [(row.id, VERDICTS[row.verdict] if row.selected else NOT_CHOSEN) for row in report.rows]
    shown = [VERDICTS[name] for name in WORDS if counted[name]]
    unchosen = [NOT_CHOSEN] if len(chosen) < len(report.rows) else []
    return map_of(cells, [*shown, *unchosen], told)


def map_of(cells: Sequence[tuple[str, Kind]], legend: Iterable[Kind], told: Both) -> Picture:
    """Rows as squares, chapter by chapter."""
    chapters: dict[str, list[tuple[str, Kind]]] = {}
    for row, kind in cells:
        chapters.setdefault(row.rpartition("-")[0], []).append((row, kind))
    lines = sum(-(-len(members) // ACROSS) for members in chapters.values())
    sheet = Sheet(LEFT + ACROSS * CELL, LEGEND + lines * HIGH + 8 * len(chapters))
    _legend(sheet, legend)
    top = float(LEGEND)
    for chapter, members in chapters.items():
        top = _chapter(sheet, chapter, members, top)
    return Picture(sheet.chart(), told=told)


def _legend(sheet: Sheet, kinds: Iterable[Kind]) -> None:
    left = 0.0
    for kind in kinds:
        sheet.box((left, 0), (20, 20), kind.colour)
        sheet.write((left + 10, 10), kind.sign, Lettering(align="center"))
        words = f"{kind.name.ja} {kind.name.en}"
        sheet.write((left + 26, 10), words, Lettering(size=12))
        left += 48 + sum(12 if ord(letter) > 0x2E80 else 6.6 for letter in words)


def _chapter(sheet: Sheet, chapter: str, members: Sequence[tuple[str, Kind]], top: float) -> float:
    """Draws the squares of a chapter, wrapped; gives where the next one begins."""
    name = both(lambda words: words.word("chapter", chapter))
    sheet.write((0, top + 11), name.ja, PLAIN)
    sheet.write((0, top + 26), f"{name.en} ({len(members)})", SMALL)
    for place, (row, kind) in enumerate(members):
        x, y = LEFT + place % ACROSS * CELL, top + place // ACROSS * HIGH
        sheet.box((x, y), (CELL - 4, HIGH - 4), kind.colour)
        middle = x + (CELL - 4) / 2
        sheet.write((middle, y + 12), kind.sign, Lettering(size=15, align="center", bold=True))
        sheet.write((middle, y + 26), row.rpartition("-")[2], Lettering(size=11, align="center"))
    return top + -(-len(members) // ACROSS) * HIGH + 8
