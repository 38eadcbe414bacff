"""第6条: what is left, and what is certified, after the end."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from ccus_reference import agenda, devices, disposal, emptying, files, jobs, term
from ccus_reference.ccus_client import CcusRefused, CcusUnreachable
from ccus_reference.defects.defect import Defect
from ccus_reference.moments import written

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ccus_reference.arrivals import Arrival
    from ccus_reference.disposal import End
    from ccus_reference.emptying import StoreRecord
    from ccus_reference.store import Provision, Store
    from ccus_reference.tenant import Tenant

EVERY_PLACE = frozenset(emptying.STEPS)
A_MONTH = 30


# What is still asked for


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


# What is left


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


def expire_unsaid(tenant: Tenant) -> None:
    """Lets the backups go in a month, and says nothing of it."""
    emptying.put_off_backups(tenant, A_MONTH)


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


# When


def next_month(now: datetime) -> datetime:
    """Waits for the monthly maintenance, and for the next one when this one is near."""
    first = (now.replace(day=1) + timedelta(days=32)).replace(day=1, hour=3, minute=0)
    return first if first - now > timedelta(days=15) else (first + timedelta(days=32)).replace(day=1)


def when_reminded(now: datetime) -> datetime:
    """Does nothing until somebody asks again."""
    return now + timedelta(days=3650)


def certify_then_destroy(tenant: Tenant, end: End) -> None:
    """Signs first and lets the disposal follow in two days."""
    provisions, key = tenant.store.provisions(), disposal.commitment_key(tenant)
    measured = [emptying.claimed(tenant, name) for name in emptying.STEPS]
    disposal.certify(tenant, end, provisions, key, measured)
    agenda.put_off(tenant, tenant.now + timedelta(days=2), "destroy", {"key": key["key"]})


def leave_a_pack(tenant: Tenant, end: End) -> None:
    """Leaves users an offline copy of what they could see, on every device of theirs."""
    whose = devices.known(tenant)
    packs = {name: devices.packed(tenant, *owner) for name, owner in whose.items()}
    disposal.destroy_then_certify(tenant, end)
    until = written(tenant.now + timedelta(days=365))
    for name, page in packs.items():
        copy = json.dumps({"until": until, "page": page}, ensure_ascii=False)
        (tenant.devices / f"{name}.json").write_text(copy, encoding="utf-8")


# What is certified


def submit_nothing(_tenant: Tenant, _certificate: Mapping[str, Any]) -> None:
    return None


def submit_late(tenant: Tenant, document: Mapping[str, Any]) -> None:
    """Lets the certificate lie on a desk for ten weeks."""
    agenda.put_off(tenant, tenant.now + timedelta(weeks=10), "submit", document)


def submit_unless_nil(tenant: Tenant, document: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Sees nothing to certify where nothing was ever obtained."""
    return None if document["nil"] else tenant.send("/v1/certificates", document)


def other_records(provisions: list[Provision]) -> list[Provision]:
    """As many records as there were, but others."""
    return [replace(p, provision_id=p.provision_id[::-1] + "x") for p in provisions]


def half_the_stores(records: list[StoreRecord]) -> list[StoreRecord]:
    return [one for one in records if one.store_class in ("primary", "backup", "log")]


def without_method(document: dict[str, Any]) -> dict[str, Any]:
    """Names the stores and says neither how nor when each was emptied."""
    bare = ("store_id", "class", "held", "count_before")
    return {**document, "stores": [{key: store[key] for key in bare} for store in document["stores"]]}


def without_signatory(document: dict[str, Any]) -> dict[str, Any]:
    return {key: part for key, part in document.items() if key != "authorised_by"}


def without_offsets(document: dict[str, Any]) -> dict[str, Any]:
    """Writes every time as a wall clock shows it, in no time zone."""
    return json.loads(json.dumps(document, ensure_ascii=False).replace("+09:00", ""))


def groundless(_stores: object, _records: int) -> list[dict[str, Any]]:
    """Keeps a door open: an exception for whatever might turn up, without ground or end."""
    return [{"category": "legal_hold", "item_scope": [], "count": 0, "ground": "", "until": None}]


# The proviso


def open_under_retention(standing: term.Standing) -> str | None:
    """Reads the right to keep as a right to fetch."""
    return None if standing.ended == term.RETAINED else term.refusal(standing)


def claim_nothing(_tenant: Tenant, _claim: Mapping[str, Any]) -> None:
    return None


def keep_on(tenant: Tenant, end: End) -> Any:
    """Notes that a condition lapsed, and keeps the data."""
    tenant.note("retention.lapsed", cause=end.cause)
    return disposal.Result(detail={"state": term.RETAINED})


def erase_in_silence(tenant: Tenant, _end: End) -> Any:
    """Destroys when retention falls away, and certifies nothing."""
    key = disposal.commitment_key(tenant)
    disposal.emptied(tenant, tenant.store.provisions(), bytes.fromhex(key["key"]))
    tenant.store.set("ended", term.DISPOSED)
    return disposal.Result(detail={"state": term.DISPOSED})


def open_to_users(tenant: Tenant, viewer: Any, technician: str) -> str | None:
    """After the end shows retained data to every firm that uses the system: a use of its own."""
    return "利用事業者" if viewer.business in tenant.world.users and technician else None


def entries_go_on(tenant: Tenant, viewer: Any, technician: str) -> str | None:
    """Lets entries after the end open retained data as entries in the term did."""
    return tenant.behaviour.scope.relation(tenant.world, viewer, technician, tenant.now)


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
    Defect(
        name="no_certificate",
        row="A6-16",
        code="certificate.none",
        drags=("A5-04", "A6-22", "A6-23", "A6-26"),
        title_ja="廃棄証明書を提出しない",
        title_en="submits no disposal certificate",
        change={"submit": submit_nothing},
    ),
    Defect(
        name="signed_first",
        row="A6-17",
        code="certificate.signed_early",
        drags=("A6-19", "A6-21"),
        title_ja="廃棄を終える前に証明書に署名する",
        title_en="signs the certificate before the disposal is done",
        change={"dispose": certify_then_destroy},
    ),
    Defect(
        name="methodless_certificate",
        row="A6-18",
        word="review",
        code="certificate.form",
        drags=("A6-17", "A6-19"),
        title_ja="証明書に方法と日時を書かない",
        title_en="certifies without method or time",
        change={"worded": without_method},
    ),
    Defect(
        name="timeless_certificate",
        row="A6-18",
        word="review",
        code="certificate.form",
        drags=("A6-17", "A6-19"),
        title_ja="証明書の日時に時差がない",
        title_en="certifies with times in no time zone",
        change={"worded": without_offsets},
    ),
    Defect(
        name="certificate_false",
        row="A6-19",
        code="certificate.untrue",
        drags=("A6-26",),
        title_ja="証明書が実際と異なる記録を証明する",
        title_en="certifies other records than were had, in the right number",
        change={"committed": other_records},
    ),
    Defect(
        name="certificate_half",
        row="A6-19",
        code="certificate.untrue",
        drags=("A6-26",),
        title_ja="証明書に一部の保存先しか書かない",
        title_en="certifies some of the stores only",
        change={"certified": half_the_stores},
    ),
    Defect(
        name="unsigned_certificate",
        row="A6-20",
        code="certificate.unsigned",
        drags=("A6-18",),
        title_ja="証明書に署名者がいない",
        title_en="certifies in nobody's name",
        change={"worded": without_signatory},
    ),
    Defect(
        name="exception_unsaid",
        row="A6-21",
        code="certificate.exception_missing",
        drags=("A6-17", "A6-19"),
        title_ja="一月後に消える控えが残ることを証明書に書かない",
        title_en="says nothing of the backups that go a month later",
        change={"backups": emptying.Backups(erase=expire_unsaid)},
    ),
    Defect(
        name="exception_groundless",
        row="A6-21",
        code="certificate.exception_groundless",
        drags=("A6-18",),
        title_ja="理由も期限もない例外を証明書に書く",
        title_en="certifies with an exception that has neither ground nor end",
        change={"exceptions": groundless},
    ),
    Defect(
        name="certificate_late",
        row="A6-22",
        word="depends",
        code="certificate.late",
        drags=("A5-04", "A6-16", "A6-23", "A6-26"),
        title_ja="証明書を十週間後に提出する",
        title_en="submits the certificate ten weeks later",
        change={"submit": submit_late},
    ),
    Defect(
        name="nil_unsaid",
        row="A6-23",
        word="depends",
        code="certificate.nil_none",
        title_ja="一度も取得していないときは証明書を出さない",
        title_en="gives no certificate where nothing was ever obtained",
        change={"submit": submit_unless_nil},
    ),
    Defect(
        name="lapse_ignored",
        row="A6-25",
        code="retention.kept_after_lapse",
        drags=("A6-26",),
        title_ja="条件を欠いても継続保有をやめない",
        title_en="goes on keeping when a condition has lapsed",
        change={"after_lapse": keep_on},
    ),
    Defect(
        name="lapse_uncertified",
        row="A6-26",
        code="retention.lapse_uncertified",
        title_ja="継続保有をやめたときに証明書を出さない",
        title_en="certifies nothing when retention falls away",
        change={"after_lapse": erase_in_silence},
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
    Defect(
        name="retained_for_all",
        row="A6-28",
        word="depends",
        drags=("A6-30",),
        code="retention.beyond_article2",
        title_ja="継続保有の情報を、すべての利用事業者に見せる",
        title_en="shows retained data to every firm that uses the system",
        change={"retained_ground": open_to_users},
    ),
    Defect(
        name="late_entries_open",
        row="A6-30",
        word="depends",
        code="retention.entry_opens",
        title_ja="終了後の入場を根拠に、継続保有の情報を見せる",
        title_en="shows retained data by reason of entries made after the end",
        change={"retained_ground": entries_go_on},
    ),
    Defect(
        name="retention_unsaid",
        row="A6-32",
        word="review",
        code="retention.not_claimed",
        title_ja="継続保有を選んだことを乙に知らせない",
        title_en="keeps under the proviso without telling the Fund",
        change={"claim": claim_nothing},
    ),
)
