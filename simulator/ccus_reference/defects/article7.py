"""第7条: taking the end of the agreement for the end of every duty."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ccus_reference.defects.defect import Defect

if TYPE_CHECKING:
    from ccus_reference.disposal import End
    from ccus_reference.store import Store


def nothing_survives(_end: End) -> bool:
    return False


def evidence_too(store: Store) -> None:
    """What shows that the agreement was kept goes with the data."""
    store.erase_evidence()
    store.erase_registration_data()


DEFECTS = (
    Defect(
        name="evidence_wiped",
        row="A7-04",
        word="review",
        code="review.evidence",
        title_ja="廃棄の時に、依頼と閲覧の記録も消す",
        title_en="wipes the records of requests and views along with the data",
        change={"erase": evidence_too},
    ),
    Defect(
        name="nothing_survives",
        row="A7-02",
        code="survival.by_heading",
        drags=("A5-04", "A6-03", "A6-04", "A6-05", "A6-13", "A6-16", "A6-19", "A6-22"),
        title_ja="存続条項の番号を理由に、終了後は何もしない",
        title_en="does nothing after the end, because of the number in the survival clause",
        change={"counts_as_end": nothing_survives},
    ),
)
