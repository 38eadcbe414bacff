"""第2条2: wrong answers about tangled sites, about plans and about what is over."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from ccus_reference import looking, scope
from ccus_reference.defects.defect import Defect
from ccus_reference.scope import Scope
from ccus_reference.world import Entry

if TYPE_CHECKING:
    from datetime import datetime

    from ccus_reference.looking import Look
    from ccus_reference.tenant import Tenant
    from ccus_reference.world import Affiliation, Site, World


def wherever_his_firms_are(world: World, technician: str, at: datetime) -> tuple[Entry, ...]:
    """Takes somebody of several firms for present at every site where one of them works."""
    stood = scope.entries(world, technician, at)
    firms = world.employers(technician, at)
    if len(firms) < 2:
        return stood
    thought = (_as_if_entered(technician, site, firm, at) for site, firm in _workplaces(world, firms))
    return (*stood, *thought)


def _workplaces(world: World, firms: frozenset[str]) -> list[tuple[Site, str]]:
    return [
        (site, firm)
        for site in world.sites.values()
        for firm in sorted(firms)
        if any(firm == link.child for link in site.links)
    ]


def _as_if_entered(technician: str, site: Site, firm: str, at: datetime) -> Entry:
    return Entry(
        id="-", technician=technician, site=site.id, under=firm, at=at, known_at=at, cancelled_at=None
    )


def ever_employed(world: World, technician: str, at: datetime) -> frozenset[str]:
    """Takes an affiliation that is over for one that lasts."""
    return frozenset(
        a.business for a in world.affiliations if a.technician == technician and a.period.start <= at
    )


def plan_for_the_site(tenant: Tenant, look: Look) -> str | None:
    """Shows whoever is planned for a site to every firm on it."""
    viewer = looking.viewer_of(tenant, look)
    planned = (e for e in tenant.world.entries if e.technician == look.subject and tenant.now < e.at)
    for entry in planned:
        links = tenant.world.sites[entry.site].links
        if viewer and any(viewer.business in (link.child, link.parent) for link in links):
            return "入場予定"
    return looking.ground(tenant, look)


def voided_too(world: World, technician: str, at: datetime) -> tuple[Entry, ...]:
    """Counts entries that were cancelled."""
    return tuple(e for e in world.entries if e.technician == technician and e.at <= at and e.known_at <= at)


def requested_too(_world: World, site: Site, entry: Entry, _at: datetime) -> frozenset[str]:
    """Counts links that were only requested."""
    links = [link for link in site.links if link.period.holds(entry.at)]
    return scope.climbed(lambda child: frozenset(li.parent for li in links if li.child == child), entry.under)


def open_above_a_gap(world: World, site: Site, entry: Entry, at: datetime) -> frozenset[str]:
    """Falls back to the whole site where the chain cannot be followed."""
    above = scope.climbed(lambda child: site.parents(child, entry.at), entry.under)
    if not above & world.unregistered:
        return scope.upper_tiers(world, site, entry, at)
    return frozenset(firm for link in site.links for firm in (link.child, link.parent))


def above_his_employer(world: World, site: Site, entry: Entry, at: datetime) -> frozenset[str]:
    """Climbs from the firm that he is registered with, not from the one he entered under."""
    mine: list[Affiliation] = [
        a for a in world.affiliations if a.technician == entry.technician and a.period.holds(at)
    ]
    main = next((a.business for a in mine if a.kind == "main"), entry.under)
    return scope.climbed(lambda child: site.parents(child, entry.at), main) - world.unregistered


def partner_anywhere(world: World, site: Site, business: str) -> bool:
    """Gives partners of a joint venture the rights of its representative at every site."""
    ventures = (one for one in world.sites.values() if business in one.primes)
    return any(site.prime in one.primes for one in ventures)


def heir_of_the_firm(world: World, technician: str, at: datetime) -> frozenset[str]:
    """Takes the firm that one technician moved to for the successor of his old firm."""
    firms = world.employers(technician, at)
    heirs = {
        begun.business
        for ended in world.affiliations
        if ended.business in firms and ended.period.end is not None
        for begun in world.affiliations
        if begun.technician == ended.technician and begun.period.start == ended.period.end
    }
    return firms | heirs


def the_whole_site_in_the_end(world: World, site: Site, entry: Entry, at: datetime) -> frozenset[str]:
    """A year after an entry the record is filed with the site, and every firm there opens the file."""
    if at < entry.at + timedelta(days=365):
        return scope.upper_tiers(world, site, entry, at)
    return frozenset(firm for link in site.links for firm in (link.child, link.parent))


DEFECTS = (
    Defect(
        name="old_files_open",
        row="A2-2-10",
        code="scope.after_entry",
        title_ja="入場から一年を過ぎた記録を、現場のすべての事業者に見せる",
        title_en="a year after an entry every firm of the site sees the record",
        change={"scope": Scope(upper_tiers=the_whole_site_in_the_end)},
    ),
    Defect(
        name="side_firm_sites",
        row="A2-2-07",
        code="scope.side_firm",
        title_ja="複数に所属する技能者を、どの所属先の現場にもいるものとみなす",
        title_en="takes somebody of several firms for present wherever one of them works",
        change={"scope": Scope(entries=wherever_his_firms_are)},
    ),
    Defect(
        name="former_employer_sees",
        row="A2-2-08",
        code="scope.former_employer",
        drags=("A2-2-01", "A2-2-21", "A2-2-29"),
        title_ja="所属が終わった事業者にも見える",
        title_en="a former employer goes on seeing",
        change={"scope": Scope(employers=ever_employed)},
    ),
    Defect(
        name="plan_seen_by_site",
        row="A2-2-09",
        code="scope.before_entry",
        title_ja="入場の予定だけで、現場のすべての事業者に見える",
        title_en="whoever is planned for a site is seen by every firm on it",
        change={"ground": plan_for_the_site},
    ),
    Defect(
        name="cancelled_entry_counts",
        row="A2-2-11",
        code="scope.cancelled_entry",
        title_ja="取り消された入場でも見える",
        title_en="a cancelled entry goes on opening the record",
        change={"scope": Scope(entries=voided_too)},
    ),
    Defect(
        name="invitation_counts",
        row="A2-2-12",
        code="scope.not_approved",
        title_ja="承認前の体制でも上位とみなす",
        title_en="takes a firm that only asked to stand above for one that does",
        change={"scope": Scope(upper_tiers=requested_too)},
    ),
    Defect(
        name="gap_opens_site",
        row="A2-2-13",
        code="scope.gap_open",
        title_ja="間の事業者が未登録だと、現場のすべての事業者に見える",
        title_en="where an unregistered firm breaks the chain, the whole site sees",
        change={"scope": Scope(upper_tiers=open_above_a_gap)},
    ),
    Defect(
        name="chain_from_employer",
        row="A2-2-14",
        code="scope.wrong_chain",
        title_ja="応援先でなく、登録上の所属先から上位をたどる",
        title_en="climbs from the registered employer instead of the firm entered under",
        change={"scope": Scope(upper_tiers=above_his_employer)},
    ),
    Defect(
        name="partner_everywhere",
        row="A2-2-15",
        code="scope.joint_venture",
        title_ja="共同企業体の構成員が、代表者の他の現場も見られる",
        title_en="a partner of a joint venture sees the representative's other sites",
        change={"scope": Scope(is_prime=partner_anywhere)},
    ),
    Defect(
        name="heir_by_guess",
        row="A2-2-26",
        code="scope.succession",
        title_ja="一人の移籍から、事業者の引継ぎを推し量る",
        title_en="takes the firm that one technician moved to for a successor of his old firm",
        change={"scope": Scope(employers=heir_of_the_firm)},
    ),
)
