"""The self-check: an honest client asks, and the simulator's own rows are judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_bdd import parsers, then, when

from ccus_harness.annex1 import load_annex1
from ccus_harness.observations import collected
from ccus_harness.verdicts import SATISFIED, Finding, untested, violated

if TYPE_CHECKING:
    from ccus_harness.case import Case
    from ccus_harness.claims import Claiming


@when(parsers.parse("正直な利用システムが「{user}」として「{label}」を依頼する"))
def honest_request(case: Case, user: str, label: str) -> None:
    request = {
        "request_id": f"self-check-{label}",
        "user": {"account": case.id(user), "credential": f"secret:{user}"},
        "acting_for": case.firm_of(user),
        "capacity": "business",
        "purpose": "safety_documents",
        "subjects": {"technicians": [case.id(label)], "own_business": False},
    }
    case.seen.setdefault("honest", {})[label] = case.simulator("honest_request", request=request)


@then(
    parsers.parse(
        "【A1-01】引き取られた提供はどれも受け付けた依頼に結び付き、所属しない技能者の依頼は断られている"
    )
)
def provisions_follow_requests(case: Case, claim: Claiming) -> None:
    ledger = case.seen["ledger"]
    accepted = {entry["body"]["request_id"] for entry in ledger if entry["kind"] == "request.accepted"}
    orphans = [body["provision_id"] for body in collected(ledger) if body["request_id"] not in accepted]
    foreign = case.seen["honest"]["T9"]
    strangers = sorted({body["id"] for body in collected(ledger)} - {case.id("T1")})

    def judge(_readings: object, _policy: object) -> Finding:
        if orphans or strangers or foreign["provisions"]:
            return violated("simulator.provided_without_request")
        return SATISFIED if collected(ledger) else untested("untested.no_control")

    claim(
        judge,
        shown={"orphans": orphans, "strangers": strangers, "provided": len(collected(ledger))},
        witnesses=["ledger"],
    )


@then(parsers.parse("【A2-1-01】提供された項目は別紙1の技能者{count:d}項目に収まっている"))
def provided_items_are_listed(case: Case, claim: Claiming, count: int) -> None:
    listed = {item.key for item in load_annex1().items if item.record_type == "technician"}
    provisions = case.seen["honest"]["T1"]["provisions"]["provisions"]
    sent = {item for provision in provisions for item in provision["items"]}

    def judge(_readings: object, _policy: object) -> Finding:
        if sent - listed or len(listed) != count:
            return violated("simulator.beyond_annex1")
        return SATISFIED if sent else untested("untested.no_control")

    claim(judge, shown={"beyond": sorted(sent - listed), "items": len(sent)}, witnesses=["answered"])


@then("【A6-01】終了の後の依頼は断られ、何も提供されていない")
def nothing_after_the_end(case: Case, claim: Claiming) -> None:
    before, after = case.seen["honest"]["T1"], case.seen["honest"]["T2"]
    late = case.id("T2") in {body["id"] for body in collected(case.seen["ledger"])}

    def judge(_readings: object, _policy: object) -> Finding:
        if late or after["provisions"]:
            return violated("simulator.provided_after_end")
        return SATISFIED if before["provisions"] else untested("untested.no_control")

    claim(judge, shown={"status": after["status"]}, witnesses=["ledger", "answered"])
