"""第2条2, over every user and every technician: who sees, who must not, what is recorded of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

from pytest_bdd import parsers, then

from ccus_harness.instruments.scope import may_view
from ccus_harness.instruments.world import Standing
from ccus_harness.looks import Look, lay_claim_on, looks_of, pick
from ccus_harness.verdicts import SATISFIED, Finding, Word, untested, violated

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ccus_harness.case import Case, Reply
    from ccus_harness.claims import Claiming, Policy

GROUNDS = ("ground", "reason", "relation", "根拠", "理由", "関係")
"""Under which names a line of a view log may say why somebody was let in."""


@then("【A2-2-01】どの解釈でも見えてはならない組合せのうち、他の項目で説明できないものは一つも見えない")
def nobody_else_sees(case: Case, claim: Claiming) -> None:
    looks = looks_of(case)
    over = [look for look in looks if look.shown and look.bound() == "denied"]
    own = [look for look in over if not _child_of(look)]
    seen = any(look.shown for look in looks)
    refused = sum(look.bound() == "denied" for look in looks)

    def judge(_readings: object, _policy: object) -> Finding:
        if own:
            return violated("scope.stranger")
        if over:
            return untested("untested.left_to_children")
        return SATISFIED if seen and refused else untested("untested.no_control")

    claim(
        judge,
        shown={
            "over": [str(look) for look in own],
            "left_to": {str(look): _child_of(look) for look in over},
            "looks": len(looks),
            "refused": refused,
            "contested": sum(look.bound() == "contested" for look in looks),
        },
        witnesses=["answered"],
    )


_CHILD_BY_STANDING = {
    Standing.CLIENT: "A2-2-16",
    Standing.GUEST: "A2-2-16",
    Standing.STAFF: "A2-2-18",
    Standing.TECHNICIAN: "A2-2-17",
}


def _child_of(look: Look) -> str:
    """The narrower row that a forbidden look belongs to, or nothing when only the broad one speaks of it."""
    if look.acting:
        return "A2-2-22"
    if child := _CHILD_BY_STANDING.get(look.viewer.standing):
        return child
    firm, entered = look.viewer.id, {e.site for e in look.world.entries if e.technician == look.subject}
    for site in look.world.sites:
        on_site = {part for link in site.links for part in (link.child, link.parent)} | {site.prime}
        if firm in (site.prime, *site.jv_members) and site.id not in entered:
            return "A2-2-03"
        if firm in on_site:
            return "A2-2-04" if site.id in entered else "A2-2-05"
    return ""


@then("【A2-2-02】どの解釈でも見てよい組合せでは、実際に見える")
def the_allowed_do_see(case: Case, claim: Claiming) -> None:
    allowed = [look for look in looks_of(case) if look.bound() == "allowed"]
    hidden = [str(look) for look in allowed if not look.shown]

    def judge(_readings: object, _policy: object) -> Finding:
        return SATISFIED if allowed and not hidden else untested("untested.not_shown")

    claim(judge, shown={"allowed": len(allowed), "hidden": hidden}, witnesses=["answered"])


@then(
    parsers.parse(
        "【A2-2-06】「{user}」は入場のある自社の「{entered}」を見られ、入場のない「{idle}」は入場の要否の読み方に従う"
    )
)
def employer_sees_own(case: Case, claim: Claiming, user: str, entered: str, idle: str) -> None:
    control, looks = pick(looks_of(case), user, entered), pick(looks_of(case), user, idle)

    def judge(readings: Mapping[str, str], _policy: Policy) -> Finding:
        needs_entry = readings["scope.employer_needs_entry"] == "yes"
        if not any(look.shown for look in control):
            return untested("untested.no_control")
        if needs_entry and any(look.shown for look in looks):
            return Finding(word=Word.depends, code="depends.readings")
        return SATISFIED

    claim(judge, shown={"cells": [{"look": str(x), "shown": x.shown} for x in looks]}, witnesses=["answered"])


@then(
    parsers.parse(
        "【A2-2-16】発注者など契約に挙げられていない「{users}」には、他の利用者に見える「{label}」も見えない"
    )
)
def outsiders_see_nothing(case: Case, claim: Claiming, users: str, label: str) -> None:
    looks = [look for look in looks_of(case) if look.user in users.split("、")]
    lay_claim_on(claim, "scope.outside_role", looks, controls=_others(looks_of(case), looks, label))


@then(parsers.parse("【A2-2-17】技能者の「{users}」に見えるのは自分の記録だけで、他の技能者の記録は見えない"))
def technicians_see_themselves(case: Case, claim: Claiming, users: str) -> None:
    looks = [look for look in looks_of(case) if look.user in users.split("、")]
    lay_claim_on(claim, "scope.peer", looks)


@then(
    parsers.parse(
        "【A2-2-18】甲の職員「{user}」には、他の利用者に見える「{label}」も見えない。緊急時の閲覧なら理由と期限の記録がある"
    )
)
def staff_do_not_browse(case: Case, claim: Claiming, user: str, label: str) -> None:
    looks = [look for look in looks_of(case) if look.user == user]
    shown = [look for look in looks if look.shown]
    log: Reply | None = case.seen["view_log"]
    unrecorded = [str(look) for look in shown if log and not any(_logged(case, look, log))]
    control = any(look.shown for look in _others(looks_of(case), looks, label))

    def judge(readings: Mapping[str, str], _policy: Policy) -> Finding:
        if shown:
            forbidden = readings["scope.vendor_staff"] == "none" or unrecorded
            return violated("scope.staff") if forbidden else Finding(word=Word.review, code="review.person")
        return SATISFIED if control else untested("untested.no_control")

    claim(
        judge,
        shown={"over": [str(look) for look in shown], "unrecorded": unrecorded},
        witnesses=["answered"],
    )


def _others(every: Iterable[Look], those: Sequence[Look], label: str) -> list[Look]:
    return [look for look in every if look.label == label and look not in those]


@then(
    parsers.parse(
        "【A2-2-22】「{user}」に見えるのは選んだ一社として見てよい技能者だけで、選ばないときに二社分が合わさらない"
    )
)
def rights_are_not_united(case: Case, claim: Claiming, user: str) -> None:
    looks = [look for look in looks_of(case) if look.user == user]
    chosen = [look for look in looks if look.acting != "-"]
    over = [str(look) for look in chosen if look.shown and look.bound() == "denied"]
    unchosen = [str(look) for look in looks if look.acting == "-" and look.shown]
    seen = any(look.shown for look in chosen)
    both = len({look.label for look in looks}) > 1 and len(unchosen) == len({look.label for look in looks})

    def judge(_readings: object, _policy: object) -> Finding:
        if over or both:
            return violated("scope.union")
        return SATISFIED if seen else untested("untested.no_control")

    claim(judge, shown={"over": over, "unchosen": unchosen}, witnesses=["answered"])


@then("【A2-2-25】元請・上位下請・所属事業者のそれぞれに見えた項目は、申告した絞り込みに合う")
def items_are_narrowed_as_declared(case: Case, claim: Claiming) -> None:
    hidden: Any = case.declared("hidden_items")
    by_class: dict[str, set[str]] = {}
    for look in looks_of(case):
        if look.shown and (relation := _relation(look)):
            by_class.setdefault(relation, set()).update(look.items)
    beyond = [
        f"{relation}:{item}"
        for relation, items in sorted(by_class.items())
        for item in sorted(items & set(_listed(hidden, relation)))
    ]

    def judge(readings: Mapping[str, str], _policy: Policy) -> Finding:
        if set(by_class) < {"prime", "upper", "affiliated"}:
            return untested("untested.no_control")
        if readings["scope.items_by_class"] == "all_items":
            return SATISFIED
        if hidden is None:
            return untested("untested.no_profile")
        return violated("scope.hidden_item") if beyond else SATISFIED

    shown = {"items": {relation: sorted(items) for relation, items in sorted(by_class.items())}}
    claim(judge, shown={**shown, "beyond": beyond}, witnesses=["answered"])


def _relation(look: Look) -> str:
    relation = may_view(look.world, look.viewer, look.subject, look.at).relation
    return relation if relation in ("prime", "upper", "affiliated") else ""


def _listed(hidden: Any, relation: str) -> list[str]:
    table = cast("dict[str, Any]", hidden) if isinstance(hidden, dict) else {}
    return [str(item) for item in table.get(relation, [])]


@then("【A2-2-28】一件ごとの閲覧はどれも、誰がどの立場で誰の情報をどの関係により見たかの記録に残っている")
def every_view_is_logged(case: Case, claim: Claiming) -> None:
    log: Reply | None = case.seen["view_log"]
    shown = [look for look in looks_of(case) if look.shown]
    found = [(look, _logged(case, look, log)) for look in shown] if log else []
    missing = [str(look) for look, grounds in found if not grounds]
    silent = [str(look) for look, grounds in found if grounds and not any(grounds)]

    def judge(_readings: object, _policy: object) -> Finding:
        if log is None:
            return untested("untested.capability")
        if not shown:
            return untested("untested.no_control")
        if missing:
            return Finding(word=Word.review, code="view.not_logged")
        return Finding(word=Word.review, code="review.person") if silent else SATISFIED

    claim(
        judge,
        shown={"views": len(shown), "missing": missing, "without_ground": silent},
        strength="inspected",
        witnesses=["kept"],
    )


def _logged(case: Case, look: Look, log: Reply) -> list[bool]:
    """For each line of the log that tells of a look: whether it says on what ground."""
    wanted = (case.id(look.user), look.subject)
    lines = [line for _, body in log.bodies for line in body.decode("utf-8", "replace").splitlines()]
    return [_has_ground(line) for line in lines if all(word in line for word in wanted)]


def _has_ground(line: str) -> bool:
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        return False
    told = cast("dict[str, Any]", said) if isinstance(said, dict) else {}
    return any(told.get(name) for name in GROUNDS)
