"""The self-check: an honest client asks, and the simulator's own rows are judged."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pytest_bdd import given, parsers, then, when

from ccus_harness.annex1 import load_annex1
from ccus_harness.observations import collected
from ccus_harness.steps.acting import WORLDS
from ccus_harness.steps.asking import HIDDEN
from ccus_harness.verdicts import SATISFIED, Finding, untested, violated

if TYPE_CHECKING:
    from ccus_harness.case import Case
    from ccus_harness.claims import Claiming

NO_SECRET = "not the secret"  # noqa: S105 - the point is that it is none
DECLARED = {"request.affiliation_at": "provision", "whitelist.disclosure_choice": "respected"}
"""The readings under which CCUS itself has to look again and to leave out."""


@given(parsers.parse("模擬CCUSだけに、処理に1時間かかる「{name}」世界がある"))
def build_slow_without_candidate(case: Case, name: str) -> None:
    case.build(WORLDS[name], candidate=False, processing_seconds=3600, readings=DECLARED)


@when(parsers.parse("正直な利用システムが「{user}」として「{label}」を依頼する"))
def honest_request(case: Case, user: str, label: str) -> None:
    _ask(case, label, _request(case, user, label))


@when(parsers.parse("正直な利用システムが、「{label}」の同じ依頼をもう一度送って受け取ろうとする"))
def honest_again(case: Case, label: str) -> None:
    sent = case.seen["sent"][label]
    case.seen["again"] = _answer(case, sent)


@when(parsers.parse("正直な利用システムが、時の来た「{labels}」の依頼の結果を受け取る"))
def honest_collection(case: Case, labels: str) -> None:
    for label in labels.split("、"):
        case.seen["honest"][label] = _answer(case, case.seen["sent"][label])


@when(parsers.parse("秘密を知らない接続先が「{user}」として「{label}」を依頼する"))
def strangers_request(case: Case, user: str, label: str) -> None:
    request = _request(case, user, label)
    case.seen["stranger"] = case.simulator("honest_request", request=request, with_secret=NO_SECRET)


@when(parsers.parse("正直な利用システムが「{user}」として、「{firm}」の名で事業者情報を依頼する"))
def honest_firm_request(case: Case, user: str, firm: str) -> None:
    request = {**_request(case, user, firm), "acting_for": case.id(firm)}
    _ask(case, firm, {**request, "subjects": {"technicians": [], "own_business": True}})


@when(parsers.parse("正直な利用システムが技能者「{user}」として、技能者の立場で「{label}」を依頼する"))
def honest_own_request(case: Case, user: str, label: str) -> None:
    request = {**_request(case, user, label), "acting_for": None, "capacity": "technician"}
    request["request_id"] = f"self-check-own-{label}"
    _ask(case, f"{user}→{label}", request)


@when(parsers.parse("模擬CCUSで、技能者「{label}」が「{firm}」を離れる"))
def leaves_in_registry(case: Case, label: str, firm: str) -> None:
    pair = {"technician": case.id(label), "business": case.id(firm)}
    case.simulator("registry", change="affiliation.ended", **pair)


@when("模擬CCUSの時計が1時間進む")
def an_hour_at_ccus(case: Case) -> None:
    case.now += timedelta(hours=1)
    case.simulator("clock", to=case.now.isoformat())


def _request(case: Case, user: str, label: str) -> dict[str, Any]:
    return {
        "request_id": f"self-check-{label}",
        "user": {"account": case.id(user), "credential": f"secret:{user}"},
        "acting_for": case.firm_of(user),
        "capacity": "business",
        "purpose": "safety_documents",
        "subjects": {"technicians": [case.id(label)], "own_business": False},
    }


def _ask(case: Case, name: str, request: dict[str, Any]) -> None:
    case.seen.setdefault("sent", {})[name] = request
    case.seen.setdefault("honest", {})[name] = _answer(case, request)


def _answer(case: Case, request: dict[str, Any]) -> Any:
    return case.simulator("honest_request", request=request)


def _provided(outcome: Any) -> list[dict[str, Any]]:
    """The records that an honest client got; an answer without any is a refusal or not ready yet."""
    answer: dict[str, Any] = outcome["provisions"] or {}
    return list(answer.get("provisions", ()))


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
        if orphans or strangers or _provided(foreign):
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
    provisions = _provided(case.seen["honest"]["T1"])
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
        if late or _provided(after):
            return violated("simulator.provided_after_end")
        return SATISFIED if _provided(before) else untested("untested.no_control")

    claim(judge, shown={"status": after["status"]}, witnesses=["ledger", "answered"])


def _own_side(claim: Claiming, code: str, wrong: list[str], *, control: bool) -> None:
    """One rule that CCUS has to keep itself: nothing was given against it, and what it allows was given."""

    def judge(_readings: object, _policy: object) -> Finding:
        if wrong:
            return violated(code)
        return SATISFIED if control else untested("untested.no_control")

    claim(judge, shown={"given": wrong}, witnesses=["answered", "ledger"])


def _names(outcome: Any) -> list[str]:
    return [str(record["id"]) for record in _provided(outcome)]


@then(parsers.parse("【A1-08】秘密を知らない接続先は、何も受け取っていない"))
def strangers_get_nothing(case: Case, claim: Claiming) -> None:
    given = _names(case.seen["stranger"])
    _own_side(claim, "simulator.stranger_served", given, control=_control(case))


@then(parsers.parse("【A1-11】所属しない技能者「{label}」の登録情報は提供されていない"))
def foreigners_are_refused(case: Case, claim: Claiming, label: str) -> None:
    given = _names(case.seen["honest"][label])
    _own_side(claim, "simulator.foreign_provided", given, control=_control(case))


@then(
    parsers.parse(
        "【A1-12】自社でない「{other}」の事業者情報は提供されず、自社の「{own}」のものは提供されている"
    )
)
def other_firms_are_refused(case: Case, claim: Claiming, other: str, own: str) -> None:
    given, control = _names(case.seen["honest"][other]), _names(case.seen["honest"][own])
    _own_side(claim, "simulator.firm_lent", given, control=control == [case.id(own)])


@then(
    parsers.parse("【A1-13】技能者「{user}」の依頼では、本人「{own}」のほかの「{other}」は提供されていない")
)
def colleagues_are_refused(case: Case, claim: Claiming, user: str, own: str, other: str) -> None:
    given = _names(case.seen["honest"][f"{user}→{other}"])
    control = _names(case.seen["honest"][f"{user}→{own}"]) == [case.id(own)]
    _own_side(claim, "simulator.colleague_provided", given, control=control)


@then("【A1-17】同じ依頼を送り直しても、二度目の提供はない")
def nothing_twice(case: Case, claim: Claiming) -> None:
    _own_side(claim, "simulator.provided_twice", _names(case.seen["again"]), control=_control(case))


@then(parsers.parse("【A1-20】CCUS登録の切れた「{firm}」の利用者は、「{label}」を提供されていない"))
def the_ended_are_refused(case: Case, claim: Claiming, firm: str, label: str) -> None:
    entries = [body for body in collected(case.seen["ledger"]) if body["acting_for"] == case.id(firm)]
    given = [str(body["id"]) for body in entries if body["id"] == case.id(label)]
    control = any(body["id"] == case.id(firm) for body in entries)  # before its registration ended
    _own_side(claim, "simulator.ended_served", given, control=control)


@then(parsers.parse("【A1-15】処理の間に離れた「{left}」は提供されず、残った「{stayed}」は提供されている"))
def leavers_are_dropped(case: Case, claim: Claiming, left: str, stayed: str) -> None:
    control = _names(case.seen["honest"][stayed]) == [case.id(stayed)]
    given = _names(case.seen["honest"][left])
    _own_side(claim, "simulator.leaver_provided", given, control=control)


@then(parsers.parse("【A1-23】非開示にした項目は「{label}」の提供になく、ほかの項目はある"))
def hidden_items_are_left_out(case: Case, claim: Claiming, label: str) -> None:
    sent = {item for record in _provided(case.seen["honest"][label]) for item in record["items"]}
    given = sorted(sent & set(HIDDEN))
    _own_side(claim, "simulator.hidden_provided", given, control=bool(sent))


def _control(case: Case) -> bool:
    """Whether the lawful request of the same world was answered."""
    return _names(case.seen["honest"]["T1"]) == [case.id("T1")]
