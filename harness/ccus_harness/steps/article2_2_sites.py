"""第2条2 on tangled sites: side firms, plans, old entries, invitations, gaps, helpers, joint ventures, firms' own data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_bdd import parsers, then

from ccus_harness.instruments.scope_bounds import bound
from ccus_harness.looks import lay_claim_on, looks_of, pick, world_of
from ccus_harness.verdicts import SATISFIED, Finding, untested, violated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ccus_harness.case import Case, View
    from ccus_harness.claims import Claiming, Policy
    from ccus_harness.looks import Look


def _rows(case: Case, viewers: str, label: str) -> list[Look]:
    return pick(looks_of(case), viewers, label)


@then(
    parsers.parse(
        "【A2-2-07】従たる所属先の下で入場した「{label}」は、その現場で上位の「{upper}」に見えてよく、主たる所属先の別の現場の「{other}」には見えない。所属先「{firms}」は所属の読み方に従う"
    )
)
def side_firm(case: Case, claim: Claiming, label: str, upper: str, other: str, firms: str) -> None:
    looks = _rows(case, f"{upper}、{other}、{firms}", label)
    lay_claim_on(claim, "scope.side_firm", looks, reading="scope.affiliation")


@then(
    parsers.parse(
        "【A2-2-09】入場の予定だけがある「{label}」は、所属事業者「{firm}」のほかには、名簿の読み方に従って元請と上位下請「{above}」にしか見えず、「{others}」には見えない"
    )
)
def before_entry(case: Case, claim: Claiming, label: str, firm: str, above: str, others: str) -> None:
    looks = _rows(case, f"{firm}、{above}、{others}", label)
    lay_claim_on(claim, "scope.before_entry", looks, reading="scope.pre_entry")


@then(
    parsers.parse(
        "【A2-2-10】最後の入場から一年を過ぎた「{label}」が元請「{prime}」に見えるかは、期限の読み方に従い、下位の「{below}」には見えない"
    )
)
def long_after_entry(case: Case, claim: Claiming, label: str, prime: str, below: str) -> None:
    looks = _rows(case, f"{prime}、{below}", label)
    controls = [look for look in looks_of(case) if look.label == label]
    lay_claim_on(claim, "scope.after_entry", looks, reading="scope.post_entry_limit", controls=controls)


@then(
    parsers.parse(
        "【A2-2-12】承認された上位「{approved}」に見える「{label}」は、要請しただけで承認のない「{invited}」には見えない"
    )
)
def invitation_is_no_relation(case: Case, claim: Claiming, approved: str, label: str, invited: str) -> None:
    lay_claim_on(claim, "scope.not_approved", _rows(case, f"{approved}、{invited}", label))


@then(
    parsers.parse(
        "【A2-2-13】間に登録のない事業者がある「{label}」は、元請「{prime}」に見えてよく、途切れの上の「{above}」は途切れの読み方に従い、並びの「{others}」には見えない"
    )
)
def gap_opens_nothing(case: Case, claim: Claiming, label: str, prime: str, above: str, others: str) -> None:
    looks = _rows(case, f"{prime}、{above}、{others}", label)
    lay_claim_on(claim, "scope.gap_open", looks, reading="scope.gap_tier")


@then(
    parsers.parse(
        "【A2-2-14】応援で「{host}」の下に入場した「{label}」は、その上位「{above}」に見えてよく、所属先の上位「{others}」には見えない。所属先と応援先「{firms}」は所属の読み方に従う"
    )
)
def chain_starts_where_he_entered(
    case: Case, claim: Claiming, host: str, label: str, above: str, others: str, firms: str
) -> None:
    looks = _rows(case, f"{above}、{others}、{firms}、{host}", label)
    lay_claim_on(claim, "scope.wrong_chain", looks, reading="scope.affiliation")


@then(
    parsers.parse(
        "【A2-2-15】共同企業体の構成員「{member}」は、その現場の「{label}」を共同企業体の読み方に従って見られ、代表者だけの現場の「{other}」は見られない"
    )
)
def joint_venture(case: Case, claim: Claiming, member: str, label: str, other: str) -> None:
    looks = [*_rows(case, member, f"{label}、{other}")]
    controls = [look for look in looks_of(case) if look.label == label]
    lay_claim_on(claim, "scope.joint_venture", looks, reading="scope.jv", controls=controls)


@then(
    parsers.parse(
        "【A2-2-24】「{own}」は自社の事業者情報を見られ、元請と上位下請は事業者情報の読み方に従い、どの関係もない「{others}」は見られない"
    )
)
def firm_records(case: Case, claim: Claiming, own: str, others: str) -> None:
    views: Mapping[str, View] = case.seen["firm_views"]
    firm = case.id(case.seen["firm"])
    related = {user: _related(case, user, firm) for user in views}
    shown = {user: view.shows(firm) for user, view in views.items()}

    def may(user: str, option: str) -> bool:
        return user == own or (option == "same_classes" and related[user] and user not in others.split("、"))

    def judge(readings: Mapping[str, str], _policy: Policy) -> Finding:
        option = readings["scope.firm_data"]
        if any(shown[user] and not may(user, option) for user in views):
            return violated("scope.firm_data")
        return SATISFIED if shown.get(own) else untested("untested.no_control")

    over = [user for user in views if shown[user] and not may(user, "same_classes")]
    claim(judge, shown={"over": over, "seen_by": [u for u in views if shown[u]]}, witnesses=["answered"])


def _related(case: Case, user: str, firm: str) -> bool:
    """Whether some reading lets the user see somebody who belongs to the firm or entered under it."""
    world = world_of(case)
    viewer = world.acting(case.id(user), case.firm_of(user) if _member(case, user) else None)
    people = {a.technician for a in world.affiliations if a.business == firm}
    people |= {e.technician for e in world.entries if e.under == firm}
    return any(bound(world, viewer, one, case.now) != "denied" for one in people)


def _member(case: Case, user: str) -> bool:
    return any(a["label"] == user and a["role"] == "member" for a in case.document["accounts"])
