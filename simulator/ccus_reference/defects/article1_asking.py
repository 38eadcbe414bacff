"""第1条: asking as somebody else, for another end, or without anybody having asked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ccus_reference import asking, ordering, outbound
from ccus_reference.annex1 import TECHNICIAN
from ccus_reference.defects.article1 import somebody_of
from ccus_reference.defects.defect import Defect

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from ccus_reference.arrivals import Arrival
    from ccus_reference.looking import Look
    from ccus_reference.tenant import Tenant
    from ccus_reference.world import Account, World

NOWHERE = "http://127.0.0.1:9/"
"""Nobody listens on the discard port: the copy goes out and reaches no one."""


def refresh_along(world: World, wish: asking.Wish, at: datetime) -> asking.Plan:
    """Every order about somebody brings a second one about the next colleague, to have it at hand."""
    plan = asking.as_business(world, wish, at)
    roster = world.roster(wish.acting_for or "", at)
    others = tuple(t for t in roster if wish.technicians is not None and t not in wish.technicians)
    if not plan.orders or not wish.technicians or not others:
        return plan
    more = asking.order_of(wish, others[:1], own_business=False)
    return asking.Plan(orders=(*plan.orders, more), left_out=plan.left_out)


def fetch_on_view(tenant: Tenant, look: Look) -> None:
    """Opening a record that is not here yet fetches it."""
    subject = look.subject or ""
    if look.what != "record" or look.acting_for is None or tenant.store.items(TECHNICIAN, subject):
        return
    wish = asking.Wish(
        user=look.user,
        acting_for=look.acting_for,
        capacity="business",
        purpose="safety_documents",
        technicians=(subject,),
        own_business=False,
    )
    ordering.request(tenant, wish)


def anybody(_account: Account) -> bool:
    return True


def as_somebody_of_the_firm(world: World, _account: Account, wish: asking.Wish, _at: datetime) -> Any:
    user = somebody_of(world, wish.acting_for or "")
    return None if user is None else replace(wish, user=user)


def any_purpose(_purpose: str) -> str | None:
    return "safety_documents"


def parents_record_too(world: World, wish: asking.Wish, at: datetime) -> asking.Plan:
    """Whoever asks for the own firm's record gets that of the firm above at a site as well."""
    plan = asking.as_business(world, wish, at)
    firm = wish.acting_for or ""
    above = sorted({parent for site in world.sites.values() for parent in site.parents(firm, at)})
    if not wish.own_business or not above:
        return plan
    user = somebody_of(world, above[0])
    if user is None:
        return plan
    lent = asking.order_of(replace(wish, user=user, acting_for=above[0]), (), own_business=True)
    return asking.Plan(orders=(*plan.orders, lent), left_out=plan.left_out)


def sole_person_as_firm(world: World, wish: asking.Wish, at: datetime) -> asking.Plan:
    """What a one-person contractor asks for as a technician goes out as from the firm."""
    me = world.accounts[wish.user].technician or ""
    firm = next((b for b in sorted(world.employers(me, at)) if world.roster(b, at) == (me,)), None)
    user = somebody_of(world, firm) if firm else None
    if firm is None or user is None:
        return asking.as_technician(world, wish, at)
    return asking.as_business(world, replace(wish, user=user, acting_for=firm, capacity="business"), at)


def copy_to_another_product(tenant: Tenant, arrived: Sequence[Arrival]) -> None:
    for arrival in arrived:
        outbound.send(tenant, NOWHERE, "自社の別製品への複写", str(dict(arrival.items)).encode())


def copy_to_payroll(tenant: Tenant, body: bytes) -> None:
    outbound.send(tenant, NOWHERE, "給与計算サービスへの連携", body)


def also_those_who_left(world: World, user: str) -> Account | None:
    return world.accounts.get(user) or world.left.get(user)


def without_refused(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row for row in rows if row["outcome"] != "refused"]


DEFECTS = (
    Defect(
        name="refresh_along",
        row="A1-02",
        code="request.without_act",
        drags=("A1-18", "A1-19"),
        title_ja="依頼のついでに、頼まれていない同僚の分も取得する",
        title_en="fetches a colleague nobody asked for along with every request",
        change={"as_business": refresh_along},
    ),
    Defect(
        name="view_fetches",
        row="A1-04",
        code="request.by_looking",
        word="depends",
        title_ja="まだない記録を開くと、依頼したものとして取得する",
        title_en="takes the opening of a record that is not here for a request",
        change={"before_page": fetch_on_view},
    ),
    Defect(
        name="clients_ask",
        row="A1-05",
        code="request.by_stranger",
        title_ja="発注者にも依頼をさせる",
        title_en="lets a client ask",
        change={"is_user": anybody},
    ),
    Defect(
        name="delegation_unchecked",
        row="A1-06",
        code="request.undelegated",
        drags=("A1-02", "A1-12"),
        title_ja="委任の記録を確かめず、保存した本人の認証情報で代行させる",
        title_en="lets anybody ask for a firm with its stored credential, whatever was recorded",
        change={"delegated": as_somebody_of_the_firm},
    ),
    Defect(
        name="mirror",
        row="A1-08",
        code="request.forwarded",
        drags=("A1-10", "A2-3-15", "A2-3-16"),
        title_ja="受け取った登録情報を自社の別製品へ複写する",
        title_en="copies what arrives to another product of the operator",
        change={"after_arrival": copy_to_another_product},
    ),
    Defect(
        name="any_purpose",
        row="A1-09",
        code="request.purpose_unlisted",
        title_ja="一覧にない目的を、ある目的に書き換えて依頼する",
        title_en="writes a listed purpose over one that is not",
        change={"purpose": any_purpose},
    ),
    Defect(
        name="copy_to_payroll",
        row="A1-10",
        code="integration.undeclared",
        word="depends",
        drags=("A2-3-15", "A2-3-16"),
        title_ja="書き出すたびに、申告していない給与計算サービスへも送る",
        title_en="sends every export to a payroll service that was not declared",
        change={"after_export": copy_to_payroll},
    ),
    Defect(
        name="parents_record",
        row="A1-12",
        code="request.other_firm",
        drags=("A1-02",),
        title_ja="自社の事業者情報の依頼で、上位の会社の事業者情報も取得する",
        title_en="fetches the record of the firm above along with the own firm's",
        change={"as_business": parents_record_too},
    ),
    Defect(
        name="sole_person_as_firm",
        row="A1-14",
        code="request.capacity_mixed",
        drags=("A1-02",),
        title_ja="一人親方が技能者としてした依頼を、事業者の依頼として送る",
        title_en="sends a one-person contractor's own request as the firm's",
        change={"as_technician": sole_person_as_firm},
    ),
    Defect(
        name="leavers_ask",
        row="A1-20",
        code="request.by_leaver",
        title_ja="退会した利用者の操作でも依頼する",
        title_en="still asks for users who have left the service",
        change={"known": also_those_who_left},
    ),
    Defect(
        name="refused_not_recorded",
        row="A1-22",
        code="review.request_record_gap",
        word="review",
        title_ja="断った依頼を記録に残さない",
        title_en="keeps no record of requests that were refused",
        change={"audited": without_refused},
    ),
)
