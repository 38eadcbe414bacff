"""第6条 shown: what was found in which store before and after the end, and how ledger, certificate and find agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from ccus_harness.reports.facts import purges
from ccus_harness.reports.inert import inert_text
from ccus_harness.showing.bilingual import Both, same, text
from ccus_harness.showing.canvas import SMALL, Lettering, Sheet
from ccus_harness.showing.moments import clock
from ccus_harness.showing.pictures import Picture
from ccus_harness.showing.tables import Table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ccus_harness.reports import Report
    from ccus_harness.reports.facts import Agreement, Delivery, Purge, Store

_NO_END = Both(
    ja="この実行では、契約の終わりを調べたシナリオは動いていません。",
    en="No scenario that looks at the end of the agreement ran in this run.",
)
_LEFT, _HIGH, _TOP, _BAR, _COLUMN = 190, 40, 52, 160, 330
_BEFORE, _AFTER = "#9db8d9", "#e39a88"

KINDS: Mapping[str, Both] = {
    "primary": Both(ja="主たる保存先", en="primary store"),
    "search": Both(ja="検索の索引", en="search index"),
    "warehouse": Both(ja="集計・名簿", en="lists"),
    "log": Both(ja="記録（ログ）", en="log"),
    "export": Both(ja="書き出したファイル", en="exported files"),
    "backup": Both(ja="控え", en="backups"),
    "device": Both(ja="端末", en="devices"),
    "undeclared": Both(ja="申告にない場所", en="undeclared places"),
}
_LEVELS: Mapping[str, Both] = {
    "logical_delete": Both(ja="論理廃棄", en="logical deletion"),
    "not_applicable": Both(ja="該当なし", en="not applicable"),
    "expire_beyond_use": Both(ja="期限で消える", en="expires"),
    "crypto_erase": Both(ja="鍵の廃棄", en="key destroyed"),
    "physical": Both(ja="物理廃棄", en="physical"),
}


def stores(report: Report) -> Picture | Both:
    """What was found in each store before the end and at the last look; a sentence where nobody looked."""
    found = purges(report)
    return _drawn(found[0], report) if found else _NO_END


def _drawn(told: Purge, report: Report) -> Picture:
    shown = [store for store in told.stores if store.before is not None or store.after is not None]
    sheet = Sheet(_LEFT + 2 * _COLUMN + 170, _TOP + max(1, len(shown)) * _HIGH)
    heads = (
        Both(ja="終わる前に見つかった項目", en="items found before the end"),
        Both(ja="最後に見つかった項目", en="items found at the last look"),
        Both(ja="証明書は何と言うか", en="what the certificate says"),
    )
    for place, head in enumerate(heads):
        x = _LEFT + place * _COLUMN
        sheet.write((x, 10), head.ja, Lettering(bold=True))
        sheet.write((x, 28), head.en, SMALL)
    most = max([1, *(max(store.before or 0, store.after or 0) for store in shown)])
    for place, store in enumerate(shown):
        _store(sheet, store, _TOP + place * _HIGH, most)
    return Picture(sheet.chart(), told=_told(told, shown, report))


def _store(sheet: Sheet, store: Store, top: float, most: int) -> None:
    kind = KINDS.get(store.kind, same(store.kind))
    sheet.write((0, top + 10), f"{store.id}: {kind.ja}", Lettering(size=12))
    sheet.write((0, top + 25), kind.en, SMALL)
    for place, (number, colour) in enumerate(((store.before, _BEFORE), (store.after, _AFTER))):
        x = _LEFT + place * _COLUMN
        if number:
            sheet.box((x, top + 4), (number / most * _BAR, 22), colour)
        beside = x + (number or 0) / most * _BAR + 8
        sheet.write((beside, top + 15), _number(number, left=bool(place)), Lettering(bold=bool(number)))
    x = _LEFT + 2 * _COLUMN
    said = _LEVELS.get(store.level, same(store.level)) if store.certified else _NOT_CERTIFIED
    sheet.write((x, top + 10), said.ja, Lettering(size=12))
    sheet.write((x, top + 25), said.en, SMALL)


_NOT_CERTIFIED = Both(ja="書かれていない", en="not mentioned")


def _number(number: int | None, *, left: bool) -> str:
    if number is None:
        return "見ていない not looked"
    return f"× {number} 残っている left" if left and number else str(number)


def _told(told: Purge, shown: list[Store], report: Report) -> Both:
    before = sum(store.before or 0 for store in shown)
    after = sum(store.after or 0 for store in shown)
    came = told.received_at
    certificate = Both(
        ja=f"証明書は {clock(came)} に届いた" if came else "証明書は届いていない",
        en=f"the certificate arrived at {clock(came)}" if came else "no certificate arrived",
    )
    return Both(
        ja=f"{report.run.target}: 契約は {clock(told.ended_at)} に終わり、保存先に見つかった項目は {before} から {after} になった。"
        f"{certificate.ja}。",
        en=f"{report.run.target}: the agreement ended at {clock(told.ended_at)}; items found in stores went from {before} "
        f"to {after}; {certificate.en}.",
    )


CHECKS: Mapping[str, Both] = {
    "R1": Both(ja="件数と項目ごとの数", en="number of records, item by item"),
    "R2": Both(ja="人と事業者の数", en="number of people and firms"),
    "R3": Both(ja="廃棄・保有・未保存の和", en="disposed, retained and never stored add up"),
    "R4": Both(ja="どの記録かの約定", en="commitment to which records"),
    "R5": Both(ja="時刻の形と順", en="form and order of times"),
    "R6": Both(ja="保存先の一覧", en="list of stores"),
    "R7": Both(ja="残り", en="residue"),
    "R10": Both(ja="由来の違う記録は無傷か", en="records of other origin untouched"),
    "R11": Both(ja="例外の根拠と数", en="exceptions: grounds and number"),
    "R14": Both(ja="先送りした廃棄", en="deferred disposal"),
}
_OUTCOMES: Mapping[str, tuple[str, Both]] = {
    "agrees": ("#d5ecd4", Both(ja="○ 合う", en="agrees")),
    "disagrees": ("#f8d0c8", Both(ja="× 合わない", en="disagrees")),
    "blind": ("#f5dfa3", Both(ja="？ 見えているか分からない", en="blind")),
    "not_looked_at": ("#e8e8e8", Both(ja="－ 見ていない", en="not looked at")),
}


def reconciliation(report: Report) -> Table | Both:
    """How ledger, certificate and find agree, check by check; a sentence where nothing was to be compared."""
    found = [told for told in purges(report) if told.checks]
    if not found:
        return _NO_END
    told = found[0]
    wrong = sum(check.outcome == "disagrees" for check in told.checks)
    title = Both(
        ja=f"{report.run.target}: 台帳・証明書・見つかったものの突合 {len(told.checks)} 件（合わないもの {wrong} 件）",
        en=f"{report.run.target}: {len(told.checks)} comparisons of ledger, certificate and find, {wrong} disagree",
    )
    head = (_CHECK, _WHAT, text("report.word"), _WITNESSES_SAY, _CERTIFICATE_SAYS)
    return Table(
        "reconciliation", title, head, [_check(each) for each in told.checks], widths=(7, 27, 18, 24, 24)
    )


_CHECK = Both(ja="検査", en="Check")
_WHAT = Both(ja="比べたこと", en="Compared")
_WITNESSES_SAY = Both(ja="台帳や調べた結果", en="Ledger or find")
_CERTIFICATE_SAYS = Both(ja="証明書や残り", en="Certificate or residue")
_LONGEST = 60


def _check(made: Agreement) -> tuple[Both | Markup | str, ...]:
    colour, word = _OUTCOMES.get(made.outcome, ("#e8e8e8", same(made.outcome)))
    shown = Markup('<span style="background:{};padding:1px 6px;display:inline-block">{}</span>').format(
        colour, word
    )
    name = CHECKS.get(made.check, same(made.check))
    compared = Both(ja=f"{name.ja}（{made.part}）", en=f"{name.en} ({made.part})")
    return made.check, compared, shown, _short(made.expected), _short(made.seen)


def _short(value: str) -> str:
    said = inert_text(value)
    return said if len(said) <= _LONGEST else said[:_LONGEST] + "…"


def deliveries(report: Report) -> Table | Both:
    """What the ledger says was provided, and how much of each record was found before and after."""
    found = purges(report)
    if not found:
        return _NO_END
    told = found[0]
    title = Both(
        ja=f"{report.run.target}: 台帳にある提供 {len(told.deliveries)} 件の行方",
        en=f"{report.run.target}: what became of the {len(told.deliveries)} records on the ledger",
    )
    head = (_PROVISION, _OF, _TO, _PROVIDED, _FOUND_BEFORE, _FOUND_AFTER)
    lines = [_delivery(each) for each in told.deliveries]
    return Table("deliveries", title, head, lines, widths=(28, 14, 14, 14, 15, 15))


_PROVISION = Both(ja="提供番号", en="Provision")
_OF = Both(ja="誰の記録", en="Whose record")
_TO = Both(ja="依頼した利用者", en="Asked by")
_PROVIDED = Both(ja="提供された項目", en="Items provided")
_FOUND_BEFORE = Both(ja="終わる前に見つかった", en="Found before")
_FOUND_AFTER = Both(ja="最後に見つかった", en="Found at last")
_NOT_LOOKED = Both(ja="見ていない", en="not looked")


def _delivery(told: Delivery) -> tuple[Both | str, ...]:
    before, after = (_NOT_LOOKED if each is None else same(str(each)) for each in (told.before, told.after))
    return told.provision, told.subject, told.user, str(told.items), before, after
