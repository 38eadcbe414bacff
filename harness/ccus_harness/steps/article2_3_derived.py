"""第2条3: values worked out from registration data say so on the page, with their inputs (A2-3-12)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_bdd import then

from ccus_harness.annex1 import load_annex1
from ccus_harness.instruments.page_marks import page_text
from ccus_harness.verdicts import SATISFIED, Finding, untested, violated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ccus_harness.case import Case, View
    from ccus_harness.claims import Claiming

BESIDE = 120
"""So many characters after a value's name still stand beside it."""


def _labels(case: Case, keys: list[str]) -> list[set[str]]:
    """For each item the names under which a page may show it."""
    own: Mapping[str, str] = case.declared("labels", "technician") or {}
    annex = load_annex1().by_key
    return [{annex[key].label_ja, *(name for name, to in own.items() if to == key)} for key in keys]


def _said(case: Case, text: str, value: Mapping[str, Any], mark: str) -> bool:
    """Whether the page says beside the value that it is derived, and from what; its name may stand elsewhere too."""
    beside = [part[:BESIDE] for part in text.split(value["name"])[1:]]
    inputs = _labels(case, value["from"])
    return any(mark in part and all(any(n in part for n in names) for names in inputs) for part in beside)


@then("【A2-3-12】申告された計算値のそばに、派生であることと元の項目が示されている")
def derived_values_say_so(case: Case, claim: Claiming) -> None:
    view: View = case.seen["views"]["u_f1", "T1"]
    text = "\n".join(page_text(body) for _, body in view.reply.bodies)
    declared: list[dict[str, Any]] | None = case.declared("derived")
    mark = case.declared("mark", "page_derived")
    there = [value for value in declared or () if value["name"] in text]
    told = isinstance(mark, str)
    bare = [str(value["name"]) for value in there if not (told and _said(case, text, value, str(mark)))]
    control = view.shows(case.id("T1")) and bool(there)

    def judge(readings: Mapping[str, str], _policy: object) -> Finding:
        if declared is None:
            return untested("untested.no_profile")
        if not control:
            return untested("untested.no_control")
        if bare and readings["prov.derived_is_registration"] != "no":
            return violated("mark.derived_bare")
        return SATISFIED

    claim(
        judge,
        shown={"bare": bare, "declared": [str(value["name"]) for value in declared or ()]},
        witnesses=["answered"],
    )
