"""第6条: what is certified after the end, and what is not."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ccus_reference import agenda, disposal, emptying
from ccus_reference.defects.defect import Defect

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ccus_reference.disposal import End
    from ccus_reference.emptying import StoreRecord
    from ccus_reference.store import Provision
    from ccus_reference.tenant import Tenant

A_MONTH = 30


def expire_unsaid(tenant: Tenant) -> None:
    """Lets the backups go in a month, and says nothing of it."""
    emptying.put_off_backups(tenant, A_MONTH)


def certify_then_destroy(tenant: Tenant, end: End) -> None:
    """Signs first and lets the disposal follow in two days."""
    provisions, key = tenant.store.provisions(), disposal.commitment_key(tenant)
    measured = [emptying.claimed(tenant, name) for name in emptying.STEPS]
    disposal.certify(tenant, end, provisions, key, measured)
    agenda.put_off(tenant, tenant.now + timedelta(days=2), "destroy", {"key": key["key"]})


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


DEFECTS = (
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
)
