"""Claims: one pass over every reading that a predicate looks at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ccus_harness.claims import under_every_reading
from ccus_harness.verdicts import SATISFIED, Finding, Word, violated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ccus_harness.claims import Policy

OPTIONS = {
    "scope.upper": ("all", "direct"),
    "scope.jv": ("all", "representative"),
    "prov.edited": ("yes", "no"),
}
DECLARED = {name: options[0] for name, options in OPTIONS.items()}


def test_a_predicate_that_looks_at_no_reading_is_judged_once() -> None:
    assert under_every_reading(lambda _r, _p: SATISFIED, DECLARED, OPTIONS, {}) == {"declared": SATISFIED}


def test_every_option_of_every_reading_looked_at_is_judged_one_at_a_time() -> None:
    seen: list[tuple[str, str]] = []

    def predicate(readings: Mapping[str, str], _policy: Policy) -> Finding:
        seen.append((readings["scope.upper"], readings["scope.jv"]))
        return violated("x") if readings["scope.upper"] == "direct" else SATISFIED

    found = under_every_reading(predicate, DECLARED, OPTIONS, {})
    assert {key: finding.word for key, finding in found.items()} == {
        "declared": Word.satisfied,
        "scope.jv=representative": Word.satisfied,
        "scope.upper=direct": Word.violated,
    }
    assert ("direct", "representative") not in seen


def test_a_reading_that_comes_into_view_under_another_option_is_varied_too() -> None:
    def predicate(readings: Mapping[str, str], _policy: Policy) -> Finding:
        if readings["scope.upper"] == "direct":
            _ = readings["prov.edited"]
        return SATISFIED

    assert set(under_every_reading(predicate, DECLARED, OPTIONS, {})) == {
        "declared",
        "scope.upper=direct",
        "prov.edited=no",
    }


def test_a_reading_agreed_under_article_9_has_one_option_and_is_not_varied() -> None:
    options = {**OPTIONS, "scope.upper": ("all",)}

    def predicate(readings: Mapping[str, str], _policy: Policy) -> Finding:
        return violated("x") if readings["scope.upper"] == "direct" else SATISFIED

    assert under_every_reading(predicate, DECLARED, options, {}) == {"declared": SATISFIED}
