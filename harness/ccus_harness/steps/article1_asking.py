"""第1条: whether each request was one user's act, in the right capacity, for a listed purpose, on the one road."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

from pytest_bdd import then

from ccus_harness.observations import Entry, Kept, Wished, asked, collected, provided_to
from ccus_harness.verdicts import SATISFIED, Finding, Word, inconclusive, untested, violated

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ccus_harness.case import Case, Reply
    from ccus_harness.claims import Claiming

COMPATIBLE = "site_emergency_contact"
"""A purpose on no list that some would call compatible with one that is."""

OWN_ITEM = ("b01_trade_name", "t11_affiliated_firms")
"""A firm's name stands in item 11 of its technicians: that alone is no record of the firm."""


def _wishes(case: Case, *users: str) -> list[Wished]:
    return [wish for wish in case.seen["wishes"] if not users or wish.user in users]


def _first_arrived(case: Case) -> bool:
    """The control: the first wish is always a lawful one, and it reached its provision."""
    first: Wished = case.seen["wishes"][0]
    return set(first.technicians) <= provided_to(first.gained)


def _gained(wishes: Iterable[Wished]) -> list[Entry]:
    return [entry for wish in wishes for entry in wish.gained]


def _plain(broken: object, code: str, *, control: bool) -> Finding:
    if broken:
        return violated(code)
    return SATISFIED if control else untested("untested.no_control")


@then("【A1-02】CCUSに届いた依頼はどれも、利用者の操作一回と、人・名義・対象が一致する")
def every_call_is_an_act(case: Case, claim: Claiming) -> None:
    own = [(wish, entry) for wish in _wishes(case) for entry in asked(wish.gained)]
    within = [entry["body"]["request_id"] for wish, entry in own if wish.covers(entry)]
    strays = [
        f"{entry['body']['request_id']} {entry['body']['user']}"
        for entry in asked(case.seen["ledger"])
        if entry["body"]["request_id"] not in within
    ]
    twice = [f"{wish.user}" for wish in _wishes(case) if len(asked(wish.gained)) > 1]
    control = _first_arrived(case)
    claim(
        lambda _r, _p: _plain([*strays, *twice], "request.without_act", control=control),
        shown={"strays": strays[:10], "calls": len(own), "more_than_one": twice, "control": control},
        witnesses=["ledger", "answered"],
    )


@then("【A1-05】依頼できない者の操作からはCCUSへの依頼も提供も生じていない")
def strangers_cause_nothing(case: Case, claim: Claiming) -> None:
    known = {account["label"]: account for account in case.document["accounts"]}
    others = [w for w in _wishes(case) if known.get(w.user, {"role": "none"})["role"] != "member"]
    calls = [f"{w.user}: {len(asked(w.gained))}" for w in others if asked(w.gained) or collected(w.gained)]
    control = _first_arrived(case)
    claim(
        lambda _r, _p: _plain(calls, "request.by_stranger", control=control),
        shown={"users": [w.user for w in others], "calls": calls, "control": control},
        witnesses=["ledger", "answered"],
    )


@then("【A1-09】一覧にない目的の依頼は通らず、目的が書き換えられてもいない")
def purposes_are_listed(case: Case, claim: Claiming) -> None:
    listed = _listed_purposes(case)
    passed = [w for w in _wishes(case) if w.purpose not in listed and collected(w.gained)]
    rewritten = sorted(
        f"{w.purpose} → {entry['body']['purpose']}"
        for w in _wishes(case)
        for entry in asked(w.gained)
        if entry["body"]["purpose"] != w.purpose
    )
    control, sample = (
        _first_arrived(case),
        bool(case.declared("files", "lists.purposes", "document", "sample")),
    )

    def judge(readings: Mapping[str, str], _policy: object) -> Finding:
        if not listed:
            return untested("untested.no_list")
        compatible = readings["use.purpose_list"] == "compatible"
        over = [w.purpose for w in passed if not (compatible and w.purpose == COMPATIBLE)]
        return _plain([*over, *rewritten], "request.purpose_unlisted", control=control)

    claim(
        judge,
        shown={
            "purposes": sorted({w.purpose for w in passed}),
            "rewritten": rewritten,
            "listed": sorted(listed),
            "control": control,
        },
        witnesses=["ledger", "answered"],
        remarks=["list_is_a_sample"] if sample else [],
    )


def _listed_purposes(case: Case) -> set[str]:
    entries = case.declared("files", "lists.purposes", "document", "entries")
    return {entry["id"] for entry in entries or ()}


@then("【A1-12】提供され保有されている事業者情報は、依頼した事業者自身のものだけである")
def own_firm_only(case: Case, claim: Claiming) -> None:
    wishes, kept = _wishes(case, "u_f2"), cast("Kept", case.seen["kept"])
    own, lawful = case.id("F2"), {case.id("F2"), case.id("F7")}
    provided = sorted(_firms_provided(_gained(wishes)) - {own})
    firms = [firm["id"] for firm in case.document["businesses"] if firm["id"] not in lawful]
    traces = [trace for firm in firms for trace in kept.of(firm) if not trace.endswith(OWN_ITEM)]
    control = own in _firms_provided(_gained(wishes))
    claim(
        lambda _r, _p: _plain([*provided, *traces], "request.other_firm", control=control),
        shown={"firms": [_label(case, firm) for firm in provided], "traces": traces[:20], "control": control},
        witnesses=["ledger", "kept", "answered"],
        strength="white_box" if kept.scan else "black_box",
    )


def _firms_provided(entries: Sequence[Entry]) -> set[str]:
    return {body["id"] for body in collected(entries) if body["record_type"] == "business"}


def _label(case: Case, identity: str) -> str:
    return next((label for label, known in case.labels.items() if known == identity), identity)


@then("【A1-14】一人親方の依頼は、事業者の立場と技能者の立場のどちらでされたかのとおりに届いている")
def capacities_are_kept_apart(case: Case, claim: Claiming) -> None:
    own = _wishes(case, "u_f7", "u_t7")
    mixed = [
        f"{wish.user}: {entry['body']['capacity']}"
        for wish in own
        for entry in asked(wish.gained)
        if entry["body"]["capacity"] != wish.capacity
    ]
    as_person = _gained(wish for wish in own if wish.capacity == "technician")
    widened = sorted(_firms_provided(as_person))
    person, firm = case.id("T7"), case.id("F7")
    both = person in provided_to(as_person) and {person, firm} <= provided_to(_gained(_wishes(case, "u_f7")))
    claim(
        lambda _r, _p: _plain([*mixed, *widened], "request.capacity_mixed", control=both),
        shown={"mixed": mixed, "firms": [_label(case, one) for one in widened], "control": both},
        witnesses=["ledger", "answered"],
    )


@then("【A1-22】依頼の記録には、断ったものも含めてすべての依頼がある")
def requests_are_on_record(case: Case, claim: Claiming) -> None:
    log: Reply | None = case.seen["audit_log"]
    lines = _lines(log)
    sent = [(entry["body"]["request_id"], entry["body"]["user"]) for entry in asked(case.seen["ledger"])]
    missing = [one for one, user in sent if not any(_names(line, one) and user in line for line in lines)]
    refused = sum(wish.outcome == "refused" for wish in _wishes(case))
    short = len(lines) < len(_wishes(case)) - 1  # whoever is unknown need not be on record
    period = case.declared("retention", "requests")
    control = _first_arrived(case)

    def judge(_readings: object, _policy: object) -> Finding:
        if not lines or not control:
            return untested("untested.not_handed_over" if control else "untested.no_control")
        if missing or short:
            return Finding(word=Word.review, code="review.request_record_gap")
        return SATISFIED if period else Finding(word=Word.review, code="review.no_period")

    claim(
        judge,
        shown={"missing": missing[:10], "records": len(lines), "refused": refused, "period": period},
        witnesses=["kept", "ledger"],
        strength="inspected",
    )


def _lines(reply: Reply | None) -> list[str]:
    bodies = reply.bodies if reply else ()
    return [
        line for _, body in bodies for line in body.decode("utf-8", errors="replace").splitlines() if line
    ]


def _names(line: str, word: str) -> bool:
    """Whether a word stands in a line as a word of its own: r1 is not r10."""
    return re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", line) is not None


@then("【A4-02】誰がいつ誰の登録情報を受け取り、誰が見たかを、改ざんの分かる台帳と閲覧の記録で示せる")
def custody_can_be_shown(case: Case, claim: Claiming) -> None:
    """Our own evidence first: the chain of the ledger holds, and every provision names who, whom and when."""
    handed = [entry for entry in case.seen["ledger"] if entry["kind"] == "provision.collected"]
    unnamed = [e["seq"] for e in handed if not (e["at"] and e["body"]["user"] and e["body"]["id"])]
    whole = bool(case.seen["verified"]["ok"])
    viewer = case.id("u_f2")
    viewed = any(viewer in line for line in _lines(case.seen["view_log"]))

    def judge(_readings: object, _policy: object) -> Finding:
        if not whole or unnamed:
            return inconclusive("inconclusive.conflict")
        return SATISFIED if handed and viewed else untested("untested.not_handed_over")

    claim(
        judge,
        shown={"copies": len(handed), "chain_whole": whole, "views_on_record": viewed},
        witnesses=["ledger"],
        strength="inspected",
    )


@then("【A1-04】見て回る間の依頼は0件で、明示の依頼は提供に至っている")
def looking_is_not_asking(case: Case, claim: Claiming) -> None:
    calls = asked(case.seen["while_looking"])
    control = _first_arrived(case)

    def judge(readings: Mapping[str, str], _policy: object) -> Finding:
        counts = readings["request.explicitness"] == "explicit_control"
        return _plain(calls if counts else (), "request.by_looking", control=control)

    claim(
        judge,
        shown={"calls": len(calls), "pages": case.seen["looked"], "control": control},
        witnesses=["ledger", "answered"],
    )


@then("【A1-06】委任の記録がない代行の依頼からは何も提供されず、記録のある代行だけが代行者の名で届いている")
def delegates_need_a_record(case: Case, claim: Claiming) -> None:
    before, recorded, other = (wish for wish in _wishes(case) if wish.user != "u_f2")
    unlawful = [w.user for w in (before, other) if collected(w.gained)]
    names = {entry["body"]["user"] for entry in asked(recorded.gained)}
    served = recorded.technicians[0] in provided_to(recorded.gained)
    borrowed = sorted(names - {recorded.account})
    control = _first_arrived(case)

    def judge(readings: Mapping[str, str], _policy: object) -> Finding:
        nobody = readings["request.delegate"] == "none"
        over = [*unlawful, *borrowed, *([recorded.user] if nobody and served else [])]
        return _plain(over, "request.undelegated", control=control and (served or nobody))

    claim(
        judge,
        shown={"users": unlawful, "as_account": borrowed, "delegate_served": served, "control": control},
        witnesses=["ledger", "answered"],
    )


@then("【A1-20】退会した利用者からは依頼が届かず、登録の切れた事業者には何も提供されていない")
def leavers_cause_nothing(case: Case, claim: Claiming) -> None:
    kept: Kept = case.seen["kept"]
    gone = _wishes(case, "u_f2b", "u_f3")
    calls = [w.user for w in gone if collected(w.gained) or (w.user == "u_f2b" and asked(w.gained))]
    traces = [trace for wish in gone for subject in wish.technicians for trace in kept.of(subject)]
    control = _first_arrived(case) and case.seen["left"].done
    claim(
        lambda _r, _p: _plain([*calls, *traces], "request.by_leaver", control=control),
        shown={"users": calls, "traces": traces[:20], "control": control},
        witnesses=["ledger", "answered", "kept"],
        strength="white_box" if kept.scan else "black_box",
    )


def _hosts(said: Any) -> set[str] | None:
    """The hosts that a candidate named, or None when it named none in a form that can be read."""
    if not isinstance(said, list):
        return None
    places = cast("list[Any]", said)
    return {str(cast("dict[str, Any]", place).get("host")) for place in places if isinstance(place, dict)}


def _elsewhere(said: Any) -> list[str]:
    """What a candidate says it sent for another end than to reach CCUS."""
    places = [cast("dict[str, Any]", p) for p in cast("list[Any]", said or []) if isinstance(p, dict)]
    others = (place for place in places if "CCUS" not in str(place.get("purpose")).upper())
    return [f"{place.get('host')} {place.get('purpose')}" for place in others]


@then("【A1-08】依頼は登録された接続先から出され、受け取った登録情報はCCUS以外へ送られていない")
def the_reply_goes_nowhere_else(case: Case, claim: Claiming) -> None:
    after_request = case.seen["egress"][0]
    hosts, others = _hosts(after_request), _elsewhere(after_request)
    refused = [e["body"].get("code", "") for e in case.seen["ledger"] if e["kind"] == "call.refused"]
    unknown = [code for code in refused if str(code).startswith("client.")]
    control = _first_arrived(case)

    def judge(_readings: object, _policy: object) -> Finding:
        if not others and not unknown and (hosts is None or not hosts):
            return untested("untested.not_handed_over")
        return _plain([*others, *unknown], "request.forwarded", control=control)

    claim(
        judge,
        shown={
            "hosts": sorted(hosts or ()),
            "others": others,
            "unknown_clients": unknown,
            "control": control,
        },
        witnesses=["answered", "ledger"],
    )


@then("【A1-10】登録情報を外へ出す機能と送信先は、すべて申告されている")
def outgoing_functions_are_declared(case: Case, claim: Claiming) -> None:
    declared = case.declared("integrations")
    functions = cast("list[dict[str, Any]]", declared or [])
    known = {host for function in functions for host in function.get("hosts", ())}
    known |= {host for recipient in case.declared("recipients") or () for host in recipient["hosts"]}
    exports = bool(case.seen["export"].items)
    undeclared = [place for place in _elsewhere(case.seen["egress"][-1]) if place.split(" ")[0] not in known]
    if exports and not any(function["kind"] == "file" for function in functions):
        undeclared = [*undeclared, "export"]
    off_system = any(function["off_system"] for function in functions)
    control = _first_arrived(case) and _hosts(case.seen["egress"][-1]) is not None

    def judge(readings: Mapping[str, str], _policy: object) -> Finding:
        if declared is None:
            return untested("untested.no_profile")
        reading = readings["use.off_system"]
        if undeclared and reading != "free":
            return violated("integration.undeclared")
        if off_system and reading == "forbidden":
            return violated("integration.off_system")
        return SATISFIED if control else untested("untested.no_control")

    claim(
        judge,
        shown={
            "undeclared": undeclared,
            "declared": [str(function["name"]) for function in functions],
            "exports": exports,
            "control": control,
        },
        witnesses=["answered", "declared"],
    )
