"""The tables of 立会記録: who was there, with what, what was sealed, what happened, and who signs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ccus_harness.documents import Bilingual
from ccus_harness.papers.era import moment
from ccus_harness.papers.parts import Entry, Table, column, only, or_none
from ccus_harness.papers.telling import both
from ccus_harness.reports.inert import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ccus_harness.papers.issue import Issue
    from ccus_harness.papers.parts import Column
    from ccus_harness.papers.subject import Subject

__all__ = ["equipment", "moments", "people", "seals", "signatures"]

_PEOPLE: Final = 6
_SIGNERS: Final = 4
_MOMENTS: Final = 6


def _blank_lines(key: str, columns: tuple[Column, ...], lines: int, *, tall: bool = False) -> Table:
    return Table(
        key=key,
        title=both(f"paper.attendance.{key}"),
        columns=columns,
        entries=tuple(Entry(key=str(place), cells={}) for place in range(1, lines + 1)),
        tall=tall,
    )


def people() -> Table:
    widths = (("side", 18), ("firm", 28), ("role", 20), ("name", 22), ("present", 24))
    return _blank_lines("people", tuple(column(key, width, "text") for key, width in widths), _PEOPLE)


def moments() -> Table:
    columns = (column("at", 18, "text"), column("what", 70, "text"), column("who", 24, "text"))
    return _blank_lines("moments", columns, _MOMENTS)


def signatures() -> Table:
    columns = (
        column("side", 18, "text"),
        column("name", 28, "text"),
        column("signature", 44, "text"),
        column("on", 22, "date"),
    )
    return _blank_lines("signatures", columns, _SIGNERS, tall=True)


def equipment(subject: Subject) -> Table:
    run = subject.report.run
    candidate: Mapping[str, Any] = run.profile.get("candidate") or {}
    told = {
        "system": candidate.get("name") or run.target,
        "version": candidate.get("version"),
        "build": candidate.get("build"),
        "environment": candidate.get("environment"),
        "simulator": f"{run.suite} ({run.suite_digest[:16]})",
    }
    lines = [
        Entry(key=key, cells={"thing": both(f"thing.{key}"), "value": only(one_line(str(value or "")))})
        for key, value in told.items()
    ]
    return Table(
        key="equipment",
        title=both("paper.attendance.equipment"),
        columns=(column("thing", 34), column("value", 48), column("confirmed", 30, "text")),
        entries=tuple(lines),
    )


def seals(subject: Subject, issue: Issue) -> Table:
    """What was committed, packed and signed, each value to be compared by those present."""
    run, sealed = subject.report.run, issue.sealed
    told = {
        "commitment": only(sealed.commitment) if sealed.commitment else both("not_committed"),
        "committed": _who_and_when(sealed.committed_by, sealed.committed_at),
        "frozen": _frozen(run.profile),
        "seed": only(f"{run.seed}\n{sealed.nonce}".strip()),
        "began": moment(run.started_at),
        "operated_by": only(sealed.operated_by),
        "events": only(subject.report.digest),
        "ledger": or_none(sealed.ledger_head),
        "contract": only(run.contract_digest),
        "bundle": or_none(sealed.bundle),
        "signed": both(f"signed.{sealed.signed}") if sealed.signed else both("no_bundle"),
        "key": or_none(f"{sealed.key}\n{sealed.key_holder}".strip()),
    }
    return Table(
        key="seals",
        title=both("paper.attendance.seals"),
        columns=(column("thing", 34), column("value", 68), column("confirmed", 10, "text")),
        entries=tuple(
            Entry(key=key, cells={"thing": both(f"seal.{key}"), "value": value})
            for key, value in told.items()
        ),
    )


def _who_and_when(who: str, when: str) -> Bilingual:
    at = moment(when)
    return Bilingual(ja=f"{who} {at.ja}".strip(), en=at.en)


def _frozen(profile: Mapping[str, Any]) -> Bilingual:
    """When the build was frozen, and its digest, as the candidate declared them."""
    candidate: Mapping[str, Any] = profile.get("candidate") or {}
    frozen: Mapping[str, str] = candidate.get("frozen") or {}
    at = moment(frozen.get("at", ""))
    return Bilingual(ja="\n".join(part for part in (at.ja, frozen.get("sha256", "")) if part), en=at.en)
