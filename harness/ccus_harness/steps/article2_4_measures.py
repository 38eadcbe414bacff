"""第2条4: the measures that the operator declares, and the one probe that needs no user: whether anybody may look."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from pytest_bdd import parsers, then, when

from ccus_harness.case import Reply, View
from ccus_harness.verdicts import Finding, Word, untested, violated

if TYPE_CHECKING:
    from ccus_harness.case import Case
    from ccus_harness.claims import Claiming

KINDS = ("login", "access", "transport", "storage", "export", "monitoring", "backup", "staff")
"""What a list of measures has to speak of; the schema of the profile knows the same kinds."""

NOBODY = "u-nobody"
"""No world has an account of this id."""


@when(parsers.parse("利用者として登録のない者が、「{user}」になり代わらずに技能者「{label}」を見てみる"))
def look_as_nobody(case: Case, user: str, label: str) -> None:
    """The page is the one `user` opens, for the same firm; only the account is none."""
    asked = {**case.looking(user, subject=case.id(label)), "user": NOBODY}
    reply = Reply.of(case.gate.ask("candidate", "view", {"world": case.world, **asked}))
    case.seen["nobody"] = View(user=NOBODY, reply=reply, items=case.items_in(reply))


@then("【A2-4-01】対策の一覧に欠けがなく、利用者に見える登録情報が、登録のない者には見えない")
def measures_are_declared(case: Case, claim: Claiming) -> None:
    """Never satisfied: whether measures suffice is for a person to say, a leak alone proves nothing either way."""
    listed = cast("list[dict[str, str]]", case.declared("measures") or [])
    missing = [kind for kind in KINDS if kind not in {entry["kind"] for entry in listed}]
    unproven = [entry["kind"] for entry in listed if not entry.get("evidence")]
    control = any(view.shows(case.id("T1")) for view in case.seen["views"].values())
    shown_to_nobody = sorted(item for _, item in case.seen["nobody"].items)

    def judge(_readings: object, _policy: object) -> Finding:
        if shown_to_nobody:
            return violated("measures.open_to_nobody")
        if not control:
            return untested("untested.no_control")
        if not listed:
            return untested("untested.no_profile")
        if missing or unproven:
            return Finding(word=Word.review, code="review.measures_incomplete")
        return Finding(word=Word.attested, code="attested.measures")

    claim(
        judge,
        shown={
            "declared": len(listed),
            "missing": missing,
            "without_evidence": unproven,
            "shown": shown_to_nobody[:20],
            "control": control,
        },
        witnesses=["answered", "declared"],
    )
