"""Why no defect of a candidate can break a row, and what shows the check instead; every other row has a defect."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from ccus_harness.documents import Bilingual, load
from ccus_harness.locator import data

if TYPE_CHECKING:
    from collections.abc import Mapping

By = Literal["simulator_fault", "suite", "text"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One row without a defect: what it is proven by, the simulator faults if it is those, and the reason."""

    row: str
    by: By
    names: tuple[str, ...]
    reason: Bilingual


@cache
def load_proofs() -> Mapping[str, Proof]:
    """The rows without a defect, by their ids."""
    folder = data("schemas")
    rows = load(folder / "proofs.json", "proofs.schema.json")["rows"]
    return MappingProxyType({row["id"]: _proof(row) for row in rows})


def _proof(row: Mapping[str, str]) -> Proof:
    reason = Bilingual(ja=row["ja"], en=row["en"])
    return Proof(row=row["id"], by=row["by"], names=tuple(row["names"]), reason=reason)  # type: ignore[arg-type]
