"""第1条: whether what arrived is what was asked for, once, whole, and about people who still belong."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pytest_bdd import parsers, then

from ccus_harness.observations import Kept, Wished, asked, collected, provided_to
from ccus_harness.verdicts import SATISFIED, Finding, inconclusive, untested, violated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ccus_harness.case import Case
    from ccus_harness.claims import Claiming

HIDDEN = ("t05_address", "t06_phone_home_mobile")


@then(
    parsers.parse("【A1-18】頼んだ「{label}」は保有しているが、送り付けられた登録情報はどこにも残っていない")
)
def pushed_is_discarded(case: Case, claim: Claiming, label: str) -> None:
    wish: Wished = case.seen["wishes"][0]
    kept: Kept = case.seen["kept"]
    pushed = sorted(provided_to(wish.gained) - {case.id(label)})
    traces = [trace for subject in pushed for trace in kept.of(subject)]
    control = bool(kept.of(case.id(label)))

    def judge(_readings: object, _policy: object) -> Finding:
        if traces:
            return violated("request.pushed_kept")
        if not pushed:
            return untested("untested.no_trigger")
        return SATISFIED if control else untested("untested.no_control")

    claim(
        judge,
        shown={"pushed": len(pushed), "traces": traces[:20], "control": control},
        witnesses=["ledger", "kept"],
        strength="white_box" if kept.scan else "black_box",
    )


@then("【A1-19】失敗した提供の断片はなく、その後の依頼は丸ごと保有されている")
def no_fragment_stays(case: Case, claim: Claiming) -> None:
    kept: Kept = case.seen["kept"]
    broken: list[tuple[str, Wished]] = case.seen["broken"]
    lost = [label for label, wish in broken if wish.outcome != "done"]
    traces = [trace for label in dict.fromkeys(lost) for trace in kept.of(case.id(label))]
    last: Wished = case.seen["wishes"][-1]
    control = set(last.technicians) <= provided_to(last.gained) and bool(kept.of(last.technicians[0]))

    def judge(_readings: object, _policy: object) -> Finding:
        if traces:
            return violated("request.fragment_kept")
        if not lost:
            return untested("untested.no_trigger")
        if kept.scan is None:
            return inconclusive("inconclusive.stores_closed")
        return SATISFIED if control else untested("untested.no_control")

    claim(
        judge,
        shown={"broken": lost, "traces": traces[:20], "control": control},
        witnesses=["ledger", "kept"],
        strength="white_box",
    )


@then(
    parsers.parse("【A1-15】残った「{stayed}」は保有しているが、離れた「{gone}」の登録情報は保有していない")
)
def leavers_are_not_taken_in(case: Case, claim: Claiming, stayed: str, gone: str) -> None:
    kept: Kept = case.seen["kept"]
    traces = kept.of(case.id(gone))
    sent = case.id(gone) in provided_to(case.seen["later"])
    control = bool(kept.of(case.id(stayed)))

    def judge(readings: Mapping[str, str], _policy: object) -> Finding:
        if traces and readings["request.affiliation_at"] != "request":
            return violated("request.leaver_kept")
        return SATISFIED if control else untested("untested.no_control")

    claim(
        judge,
        shown={"subject": gone, "provided": sent, "traces": traces[:20], "control": control},
        witnesses=["ledger", "kept"],
        strength="white_box" if kept.scan else "black_box",
    )


@then(parsers.parse("【A1-16】新たに入った「{label}」は、依頼するまで提供されず、依頼すれば提供される"))
def newcomers_wait_to_be_asked_for(case: Case, claim: Claiming, label: str) -> None:
    first, last = case.seen["wishes"][0], case.seen["wishes"][-1]
    by_itself = case.id(label) in provided_to(case.seen["idle"])
    control = bool(provided_to(first.gained)) and case.id(label) in provided_to(last.gained)

    def judge(readings: Mapping[str, str], _policy: object) -> Finding:
        if by_itself and readings["request.standing"] == "explicit_each_time":
            return violated("request.newcomer_fetched")
        return SATISFIED if control else untested("untested.no_control")

    claim(
        judge,
        shown={"subject": label, "provided": by_itself, "control": control},
        witnesses=["ledger"],
    )


@then("【A1-17】どの依頼も、提供を受けたのは一度だけで、同じ依頼の再利用は試みられていない")
def one_request_one_provision(case: Case, claim: Claiming) -> None:
    ledger = case.seen["ledger"]
    handed = Counter((body["request_id"], body["id"]) for body in collected(ledger))
    again = [f"{request}" for (request, _), times in handed.items() if times > 1]
    tried = [
        str(entry["body"].get("request_id") or entry["body"].get("path"))
        for entry in ledger
        if entry["kind"] == "call.refused" and entry["body"].get("code") == "request.collected"
    ]
    first, last = case.seen["wishes"][0], case.seen["wishes"][-1]
    control = bool(collected(first.gained)) and bool(collected(last.gained)) and len(asked(ledger)) > 1

    def judge(readings: Mapping[str, str], _policy: object) -> Finding:
        if (again or tried) and readings["request.refresh"] == "new_request":
            return violated("request.replayed")
        return SATISFIED if control else untested("untested.no_control")

    claim(
        judge,
        shown={"again": again[:10], "tried": tried[:10], "control": control},
        witnesses=["ledger"],
    )


@then("【A1-23】非開示になった項目は二度目の提供になく、画面にも保有データにも残っていない")
def hidden_items_go(case: Case, claim: Claiming) -> None:
    first, second = case.seen["wishes"]
    kept: Kept = case.seen["kept"]
    subject = case.id("T1")
    held = [f"holdings:{h.item}" for h in kept.holdings if h.id == subject and h.marked and h.item in HIDDEN]
    shown = [
        f"{view.user}:{item}"
        for view in case.seen["views"].values()
        for owner, item in sorted(view.items)
        if owner == subject and item in HIDDEN
    ]
    control = bool(collected(first.gained)) and bool(collected(second.gained)) and bool(kept.of(subject))

    def judge(readings: Mapping[str, str], _policy: object) -> Finding:
        if (held or shown) and readings["whitelist.disclosure_choice"] == "respected":
            return violated("whitelist.undisclosed_shown")
        return SATISFIED if control else untested("untested.no_control")

    claim(
        judge,
        shown={"traces": [*held, *shown], "control": control},
        witnesses=["answered", "kept", "ledger"],
    )
