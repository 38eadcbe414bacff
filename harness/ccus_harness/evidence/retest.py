"""A re-test record: the bundles of all attempts, what the vendor said was mended, and what stands, in one signed file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ccus_harness.comparing import NotAttempts, together
from ccus_harness.deciding import Undecidable
from ccus_harness.evidence import bundle
from ccus_harness.evidence.opening import members_of, side_in
from ccus_harness.evidence.packing import Altered, unpack
from ccus_harness.evidence.seals import Step, signature, unsealed
from ccus_harness.evidence.signing import canonical, public_document
from ccus_harness.evidence.verifying import derivation, integrity, readable
from ccus_harness.exam import load_exam, mark

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ccus_harness.comparing import Attempt, Attempts
    from ccus_harness.evidence.signing import PublicKey, Signer
    from ccus_harness.register import Register

FORMAT = "ccus-conformance/retest/1"
RECORD = "retest.json"
_SUFFIXES = (".pdf", ".xlsx", ".txt", ".md", ".docx", ".zip")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """What the vendor handed in before an attempt: a file that says what was mended."""

    name: str
    body: bytes

    def kept_as(self, attempt: int) -> str:
        suffix = next((end for end in _SUFFIXES if self.name.lower().endswith(end)), "")
        return f"fixes/{attempt}-{bundle.digest(self.body)}{suffix}"


def recorded(packed: Sequence[bytes], fixes: Sequence[Fix], register: Register) -> dict[str, bytes]:
    """The members of a record of these bundles; raises `Altered`, `NotAttempts` or what opening a run raises."""
    told = together([side_in(members_of(one), register) for one in packed], register, load_exam())
    return {
        **{_place(number): body for number, body in enumerate(packed, 1)},
        **{fix.kept_as(number): fix.body for number, fix in enumerate(fixes, 2)},
        RECORD: canonical(document(told, packed, [_fix(fix, number) for number, fix in enumerate(fixes, 2)])),
    }


def sealed(members: Mapping[str, bytes], signer: Signer, *, certified_key: bool, holder: str = "") -> bytes:
    """The record of these members as one signed file."""
    head = {
        "format": FORMAT,
        "record_sha256": bundle.digest(members[RECORD]),
        "operated": {"key": holder},
        "signed": "by_key" if certified_key else "self_signed",
        "public_key": public_document(signer.public_key),
    }
    return bundle.sealed(members, head, signer)


def is_record(packed: bytes) -> bool:
    """Whether a file is a re-test record rather than a bundle of one run; raises `Altered` for neither."""
    return RECORD in unpack(packed)


def verified(packed: bytes, key: PublicKey | None, register: Register) -> Iterator[Step]:
    """Each attempt by itself, integrity first, and whether what the record says of them follows from them."""
    try:
        members, head = unsealed(packed, key, (RECORD,))
    except Altered as fault:
        yield Step(what="integrity", state="bad", code="altered", where=str(fault))
        return
    yield Step(what="integrity", state="good", code="intact", where=f"{len(members)} members")
    yield signature(head, key)
    whole = True
    for place in sorted(name for name in members if name.startswith("attempts/")):
        steps, inner = integrity(members[place], key)
        whole = whole and bool(inner)
        yield from (_within(place, step) for step in steps)
        yield from (_within(place, step) for step in (derivation(inner) if inner else ()))
    if whole:
        yield from readable(_follows(members, register))


def _within(place: str, step: Step) -> Step:
    return Step(what=f"{place}: {step.what}", state=step.state, code=step.code, where=step.where)


def _follows(members: Mapping[str, bytes], register: Register) -> Iterator[Step]:
    stated: dict[str, Any] = json.loads(members[RECORD])
    packed = [members[_place(number)] for number in range(1, len(stated["attempts"]) + 1)]
    fixes = [
        Fix(name=one["fix"]["name"], body=members[one["fix"]["kept_as"]]) for one in stated["attempts"][1:]
    ]
    try:
        again = recorded(packed, fixes, register)
    except (NotAttempts, Undecidable) as fault:
        yield Step(what="retest", state="bad", code="retest_differs", where=str(fault))
        return
    listed = {name for name in members if name.startswith(("attempts/", "fixes/"))}
    if again[RECORD] != members[RECORD] or listed != set(again) - {RECORD}:
        yield Step(what="retest", state="bad", code="retest_differs")
        return
    told = {"attempts": len(packed), "carried": len(stated["carried"]), "rows": len(stated["rows"])}
    yield Step(
        what="retest", state="good", code="retest_follows", where="{attempts}/{rows}/{carried}".format(**told)
    )
    if stated["missing"]:
        rows = " ".join(one["id"] for one in stated["missing"])
        yield Step(what="retest", state="noted", code="retest_missing", where=rows)
    if any(not one["free"] for one in stated["attempts"]):
        yield Step(what="retest", state="noted", code="retest_charged", where=str(len(packed)))


def document(told: Attempts, packed: Sequence[bytes], fixes: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The record as data; `schemas/retest.schema.json` describes it."""
    given: list[Mapping[str, Any] | None] = [None, *fixes]
    return {
        "format": FORMAT,
        "attempts": [
            _attempt(one, body, fix) for one, body, fix in zip(told.attempts, packed, given, strict=True)
        ],
        "rows": [
            {
                "id": one.row,
                "word": one.word,
                "machine": one.machine,
                "decided": one.decided,
                "attempt": one.attempt,
            }
            for one in told.rows.values()
        ],
        "carried": list(told.carried),
        "missing": [{"id": one.row, "why": one.why, "because": list(one.because)} for one in told.missing],
        "exam": [{"item": one.item.id, "mark": one.mark} for one in mark(load_exam(), told.words)],
    }


def _attempt(one: Attempt, body: bytes, fix: Mapping[str, Any] | None) -> dict[str, Any]:
    header = one.side.header
    return {
        "number": one.number,
        "bundle": _place(one.number),
        "sha256": bundle.digest(body),
        "run_id": one.side.run_id,
        "events_sha256": one.side.events,
        "started_at": header.get("started_at", ""),
        "build": one.side.build,
        "operator": header.get("operator", ""),
        "tried": list(one.tried),
        "failed": list(one.failed),
        "free": one.free,
        "fix": dict(fix) if fix else None,
    }


def _fix(fix: Fix, attempt: int) -> dict[str, Any]:
    return {
        "name": fix.name,
        "kept_as": fix.kept_as(attempt),
        "sha256": bundle.digest(fix.body),
        "size": len(fix.body),
    }


def _place(number: int) -> str:
    return f"attempts/{number}.ccus.zip"
