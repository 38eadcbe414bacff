"""Tables that stand in a page as they are: the words of a run, and the evidence of one row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import great_tables
import pandas as pd
from markupsafe import Markup, escape

from ccus_harness.reports import telling
from ccus_harness.reports.inert import one_line
from ccus_harness.reports.parts import WORDS
from ccus_harness.showing import flows
from ccus_harness.showing.bilingual import EN, JA, Both, both, stacked, text, word
from ccus_harness.showing.evidence import happenings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ccus_harness.reports import Report
    from ccus_harness.reports.parts import Row
    from ccus_harness.showing.evidence import Exchange

# Both are untyped where we touch them; nothing else of them comes in here.
_tables = cast("Any", great_tables)
_frames = cast("Any", pd)

# The word itself stands in every cell; the colour only helps to find it.
_COLOURS: Mapping[str, str] = {"violated": "#f8d0c8", "error": "#ecd0f0", "satisfied": "#d5ecd4"}


class Table:
    """A table as a page shows it."""

    def __init__(
        self,
        name: str,
        title: Both,
        head: Sequence[Both],
        lines: Sequence[Sequence[Any]],
        *,
        widths: Sequence[int],
    ) -> None:
        self.lines = len(lines)
        frame = _frames.DataFrame(
            [[str(escape(cell)) for cell in line] for line in lines],
            columns=[f"{name}{number}" for number in range(len(head))],
        )
        named = {f"{name}{number}": _tables.html(str(escape(each))) for number, each in enumerate(head)}
        table = _tables.GT(frame, id=f"ccus-{name}").cols_label(named)
        shares = {column: f"{share}%" for column, share in zip(named, widths, strict=True)}
        self._html: str = (
            table.tab_header(title=_tables.html(str(escape(title))))
            # The cells are escaped already.
            .fmt(fns=str, columns=list(named))
            .cols_width(shares)
            .cols_align(align="left")
            .tab_options(
                table_font_size="14px",
                table_width="100%",
                heading_align="left",
                heading_title_font_size="16px",
                data_row_padding="5px",
                # A digest or an id has no place to break, and must not run over the next column.
                table_additional_css=[f"#ccus-{name} td {{overflow-wrap: anywhere}}"],
            )
            .opt_table_font(font=["IPAexGothic", "Noto Sans CJK JP", "Meiryo", "Hiragino Sans", "sans-serif"])
            .as_raw_html()
        )

    def _repr_html_(self) -> str:
        return self._html


def counts(report: Report) -> Table:
    """How many of the chosen rows have which word and why, and which rows those are."""
    rows: dict[tuple[str, str], list[str]] = {}
    for row in report.rows:
        if row.selected:
            rows.setdefault((row.verdict, row.reason or row.code), []).append(row.id)
    ordered = sorted(rows.items(), key=lambda each: (WORDS.index(each[0][0]), -len(each[1])))
    lines = [
        (shown_word(verdict), _why(verdict, code), len(ids), "、".join(ids))
        for (verdict, code), ids in ordered
    ]
    title = both(lambda words: telling.headline(report, words)[1])
    head = (text("report.word"), _MEANING, text("report.count"), text("report.row"))
    return Table("counts", title, head, lines, widths=(14, 40, 8, 38))


_MEANING = Both(ja="意味と理由", en="Meaning and reason")


def _why(verdict: str, code: str) -> Markup:
    parts = [word("meaning", verdict)]
    if f"reason.{code}" in JA:
        parts.append(both(lambda words: words.reason(code)))
    return stacked(parts)


def verdicts(report: Report) -> Table:
    """Every row that was tried: what it demands, its word, and who saw it."""
    tried = [row for row in report.rows if row.selected and row.claims]
    head = ("report.row", "report.obligation", "report.word", "report.strength", "report.witnesses")
    lines = [
        (row.id, _demand(row), shown_word(row.verdict), word("strength", row.strength), _witnesses(row))
        for row in tried
    ]
    title = Both(
        ja=f"{report.run.target}: 試した {len(tried)} 行",
        en=f"{report.run.target}: the {len(tried)} rows that were tried",
    )
    return Table("verdicts", title, [text(key) for key in head], lines, widths=(9, 47, 12, 12, 20))


def _demand(row: Row) -> Both | Markup:
    said = both(lambda words: row.text(words.lang))
    # Rows of CCUS or the Fund are proved by the simulator itself.
    return said if row.scored else stacked([said, text("report.annex")])


def shown_word(verdict: str) -> Markup:
    """A verdict word in both languages, on its colour."""
    style = f"background:{_COLOURS.get(verdict, '#e8e8e8')};padding:1px 6px;display:inline-block"
    return Markup('<span style="{}">{}</span>').format(style, word("verdict", verdict))


def _witnesses(row: Row) -> Both:
    return both(lambda words: telling.witnesses(row, words))


def evidence(report: Report, row_id: str) -> Table | Both:
    """The steps of the scenario behind a row: who was asked what, and what came back; no row stands for none tried."""
    if not row_id:
        return NOTHING_TRIED
    lines: list[tuple[Any, ...]] = []
    for told in happenings(report, row_id):
        step = one_line(told.step)
        for exchange in told.exchanges:
            lines.append((step, exchange.who, asked_how_often(exchange), exchange.answered))
            step = ""
        lines += [(one_line(told.step), _JUDGE, row_id, shown_word(claim.word)) for claim in told.claims]
    title = Both(
        ja=f"{row_id} の証拠: {report.run.target}",
        en=f"The evidence of {row_id}: {report.run.target}",
    )
    return Table("evidence", title, EVIDENCE_HEAD, lines, widths=(30, 14, 24, 32))


NOTHING_TRIED = Both(
    ja="この実行では、どの行も判定に達していません。", en="No row of this run came to any claim."
)
_JUDGE = Both(ja="判定", en="Judged")
_WHO = Both(ja="相手", en="Who")
EVIDENCE_HEAD = (text("report.steps"), _WHO, text("report.args"), text("report.answer"))


def asked_how_often(exchange: Exchange) -> Both:
    """What was asked, with how often."""
    if exchange.times == 1:
        return exchange.asked
    return Both(ja=f"{exchange.asked.ja} × {exchange.times}", en=f"{exchange.asked.en} × {exchange.times}")


class NoContrast(AssertionError):
    """The run that should keep a row breaks it, or the one that should break it keeps it."""

    def __init__(self, row: str, kept: str, broken: str) -> None:
        super().__init__(row)
        self.row = row
        self.kept = kept
        self.broken = broken

    def __str__(self) -> str:
        return (
            f"{self.row} は「{self.kept}」と「{self.broken}」。守る target と、この行を破る defect を選んでください。"
            f" / {self.row} is {self.kept!r} and {self.broken!r}; choose a target that keeps it and a defect that breaks it."
        )


def findings(row_id: str, *, kept: Report, broken: Report) -> Table:
    """What a row expects and what was seen in two runs, in the sentences of the same finding.

    Raises `NoContrast` unless the row is satisfied in the one and violated in the other.
    """
    reports = (kept, broken)
    rows = [flows.row_of(report, row_id) for report in reports]
    words = tuple(row.verdict for row in rows)
    if words != ("satisfied", "violated"):
        raise NoContrast(row_id, *words)
    code = rows[1].code
    lines = [
        (_name(report.run.target), shown_word(row.verdict), *_sentences(row, code))
        for report, row in zip(reports, rows, strict=True)
    ]
    title = Both(ja=f"{row_id}: 同じ問い、違う答え", en=f"{row_id}: the same question, different answers")
    keys = ("report.target", "report.word", "report.expected", "report.seen", "report.next")
    return Table("findings", title, [text(key) for key in keys], lines, widths=(15, 13, 22, 30, 20))


def _name(target: str) -> Markup:
    """The target's name, which may be broken where its defect begins."""
    return Markup(":<wbr>").join(target.split(":"))


def _sentences(row: Row, code: str) -> tuple[Any, Any, Any]:
    """The sentences of the finding, filled with what this run showed; a kept row needs nothing done."""
    shown = row.telling[0].shown
    told = {words.lang: words.finding(row.code or code, shown) for words in (JA, EN)}
    ja, en = told["ja"], told["en"]
    following = Both(ja=ja.next, en=en.next) if row.red else Both(ja="－", en="－")
    return Both(ja=ja.expected, en=en.expected), Both(ja=ja.seen, en=en.seen), following
