"""第2条3: not telling registration data apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ccus_reference import arrivals
from ccus_reference.annex1 import TECHNICIAN
from ccus_reference.store import CCUS, Item

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ccus_reference.world import World

from ccus_reference.defects.defect import Defect


def fill_the_roster(
    world: World,
    order: Mapping[str, Any],
    let_in: list[tuple[arrivals.Arrival, Mapping[str, Any]]],
    at: str,
) -> list[Item]:
    """Makes records for the firm's whole site roster (作業員名簿) once one of them was provided."""
    items = arrivals.items_of(world, order, let_in, at)
    had = {a.subject for a, _ in let_in}
    rostered = {entry.technician for entry in world.entries if entry.under == order["acting_for"]}
    return items + [
        Item(record_type=TECHNICIAN, subject=t, item="t01_name", origin=CCUS, value=world.labels[t], at=at)
        for t in sorted(rostered - had)
        if had
    ]


def no_mark(origin: str) -> str:
    return "" if origin == CCUS else origin


def same_mark(_origin: str) -> str:
    return CCUS


DEFECTS = (
    Defect(
        name="roster_filled",
        row="A2-3-01",
        code="kept.not_provided",
        title_ja="一人の提供で名簿全員分のCCUS由来の記録を作る",
        title_en="makes CCUS-marked records for the whole roster when one was provided",
        change={"items_of": fill_the_roster},
    ),
    Defect(
        name="unmarked",
        row="A2-3-03",
        code="mark.missing",
        drags=("A2-3-04", "A2-3-05", "A2-3-06", "A2-3-08", "A2-3-09", "A2-3-11"),
        title_ja="CCUS由来の表示がない",
        title_en="shows no mark on data from CCUS",
        change={"mark": no_mark},
    ),
    Defect(
        name="all_marked",
        row="A2-3-07",
        code="mark.false",
        drags=("A2-3-01", "A2-3-04", "A2-3-05", "A2-3-10", "A2-3-11"),
        title_ja="利用者入力にもCCUS由来の表示を付ける",
        title_en="marks everything as coming from CCUS",
        change={"mark": same_mark},
    ),
)
