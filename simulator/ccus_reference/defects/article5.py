"""第5条: going on after the term."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ccus_reference import term

from ccus_reference.defects.defect import Defect


def never_over(_standing: term.Standing) -> None:
    """Takes the agreement to be in force for ever."""


DEFECTS = (
    Defect(
        name="ignores_end",
        row="A5-02",
        code="term.kept_after_end",
        drags=("A5-04", "A5-05", "A6-02", "A6-27"),
        title_ja="契約終了後も依頼と保存を続ける",
        title_en="goes on asking and keeping after the end",
        change={"term_refusal": never_over},
    ),
)
