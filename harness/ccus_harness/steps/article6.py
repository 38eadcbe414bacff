"""第6条: disposal and its certificate after the end, and what may be kept under the proviso."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from pytest_bdd import parsers, then

from ccus_harness.instruments.periods import due
from ccus_harness.instruments.reconcile import Found, Outcome, Table, reconcile
from ccus_harness.observations import collected, provided_to
from ccus_harness.verdicts import SATISFIED, Finding, Word, inconclusive, untested, violated

if TYPE_CHECKING:
    from ccus_harness.case import Case, StoreScan
    from ccus_harness.claims import Claiming, Policy
    from ccus_harness.observations import Act, Entry, Kept, Moment


def _provided(case: Case) -> list[str]:
    """Everyone whose data were collected, as far as the whole watch is about them."""
    return sorted({body["id"] for body in collected(case.seen["ledger"])})


def _gone_at(case: Case, *classes: str) -> datetime | None:
    """The first instant from which on nothing was found in stores of these classes; None while something was."""
    moments: list[Moment] = case.seen["watch"]
    people = _provided(case)
    left = [m.at for m in moments if m.scan is None or m.scan.found(people, *classes)]
    return next((m.at for m in moments if not left or m.at > left[-1]), None)


def _claim_gone(case: Case, claim: Claiming, *, classes: tuple[str, ...], policy: str, code: str) -> None:
    before: StoreScan | None = case.seen["before"]
    moments: list[Moment] = case.seen["watch"]
    people = _provided(case)
    found_before = before.found(people, *classes) if before else []
    last = moments[-1].scan
    left = last.found(people, *classes) if last else []
    start: datetime = case.seen["watch_began"]
    gone = _gone_at(case, *classes)
    told = case.seen["end_announced"].done

    def judge(_readings: object, allowed: Policy) -> Finding:
        if not people or not told:
            return untested("untested.no_trigger")
        if before is None:
            return inconclusive("inconclusive.stores_closed")
        if not found_before:
            return inconclusive("inconclusive.blind")
        number = allowed[policy]
        if gone is None or (number.cap and gone > due(start, number.cap)):
            return violated(code)
        return Finding(word=Word.satisfied, policy="met" if gone <= due(start, number.within) else "missed")

    claim(
        judge,
        shown={
            "ended_at": start.isoformat(),
            "found_before": len(found_before),
            "gone_at": gone.isoformat() if gone else None,
            "left": left[:20],
            "watched_until": moments[-1].at.isoformat(),
        },
        witnesses=["kept"],
        strength="white_box",
    )


@then("【A6-03】廃棄前に見つかった登録情報が、目安の時間内に主たる保存先からなくなっている")
def gone_from_primary(case: Case, claim: Claiming) -> None:
    _claim_gone(
        case,
        claim,
        classes=("primary",),
        policy="disposal.within.primary",
        code="disposal.primary_left",
    )


@then("【A6-05】廃棄前に見つかった登録情報が、目安の時間内に控えからもなくなっている")
def gone_from_backups(case: Case, claim: Claiming) -> None:
    _claim_gone(
        case,
        claim,
        classes=("backup",),
        policy="disposal.within.backup",
        code="disposal.backup_left",
    )


def _certificate(moments: list[Moment]) -> Entry | None:
    return next((item for item in moments[-1].inbox if item["kind"] == "certificate"), None)


@then("【A6-16】廃棄の証明書が乙に提出されている")
def certificate_arrived(case: Case, claim: Claiming) -> None:
    moments: list[Moment] = case.seen["watch"]
    item = _certificate(moments)
    people, told = _provided(case), case.seen["end_announced"].done

    def judge(_readings: object, _policy: object) -> Finding:
        if not people or not told:
            return untested("untested.no_trigger")
        return SATISFIED if item else violated("certificate.none")

    claim(
        judge,
        shown={
            "received_at": item["received_at"] if item else None,
            "faults": len(item["faults"]) if item else None,
            "watched_until": moments[-1].at.isoformat(),
        },
        witnesses=["inbox"],
    )


NEEDED = ("R1", "R2", "R3", "R4", "R5", "R6", "R7", "R11")
"""The checks that must have been made before a certificate can be called true (standards.md §1.3)."""

SILENT = frozenset({"value.missing", "certificate.unreadable"})
"""A certificate that does not say is not untrue; the form of a certificate is another row's matter."""


def _reconciled(case: Case, item: Entry) -> Table:
    """Ledger, certificate, and what was found when the certificate arrived, side by side."""
    moments: list[Moment] = case.seen["watch"]
    before: StoreScan | None = case.seen["before"]
    people = _provided(case)
    received = datetime.fromisoformat(item["received_at"])
    after = next((m.scan for m in moments if m.at >= received), None)
    held = {str(store["id"]) for store in before.stores if store["hits"]} if before else None
    found = Found(
        before=before.hits(people) if before else None,
        after=after.hits(people) if after else None,
        leaf_count=case.seen["commitment"]["leaf_count"],
        root=case.seen["commitment"]["root"],
        stores=frozenset(held) if held is not None else None,
        ended_at=case.seen["watch_began"],
        now=received,
    )
    return reconcile(case.seen["ledger"], item["document"], found)


def _truth(table: Table | None, *, trigger: bool) -> Finding:
    if not trigger or table is None:
        return untested("untested.no_trigger")
    if any(check.note not in SILENT for check in table.disagreeing()):
        return violated("certificate.untrue")
    if any(table.outcome(check) is not Outcome.AGREES for check in NEEDED):
        return inconclusive("inconclusive.not_reconciled")
    return SATISFIED


@then("【A6-19】証明書の件数・約定・保存先・時刻が、台帳および調べた結果と合っている")
def certificate_is_true(case: Case, claim: Claiming) -> None:
    item = _certificate(case.seen["watch"])
    table = _reconciled(case, item) if item else None
    trigger = bool(_provided(case))
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
        lambda _readings, _policy: _truth(table, trigger=trigger),
        shown={"disagreeing": wrong, "checks": checks},
        witnesses=["inbox", "ledger", "kept"],
        strength="white_box",
    )


@then(
    parsers.parse(
        "【A6-27】終了以前に提供された「{before}」は保有され、終了後に依頼した「{after}」は保有されていない"
    )
)
def only_earlier_data_are_kept(case: Case, claim: Claiming, before: str, after: str) -> None:
    first: Act = case.seen["acts"][0]
    kept: Kept = case.seen["kept"]
    later = kept.of(case.id(after))
    earlier = kept.of(case.id(before))
    provided = case.id(before) in provided_to(first.gained)

    def judge(_readings: object, _policy: object) -> Finding:
        if later:
            return violated("retention.later_data")
        if not provided or not case.seen["end_announced"].done:
            return untested("untested.no_trigger")
        return SATISFIED if earlier else untested("untested.no_retention")

    claim(
        judge,
        shown={"later": later[:20], "kept_from_before": len(earlier), "provided_before": provided},
        witnesses=["kept", "ledger"],
        strength="white_box" if kept.scan else "inspected",
    )
