"""第2条1: only the items of Annex 1 are taken and kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_bdd import then

from ccus_harness.observations import Kept, provided_to
from ccus_harness.verdicts import SATISFIED, Finding, untested, violated

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ccus_harness.case import Case
    from ccus_harness.claims import Claiming


ANNEX_ITEM = ("t", "b")
"""Keys of Annex 1 begin with t or b; canaries outside it begin with x."""


def _beyond(items: Iterable[tuple[str, str]]) -> list[str]:
    return sorted(item for _, item in items if not item.startswith(ANNEX_ITEM))


@then(
    "【A2-1-02】別紙1の項目は保有しているが、混ざっていた項目は画面・書き出し・保有データ・保存先のどこにもない"
)
def extra_fields_are_gone(case: Case, claim: Claiming) -> None:
    kept: Kept = case.seen["kept"]
    act, views = case.seen["acts"][0], [*case.seen["views"].values(), case.seen["export"]]
    places = {f"{view.user}:{item}" for view in views for item in _beyond(view.items)}
    hits = [found for found in (kept.scan.found(case.subjects()) if kept.scan else []) if _outside(found)]
    texts = {canary.text: canary.item for canary in case.canaries(case.subjects()) if _outside(canary.item)}
    held = [
        f"holdings:{item}" for text, item in texts.items() if any(text in row.value for row in kept.holdings)
    ]
    extras = sorted({*places, *hits, *held})
    control = case.id("T1") in provided_to(act.gained) and bool(kept.of(case.id("T1")))

    def judge(_readings: object, _policy: object) -> Finding:
        if extras:
            return violated("whitelist.extra_kept")
        return SATISFIED if control else untested("untested.no_control")

    claim(
        judge,
        shown={"extras": extras[:20], "control": control, "scanned": kept.scan is not None},
        witnesses=["answered", "kept", "ledger"],
        strength="white_box" if kept.scan else "black_box",
    )


def _outside(text: str) -> bool:
    return text.rsplit(":", 1)[-1].startswith("x")
