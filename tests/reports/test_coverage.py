"""Coverage counts claims that a run reached, and a gap is a row with neither claim nor reason."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ccus_harness.register import load_register
from ccus_harness.reports.coverage import NO_REASON, Covered, covered

if TYPE_CHECKING:
    from ccus_harness.reports import Report

REGISTER = load_register()
ROW = Covered(
    row="A1-03", method=("A",), machine=True, word="satisfied", claims=1, scenarios=1, defects=(), reason=""
)


def test_every_obligation_stands_in_the_coverage_once(told: Report) -> None:
    assert [one.row for one in covered(told, REGISTER, [])] == [row.id for row in REGISTER.rows]


def test_a_row_counts_the_claims_that_its_stories_reached(told: Report) -> None:
    found = {one.row: one for one in covered(told, REGISTER, [])}
    for row in told.rows:
        assert found[row.id].claims == len(row.claims)
        assert bool(found[row.id].reason) == (not row.claims and bool(row.code))


def test_a_defect_stands_beside_the_row_it_proves(told: Report) -> None:
    found = covered(told, REGISTER, [{"name": "nightly_sync", "row": "A1-03"}])
    assert {one.row: one.defects for one in found if one.defects} == {"A1-03": ("nightly_sync",)}


def test_only_a_machine_row_without_claim_and_reason_is_a_gap() -> None:
    silent = replace(ROW, claims=0, word="untested", reason=NO_REASON)
    assert not ROW.gap
    assert silent.gap
    assert replace(silent, reason="").gap
    assert not replace(silent, reason="untested.capability").gap
    assert not replace(silent, machine=False).gap
