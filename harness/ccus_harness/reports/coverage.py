"""What a run reached: for each obligation the claims, the defects that prove them, or the reason why not.

Coverage counts claims that a run came to, not tags: a scenario that stopped before its judgement covers nothing.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ccus_harness.proofs import load_proofs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ccus_harness.proofs import Proof
    from ccus_harness.register import Register
    from ccus_harness.reports.model import Report

NO_REASON = "untested.no_scenario"
"""The code of a row that nobody has written a scenario for: the one gap that no reason closes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """One obligation: how it is tried, how often a claim was reached, what proves the check, or why there is none."""

    row: str
    method: tuple[str, ...]
    machine: bool
    word: str
    claims: int
    scenarios: int
    defects: tuple[str, ...]
    reason: str
    proof: Proof | None = None
    """Of a row that no defect can break: what shows its check instead."""

    @property
    def gap(self) -> bool:
        """Whether a machine should try this row and neither a claim nor a reason stands there."""
        return self.machine and not self.claims and self.reason in ("", NO_REASON)

    @property
    def unproven(self) -> bool:
        """Whether a machine tries this row and nothing shows that it would notice: neither a defect nor a reason."""
        return self.machine and not self.defects and self.proof is None


def covered(report: Report, register: Register, defects: Iterable[Mapping[str, str]]) -> tuple[Covered, ...]:
    """The coverage of one run, in the register's order; `defects` are entries with ``name`` and ``row``."""
    proving: defaultdict[str, list[str]] = defaultdict(list)
    for defect in defects:
        proving[defect["row"]].append(defect["name"])
    return tuple(
        Covered(
            row=row.id,
            method=register.by_id[row.id].method,
            machine=row.machine,
            word=row.verdict,
            claims=len(row.claims),
            scenarios=len({claim.scenario for claim in row.claims}),
            defects=tuple(proving[row.id]),
            reason="" if row.claims else row.code,
            proof=load_proofs().get(row.id),
        )
        for row in report.rows
    )
