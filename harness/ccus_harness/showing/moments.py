"""What happened in a scenario in order of time, as a picture: who acted, and who bears witness."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from ccus_harness.reports.facts import announced, matrix, timeline
from ccus_harness.showing import flows
from ccus_harness.showing.bilingual import Both, same, text
from ccus_harness.showing.canvas import CROSS, DIAMOND, DISC, FAINT, SMALL, Lettering, Sheet, Stroke
from ccus_harness.showing.pictures import Picture
from ccus_harness.showing.scope import WAYS
from ccus_harness.showing.tables import NOTHING_TRIED, Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ccus_harness.reports import Report
    from ccus_harness.reports.facts import Announced, Moment

MOST: Final = 36
"""How many moments a picture bears; of a longer scenario the views are left out first."""

LANES: Mapping[str, Both] = {
    "user": Both(ja="利用者・甲", en="users, operator"),
    "ledger": Both(ja="CCUS の台帳", en="ledger of CCUS"),
    "fund": Both(ja="乙の受付", en="the Fund's inbox"),
    "store": Both(ja="保管先を見る", en="looks at stores"),
    "world": Both(ja="契約・試験側", en="contract, suite"),
}
_KINDS: Mapping[str, tuple[str, Both]] = {
    "request": ("user", Both(ja="依頼", en="asks for")),
    "accepted": ("ledger", Both(ja="依頼を受付", en="request accepted")),
    "refused": ("ledger", Both(ja="依頼を拒否", en="request refused")),
    "provided": ("ledger", Both(ja="提供", en="provided")),
    "view": ("user", Both(ja="閲覧", en="looks")),
    "export": ("user", Both(ja="書き出し", en="export")),
    "change": ("user", Both(ja="変更", en="change")),
    "fault": ("world", Both(ja="CCUS の誤りを仕込む", en="CCUS made to err")),
    "announced": ("world", Both(ja="甲に知らせる", en="told to the operator")),
    "notice": ("fund", Both(ja="通知が届く", en="notice arrives")),
    "ended": ("world", Both(ja="契約の終了", en="the agreement ends")),
    "claimed": ("fund", Both(ja="継続保有の申出が届く", en="retention claimed")),
    "certificate": ("fund", Both(ja="廃棄証明書が届く", en="certificate arrives")),
    "scan": ("store", Both(ja="保管先を調べる", en="stores scanned")),
    "holdings": ("store", Both(ja="保有データを出させる", en="holdings handed out")),
}
_OUTCOMES: Mapping[str, Both] = {
    "refused": Both(ja="断った", en="refused"),
    "shown": Both(ja="見えた", en="shown"),
    "not_shown": Both(ja="見えない", en="not shown"),
    "pending": Both(ja="処理待ち", en="pending"),
}
_BLUE, _RED, _GREEN = "#1f6fb4", "#b4441f", "#2c7a3f"
_LEFT, _LANE, _HIGH, _TOP, _WORDS = 130, 92, 30, 48, 440


def happened(report: Report, row_id: str) -> Picture | Both:
    """The scenario that gave a row its word, moment by moment; no row stands for none tried."""
    if not row_id:
        return NOTHING_TRIED
    story = flows.story_of(report, row_id)
    looks = [look for cell in matrix(story).cells for look in cell.looks]
    every = timeline(story, looks)
    told = _fewer(every)
    sheet = Sheet(_LEFT + len(LANES) * _LANE + _WORDS, _TOP + len(told) * _HIGH + 6)
    _heads(sheet, len(told))
    before = ""
    for place, moment in enumerate(told):
        _moment(sheet, moment, _TOP + place * _HIGH + _HIGH / 2, said=moment.at != before)
        before = moment.at
    return Picture(sheet.chart(), told=_sentence(row_id, every, told))


def _fewer(moments: Sequence[Moment]) -> list[Moment]:
    if len(moments) <= MOST:
        return list(moments)
    return [each for each in moments if each.kind != "view"][:MOST]


def _sentence(row_id: str, every: Sequence[Moment], told: Sequence[Moment]) -> Both:
    left = len(every) - len(told)
    ja = f"{row_id} のシナリオの {len(told)} の出来事を、世界の時計の順に並べた。"
    en = f"{len(told)} moments of the scenario of {row_id}, by the clock of its world."
    if left:
        ja += f"ほかに閲覧など {left} の出来事がある。"
        en += f" {left} more, mostly views, are left out."
    return Both(ja=ja, en=en)


def _heads(sheet: Sheet, lines: int) -> None:
    for place, name in enumerate(LANES.values()):
        x = _LEFT + place * _LANE + _LANE / 2
        sheet.write((x, 8), name.ja, Lettering(size=12, align="center", bold=True))
        sheet.write((x, 24), name.en, Lettering(size=11, align="center", colour=FAINT))
        sheet.line((x, 38), (x, _TOP + lines * _HIGH), Stroke(width=1, colour="#dddddd"))


def _moment(sheet: Sheet, moment: Moment, y: float, *, said: bool) -> None:
    lane, kind = _KINDS.get(moment.kind, ("world", same(moment.kind)))
    x = _LEFT + list(LANES).index(lane) * _LANE + _LANE / 2
    bad = moment.outcome in ("refused", "not_shown") or moment.kind == "refused"
    ended = moment.kind in ("announced", "ended", "certificate", "notice")
    shape, colour = (CROSS, _RED) if bad else (DIAMOND, _GREEN) if ended else (DISC, _BLUE)
    sheet.mark((x, y), shape, colour)
    if said:
        sheet.write((0, y), clock(moment.at), Lettering(size=12))
    words = Both(ja=_words(moment, kind.ja, "ja"), en=_words(moment, kind.en, "en"))
    beside = _LEFT + len(LANES) * _LANE + 14
    sheet.write((beside, y - 6), words.ja, Lettering(size=12))
    sheet.write((beside, y + 8), words.en, SMALL)


_SEVERAL = 6


def _words(moment: Moment, kind: str, lang: str) -> str:
    about = [*moment.whom[:_SEVERAL], *(["…"] if len(moment.whom) > _SEVERAL else [])]
    whom = {"*": {"ja": "所属する全員", "en": "all own people"}[lang]}
    how = WAYS.get(moment.how)
    outcome = _OUTCOMES.get(moment.outcome)
    counted = {"ja": f"{moment.count} 項目", "en": f"{moment.count} items"}[lang]
    parts = [
        moment.who if moment.kind not in ("notice", "certificate", "claimed") else "",
        f"{kind}({getattr(how, lang)})" if how and moment.kind == "view" else kind,
        "・".join(whom.get(one, one) for one in about),
        counted if moment.kind in ("provided", "scan") and moment.count is not None else "",
        f"→ {getattr(outcome, lang)}" if outcome else "",
        moment.note if moment.kind in ("ended", "fault") else "",
    ]
    return " ".join(part for part in parts if part)


def clock(at: str) -> str:
    """A time of the world as people write it."""
    try:
        return f"{datetime.fromisoformat(at):%Y-%m-%d %H:%M}"
    except ValueError:
        return at


def drills(report: Report) -> Table | Both:
    """What was told to the operator as a drill, and when the Fund heard of it; a sentence where there was none."""
    found = announced(report)
    if not found:
        return _NO_DRILL
    title = Both(
        ja=f"{report.run.target}: 演習の合図 {len(found)} 件と乙に届いた通知",
        en=f"{report.run.target}: {len(found)} signs of drills, and the notices that reached the Fund",
    )
    head = (_SIGN, _TOLD_AT, _HEARD, _TOOK, text("report.row"))
    looked = {
        story.id
        for story in report.stories
        if any(call.op == "inbox" for step in story.steps for call in step.calls)
    }
    lines = [_drill(each, looked=each.story in looked) for each in found]
    return Table("drills", title, head, lines, widths=(24, 18, 18, 20, 20))


_NO_DRILL = Both(
    ja="この実行では、事故の演習は行っていません。", en="No drill of an incident was held in this run."
)
_SIGN = Both(ja="合図", en="Sign")
_TOLD_AT = Both(ja="甲に届けた時刻", en="Told to the operator")
_HEARD = Both(ja="乙が最初に知った時刻", en="First heard by the Fund")
_TOOK = Both(ja="かかった時間", en="It took")
_NEVER = Both(ja="通知が届いていない", en="no notice arrived")
_NOT_LOOKED = Both(ja="このシナリオでは見ていない", en="not looked at in this scenario")
_NATURES: Mapping[str, Both] = {
    "leak": Both(ja="漏えい", en="leak"),
    "purpose_misuse": Both(ja="目的外の利用", en="misuse"),
    "scope_violation": Both(ja="見せ過ぎ", en="shown too widely"),
}


def _drill(told: Announced, *, looked: bool) -> tuple[Both, ...]:
    whom = "・".join(told.subjects)
    nature = _NATURES.get(told.nature, same(told.nature))
    sign = Both(ja=f"{nature.ja}（{whom}）", en=f"{nature.en} ({whom})")
    rows = same("、".join(told.rows))
    if not told.first:
        silent = _NEVER if looked else _NOT_LOOKED
        return sign, same(clock(told.told_at)), silent, silent, rows
    return sign, same(clock(told.told_at)), same(clock(told.first)), _took(told.told_at, told.first), rows


def _took(begin: str, end: str) -> Both:
    minutes = int((datetime.fromisoformat(end) - datetime.fromisoformat(begin)).total_seconds() // 60)
    hours, rest = divmod(minutes, 60)
    return Both(ja=f"{hours} 時間 {rest} 分", en=f"{hours} h {rest} min")
