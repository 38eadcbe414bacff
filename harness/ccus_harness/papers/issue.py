"""What a set of papers is issued with: number, day, periods, and the evidence that it is about."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ccus_harness.papers.findings import WITHIN
from ccus_harness.reports.inert import inert

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """What names the evidence beyond doubt, and who stood behind it; empty where nobody said."""

    bundle: str = ""
    ledger_head: str = ""
    signed: str = ""
    key: str = ""
    key_holder: str = ""
    operated_by: str = ""
    commitment: str = ""
    nonce: str = ""
    committed_by: str = ""
    committed_at: str = ""

    @classmethod
    def of(cls, header: Mapping[str, Any], head: Mapping[str, Any] | None = None, bundle: str = "") -> Sealed:
        """What a run's first line says, and where it was packed the head of its bundle and the digest of the file."""
        told = inert(head or {})
        said = inert(header)
        commitment: Mapping[str, str] = said.get("seed_commitment") or {}
        public: Mapping[str, Any] = told.get("public_key") or {}
        operated: Mapping[str, str] = told.get("operated") or {}
        return cls(
            bundle=bundle,
            ledger_head=str(told.get("ledger_head") or ""),
            signed=str(told.get("signed") or ""),
            key=str(public.get("public") or ""),
            key_holder=operated.get("key", ""),
            operated_by=said.get("operated_by") or "",
            commitment=commitment.get("sha256", ""),
            nonce=commitment.get("nonce", ""),
            committed_by=commitment.get("by", ""),
            committed_at=commitment.get("stated_at", ""),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One issue of the papers."""

    number: str
    on: date
    within: Mapping[str, int] = field(default_factory=lambda: dict(WITHIN))
    sealed: Sealed = field(default_factory=Sealed)
