"""第2条2: who may see registration data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_bdd import parsers, then

from ccus_harness.instruments.scope import may_view
from ccus_harness.instruments.scope_terms import OPTIONS
from ccus_harness.instruments.world import World
from ccus_harness.verdicts import SATISFIED, Finding, inconclusive, untested, violated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ccus_harness.case import Case, View
    from ccus_harness.claims import Claiming, Policy, Predicate
    from ccus_harness.observations import Probe


def _cells(users: str, labels: str) -> list[tuple[str, str]]:
    return [(user, label) for user in users.split("、") for label in labels.split("、")]


def _decide(case: Case, user: str, label: str, readings: Mapping[str, str]) -> bool:
    world = World.of(case.document)
    viewer = case.firm_of(user) or case.id(label)
    return may_view(world, viewer, case.id(label), case.now, readings).allowed


def _uncontested(case: Case, cells: list[tuple[str, str]], besides: str = "") -> list[tuple[str, str]]:
    """The cells on which every option of every open reading agrees, but for the reading that the row is about."""
    choices = [{name: option} for name, options in OPTIONS.items() if name != besides for option in options]
    return [
        (user, label)
        for user, label in cells
        if len({_decide(case, user, label, choice) for choice in choices}) == 1
    ]


def _scope(
    code: str, views: Mapping[tuple[str, str], View], case: Case, cells: list[tuple[str, str]]
) -> Predicate:
    shown = {cell: views[cell].shows(case.id(cell[1])) for cell in cells}

    def judge(readings: Mapping[str, str], _policy: Policy) -> Finding:
        choice = {"scope.upper": readings["scope.upper"]} if code == "scope.not_upper" else {}
        allowed = {cell: _decide(case, *cell, choice) for cell in cells}
        if any(shown[cell] and not allowed[cell] for cell in cells):
            return violated(code)
        controls = [cell for cell in cells if allowed[cell] and shown[cell]]
        denials = [cell for cell in cells if not allowed[cell]]
        return SATISFIED if controls and denials else untested("untested.no_control")

    return judge


def _claim_scope(
    case: Case, claim: Claiming, code: str, cells: list[tuple[str, str]], besides: str = ""
) -> None:
    views: dict[tuple[str, str], View] = case.seen["views"]
    judged = _uncontested(case, cells, besides)
    claim(
        _scope(code, views, case, judged),
        shown={
            "cells": [
                {
                    "viewer": user,
                    "technician": label,
                    "shown": views[user, label].shows(case.id(label)),
                    "allowed": _decide(case, user, label, {}),
                }
                for user, label in judged
            ],
            "over": [
                f"{user}→{label}"
                for user, label in judged
                if views[user, label].shows(case.id(label)) and not _decide(case, user, label, {})
            ],
        },
        witnesses=["answered"],
    )


@then(
    parsers.parse(
        "【A2-2-03】元請「{user}」は入場のあった「{seen}」を見られるが、別の現場だけに入場した「{others}」は見られない"
    )
)
def prime_sees_own_site(case: Case, claim: Claiming, user: str, seen: str, others: str) -> None:
    _claim_scope(case, claim, "scope.other_site", [*_cells(user, seen), *_cells(user, others)])


@then(
    parsers.parse(
        "【A2-2-04】「{user}」は下位の「{below}」を上位下請の範囲に従って見られるが、並びや下位の「{others}」は「{label}」を見られない"
    )
)
def upper_tiers_only(case: Case, claim: Claiming, user: str, below: str, others: str, label: str) -> None:
    _claim_scope(
        case, claim, "scope.not_upper", [*_cells(user, below), *_cells(others, label)], "scope.upper"
    )


@then(
    parsers.parse(
        "【A2-2-05】別の現場でだけ上位の「{others}」は「{label}」を見られず、その現場で上位の「{user}」は見られる"
    )
)
def tree_is_per_site(case: Case, claim: Claiming, others: str, label: str, user: str) -> None:
    _claim_scope(case, claim, "scope.company_parent", [*_cells(others, label), *_cells(user, label)])


@then(
    "【A2-2-19】一覧に出るのは一件ずつ見られる技能者だけで、見られない技能者の検索と件数は存在しない者と同じ答えになる"
)
def lists_are_no_wider(case: Case, claim: Claiming) -> None:
    views: dict[tuple[str, str], View] = case.seen["views"]
    lists: dict[str, View] = case.seen["lists"]
    single = {
        user: {case.id(label) for (who, label), v in views.items() if who == user and v.shows(case.id(label))}
        for user in lists
    }
    people = {case.id(label) for _, label in views}
    listed = {user: {owner for owner, _ in view.items if owner in people} for user, view in lists.items()}
    wider = [
        f"{user}:{_label(case, owner)}" for user in lists for owner in sorted(listed[user] - single[user])
    ]
    probes: list[Probe] = case.seen["probes"]
    blind = [probe for probe in probes if case.id(probe.label) not in single.get(probe.user, set())]
    apart = [f"{probe.user}:{question}" for probe in blind for question in probe.told_apart()]
    found: set[tuple[str, str]] = case.seen.get("found_by_phone", set())
    leaking = [f"{probe.user}:{probe.label}" for probe in blind if (probe.user, probe.label) in found]
    control = any(listed[user] for user in lists) and any(single.values())

    def judge(_readings: object, _policy: object) -> Finding:
        if wider or apart or leaking:
            return violated("scope.list_wider")
        if not control:
            return untested("untested.no_control")
        noisy = [probe for probe in blind if len(probe.noisy()) == len(probe.answers)]
        return inconclusive("inconclusive.noisy") if noisy or not blind else SATISFIED

    claim(
        judge,
        shown={"wider": wider, "told_apart": apart, "found": leaking, "control": control},
        witnesses=["answered"],
    )


def _label(case: Case, identity: str) -> str:
    return next((label for label, known in case.labels.items() if known == identity), identity)
