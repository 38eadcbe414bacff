"""第2条4 and 5: what the operator notices by itself, letters that do not get through, and the standard in force."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from pytest_bdd import parsers, then, when

from ccus_harness.instruments import notices
from ccus_harness.observations import provided_to
from ccus_harness.steps.acting_incidents import FIRST
from ccus_harness.steps.article2_4 import NOTICE, drill_strength, inbox, shown_of, triggered, within
from ccus_harness.verdicts import SATISFIED, Finding, Word, untested, violated

if TYPE_CHECKING:
    from datetime import datetime

    from ccus_harness.case import Case
    from ccus_harness.claims import Claiming, Policy
    from ccus_harness.observations import Told

FAULT = "inbox_down"


@when("乙の受付が止まる")
def inbox_stops(case: Case) -> None:
    case.simulator("fault", name=FAULT)


@when("乙の受付が戻る")
def inbox_returns(case: Case) -> None:
    case.simulator("mend", name=FAULT)
    case.seen["mended"] = case.now


@when(parsers.parse("利用者「{user}」が短い間に{times:d}回データを書き出す"))
def export_often(case: Case, user: str, times: int) -> None:
    replies = [case.export(user).reply for _ in range(times)]
    case.seen["exports"] = {"done": sum(reply.done for reply in replies), "asked": times}


@when(parsers.parse("無関係の利用者「{user}」が技能者「{label}」を{times:d}回見ようとする"))
def probe_often(case: Case, user: str, label: str, times: int) -> None:
    for _ in range(times):
        case.view(user, subject=case.id(label))


@when(parsers.parse("申請システムが自ら検知した事象を「{name}」として控える"))
def take_detections(case: Case, name: str) -> None:
    said: Any = case.tell("detections").detail.get("detections")
    case.seen.setdefault("detected", {})[name] = len(cast("list[Any]", said)) if isinstance(said, list) else 0


@then("【A2-4-02】利用者による大量の書き出しが、制限されるか検知されている")
def mass_download_is_met(case: Case, claim: Claiming) -> None:
    """Measures have to reach users; that they were reached is enough, customers need not be policed."""
    exports, detected = case.seen["exports"], case.seen["detected"]
    limited = exports["done"] < exports["asked"]
    noticed = detected["書き出し後"] > detected["前"]
    held = bool(provided_to(case.seen["acts"][0].gained))

    def judge(_readings: object, _policy: object) -> Finding:
        if not held or not exports["done"]:
            return untested("untested.no_trigger")
        return SATISFIED if limited or noticed else violated("measures.no_reach")

    claim(
        judge,
        shown={"exports": exports["done"], "asked": exports["asked"], "noticed": noticed},
        witnesses=["answered"],
        strength="black_box" if limited else "attested",  # that it noticed is its own word
    )


@then("【A2-4-04】教えられなくても、仕掛けられた不正な閲覧の試みに気付いている")
def seeded_misuse_is_noticed(case: Case, claim: Claiming) -> None:
    detected = case.seen["detected"]
    noticed = detected["試みの後"] > detected["書き出し後"]
    held = bool(provided_to(case.seen["acts"][0].gained))

    def judge(_readings: object, _policy: object) -> Finding:
        if not held:
            return untested("untested.no_trigger")
        return SATISFIED if noticed else violated("detection.none")

    claim(
        judge,
        shown={"before": detected["書き出し後"], "after": detected["試みの後"]},
        witnesses=["answered"],
        strength="attested",  # nobody else can see what a system has noticed
    )


@then("【A2-4-14】受付が戻った後、受領の番号を得るまで通知が送り直されている")
def sent_until_receipted(case: Case, claim: Claiming) -> None:
    """Counted from when the inbox returned: while every road to the Fund is closed nobody can be late."""
    sign: Told = case.seen["told"][FIRST]
    mended: datetime = case.seen["mended"]
    at = notices.received(notices.of_token(inbox(case), sign.token))
    on = triggered(case, sign)

    def judge(_readings: object, policy: Policy) -> Finding:
        if not on:
            return untested("untested.no_trigger")
        return within(policy, NOTICE, mended, at, "notice.not_resent")

    shown = shown_of(case, sign, at)
    shown |= {"returned_at": mended.isoformat()}
    claim(judge, shown=shown, strength=drill_strength(case), witnesses=["inbox"])


@then("【A2-5-02】試験日に効力のある運用基準の版が、申告とともに記録されている")
def standard_is_recorded(case: Case, claim: Claiming) -> None:
    place = ("files", "lists.operating_standard")
    version, since = (case.declared(*place, "document", name) for name in ("version", "in_force_from"))
    digest = case.declared(*place, "sha256")

    def judge(_readings: object, _policy: object) -> Finding:
        if not isinstance(version, str) or not isinstance(since, str):
            return untested("untested.no_profile")
        in_force = since <= case.now.date().isoformat()
        return SATISFIED if in_force else Finding(word=Word.review, code="review.standard_not_in_force")

    claim(
        judge,
        shown={"version": version, "since": since, "sha256": digest},
        witnesses=["declared"],
        strength="attested",
    )
