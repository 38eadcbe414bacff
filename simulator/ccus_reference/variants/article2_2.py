"""第2条2: other ways to show registration data to none but those allowed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ccus_reference import scope
from ccus_reference.scope import Scope
from ccus_reference.variants.variant import Variant

if TYPE_CHECKING:
    from ccus_reference.scope import Viewer
    from ccus_reference.world import Account, Entry, Site, World


def direct_parent(_world: World, site: Site, entry: Entry) -> frozenset[str]:
    """Only the firm right above the one he entered under."""
    return site.parents(entry.under, entry.at)


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
        change={"scope": Scope(upper_tiers=direct_parent)},
        profile={"readings": {"scope.upper": "direct_parent"}},
    ),
    Variant(
        name="switching_accounts",
        title_ja="複数の事業者を持つ利用者は、選んだ一社として見る。選ばなければ最初の一社",
        title_en="a user of several firms sees as the one chosen; until a choice is made, as the first",
        change={"scope": Scope(viewer_of=first_firm_until_switched)},
    ),
)
