"""第2条2 as a picture: who looked at whom in a scenario, what the rule says of it, and what was shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ccus_harness.reports.facts import STATES, matrices
from ccus_harness.showing.bilingual import Both, same
from ccus_harness.showing.canvas import SMALL, Lettering, Sheet, Stroke
from ccus_harness.showing.pictures import Picture
from ccus_harness.showing.tables import Table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ccus_harness.reports import Report
    from ccus_harness.reports.facts import Cell, Look, Matrix, State

SIGNS: Mapping[State, tuple[str, str, Both]] = {
    "over": ("×", "#f3b3a6", Both(ja="見えてはならないのに見えた", en="shown, and must not be")),
    "open_seen": ("△", "#cfe0f5", Both(ja="解釈しだい: 見えた", en="up to a reading: shown")),
    "open_unseen": ("▽", "#e3edf9", Both(ja="解釈しだい: 見えない", en="up to a reading: not shown")),
    "hidden": ("！", "#f5dfa3", Both(ja="見てよいのに見えない", en="not shown, and may be")),
    "seen": ("○", "#c9e7c7", Both(ja="見てよく、見えた", en="shown, and may be")),
    "kept": ("・", "#f4f4f4", Both(ja="見てはならず、見えない", en="not shown, and must not be")),
}
"""A sign, a colour and a name for everything that a cell of the matrix can come to."""

WIDE, HIGH, LEFT, TOP = 46, 28, 120, 92
_PER_LINE = 3


def saw(report: Report) -> Picture | Both:
    """Who saw whom in the largest scenario of 第2条2; a sentence where no such scenario ran."""
    found = matrices(report)
    return _drawn(found[0], report) if found else _NOBODY_LOOKED


_NOBODY_LOOKED = Both(
    ja="この実行では、閲覧範囲のシナリオは動いていません。",
    en="No scenario about who may look ran in this run.",
)


def _drawn(found: Matrix, report: Report) -> Picture:
    sheet = Sheet(max(LEFT + len(found.technicians) * WIDE, 800), TOP + len(found.viewers) * HIGH + 4)
    _legend(sheet)
    for column, technician in enumerate(found.technicians):
        sheet.write((LEFT + column * WIDE + WIDE / 2, TOP - 12), technician, _CENTRED)
    for row, viewer in enumerate(found.viewers):
        middle = TOP + row * HIGH + HIGH / 2
        sheet.write((LEFT - 10, middle), viewer, Lettering(align="right"))
        for column, technician in enumerate(found.technicians):
            _cell(sheet, found.at.get((viewer, technician)), LEFT + column * WIDE, TOP + row * HIGH)
    return Picture(sheet.chart(), told=_told(found, report))


_CENTRED = Lettering(align="center")
_SIGN = Lettering(size=15, align="center", bold=True)
_NO_LOOK = Stroke(width=1, colour="#dddddd", dashed=True)


def _cell(sheet: Sheet, cell: Cell | None, x: float, y: float) -> None:
    if cell is None:
        sheet.box((x, y), (WIDE - 4, HIGH - 4), "#ffffff", _NO_LOOK)
        return
    sign, colour, _ = SIGNS[cell.state]
    sheet.box((x, y), (WIDE - 4, HIGH - 4), colour)
    sheet.write((x + (WIDE - 4) / 2, y + (HIGH - 4) / 2), sign, _SIGN)


def _legend(sheet: Sheet) -> None:
    for place, state in enumerate(STATES):
        sign, colour, name = SIGNS[state]
        x, y = place % _PER_LINE * 270.0, place // _PER_LINE * 34.0
        sheet.box((x, y), (24, 24), colour)
        sheet.write((x + 12, y + 12), sign, _SIGN)
        sheet.write((x + 32, y + 6), name.ja, Lettering(size=12))
        sheet.write((x + 32, y + 20), name.en, SMALL)


def _told(found: Matrix, report: Report) -> Both:
    counted = [(SIGNS[state][2], found.count(state)) for state in STATES if found.count(state)]
    pairs = len(found.cells)
    return Both(
        ja=f"{report.run.target}: 行は見る利用者、列は見られる技能者。{pairs} 組のうち、"
        + "、".join(f"{name.ja} {number}" for name, number in counted)
        + "。点線の枠は誰も見ていない組。",
        en=f"{report.run.target}: lines are users who look, columns the technicians. Of {pairs} pairs: "
        + ", ".join(f"{name.en} {number}" for name, number in counted)
        + ". Dashed: nobody looked.",
    )


def seen_against_the_rule(report: Report) -> Table | Both:
    """Every look that showed what the rule forbids, with the reason; a sentence where there is none."""
    looks = [look for found in matrices(report) for cell in found.cells for look in cell.looks]
    over = [look for look in looks if look.state == "over"]
    if not over:
        return _NOTHING_OVER if looks else _NOBODY_LOOKED
    title = Both(
        ja=f"{report.run.target}: 見えてはならないのに見えた {len(over)} 回",
        en=f"{report.run.target}: shown {len(over)} times against the rule",
    )
    head = (_USER, _WHOM, _HOW, _WHY, _ITEMS)
    return Table("over", title, head, [_line(look) for look in over], widths=(14, 12, 14, 44, 16))


_NOTHING_OVER = Both(
    ja="見えてはならない記録が見えた回はありません。", en="Nothing was shown that the rule forbids."
)
_USER = Both(ja="見た利用者", en="User")
_WHOM = Both(ja="見られた技能者", en="Technician")
_HOW = Both(ja="見方", en="How")
_WHY = Both(ja="見てはならない理由", en="Why it must not be")
_ITEMS = Both(ja="見分けられた項目", en="Items recognised")

WAYS: Mapping[str, Both] = {
    "record": Both(ja="記録", en="record"),
    "list": Both(ja="一覧", en="list"),
    "search": Both(ja="検索", en="search"),
    "count": Both(ja="件数", en="count"),
    "export": Both(ja="書き出し", en="export"),
    "device": Both(ja="端末", en="device"),
    "fetch": Both(ja="共有リンク", en="shared link"),
    "business": Both(ja="事業者情報", en="business"),
}

REASONS: Mapping[str, Both] = {
    "self": Both(ja="本人の記録", en="the own record"),
    "affiliated": Both(ja="所属事業者", en="an affiliated business"),
    "prime": Both(ja="入場した現場の元請", en="prime contractor of a site that was entered"),
    "upper": Both(ja="入場した現場で上位に連なる下請", en="above the firm of the entry, at that site"),
    "viewer.client": Both(ja="発注者は一覧にない", en="a client is not among those who may"),
    "viewer.staff": Both(ja="甲の職員は一覧にない", en="the operator's staff are not among those who may"),
    "viewer.guest": Both(ja="部外者は一覧にない", en="a guest is not among those who may"),
    "viewer.nobody": Both(
        ja="どの事業者として見るかを選んでいない", en="no firm is named that the account may act for"
    ),
    "viewer.not_user": Both(
        ja="その事業者はこのシステムの利用者でない", en="the firm is not a user of this system"
    ),
    "technician.other": Both(ja="技能者が見られるのは本人だけ", en="a technician sees only the own record"),
    "technician.unknown": Both(ja="そのような技能者はいない", en="there is no such technician"),
    "relation.none": Both(
        ja="所属でも、元請でも、入場した現場で上位でもない",
        en="neither affiliated, nor prime contractor, nor above at a site that was entered",
    ),
}


def _line(look: Look) -> tuple[Both, ...]:
    why = REASONS.get(look.reason, same(look.reason))
    items = Both(ja=f"{len(look.items)} 項目", en=f"{len(look.items)} items")
    return same(look.viewer), same(look.technician), WAYS.get(look.how, same(look.how)), why, items
