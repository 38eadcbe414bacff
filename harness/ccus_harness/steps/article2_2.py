"""第2条2: who may see registration data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_bdd import parsers, then

from ccus_harness.looks import lay_claim_on
from ccus_harness.steps.observing_looks import looked
from ccus_harness.verdicts import SATISFIED, Finding, inconclusive, untested, violated

if TYPE_CHECKING:
    from ccus_harness.case import Case, View
    from ccus_harness.claims import Claiming
    from ccus_harness.looks import Look
    from ccus_harness.observations import Probe


def _looks(case: Case, users: str, labels: str) -> list[Look]:
    views: dict[tuple[str, str], View] = case.seen["views"]
    pairs = [(user, label) for user in users.split("、") for label in labels.split("、")]
    return [looked(case, views[pair], pair[1]) for pair in pairs]


@then(
    parsers.parse(
        "【A2-2-03】元請「{user}」は入場のあった「{seen}」を見られるが、別の現場だけに入場した「{others}」は見られない"
    )
)
def prime_sees_own_site(case: Case, claim: Claiming, user: str, seen: str, others: str) -> None:
    lay_claim_on(claim, "scope.other_site", [*_looks(case, user, seen), *_looks(case, user, others)])


@then(
    parsers.parse(
        "【A2-2-04】「{user}」は下位の「{below}」を上位下請の範囲に従って見られるが、並びや下位の「{others}」は「{label}」を見られない"
    )
)
def upper_tiers_only(case: Case, claim: Claiming, user: str, below: str, others: str, label: str) -> None:
    looks = [*_looks(case, user, below), *_looks(case, others, label)]
    lay_claim_on(claim, "scope.not_upper", looks, reading="scope.upper")


@then(
    parsers.parse(
        "【A2-2-05】別の現場でだけ上位の「{others}」は「{label}」を見られず、その現場で上位の「{user}」は見られる"
    )
)
def tree_is_per_site(case: Case, claim: Claiming, others: str, label: str, user: str) -> None:
    lay_claim_on(claim, "scope.company_parent", [*_looks(case, others, label), *_looks(case, user, label)])


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
