"""第2条2: other ways to show registration data to none but those allowed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from ccus_reference import looking, scope
from ccus_reference.scope import Scope
from ccus_reference.variants.variant import Variant

if TYPE_CHECKING:
    from datetime import datetime

    from ccus_reference.scope import Viewer
    from ccus_reference.world import Account, Entry, Site, World

VIEWED_FOR = timedelta(days=365)


def direct_parent(_world: World, site: Site, entry: Entry, _at: datetime) -> frozenset[str]:
    """Only the firm right above the one he entered under."""
    return site.parents(entry.under, entry.at)


def tree_of_today(world: World, site: Site, entry: Entry, at: datetime) -> frozenset[str]:
    """Those who stand above now, whoever stood there when he entered."""
    return scope.upper_tiers(world, site, replace(entry, at=at), at)


def over_the_gap(_world: World, site: Site, entry: Entry, _at: datetime) -> frozenset[str]:
    """The chain goes on above a firm that CCUS does not know."""
    return scope.climbed(lambda child: site.parents(child, entry.at), entry.under)


def representative(_world: World, site: Site, business: str) -> bool:
    return business == site.prime


def planned_too(world: World, technician: str, at: datetime) -> tuple[Entry, ...]:
    """An approved roster counts as much as an entry."""
    known = (e for e in world.entries if e.technician == technician and e.known_at <= at)
    return tuple(e for e in known if e.cancelled_at is None or at < e.cancelled_at)


def entered_lately(world: World, technician: str, at: datetime) -> tuple[Entry, ...]:
    """A year after an entry it opens nothing any more."""
    return tuple(e for e in scope.entries(world, technician, at) if at < e.at + VIEWED_FOR)


def main_firm(world: World, technician: str, at: datetime) -> frozenset[str]:
    return frozenset(
        a.business
        for a in world.affiliations
        if a.technician == technician and a.kind == "main" and a.period.holds(at)
    )


def once_entered(world: World, technician: str, at: datetime) -> frozenset[str]:
    """The employer looks only at those who entered some site."""
    entered = scope.entries(world, technician, at)
    return scope.employers(world, technician, at) if entered else frozenset()


def first_firm_until_switched(account: Account | None, acting_for: str | None) -> Viewer | None:
    """A user of several firms starts in the name of the first and switches by naming another."""
    if account is not None and acting_for is None and account.technician is None and account.businesses:
        account = replace(account, businesses=frozenset({min(account.businesses)}))
    return scope.viewer_of(account, acting_for)


VARIANTS = (
    Variant(
        name="direct_parent_only",
        title_ja="上位下請のうち直近の上位だけが見られる（狭い閲覧範囲）",
        title_en="of the upper tiers only the direct parent sees (a stricter scope)",
        chapters=("A2-2",),
        change={"scope": Scope(upper_tiers=direct_parent)},
        profile={"readings": {"scope.upper": "direct_parent"}},
    ),
    Variant(
        name="switching_accounts",
        title_ja="複数の事業者を持つ利用者は、選んだ一社として見る。選ばなければ最初の一社",
        title_en="a user of several firms sees as the one chosen; until a choice is made, as the first",
        chapters=("A2-2",),
        change={"scope": Scope(viewer_of=first_firm_until_switched)},
    ),
    Variant(
        name="tree_of_today",
        title_ja="上位下請を、入場の時でなく見る時の体制で決める",
        title_en="upper tiers are those of the day of viewing, not of the day of entry",
        chapters=("A2-2",),
        change={"scope": Scope(upper_tiers=tree_of_today)},
        profile={"readings": {"scope.chain_time": "at_viewing"}},
    ),
    Variant(
        name="gaps_bridged",
        title_ja="登録のない事業者をはさんでも、その上の上位下請に見せる",
        title_en="the chain goes on above a firm that CCUS does not know",
        chapters=("A2-2",),
        change={"scope": Scope(upper_tiers=over_the_gap)},
        profile={"readings": {"scope.gap_tier": "bridge"}},
    ),
    Variant(
        name="representative_only",
        title_ja="共同企業体は代表者だけを元請とする",
        title_en="of a joint venture only the representative counts as prime contractor",
        chapters=("A2-2",),
        change={"scope": Scope(is_prime=representative)},
        profile={"readings": {"scope.jv": "representative"}},
    ),
    Variant(
        name="roster_opens",
        title_ja="承認済みの作業員名簿に載れば、入場の前から見せる",
        title_en="an approved roster opens the record before the first entry",
        chapters=("A2-2",),
        change={"scope": Scope(entries=planned_too)},
        profile={"readings": {"scope.pre_entry": "allow_if_roster"}},
    ),
    Variant(
        name="closed_after_a_year",
        title_ja="入場から一年で閲覧を閉じる",
        title_en="a year after an entry it opens nothing any more",
        chapters=("A2-2",),
        change={"scope": Scope(entries=entered_lately)},
        profile={"readings": {"scope.post_entry_limit": "period"}},
    ),
    Variant(
        name="main_firm_only",
        title_ja="従たる所属先には見せない",
        title_en="a side firm does not count as affiliated",
        chapters=("A2-2",),
        change={"scope": Scope(employers=main_firm)},
        profile={"readings": {"scope.affiliation": "main_only"}},
    ),
    Variant(
        name="entered_people_only",
        title_ja="所属事業者も、入場した技能者だけを見る",
        title_en="the employer too sees only those who entered some site",
        chapters=("A2-2",),
        change={"scope": Scope(employers=once_entered)},
        profile={"readings": {"scope.employer_needs_entry": "yes"}},
    ),
    Variant(
        name="all_items_for_all",
        title_ja="見てよい者には、立場によらず全項目を見せる",
        title_en="all who may look get all items, whatever their class",
        chapters=("A2-2",),
        change={"items_shown": looking.every_item},
        profile={"readings": {"scope.items_by_class": "all_items"}, "hidden_items": {"upper": []}},
    ),
    Variant(
        name="leased_devices",
        title_ja="端末に五分だけ写しを置く",
        title_en="a device keeps a copy for five minutes",
        chapters=("A2-2",),
        change={"device_lease": timedelta(minutes=5)},
    ),
)
