"""Steps in which firms ask for their people, and in which sites, affiliations and entries change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_bdd import parsers, when

from ccus_harness import changes

if TYPE_CHECKING:
    from ccus_harness.case import Case


@when("所属事業者の利用者がそれぞれ、主として所属する技能者の登録情報を依頼する")
def request_each_roster(case: Case) -> None:
    for firm, user in _first_users(case).items():
        roster = [
            row["technician"]
            for row in case.document["affiliations"]
            if row["business"] == firm and row["kind"] == "main"
        ]
        if roster:
            case.request(user, roster)


def _first_users(case: Case) -> dict[str, str]:
    """For each firm, the first member account that stands for it alone."""
    users: dict[str, str] = {}
    for account in case.document["accounts"]:
        if account["role"] == "member" and len(account["businesses"]) == 1:
            users.setdefault(account["businesses"][0], account["label"])
    return users


@when(parsers.parse("事業者「{firm}」の利用者「{user}」が、自社の事業者情報を依頼しておく"))
def request_own_firm(case: Case, firm: str, user: str) -> None:
    case.request(user, [], own_business=True)
    case.seen["firm"] = firm


@when(parsers.parse("申請システムに、技能者「{label}」が「{firm}」を離れたと伝わる"))
def leaves(case: Case, label: str, firm: str) -> None:
    technician, business, at = case.id(label), case.id(firm), case.now.isoformat()
    said = {"technician": technician, "business": business, "kind": "main"}
    case.tell("relate", change="end", at=at, affiliation=said, link=None)
    case.document = changes.affiliation_ended(case.document, technician, business, at)


@when(parsers.parse("申請システムに、技能者「{label}」が「{old}」から「{new}」に移ったと伝わる"))
def moves(case: Case, label: str, old: str, new: str) -> None:
    leaves(case, label, old)
    technician, business, at = case.id(label), case.id(new), case.now.isoformat()
    said = {"technician": technician, "business": business, "kind": "main"}
    case.tell("relate", change="begin", at=at, affiliation=said, link=None)
    case.document = changes.affiliation_begun(case.document, technician, business, at)


@when(parsers.parse("申請システムに、技能者「{label}」の「{place}」への入場が取り消されたと伝わる"))
def cancels(case: Case, label: str, place: str) -> None:
    entry, at = changes.entry_of(case.document, case.id(label), case.id(place)), case.now.isoformat()
    case.tell("cancel", entry=entry, at=at)
    case.document = changes.entry_cancelled(case.document, entry, at)


@when(
    parsers.parse(
        "申請システムに、「{place}」で「{child}」の上が「{old}」から「{new}」に代わり、「{new_too}」は「{above}」の下に入ったと伝わる"
    )
)
def takes_over(case: Case, place: str, child: str, old: str, new: str, new_too: str, above: str) -> None:
    site, at = case.id(place), case.now.isoformat()
    steps = (("end", child, old), ("begin", child, new), ("begin", new_too, above))
    for change, low, high in steps:
        link = {"site": site, "child": case.id(low), "parent": case.id(high), "status": "approved"}
        case.tell("relate", change=change, at=at, affiliation=None, link=link)
        changed = changes.link_ended if change == "end" else changes.link_begun
        case.document = changed(case.document, site, case.id(low), case.id(high), at)
