"""第2条3: registration data can be told apart from everything else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_bdd import then

from ccus_harness.observations import Kept, collected
from ccus_harness.verdicts import SATISFIED, Finding, untested, violated

if TYPE_CHECKING:
    from ccus_harness.case import Case
    from ccus_harness.claims import Claiming
    from ccus_harness.instruments.artefacts import HeldItem


def _provided(case: Case) -> set[tuple[str, str]]:
    return {(body["id"], item) for body in collected(case.seen["ledger"]) for item in body["items"]}


def _said(held: HeldItem) -> str:
    return f"{held.id}:{held.item or held.label}"


@then("【A2-3-01】CCUS由来として保有する記録と項目は、台帳にある提供の範囲を超えない")
def kept_is_provided(case: Case, claim: Claiming) -> None:
    kept: Kept = case.seen["kept"]
    provided = _provided(case)
    people = {identity for identity, _ in provided}
    marked = [held for held in kept.holdings if held.marked]
    extra = sorted(_said(held) for held in marked if (held.id, held.item) not in provided)
    names = {"b01_trade_name", "t11_affiliated_firms"}  # the employer's name stands inside item 11
    strangers = [subject for subject in case.subjects() if subject not in people]
    found = [
        hit
        for hit in (kept.scan.found(strangers) if kept.scan else [])
        if hit.rsplit(":", 1)[-1] not in names
    ]
    joined = [held for held in marked if (held.id, held.item) in provided]

    def judge(_readings: object, _policy: object) -> Finding:
        if extra or found:
            return violated("kept.not_provided")
        return SATISFIED if joined else untested("untested.no_control")

    claim(
        judge,
        shown={"extra": extra[:20], "found": found[:20], "joined": len(joined), "provided": len(provided)},
        witnesses=["kept", "ledger"],
        strength="white_box" if kept.scan else "inspected",
    )


@then("【A2-3-03】CCUSから提供された値には、どれにも識別の印が付いている")
def provided_values_are_marked(case: Case, claim: Claiming) -> None:
    kept: Kept = case.seen["kept"]
    provided = _provided(case)
    texts: dict[str, set[str]] = {}
    for canary in case.canaries({identity for identity, _ in provided}):
        texts.setdefault(canary.id, set()).add(canary.text)
    ours = [held for held in kept.holdings if any(text in held.value for text in texts.get(held.id, ()))]
    bare = sorted(_said(held) for held in ours if not held.marked)

    def judge(_readings: object, _policy: object) -> Finding:
        if bare:
            return violated("mark.missing")
        return SATISFIED if ours else untested("untested.no_control")

    claim(
        judge,
        shown={"unmarked": bare[:20], "looked_at": len(ours)},
        witnesses=["kept", "ledger"],
        strength="inspected",
    )


@then("【A2-3-07】利用者が自ら入力した値には、CCUS由来の印が付いていない")
def own_values_are_not_marked(case: Case, claim: Claiming) -> None:
    """Looks at records that hold nothing from CCUS: a record that mixes origins is A2-3-04's, whose reading it needs."""
    kept: Kept = case.seen["kept"]
    provided = {identity for identity, _ in _provided(case)}
    own = [entry for entry in case.seen.get("own", []) if entry[0] not in provided]
    rows = [
        held
        for held in kept.holdings
        for identity, _, value in own
        if held.id == identity and value in held.value
    ]
    false = sorted(_said(held) for held in rows if held.marked)
    truly_marked = [held for held in kept.holdings if held.marked and held not in rows]

    def judge(_readings: object, _policy: object) -> Finding:
        if false:
            return violated("mark.false")
        return SATISFIED if rows and truly_marked else untested("untested.no_control")

    claim(
        judge,
        shown={"falsely_marked": false, "own_entries": len(rows), "marked": len(truly_marked)},
        witnesses=["kept"],
        strength="inspected",
    )
