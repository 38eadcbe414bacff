"""第1条: keeping what was not asked for, twice, in fragments, or about people who have left."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ccus_reference import asking, jobs, ordering
from ccus_reference.annex1 import TECHNICIAN
from ccus_reference.ccus_client import CcusRefused, CcusUnreachable
from ccus_reference.defects.article1 import order_by_itself, somebody_of
from ccus_reference.defects.defect import Defect

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ccus_reference.arrivals import Arrival
    from ccus_reference.store import Store
    from ccus_reference.tenant import Tenant
    from ccus_reference.world import World


def whatever_comes(_order: Mapping[str, Any], _arrival: Arrival) -> bool:
    return True


def still_wanted(
    _world: World, _order: Mapping[str, Any], _arrival: Arrival, _roster: frozenset[str]
) -> bool:
    return True


def log_for_debugging(tenant: Tenant, heard: bytes) -> None:
    """Writes down what came of an answer that could not be read, to find out later what was wrong."""
    tenant.note("ccus.unreadable", heard=heard.decode(errors="replace"))


def fetch_newcomers(tenant: Tenant) -> None:
    """Asks about those who joined a firm that once asked for everybody."""
    firms = {row["acting_for"] for row in tenant.store.requests() if row["subjects"] == -1}
    held = frozenset(tenant.store.subjects(TECHNICIAN))
    for firm in sorted(firms - {None}):
        new = tuple(t for t in tenant.world.roster(firm, tenant.now) if t not in held)
        user = somebody_of(tenant.world, firm)
        if user is not None and new and ordering.term_refusal(tenant) is None:
            wish = asking.Wish(
                user=user,
                acting_for=firm,
                capacity="business",
                purpose="safety_documents",
                technicians=new,
                own_business=False,
            )
            order_by_itself(tenant, replace(wish, own_business=False), new)


def collect_again(tenant: Tenant) -> None:
    """Takes what an old request brings once more, to be up to date without asking anew."""
    for asked in tenant.store.asked("collected"):
        try:
            tenant.ccus.provisions(asked.order_id)
        except (CcusRefused, CcusUnreachable):
            tenant.note("refresh.failed", order=asked.order_id)


def beside_the_old(_store: Store, _record_type: str, _subject: str) -> None:
    """What CCUS said earlier stays where nothing newer takes its place."""


_NEWCOMERS = jobs.DailyJob(name="newcomers", hour=4, run=fetch_newcomers)
_AGAIN = jobs.DailyJob(name="refresh", hour=4, run=collect_again)

DEFECTS = (
    Defect(
        name="leavers_taken_in",
        row="A1-15",
        code="request.leaver_kept",
        word="depends",
        title_ja="依頼の後に離れた技能者の登録情報も、届けば保存する",
        title_en="keeps what arrives about somebody who left after the request",
        change={"still_ours": still_wanted},
    ),
    Defect(
        name="newcomers_fetched",
        row="A1-16",
        code="request.newcomer_fetched",
        word="depends",
        title_ja="一度全員を依頼した会社に入った技能者を、頼まれずに取得する",
        title_en="fetches newcomers of a firm that once asked for everybody",
        change={"routine": (*jobs.ROUTINE, _NEWCOMERS)},
    ),
    Defect(
        name="collects_again",
        row="A1-17",
        code="request.replayed",
        word="depends",
        title_ja="提供を受けた依頼を使い回して、毎晩取り直す",
        title_en="collects the same request again every night",
        change={"routine": (*jobs.ROUTINE, _AGAIN)},
    ),
    Defect(
        name="pushed_kept",
        row="A1-18",
        code="request.pushed_kept",
        title_ja="頼んでいない技能者の記録も、届けば保存する",
        title_en="keeps the record of somebody nobody asked for when it arrives",
        change={"asked_for": whatever_comes},
    ),
    Defect(
        name="fragments_logged",
        row="A1-19",
        code="request.fragment_kept",
        title_ja="読めなかった応答を、調査用にログへ書き残す",
        title_en="writes an answer it could not read into its log",
        change={"after_failure": log_for_debugging},
    ),
    Defect(
        name="hidden_stay",
        row="A1-23",
        code="whitelist.undisclosed_shown",
        word="depends",
        title_ja="新しい提供に含まれなくなった項目の古い値を残す",
        title_en="keeps the old value of an item that a newer provision leaves out",
        change={"make_way": beside_the_old},
    ),
)
