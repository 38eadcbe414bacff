"""第6条: other ways to dispose, and not to keep."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ccus_reference import emptying
from ccus_reference.variants.variant import Variant

if TYPE_CHECKING:
    from ccus_reference.disposal import End
    from ccus_reference.tenant import Tenant

A_MONTH = 30
OPEN, SHUT = 9, 18


def let_expire(tenant: Tenant) -> datetime:
    """Takes the backups out of use and lets them go in a month, as the certificate says."""
    return emptying.put_off_backups(tenant, A_MONTH)


def in_office_hours(now: datetime) -> datetime:
    """Waits for the people who do it: no weekends, no nights, no last days of the year."""
    at = now
    while not _at_work(at):
        at = (at + timedelta(hours=1)).replace(minute=0, second=0)
    return at


def _at_work(at: datetime) -> bool:
    closed = at.weekday() >= 5 or (at.month, at.day) >= (12, 29) or (at.month, at.day) <= (1, 3)
    return not closed and OPEN <= at.hour < SHUT


def never(_end: End) -> bool:
    """Does without the proviso, though its conditions are met."""
    return False


VARIANTS = (
    Variant(
        name="deferred_backups",
        title_ja="控えは使えなくして一月後に消し、証明書の例外に期限を書いて、消えた時に追って証明する",
        title_en="puts backups beyond use for a month, states it as an exception, and certifies again when they are gone",
        chapters=("A5", "A6", "A7"),
        change={"backups": emptying.Backups(erase=let_expire)},
        profile={"backups": {"expires_within": "P30D"}},
    ),
    Variant(
        name="office_hours_disposal",
        title_ja="廃棄は営業日の日中に行う（目安は満たさないことがあるが、上限は守る）",
        title_en="disposes in office hours (it may miss the policy number and keeps the cap)",
        chapters=("A5", "A6", "A7"),
        change={"begin_disposal": in_office_hours},
    ),
    Variant(
        name="never_retains",
        title_ja="条件を満たしても継続保有を選ばず、すべて廃棄する",
        title_en="disposes of everything even where it might keep",
        chapters=("A5", "A6", "A7"),
        change={"may_keep": never},
    ),
)
