"""第2条2: showing to others than those allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ccus_reference import scope
from ccus_reference.annex1 import TECHNICIAN
from ccus_reference.scope import Scope

if TYPE_CHECKING:
    from datetime import datetime

    from ccus_reference.scope import Viewer
    from ccus_reference.tenant import Tenant
    from ccus_reference.world import Entry, Site, World

from ccus_reference.defects.defect import Defect


def prime_anywhere(world: World, _site: Site, business: str) -> bool:
    return any(business in site.primes for site in world.sites.values())


def everybody_on_site(_world: World, site: Site, entry: Entry, _at: datetime) -> frozenset[str]:
    """Takes everybody in the site's tree for an upper tier."""
    links = [link for link in site.links if link.holds(entry.at)]
    return frozenset(firm for link in links for firm in (link.child, link.parent))


def above_anywhere(world: World, site: Site, entry: Entry, at: datetime) -> frozenset[str]:
    """Climbs one subcontract list of the whole company instead of the site's own tree."""
    if entry.under in site.primes:
        return frozenset()

    def parents(child: str) -> frozenset[str]:
        lists = ((one, one.parents(child, entry.at)) for one in world.sites.values())
        return frozenset(p for one, found in lists for p in found if p not in one.primes)

    return scope.climbed(parents, entry.under) | scope.upper_tiers(world, site, entry, at)


def everybody_held(tenant: Tenant, _viewer: Viewer) -> tuple[str, ...]:
    return tenant.store.subjects(TECHNICIAN)


DEFECTS = (
    Defect(
        name="any_prime",
        row="A2-2-03",
        code="scope.other_site",
        drags=("A2-2-05", "A2-2-07", "A2-2-15", "A2-2-20"),
        title_ja="元請であれば他の現場の技能者も見える",
        title_en="a prime contractor sees technicians of any site",
        change={"scope": Scope(is_prime=prime_anywhere)},
    ),
    Defect(
        name="whole_site",
        row="A2-2-04",
        code="scope.not_upper",
        drags=("A2-2-05", "A2-2-13", "A2-2-14", "A2-2-20"),
        title_ja="同じ現場のすべての事業者が見える",
        title_en="every firm on a site sees everybody who entered it",
        change={"scope": Scope(upper_tiers=everybody_on_site)},
    ),
    Defect(
        name="company_parent",
        row="A2-2-05",
        code="scope.company_parent",
        drags=("A2-2-20",),
        title_ja="上位下請を現場ごとでなく会社単位で判断する",
        title_en="takes a firm that stands above at one site as standing above at every site",
        change={"scope": Scope(upper_tiers=above_anywhere)},
    ),
    Defect(
        name="wide_list",
        row="A2-2-19",
        code="scope.list_wider",
        title_ja="一覧・検索・件数が個別の閲覧範囲より広い",
        title_en="lists, searches and counts show more than single views do",
        change={"listed": everybody_held},
    ),
)
