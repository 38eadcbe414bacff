"""第6条: what is left after the end."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from ccus_reference import devices, disposal, emptying, files, jobs
from ccus_reference.ccus_client import CcusRefused, CcusUnreachable
from ccus_reference.defects.defect import Defect
from ccus_reference.moments import written

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ccus_reference.arrivals import Arrival
    from ccus_reference.disposal import End
    from ccus_reference.store import Store
    from ccus_reference.tenant import Tenant

EVERY_PLACE = frozenset(emptying.STEPS)
A_MONTH = 30


def complete_the_files(tenant: Tenant) -> None:
    """Once the agreement is over, tries every night to fetch what is still missing."""
    if tenant.ended is None:
        return
    user = next(one for one in tenant.world.accounts.values() if one.role == "member" and one.businesses)
    firm = min(user.businesses)
    body = {
        "request_id": f"complete-{tenant.now:%Y%m%d}",
        "user": {"account": user.id, "credential": user.credential},
        "acting_for": firm,
        "capacity": "business",
        "purpose": "safety_documents",
        "subjects": {"technicians": list(tenant.world.roster(firm, tenant.now)), "own_business": True},
    }
    with suppress(CcusRefused, CcusUnreachable):
        tenant.ccus.ask(body)


def hide_only(store: Store) -> None:
    store.trash_registration_data()


def leave_pages(store: Store) -> None:
    store.leave_pages()


def store_backups_away(tenant: Tenant) -> None:
    """Moves the backups to long-term keeping, where no rotation reaches them."""
    files.keep_long(tenant.backups)


def forget_to_expire(tenant: Tenant) -> datetime:
    """Declares a date by which the backups will have gone, and never looks at it again."""
    files.keep_long(tenant.backups)
    return tenant.now + timedelta(days=A_MONTH)


def expire_later(tenant: Tenant) -> datetime:
    return emptying.put_off_backups(tenant, A_MONTH)


def as_it_was(_tenant: Tenant) -> None:
    """Leaves a restored backup as it came back."""


def erase_everything(store: Store) -> None:
    """Destroys what users typed along with what CCUS provided."""
    store.erase_all()


def copy_then_erase(store: Store) -> None:
    """Puts a copy aside, in case anybody should miss anything."""
    aside = [item.value for item in store.items() if item.origin == "CCUS"]
    store.path.with_name("quarantine.jsonl").write_text(
        "\n".join(json.dumps(value, ensure_ascii=False) for value in aside), encoding="utf-8"
    )
    store.erase_registration_data()


def names_in_the_log(kept: Sequence[Arrival]) -> dict[str, Any]:
    """Writes what arrived into the application log, so that faults are easier to find."""
    return {"records": [dict(arrival.items) for arrival in kept]}


def plain_hash(_key: bytes, name: str) -> str:
    """A hash without a key: whoever tries all ids finds out whose it is."""
    return hashlib.sha256(name.rpartition("|")[2].encode()).hexdigest()


def next_month(now: datetime) -> datetime:
    """Waits for the monthly maintenance, and for the next one when this one is near."""
    first = (now.replace(day=1) + timedelta(days=32)).replace(day=1, hour=3, minute=0)
    return first if first - now > timedelta(days=15) else (first + timedelta(days=32)).replace(day=1)


def when_reminded(now: datetime) -> datetime:
    """Does nothing until somebody asks again."""
    return now + timedelta(days=3650)


def leave_a_pack(tenant: Tenant, end: End) -> None:
    """Leaves users an offline copy of what they could see, on every device of theirs."""
    whose = devices.known(tenant)
    packs = {name: devices.packed(tenant, *owner) for name, owner in whose.items()}
    disposal.destroy_then_certify(tenant, end)
    until = written(tenant.now + timedelta(days=365))
    for name, page in packs.items():
        copy = json.dumps({"until": until, "page": page}, ensure_ascii=False)
        (tenant.devices / f"{name}.json").write_text(copy, encoding="utf-8")


LEFT = ("A6-13", "A6-19", "A6-21", "A6-26")
UNDISPOSED = (
    "A6-03",
    "A6-04",
    "A6-05",
    "A6-06",
    "A6-08",
    "A6-09",
    "A6-11",
    "A6-13",
    "A6-15",
    "A6-16",
    "A6-17",
)

DEFECTS = (
    Defect(
        name="completes_the_files",
        row="A6-02",
        word="review",
        code="term.asked_after_end",
        drags=("A6-26",),
        title_ja="終了後も、足りない情報を毎晩取りに行く",
        title_en="tries every night after the end to fetch what is still missing",
        change={"routine": (*jobs.ROUTINE, jobs.DailyJob(name="complete", hour=3, run=complete_the_files))},
    ),
    Defect(
        name="soft_delete",
        row="A6-03",
        code="disposal.primary_left",
        drags=("A5-04", "A6-05", "A6-06", "A6-26", *LEFT),
        title_ja="廃棄を画面から隠すだけで済ませる",
        title_en="hides registration data instead of destroying them",
        change={"erase": hide_only},
    ),
    Defect(
        name="wal_pages",
        row="A6-03",
        code="disposal.primary_left",
        drags=("A5-04", "A6-04", "A6-05", "A6-06", "A6-26", *LEFT),
        title_ja="行は消すが、先行書込みログと古いページに値を残す",
        title_en="deletes the rows and leaves their pages in the file and its write-ahead log",
        change={"erase": leave_pages},
    ),
    Defect(
        name="index_left",
        row="A6-04",
        code="disposal.secondary_left",
        drags=LEFT,
        title_ja="検索索引を廃棄しない",
        title_en="leaves the search index as it was",
        change={"emptied": EVERY_PLACE - {"search"}},
    ),
    Defect(
        name="quarantined_copy",
        row="A6-04",
        code="disposal.secondary_left",
        drags=("A5-04", "A6-26", *LEFT),
        title_ja="廃棄の前に、申告していない場所へ写しを取り置く",
        title_en="puts a copy aside in an undeclared place before disposing",
        change={"erase": copy_then_erase},
    ),
    Defect(
        name="backups_left",
        row="A6-05",
        code="disposal.backup_left",
        drags=LEFT,
        title_ja="バックアップを廃棄せず長期保管に移す",
        title_en="moves the backups to long-term keeping instead of destroying them",
        change={"backups": emptying.Backups(erase=store_backups_away)},
    ),
    Defect(
        name="backups_overdue",
        row="A6-05",
        code="disposal.backup_left",
        drags=("A6-13", "A6-26"),
        title_ja="控えの期限を証明書に書くが、期限が来ても消さない",
        title_en="declares when the backups expire and lets the day go by",
        change={"backups": emptying.Backups(erase=forget_to_expire)},
    ),
    Defect(
        name="backup_revives",
        row="A6-06",
        code="disposal.restored",
        title_ja="期限前の控えを戻すと、廃棄した登録情報が復活する",
        title_en="a backup restored before it expires brings back what was disposed of",
        change={"backups": emptying.Backups(erase=expire_later, after_restore=as_it_was)},
    ),
    Defect(
        name="offline_pack",
        row="A6-08",
        word="depends",
        code="disposal.device_left",
        title_ja="終了の時に、利用者の端末へ写しを置いていく",
        title_en="leaves a copy on the devices of users when the agreement ends",
        change={"dispose": leave_a_pack},
    ),
    Defect(
        name="exports_left",
        row="A6-09",
        code="disposal.files_left",
        drags=LEFT,
        title_ja="出力したファイルの控えを廃棄しない",
        title_en="leaves its copies of exported files",
        change={"emptied": EVERY_PLACE - {"exports"}},
    ),
    Defect(
        name="derived_left",
        row="A6-11",
        word="depends",
        code="disposal.derived_left",
        drags=LEFT,
        title_ja="登録情報から作った一覧を廃棄しない",
        title_en="leaves the lists it worked out from registration data",
        change={"emptied": EVERY_PLACE - {"lists"}},
    ),
    Defect(
        name="own_entries_lost",
        row="A6-12",
        word="review",
        code="disposal.own_lost",
        title_ja="利用者が自ら入力した情報まで消す",
        title_en="destroys what users typed as well",
        change={"erase": erase_everything},
    ),
    Defect(
        name="monthly_disposal",
        row="A6-13",
        code="disposal.late",
        drags=("A5-04", "A6-03", "A6-26"),
        title_ja="廃棄を月ごとの作業日まで待つ",
        title_en="lets the disposal wait for the monthly maintenance",
        change={"begin_disposal": next_month},
    ),
    Defect(
        name="waits_for_reminder",
        row="A6-13",
        code="disposal.late",
        drags=("A5-04", "A6-23", "A6-25", "A6-26", *UNDISPOSED),
        title_ja="改めて求められるまで廃棄しない",
        title_en="does not dispose until asked again",
        change={"begin_disposal": when_reminded},
    ),
    Defect(
        name="values_in_log",
        row="A6-15",
        code="disposal.log_values",
        drags=("A6-04", *LEFT),
        title_ja="届いた登録情報を操作の記録に書き、そのまま残す",
        title_en="writes what arrived into its application log, where it stays",
        change={"logged": names_in_the_log},
    ),
    Defect(
        name="plain_hashes",
        row="A6-15",
        word="depends",
        code="disposal.log_hashes",
        title_ja="記録のIDを、鍵のないハッシュ値に置き換える",
        title_en="puts plain hashes of ids in the place of ids in its log",
        change={"commitment_of": plain_hash},
    ),
)
