"""What a set of papers is issued with: number, day, periods, and the evidence that it is about."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ccus_harness.papers.findings import WITHIN

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """What names the evidence beyond doubt; empty where there is no bundle yet."""

    bundle: str = ""
    ledger_head: str = ""
    seed_commitment: str = ""
    signed: str = ""
    key: str = ""

    @classmethod
    def of(cls, digest: str, head: Mapping[str, Any]) -> Sealed:
        """What the head of a bundle says, beside the digest of the whole file."""
        public: Mapping[str, Any] = head.get("public_key") or {}
        return cls(
            bundle=digest,
            ledger_head=str(head.get("ledger_head") or ""),
            seed_commitment=str(head.get("seed_commitment") or ""),
            signed=str(head.get("signed") or ""),
            key=str(public.get("public") or ""),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One issue of the papers."""

    number: str
    on: date
    within: Mapping[str, int] = field(default_factory=lambda: dict(WITHIN))
    sealed: Sealed = field(default_factory=Sealed)
