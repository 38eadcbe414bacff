"""The way of a vendor: try, read, mend, try that one thing again, and see what changed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from ccus_harness import events
from ccus_harness.comparing import again_after, compare, side_of
from ccus_harness.events import EVENTS_FILE
from ccus_harness.exam import load_exam
from ccus_harness.register import load_register
from ccus_harness.reports import NotPrepared, Report, telling
from ccus_harness.runs import SetUpFault
from ccus_harness.showing.bilingual import Both, both, same, text, word
from ccus_harness.showing.judging import as_announced, judged_in
from ccus_harness.showing.tables import Table, shown_word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from markupsafe import Markup

    from ccus_harness.comparing import Again, Change, Side


class Ready(AssertionError):
    """A page shows how a failing set-up is told, and this one did not fail."""

    def __init__(self, target: str) -> None:
        super().__init__(target)
        self.target = target

    def __str__(self) -> str:
        return f"{self.target} には届きました。届かない例を選んでください。 / {self.target} was reached; choose one that is not."


class NothingBroken(LookupError):
    """Of the rows that were tried none is broken, so there is nothing to mend."""

    def __init__(self, target: str) -> None:
        super().__init__(target)
        self.target = target

    def __str__(self) -> str:
        return (
            f"{self.target} に不適合の行はありません。rows を増やして試してください。"
            f" / No row of {self.target} is violated; try more rows."
        )


class NothingMended(AssertionError):
    """A row that was broken before is still broken after."""

    def __init__(self, rows: Sequence[str]) -> None:
        super().__init__(rows)
        self.rows = tuple(rows)

    def __str__(self) -> str:
        return f"直っていない行: {'、'.join(self.rows)} / still broken: {', '.join(self.rows)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A run as it is read, and as it is compared with another."""

    report: Report
    side: Side

    @property
    def broken(self) -> tuple[str, ...]:
        """The rows that were violated, in the register's order."""
        return tuple(row.id for row in self.report.rows if row.verdict == "violated")


def attempt(target: str, rows: Sequence[str], profile: str = "") -> Tried:
    """Tries some rows on a candidate; `profile` is the file in which its vendor declares it."""
    with TemporaryDirectory(prefix="ccus-notebook-") as folder:
        out = Path(folder) / "run"
        report = judged_in(out, target, rows=rows, profile=Path(profile) if profile else None)
        side = side_of(events.read(out / EVENTS_FILE))
    as_announced(report)
    return Tried(report=report, side=side)


def not_reached(target: str, row: str) -> Both:
    """What is said where a candidate cannot be reached: a fault of set-up, no violation; raises `Ready` if it can."""
    with TemporaryDirectory(prefix="ccus-notebook-") as folder:
        try:
            judged_in(Path(folder) / "run", target, rows=(row,))
        except SetUpFault as fault:
            return Both(ja=fault.ja, en=fault.en)
        except NotPrepared as fault:
            bad = [check for check in fault.checks if not check.ok]
            return Both(ja=" ".join(check.ja for check in bad), en=" ".join(check.en for check in bad))
    raise Ready(target)


def first_broken(tried: Tried) -> str:
    """The broken row to begin with; raises `NothingBroken` where there is none."""
    if not tried.broken:
        raise NothingBroken(tried.report.run.target)
    return tried.broken[0]


def to_try_again(tried: Tried) -> Table:
    """What has to be tried again once the broken rows are mended: they, and what leans on them."""
    again = again_after(tried.broken, load_exam(), load_register())
    title = Both(
        ja=f"直した後に試し直す {len(again)} 行", en=f"{len(again)} rows to try again once it is mended"
    )
    head = (text("report.row"), text("report.obligation"), _WHY)
    return Table("again", title, head, [_again(each) for each in again], widths=(10, 58, 32))


_WHY = Both(ja="なぜ試し直すか", en="Why")
_WHYS: Mapping[str, Both] = {
    "failed": Both(ja="適合しなかった", en="it failed"),
    "family": Both(ja="同じ義務の一部", en="part of the same obligation as"),
    "check": Both(ja="同じ確かめ方による", en="checked together with"),
    "item": Both(ja="認定試験の同じ項目", en="in the same item of the exam as"),
}


def _again(each: Again) -> tuple[Both | str, ...]:
    demand = load_register().by_id[each.row].demand
    why = _WHYS.get(each.why, same(each.why))
    because = "、".join(each.because)
    told = Both(ja=f"{why.ja}（{because}）", en=f"{why.en} {because}") if because else why
    return each.row, Both(ja=demand.ja, en=demand.en), told


def changed(before: Tried, after: Tried) -> Table:
    """What changed from one attempt to the next, row by row; raises `NothingMended` while something is still broken."""
    if still := [row for row in after.broken if row in before.broken]:
        raise NothingMended(still)
    found = compare(before.side, after.side, load_register(), load_exam())
    tried = {row.id for row in after.report.rows if row.selected}
    shown = [change for change in found.changes if change.row in tried]
    title = Both(ja=f"試し直した結果、変わった {len(shown)} 行", en=f"{len(shown)} rows that changed")
    head = (text("report.row"), text("report.obligation"), _BEFORE, _AFTER, _HOW)
    return Table("changed", title, head, [_changed(each) for each in shown], widths=(10, 44, 14, 14, 18))


_BEFORE, _AFTER = Both(ja="前", en="Before"), Both(ja="後", en="After")
_HOW = Both(ja="どう変わったか", en="How")
_KINDS: Mapping[str, Both] = {
    "better": Both(ja="↑ 良くなった", en="better"),
    "worse": Both(ja="↓ 悪くなった", en="worse"),
    "reason": Both(ja="理由が変わった", en="another reason"),
    "seen": Both(ja="見えたものが変わった", en="something else was seen"),
    "added": Both(ja="新しく試した", en="tried for the first time"),
}


def _changed(each: Change) -> tuple[Both | Markup | str, ...]:
    demand = load_register().by_id[each.row].demand
    words = [shown_word(side.word) if side else _NOT_TRIED for side in (each.before, each.after)]
    return each.row, Both(ja=demand.ja, en=demand.en), *words, _KINDS.get(each.kind, same(each.kind))


_NOT_TRIED = Both(ja="試していない", en="not tried")


def chapters(tried: Tried) -> Table:
    """The rows that were tried, counted by chapter and word: what an applicant would see first."""
    lines: list[tuple[Both | str, ...]] = []
    for tally in tried.report.tallies:
        if tally.selected:
            name = both(lambda words, chapter=tally.chapter: telling.chapter(chapter, words))
            kept, broken = tally.count("satisfied"), tally.count("violated")
            lines.append(
                (name, str(tally.selected), str(kept), str(broken), str(tally.selected - kept - broken))
            )
    title = both(lambda words: telling.headline(tried.report, words)[1])
    head = (
        text("report.article"),
        Both(ja="選んだ行", en="Chosen"),
        word("verdict", "satisfied"),
        word("verdict", "violated"),
        Both(ja="その他", en="Others"),
    )
    return Table("chapters", title, head, lines, widths=(44, 14, 14, 14, 14))
