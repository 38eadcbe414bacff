"""Every row that a machine tries is shown to notice: by a defect, or by what stands in its place."""

from __future__ import annotations

from tests.harness.test_self_check import WRONG

from ccus_harness import runs
from ccus_harness.proofs import load_proofs
from ccus_harness.register import load_register

REGISTER = load_register()
BROKEN = {defect["row"] for defect in runs.defects().values()}


def test_every_row_that_a_machine_tries_has_a_defect_or_a_reason_why_none_can_be() -> None:
    machine = {row.id for row in REGISTER.rows if row.machine}
    assert machine - BROKEN == set(load_proofs())


def test_no_row_that_obliges_the_candidate_goes_without_a_defect() -> None:
    assert [row for row in load_proofs() if REGISTER.by_id[row].scored] == []


def test_a_row_of_the_funds_side_is_proven_by_simulator_faults_that_are_noticed() -> None:
    named = {name for proof in load_proofs().values() for name in proof.names}
    assert named <= set(WRONG)
    assert {row for row, proof in load_proofs().items() if proof.by == "simulator_fault"} == {
        row.id for row in REGISTER.rows if row.method == ("S",)
    }
