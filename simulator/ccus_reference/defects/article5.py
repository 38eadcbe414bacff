"""第5条: going on outside the term."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ccus_reference import term
from ccus_reference.defects.defect import Defect

if TYPE_CHECKING:
    from ccus_reference.disposal import End


def never_over(_standing: term.Standing) -> None:
    """Takes the agreement to be in force for ever."""


def from_the_start(standing: term.Standing) -> str | None:
    """Thinks of the end and forgets the beginning."""
    before = standing.at < standing.contract.starts_at
    return None if before else term.refusal(standing)


def by_the_paper(standing: term.Standing) -> str | None:
    """Takes the end from the contract as it was typed in once, whatever CCUS says since."""
    over = standing.ended is not None or not standing.contract.in_force(standing.at)
    return "共同利用契約の期間外のため、依頼できません。" if over else None


def by_own_clock(standing: term.Standing) -> str | None:
    """Knows the end from CCUS but takes the time from the own clock."""
    end = standing.registry_end
    over = standing.at < standing.contract.starts_at or (end is not None and standing.at >= end)
    return "共同利用契約の期間外のため、依頼できません。" if over or standing.ended is not None else None


def only_expiry(end: End) -> bool:
    """Goes on after a termination: only expiry is taken for an end."""
    return end.cause == "満了"


def never_late(_standing: term.Standing) -> None:
    """Takes what was asked for in time, whenever it comes."""


DEFECTS = (
    Defect(
        name="before_signing",
        row="A5-01",
        code="term.kept_before_start",
        title_ja="締結の日より前から依頼と保存を始める",
        title_en="begins asking and keeping before the agreement is signed",
        change={"term_refusal": from_the_start},
    ),
    Defect(
        name="ignores_end",
        row="A5-02",
        code="term.kept_after_end",
        drags=("A5-01", "A5-03", "A5-04", "A5-05", "A5-06", "A6-02", "A6-27"),
        title_ja="契約終了後も依頼と保存を続ける",
        title_en="goes on asking and keeping after the end",
        change={"term_refusal": never_over},
    ),
    Defect(
        name="fixed_end_date",
        row="A5-03",
        word="review",
        code="term.end_date_fixed",
        drags=("A5-06",),
        title_ja="終了日を最初に登録したまま変えない",
        title_en="keeps the end date that was typed in once",
        change={"term_refusal": by_the_paper},
    ),
    Defect(
        name="only_expiry_ends",
        row="A5-04",
        word="depends",
        code="term.early_end_ignored",
        drags=("A6-03", "A6-04", "A6-05", "A6-09", "A6-11", "A6-13", "A6-16", "A6-23", "A6-25", "A6-26"),
        title_ja="満了以外の終了を終了として扱わない",
        title_en="takes no end but expiry for an end",
        change={"counts_as_end": only_expiry},
    ),
    Defect(
        name="in_flight_kept",
        row="A5-05",
        code="term.in_flight_kept",
        title_ja="終了時に処理中だった依頼の結果を保存する",
        title_en="keeps what was still on its way when the agreement ended",
        change={"late_arrival": never_late},
    ),
    Defect(
        name="own_clock",
        row="A5-06",
        word="review",
        code="term.own_clock",
        title_ja="契約の終わりを自分の時計だけで判断する",
        title_en="tells the end by its own clock alone",
        change={"term_refusal": by_own_clock},
    ),
)
