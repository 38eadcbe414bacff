"""The catalogue of defects: wrong systems made from the right one by replacing one decision each."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ccus_reference import arrivals, asking, files, incidents, jobs, ordering, scope, term
from ccus_reference.annex1 import TECHNICIAN
from ccus_reference.behaviour import Behaviour
from ccus_reference.moments import written
from ccus_reference.scope import Scope
from ccus_reference.store import CCUS, USER, Item

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from ccus_reference.scope import Viewer
    from ccus_reference.store import Provision, Store
    from ccus_reference.tenant import Tenant
    from ccus_reference.world import Entry, Site, World


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """One way to break the agreement: the row it breaks, what a judge should say, what it takes along.

    `drags` are rows that cannot be kept while this one is broken in this way: whoever tests them as
    they are written finds the same fault there.
    """

    name: str
    row: str
    code: str
    title_ja: str
    title_en: str
    change: Mapping[str, Any] = field(repr=False)
    drags: tuple[str, ...] = ()
    word: str = "violated"

    def behaviour(self) -> Behaviour:
        """The lawful conduct with this one decision replaced."""
        return replace(Behaviour(), **self.change)

    def document(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "row": self.row,
            "word": self.word,
            "code": self.code,
            "drags": list(self.drags),
            "title": {"ja": self.title_ja, "en": self.title_en},
        }


# Asking


def sync_every_night(tenant: Tenant) -> None:
    """Freshens everybody held, firm by firm, with the stored credentials of whoever is first."""
    if ordering.term_refusal(tenant) is not None:
        return
    held = frozenset(tenant.store.subjects(TECHNICIAN))
    for business in sorted(tenant.world.users):
        user = _somebody_of(tenant.world, business)
        roster = tuple(t for t in tenant.world.roster(business, tenant.now) if t in held)
        if user is not None and roster:
            wish = asking.Wish(
                user=user,
                acting_for=business,
                capacity="business",
                purpose="safety_documents",
                technicians=roster,
                own_business=True,
            )
            _order_by_itself(tenant, wish, roster)


def _order_by_itself(tenant: Tenant, wish: asking.Wish, roster: tuple[str, ...]) -> None:
    row = {
        "at": written(tenant.now),
        "user": "nightly_sync",
        "acting_for": wish.acting_for,
        "capacity": wish.capacity,
        "purpose": wish.purpose,
        "subjects": len(roster),
    }
    seq = tenant.store.add_request(row)
    ordering.place(tenant, asking.order_of(wish, roster, own_business=True), seq, 1)


def _somebody_of(world: World, business: str) -> str | None:
    members = (a.id for a in world.accounts.values() if a.role == "member" and business in a.businesses)
    return next(members, None)


def ask_as_the_employer(world: World, wish: asking.Wish, at: datetime) -> asking.Plan:
    """A prime contractor's wish about a subcontractor's technician goes out in the employer's name."""
    plan = asking.as_business(world, wish, at)
    borrowed = [order for t in plan.left_out if (order := _in_employers_name(world, wish, t, at)) is not None]
    return asking.Plan(orders=(*plan.orders, *borrowed), left_out=() if borrowed else plan.left_out)


def _in_employers_name(world: World, wish: asking.Wish, technician: str, at: datetime) -> asking.Order | None:
    sites = (world.sites[entry.site] for entry in world.entries_of(technician, at))
    employer = next(iter(sorted(world.employers(technician, at))), "")
    user = _somebody_of(world, employer)
    if user is None or not any(wish.acting_for in site.primes for site in sites):
        return None
    lent = replace(wish, user=user, acting_for=employer)
    return asking.order_of(lent, (technician,), own_business=False)


def ask_for_the_whole_firm(world: World, wish: asking.Wish, at: datetime) -> asking.Plan:
    """A technician's wish goes out as his employer's, about everybody there and the firm itself."""
    me = world.accounts[wish.user].technician or ""
    employer = next(iter(sorted(world.employers(me, at))), "")
    user = _somebody_of(world, employer)
    if user is None:
        return asking.as_technician(world, wish, at)
    widened = replace(wish, user=user, acting_for=employer, capacity="business")
    roster = world.roster(employer, at)
    return asking.Plan(orders=(asking.order_of(widened, roster, own_business=True),))


def remember_refused(technicians: tuple[str, ...]) -> list[Item]:
    return [
        Item(record_type=TECHNICIAN, subject=t, item="request_status", origin=USER, value="提供不可")
        for t in technicians
    ]


def never_over(_standing: term.Standing) -> None:
    """Takes the agreement to be in force for ever."""


def open_under_retention(standing: term.Standing) -> str | None:
    """Reads the right to keep as a right to fetch."""
    return None if standing.ended == term.RETAINED else term.refusal(standing)


# Taking in


def as_it_came(_record_type: str, items: Mapping[str, Any]) -> dict[str, Any]:
    return dict(items)


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


# Marks


def no_mark(origin: str) -> str:
    return "" if origin == CCUS else origin


def same_mark(_origin: str) -> str:
    return CCUS


# Viewing


def prime_anywhere(world: World, _site: Site, business: str) -> bool:
    return any(business in site.primes for site in world.sites.values())


def everybody_on_site(_world: World, site: Site, entry: Entry) -> frozenset[str]:
    """Takes everybody in the site's tree for an upper tier."""
    links = [link for link in site.links if link.holds(entry.at)]
    return frozenset(firm for link in links for firm in (link.child, link.parent))


def above_anywhere(world: World, site: Site, entry: Entry) -> frozenset[str]:
    """Climbs one subcontract list of the whole company instead of the site's own tree."""
    if entry.under in site.primes:
        return frozenset()

    def parents(child: str) -> frozenset[str]:
        lists = ((one, one.parents(child, entry.at)) for one in world.sites.values())
        return frozenset(p for one, found in lists for p in found if p not in one.primes)

    return scope.climbed(parents, entry.under) | scope.upper_tiers(world, site, entry)


def everybody_held(tenant: Tenant, _viewer: Viewer) -> tuple[str, ...]:
    return tenant.store.subjects(TECHNICIAN)


# Incidents and the end


def misuse_only(nature: str) -> bool:
    return nature != "leak" and incidents.to_be_notified(nature)


def leaks_only(nature: str) -> bool:
    return nature == "leak"


def leave_open(_tenant: Tenant, _sign: incidents.Sign) -> list[str]:
    return []


def hide_only(store: Store) -> None:
    store.trash_registration_data()


def store_backups_away(folder: Path) -> int:
    """Moves the backups to long-term keeping, where no rotation reaches them."""
    for path in sorted(folder.glob(files.NIGHTLY)):
        path.rename(path.with_name(f"monthly-{path.name}"))
    return 0


def submit_nothing(_tenant: Tenant, _certificate: Mapping[str, Any]) -> None:
    return None


def other_records(provisions: list[Provision]) -> list[Provision]:
    """As many records as there were, but others."""
    return [replace(p, provision_id=p.provision_id[::-1] + "x") for p in provisions]


_SYNC = jobs.DailyJob(name="nightly_sync", hour=3, run=sync_every_night)

_CATALOGUE = (
    Defect(
        name="nightly_sync",
        row="A1-03",
        code="idle.call",
        drags=("A1-02", "A1-17"),
        title_ja="利用者の依頼がないのに毎晩CCUSから取得する",
        title_en="fetches from CCUS every night without a user's request",
        change={"routine": (*jobs.ROUTINE, _SYNC)},
    ),
    Defect(
        name="prime_refresh",
        row="A1-07",
        code="request.by_viewer",
        drags=("A1-06",),
        title_ja="元請の更新操作を、保存した下請の認証情報で代わりに依頼する",
        title_en="serves a prime contractor's refresh with the employer's stored credential",
        change={"as_business": ask_as_the_employer},
    ),
    Defect(
        name="refused_stub",
        row="A1-11",
        code="request.trace_kept",
        title_ja="断られた技能者のIDを記録に残す",
        title_en="keeps a stub with the id of a technician who was refused",
        change={"trace_of_refused": remember_refused},
    ),
    Defect(
        name="technician_widened",
        row="A1-13",
        code="request.widened",
        drags=("A1-14",),
        title_ja="技能者本人の依頼を、所属事業者の全員分の依頼に広げる",
        title_en="widens a technician's request to the whole firm",
        change={"as_technician": ask_for_the_whole_firm},
    ),
    Defect(
        name="raw_archive",
        row="A2-1-02",
        code="whitelist.extra_kept",
        drags=("A2-1-05", "A2-1-07"),
        title_ja="受信した内容を別紙1で絞らずそのまま保存する",
        title_en="keeps an answer as it came, items outside Annex 1 included",
        change={"listed_items": as_it_came},
    ),
    Defect(
        name="any_prime",
        row="A2-2-03",
        code="scope.other_site",
        drags=("A2-2-05", "A2-2-20"),
        title_ja="元請であれば他の現場の技能者も見える",
        title_en="a prime contractor sees technicians of any site",
        change={"scope": Scope(is_prime=prime_anywhere)},
    ),
    Defect(
        name="whole_site",
        row="A2-2-04",
        code="scope.not_upper",
        drags=("A2-2-05", "A2-2-20"),
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
    Defect(
        name="leak_silent",
        row="A2-4-05",
        code="notice.none",
        drags=("A2-4-07", "A2-4-08", "A2-4-09", "A2-4-12", "A2-4-13", "A2-4-14"),
        title_ja="漏えいを知っても通知しない",
        title_en="sends no notice of a leak",
        change={"to_be_notified": misuse_only},
    ),
    Defect(
        name="misuse_silent",
        row="A2-4-06",
        code="notice.misuse_none",
        title_ja="目的外利用を知っても通知しない",
        title_en="sends no notice of misuse",
        change={"to_be_notified": leaks_only},
    ),
    Defect(
        name="path_left_open",
        row="A2-4-17",
        code="path.open",
        drags=("A2-4-18", "A2-4-19"),
        title_ja="漏えい経路を閉じない",
        title_en="leaves the path of a leak open",
        change={"contain": leave_open},
    ),
    Defect(
        name="ignores_end",
        row="A5-02",
        code="term.kept_after_end",
        drags=("A5-04", "A5-05", "A6-02", "A6-27"),
        title_ja="契約終了後も依頼と保存を続ける",
        title_en="goes on asking and keeping after the end",
        change={"term_refusal": never_over},
    ),
    Defect(
        name="soft_delete",
        row="A6-03",
        code="disposal.primary_left",
        drags=("A6-05", "A6-06", "A6-19", "A6-21"),
        title_ja="廃棄を画面から隠すだけで済ませる",
        title_en="hides registration data instead of destroying them",
        change={"erase": hide_only},
    ),
    Defect(
        name="backups_left",
        row="A6-05",
        code="disposal.backup_left",
        drags=("A6-06", "A6-19", "A6-21"),
        title_ja="バックアップを廃棄せず長期保管に移す",
        title_en="moves the backups to long-term keeping instead of destroying them",
        change={"erase_backups": store_backups_away},
    ),
    Defect(
        name="no_certificate",
        row="A6-16",
        code="certificate.none",
        drags=("A6-22", "A6-23"),
        title_ja="廃棄証明書を提出しない",
        title_en="submits no disposal certificate",
        change={"submit": submit_nothing},
    ),
    Defect(
        name="certificate_false",
        row="A6-19",
        code="certificate.untrue",
        title_ja="証明書が実際と異なる記録を証明する",
        title_en="certifies other records than were had, in the right number",
        change={"committed": other_records},
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
)

DEFECTS: Mapping[str, Defect] = MappingProxyType({defect.name: defect for defect in _CATALOGUE})
"""Every defect by its name."""


def catalogue() -> list[dict[str, Any]]:
    """The catalogue as a judge reads it."""
    return [defect.document() for defect in _CATALOGUE]
