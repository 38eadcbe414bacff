"""第2条3: to whom registration data go, and to what end, as the candidate says it and as it declared it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from pytest_bdd import then

from ccus_harness.verdicts import SATISFIED, Finding, Word, untested, violated

if TYPE_CHECKING:
    from ccus_harness.case import Case, View
    from ccus_harness.claims import Claiming


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One host that the candidate says it sent something to, with the purpose it gives."""

    host: str
    purpose: str

    def to_ccus(self) -> bool:
        return "CCUS" in self.purpose.upper()

    def __str__(self) -> str:
        return f"{self.host} ({self.purpose})"


def _said(case: Case) -> list[Sent]:
    named: Any = case.seen["egress"][-1]
    rows = [cast("dict[str, Any]", row) for row in cast("list[Any]", named or []) if isinstance(row, dict)]
    return [Sent(host=str(row.get("host")), purpose=str(row.get("purpose"))) for row in rows]


def _inventory(case: Case) -> list[dict[str, Any]] | None:
    """Everybody and everything declared to receive registration data; None when no recipients were declared."""
    recipients = case.declared("recipients")
    return None if recipients is None else [*recipients, *(case.declared("integrations") or ())]


def _at_work(case: Case) -> bool:
    """Whether data arrived, were shown, and the road to CCUS itself is among what was named."""
    view: View = case.seen["views"]["u_f1", "T1"]
    return view.shows(case.id("T1")) and any(sent.to_ccus() for sent in _said(case))


@then("【A2-3-15】登録情報が、申告した目的のほかに送られた形跡がない")
def no_other_purpose(case: Case, claim: Claiming) -> None:
    """What nobody sees cannot be ruled out: the best word is that a person has to look at the rest."""
    inventory = _inventory(case)
    purposes = {str(entry["purpose"]) for entry in inventory or ()}
    other = sorted(str(sent) for sent in _said(case) if not sent.to_ccus() and sent.purpose not in purposes)

    def judge(_readings: object, _policy: object) -> Finding:
        if inventory is None:
            return untested("untested.no_profile")
        if other:
            return violated("use.other_purpose")
        if not _at_work(case):
            return untested("untested.no_control")
        return Finding(word=Word.review, code="review.other_use")

    claim(judge, shown={"sent": other[:20]}, witnesses=["answered", "declared"], strength="attested")


@then("【A2-3-16】登録情報を渡す相手が一覧になっており、それ以外へ送られていない")
def recipients_are_listed(case: Case, claim: Claiming) -> None:
    inventory = _inventory(case)
    listed = {host for entry in inventory or () for host in entry.get("hosts", ())}
    unlisted = sorted(str(sent) for sent in _said(case) if not sent.to_ccus() and sent.host not in listed)

    def judge(_readings: object, _policy: object) -> Finding:
        if inventory is None:
            return untested("untested.no_profile")
        if unlisted:
            return violated("use.unlisted_recipient")
        return SATISFIED if _at_work(case) else untested("untested.no_control")

    claim(
        judge,
        shown={"unlisted": unlisted[:20], "listed": sorted(listed)},
        witnesses=["answered", "declared"],
        strength="attested",
    )
