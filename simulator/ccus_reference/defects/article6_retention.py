"""第6条ただし書: keeping what may not be kept, or longer than it may be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ccus_reference import disposal, term
from ccus_reference.defects.defect import Defect

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ccus_reference.disposal import End
    from ccus_reference.store import Item
    from ccus_reference.tenant import Tenant


def open_under_retention(standing: term.Standing) -> str | None:
    """Reads the right to keep as a right to fetch."""
    return None if standing.ended == term.RETAINED else term.refusal(standing)


def claim_nothing(_tenant: Tenant, _claim: Mapping[str, Any]) -> None:
    return None


def keep_on(tenant: Tenant, end: End) -> Any:
    """Notes that a condition lapsed, and keeps the data."""
    tenant.note("retention.lapsed", cause=end.cause)
    return disposal.Result(detail={"state": term.RETAINED})


def erase_in_silence(tenant: Tenant, _end: End) -> Any:
    """Destroys when retention falls away, and certifies nothing."""
    key = disposal.commitment_key(tenant)
    disposal.emptied(tenant, tenant.store.provisions(), bytes.fromhex(key["key"]))
    tenant.store.set("ended", term.DISPOSED)
    return disposal.Result(detail={"state": term.DISPOSED})


def of_no_day(_items: Sequence[Item]) -> str:
    """As if the data were of today."""
    return ""


def open_to_users(tenant: Tenant, viewer: Any, technician: str) -> str | None:
    """After the end shows retained data to every firm that uses the system: a use of its own."""
    return "利用事業者" if viewer.business in tenant.world.users and technician else None


def entries_go_on(tenant: Tenant, viewer: Any, technician: str) -> str | None:
    """Lets entries after the end open retained data as entries in the term did."""
    return tenant.behaviour.scope.relation(tenant.world, viewer, technician, tenant.now)


DEFECTS = (
    Defect(
        name="lapse_ignored",
        row="A6-25",
        code="retention.kept_after_lapse",
        drags=("A6-26",),
        title_ja="条件を欠いても継続保有をやめない",
        title_en="goes on keeping when a condition has lapsed",
        change={"after_lapse": keep_on},
    ),
    Defect(
        name="lapse_uncertified",
        row="A6-26",
        code="retention.lapse_uncertified",
        title_ja="継続保有をやめたときに証明書を出さない",
        title_en="certifies nothing when retention falls away",
        change={"after_lapse": erase_in_silence},
    ),
    Defect(
        name="retention_fetches",
        row="A6-27",
        code="retention.later_data",
        drags=("A6-02",),
        title_ja="継続保有中も新たに取得する",
        title_en="goes on fetching under retention",
        change={"term_refusal": open_under_retention},
    ),
    Defect(
        name="retained_for_all",
        row="A6-28",
        word="depends",
        drags=("A6-30",),
        code="retention.beyond_article2",
        title_ja="継続保有の情報を、すべての利用事業者に見せる",
        title_en="shows retained data to every firm that uses the system",
        change={"retained_ground": open_to_users},
    ),
    Defect(
        name="retained_as_current",
        row="A6-29",
        word="review",
        code="retention.as_of_missing",
        title_ja="継続保有の情報を、いつの時点のものかを示さずに見せる",
        title_en="shows retained data without saying of which day they are",
        change={"as_of": of_no_day},
    ),
    Defect(
        name="late_entries_open",
        row="A6-30",
        word="depends",
        code="retention.entry_opens",
        title_ja="終了後の入場を根拠に、継続保有の情報を見せる",
        title_en="shows retained data by reason of entries made after the end",
        change={"retained_ground": entries_go_on},
    ),
    Defect(
        name="retention_unsaid",
        row="A6-32",
        word="review",
        code="retention.not_claimed",
        title_ja="継続保有を選んだことを乙に知らせない",
        title_en="keeps under the proviso without telling the Fund",
        change={"claim": claim_nothing},
    ),
)
