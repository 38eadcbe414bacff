"""Whether the agreement lets this system ask CCUS now (第5条, 第6条)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from ccus_reference.world import Contract

DISPOSING = "disposing"
DISPOSED = "disposed"
RETAINED = "retained"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How things stand with the agreement at one moment.

    `ended` is what became of an announced end (``disposing``, ``disposed``, ``retained`` or None), `registry_now` and
    `registry_end` what CCUS itself said; its clock wins over ours.
    """

    at: datetime
    contract: Contract
    ended: str | None
    registry_now: datetime | None = None
    registry_end: datetime | None = None
    registry_open: bool = True


def refusal(standing: Standing) -> str | None:
    """Why nothing may be asked for now, or None while the agreement is in force."""
    if standing.ended is not None:
        return "共同利用契約が終了しているため、依頼できません。"
    if not standing.contract.in_force(standing.at) or not standing.registry_open:
        return "共同利用契約の期間外のため、依頼できません。"
    now, end = standing.registry_now, standing.registry_end
    if now is not None and end is not None and now >= end:
        return "共同利用契約の期間外のため、依頼できません。"
    return None
