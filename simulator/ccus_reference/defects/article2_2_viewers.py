"""第2条2: people who are on no list, and lists of people added together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ccus_reference import looking
from ccus_reference.annex1 import TECHNICIAN
from ccus_reference.defects.defect import Defect
from ccus_reference.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from typing import Any

    from ccus_reference.looking import Look
    from ccus_reference.scope import Viewer
    from ccus_reference.store import Store
    from ccus_reference.tenant import Tenant
    from ccus_reference.world import Site, World


def no_site_no_filter(tenant: Tenant, look: Look) -> str | None:
    """Filters by the sites of the firm; whoever has none is not filtered at all."""
    viewer = looking.viewer_of(tenant, look)
    if viewer and viewer.business and not _on_some_site(tenant.world, viewer.business):
        return "条件なし"
    return looking.ground(tenant, look)


def _on_some_site(world: World, business: str) -> bool:
    return any(
        business in site.primes or any(business in (link.child, link.parent) for link in site.links)
        for site in world.sites.values()
    )


def client_of_the_site(tenant: Tenant, look: Look) -> str | None:
    """Lets the client of a site look at everybody who entered it."""
    account = tenant.world.accounts.get(look.user)
    entered = tenant.world.entries_of(look.subject or "", tenant.now)
    clients = {tenant.world.sites[entry.site].client for entry in entered}
    if account is not None and account.role == "client" and account.businesses & clients:
        return "発注者"
    return looking.ground(tenant, look)


def colleague(tenant: Tenant, look: Look) -> str | None:
    """Lets technicians of one firm look at each other."""
    viewer = looking.viewer_of(tenant, look)
    if viewer and viewer.technician:
        firms = tenant.world.employers(viewer.technician, tenant.now)
        if firms & tenant.world.employers(look.subject or "", tenant.now):
            return "同僚"
    return looking.ground(tenant, look)


def support(tenant: Tenant, look: Look) -> str | None:
    """Lets the operator's staff look at everybody at any time."""
    account = tenant.world.accounts.get(look.user)
    if account is not None and account.role == "staff":
        return "保守"
    return looking.ground(tenant, look)


def any_firm_of_the_user(tenant: Tenant, look: Look) -> str | None:
    """Adds up what all firms of a user may see, whichever is acted for."""
    account = tenant.world.accounts.get(look.user)
    relation = tenant.behaviour.scope.relation
    for business in sorted(account.businesses) if account and account.role == "member" else ():
        viewer = looking.viewer_of(tenant, _as(look, business))
        if viewer and (found := relation(tenant.world, viewer, look.subject or "", tenant.now)):
            return found
    return looking.ground(tenant, look)


def _as(look: Look, business: str) -> Look:
    return looking.Look(user=look.user, acting_for=business, what=look.what, subject=look.subject)


def anybodys_firm(tenant: Tenant, look: Look) -> str | None:
    """Shows the record of a firm to every user of the system."""
    viewer = looking.viewer_of(tenant, look)
    return "利用者" if viewer and viewer.business else looking.firm_ground(tenant, look)


def everybody_counted(tenant: Tenant, _viewer: Viewer) -> tuple[str, ...]:
    return tenant.store.subjects(TECHNICIAN)


def unlogged(_store: Store, _row: Mapping[str, Any]) -> None:
    """Forgets who looked at whom."""


def no_prime(_world: World, _site: Site, _business: str) -> bool:
    return False


def no_employer(_world: World, _technician: str, _at: datetime) -> frozenset[str]:
    return frozenset()


DEFECTS = (
    Defect(
        name="primes_shut_out",
        row="A2-2-02",
        word="untested",
        code="untested.not_shown",
        title_ja="どの事業者も元請として扱わない",
        title_en="takes no firm for the prime contractor",
        change={"scope": Scope(is_prime=no_prime)},
    ),
    Defect(
        name="employers_shut_out",
        row="A2-2-06",
        word="untested",
        code="untested.no_control",
        title_ja="所属事業者に、自社の技能者も見せない",
        title_en="shows employers not even their own technicians",
        change={"scope": Scope(employers=no_employer)},
    ),
    Defect(
        name="newcomer_sees_all",
        row="A2-2-01",
        code="scope.stranger",
        drags=("A2-2-20", "A2-2-22", "A2-2-26"),
        title_ja="どの現場にもいない事業者には絞り込みがかからない",
        title_en="a firm that is on no site is not filtered at all",
        change={"ground": no_site_no_filter},
    ),
    Defect(
        name="client_sees",
        row="A2-2-16",
        code="scope.outside_role",
        title_ja="発注者が自分の現場の技能者を見られる",
        title_en="the client sees the technicians of its site",
        change={"ground": client_of_the_site},
    ),
    Defect(
        name="colleagues_see",
        row="A2-2-17",
        code="scope.peer",
        title_ja="同じ会社の技能者どうしが見られる",
        title_en="technicians of one firm see each other",
        change={"ground": colleague},
    ),
    Defect(
        name="staff_sees",
        row="A2-2-18",
        code="scope.staff",
        title_ja="甲の職員がいつでも見られる",
        title_en="the operator's staff can look at any time",
        change={"ground": support},
    ),
    Defect(
        name="union_of_firms",
        row="A2-2-22",
        code="scope.union",
        title_ja="二社の利用者に、両社の権限を合わせて見せる",
        title_en="a user of two firms sees what both may see, whichever is chosen",
        change={"ground": any_firm_of_the_user},
    ),
    Defect(
        name="counts_everybody",
        row="A2-2-23",
        code="count.singles_out",
        word="depends",
        drags=("A2-2-19",),
        title_ja="件数だけは閲覧範囲の外も数える",
        title_en="counts take in people whom the user may not see",
        change={"counted": everybody_counted},
    ),
    Defect(
        name="firm_pages_open",
        row="A2-2-24",
        code="scope.firm_data",
        title_ja="事業者情報がすべての利用者に見える",
        title_en="firms' records are shown to every user",
        change={"firm_ground": anybodys_firm},
    ),
    Defect(
        name="hidden_items_shown",
        row="A2-2-25",
        code="scope.hidden_item",
        word="depends",
        title_ja="上位下請に見せないと申告した項目を見せる",
        title_en="shows upper tiers the items that are declared hidden from them",
        change={"items_shown": looking.every_item},
    ),
    Defect(
        name="views_unlogged",
        row="A2-2-28",
        code="view.not_logged",
        word="review",
        title_ja="閲覧を記録しない",
        title_en="keeps no log of views",
        change={"log_viewing": unlogged},
    ),
)
