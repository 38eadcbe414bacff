"""第6条: the disposal certificate, whether it came, what it says, and whether that is true."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_bdd import then

from ccus_harness import endings
from ccus_harness.instruments.periods import due
from ccus_harness.instruments.reconcile import Outcome
from ccus_harness.verdicts import SATISFIED, Finding, Word, inconclusive, untested, violated

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from ccus_harness.case import Case
    from ccus_harness.claims import Claiming, Policy
    from ccus_harness.endings import Ending
    from ccus_harness.instruments.reconcile import Table
    from ccus_harness.observations import Entry

ALL = (*endings.PRIMARY, *endings.BACKUP, *endings.FILES, *endings.DERIVED, *endings.SECONDARY)


@then("【A6-16】廃棄の証明書が乙に提出されている")
def certificate_arrived(case: Case, claim: Claiming) -> None:
    ending = endings.watched(case)
    item = ending.certificate()

    def judge(_readings: object, _policy: object) -> Finding:
        if not ending.triggered:
            return untested("untested.no_trigger")
        return SATISFIED if item else violated("certificate.none")

    claim(
        judge,
        shown={
            "received_at": item["received_at"] if item else None,
            "faults": len(item["faults"]) if item else None,
            "watched_until": ending.moments[-1].at.isoformat(),
        },
        witnesses=["inbox"],
    )


def _signed_at(document: Any) -> datetime | None:
    return endings.moment(endings.member(document, "signed_at")) or endings.moment(
        endings.member(document, "issued_at")
    )


def _completed_at(document: Any) -> datetime | None:
    """When disposal was complete by the certificate's own account; None when it does not say."""
    held = [store for store in endings.rows(document, "stores") if store.get("held") is True]
    times = [endings.moment(endings.member(store, "action", "completed_at")) for store in held]
    known = [time for time in times if time is not None]
    return max(known) if known and len(known) == len(times) else None


def _deferred(document: Any) -> frozenset[str]:
    """The stores that the certificate itself puts off to a day."""
    return frozenset(
        str(store.get("store_id"))
        for store in endings.rows(document, "stores")
        if endings.moment(store.get("due_at")) is not None
    )


@then("【A6-17】証明書は、廃棄が終わった後に署名されている")
def signed_after_disposal(case: Case, claim: Claiming) -> None:
    ending = endings.watched(case)
    item = ending.certificate()
    document = item["document"] if item else None
    signed, completed = _signed_at(document), _completed_at(document)
    put_off = _deferred(document)
    open_then = [one for one in _at_receipt(ending, item) if one.partition(":")[0] not in put_off]
    gone = ending.gone_at(*ALL)

    def judge(_readings: object, _policy: object) -> Finding:
        if item is None or not ending.triggered:
            return untested("untested.no_trigger")
        if signed is not None and ((completed and signed < completed) or (open_then and gone)):
            return violated("certificate.signed_early")
        if open_then:
            return untested("untested.no_disposal")
        if signed is None or completed is None:
            return inconclusive("inconclusive.not_reconciled")
        return SATISFIED

    claim(
        judge,
        shown={
            "signed_at": signed.isoformat() if signed else None,
            "completed_at": completed.isoformat() if completed else None,
            "gone_at": gone.isoformat() if gone else None,
            "found_at_receipt": len(open_then),
        },
        witnesses=["inbox", "kept"],
        strength="white_box",
    )


def _at_receipt(ending: Ending, item: Entry | None) -> list[str]:
    """What was still found when the certificate arrived."""
    return ending.found(ending.at_receipt(item), *ALL) if item else []


@then("【A6-18】証明書が、申告した様式の項目を備えている")
def certificate_has_its_form(case: Case, claim: Claiming) -> None:
    item = endings.watched(case).certificate()
    faults = [str(fault["path"]) for fault in item["faults"]] if item else []

    def judge(_readings: object, _policy: object) -> Finding:
        if item is None:
            return untested("untested.no_trigger")
        if faults:
            return Finding(word=Word.review, code="certificate.form", policy="missed")
        return Finding(word=Word.satisfied, policy="met")

    claim(judge, shown={"faults": len(faults), "paths": faults[:20]}, witnesses=["inbox"])


NEEDED = ("R1", "R2", "R3", "R4", "R5", "R6", "R7", "R11")
"""The checks that must have been made before a certificate can be called true (standards.md §1.3)."""

SILENT = frozenset({"value.missing", "certificate.unreadable", "time.offset_missing"})
"""A certificate that does not say is not untrue: it cannot be reconciled, and its form is A6-18."""

ELSEWHERE = frozenset({"exception.groundless"})
"""What is no matter of truth: an exception without ground or end is A6-21."""


def _truth(table: Table | None, *, trigger: bool) -> Finding:
    if not trigger or table is None:
        return untested("untested.no_trigger")
    checks = [check for check in table.rows if check.note not in ELSEWHERE]
    if any(check.outcome is Outcome.DISAGREES and check.note not in SILENT for check in checks):
        return violated("certificate.untrue")
    if any(check.outcome is not Outcome.AGREES for check in checks if check.id in NEEDED):
        return inconclusive("inconclusive.not_reconciled")
    return SATISFIED


@then("【A6-19】証明書の件数・約定・保存先・時刻が、台帳および調べた結果と合っている")
def certificate_is_true(case: Case, claim: Claiming) -> None:
    ending = endings.watched(case)
    item = ending.certificate()
    table = endings.reconciled(case, ending, item) if item else None
    checks = [
        {
            "check": check.id,
            "part": check.part,
            "outcome": check.outcome.value,
            "expected": check.expected,
            "seen": check.seen,
            "note": check.note,
        }
        for check in (table.rows if table else ())
    ]
    wrong = [f"{check.id} {check.part}" for check in (table.disagreeing() if table else ())]
    claim(
        lambda _readings, _policy: _truth(table, trigger=bool(ending.people)),
        shown={"disagreeing": wrong, "checks": checks},
        witnesses=["inbox", "ledger", "kept"],
        strength="white_box",
    )


SIGNED = ("name", "title", "date", "seal_or_signature")


@then("【A6-20】証明書に、権限のある者の記名と署名又は押印がある")
def certificate_is_signed(case: Case, claim: Claiming) -> None:
    item = endings.watched(case).certificate()
    who = endings.member(item["document"], "authorised_by") if item else None
    missing = [part for part in SIGNED if not endings.member(who, part)]

    def judge(_readings: object, _policy: object) -> Finding:
        if item is None:
            return untested("untested.no_trigger")
        if missing:
            return violated("certificate.unsigned")
        return Finding(word=Word.review, code="certificate.signature_by_person")

    claim(
        judge,
        shown={
            "missing": missing,
            "name": endings.member(who, "name"),
            "title": endings.member(who, "title"),
        },
        witnesses=["inbox"],
        strength="inspected",
    )


@then("【A6-21】残っているものが、理由と期限とともに証明書の例外に書かれている")
def what_stays_is_stated(case: Case, claim: Claiming) -> None:
    ending = endings.watched(case)
    item = ending.certificate()
    exceptions = endings.rows(item["document"], "exceptions") if item else []
    groundless = [str(one.get("category")) for one in exceptions if not _grounded(one)]
    unsaid = [] if exceptions else _at_receipt(ending, item)
    blind = ending.before is None or not ending.found_before(*ALL)

    def judge(_readings: object, _policy: object) -> Finding:
        if item is None or not ending.triggered:
            return untested("untested.no_trigger")
        if unsaid:
            return violated("certificate.exception_missing")
        if groundless:
            return violated("certificate.exception_groundless")
        return inconclusive("inconclusive.blind") if blind else SATISFIED

    claim(
        judge,
        shown={"unsaid": unsaid[:20], "exceptions": len(exceptions), "groundless": groundless},
        witnesses=["inbox", "kept"],
        strength="white_box",
    )


def _grounded(exception: Mapping[str, Any]) -> bool:
    return all(
        isinstance(exception.get(part), str) and exception[part].strip() for part in ("ground", "until")
    )


@then("【A6-22】廃棄が終わってから目安の期限までに、証明書が届いている")
def certificate_is_prompt(case: Case, claim: Claiming) -> None:
    ending = endings.watched(case)
    item = ending.certificate()
    disposed = _disposed(ending, item)
    received = endings.moment(item["received_at"]) if item else None

    def judge(readings: Mapping[str, str], allowed: Policy) -> Finding:
        if not ending.triggered or disposed is None:
            return untested("untested.no_disposal")
        number = allowed["disposal.certificate_within"]
        cap = due(disposed, number.cap) if number.cap else None
        prompt = readings["disposal.certificate_prompt"] == "yes"
        if prompt and (received is None or (cap and received > cap)):
            return violated("certificate.late")
        if received is None:
            return untested("untested.no_trigger")
        met = received <= due(disposed, number.within)
        return Finding(word=Word.satisfied, policy="met" if met else "missed")

    claim(
        judge,
        shown={
            "disposed_at": disposed.isoformat() if disposed else None,
            "received_at": received.isoformat() if received else None,
            "watched_until": ending.moments[-1].at.isoformat(),
        },
        witnesses=["inbox", "kept"],
    )


def _disposed(ending: Ending, item: Entry | None) -> datetime | None:
    """When disposal was complete, but for what the certificate puts off: seen, not claimed."""
    put_off = _deferred(item["document"]) if item else frozenset[str]()
    classes = _classes_but(ending, put_off)
    return ending.gone_at(*classes) if classes else None


def _classes_but(ending: Ending, stores: Iterable[str]) -> tuple[str, ...]:
    left_out = set(stores)
    scan = ending.before
    put_off = {str(s["class"]) for s in scan.stores if s["id"] in left_out} if scan else set[str]()
    return tuple(name for name in ALL if name not in put_off)


@then("【A6-23】一度も取得していないときも、その旨の証明書が届いている")
def nil_certificate(case: Case, claim: Claiming) -> None:
    ending = endings.watched(case)
    item = ending.certificate()
    nil = endings.member(item["document"], "nil") if item else None

    def judge(readings: Mapping[str, str], _policy: object) -> Finding:
        if ending.people or not ending.told:
            return untested("untested.no_trigger")
        if nil is not True and readings["disposal.nil_certificate"] == "required":
            return violated("certificate.nil_none")
        return SATISFIED

    claim(
        judge,
        shown={
            "watched_until": ending.moments[-1].at.isoformat(),
            "certificates": len(ending.certificates()),
            "nil": nil,
        },
        witnesses=["inbox", "ledger"],
    )
