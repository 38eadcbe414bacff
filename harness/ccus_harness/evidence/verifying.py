"""Verifying a bundle offline: integrity first, then every verdict derived again from its tape.

Each step says what it looked at, so that a reader knows what an intact bundle shows and what it cannot.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ccus_harness import deciding, events, runs, seeds
from ccus_harness.evidence import bundle
from ccus_harness.evidence.packing import Altered
from ccus_harness.evidence.seals import UNREADABLE, State, Step, signature, unsealed
from ccus_harness.evidence.signing import canonical
from ccus_harness.locator import data
from ccus_harness.register import load_register
from ccus_harness.run_folder import digest_of
from ccus_simulator.ledger import verify

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ccus_harness.evidence.signing import PublicKey
    from ccus_harness.seeds import Commitment


def integrity(packed: bytes, key: PublicKey | None = None) -> tuple[list[Step], dict[str, bytes]]:
    """Whether a bundle is what was signed; its members when it is, none when it is not.

    Without a key the bundle's own public key is taken: that shows only that nothing changed since it was signed
    by whoever made it.
    """
    try:
        members, head = unsealed(packed, key, (bundle.EVENTS, bundle.REQUEST))
        _ledger_holds(members, head)
    except Altered as fault:
        return [Step(what="integrity", state="bad", code="altered", where=str(fault))], {}
    steps = [Step(what="integrity", state="good", code="intact", where=f"{len(members)} members")]
    return [*steps, signature(head, key), *readable(_operated(members, head))], members


def _ledger_holds(members: Mapping[str, bytes], head: Mapping[str, Any]) -> None:
    lines = members.get(bundle.LEDGER, b"").splitlines()
    found = verify(lines)
    if lines and (not found.ok or found.head.hash != head.get("ledger_head")):
        raise Altered(bundle.LEDGER, f"the chain breaks at entry {found.break_at}")


def _operated(members: Mapping[str, bytes], head: Mapping[str, Any]) -> Iterator[Step]:
    """Whose simulator, seed and key it was; a certification's seed must have been committed to in time."""
    header = _header(members)
    said: dict[str, str] = head.get("operated") or {}
    if head.get("operator") != header.get("operator") or said != bundle.operated(header, said.get("key", "")):
        yield Step(what="operated", state="bad", code="operator_differs")
    wrong = list(seeds.faults(header))
    if header.get("operator") != seeds.STANDINGS["reviewer"]:
        yield Step(what="operated", state="noted", code="self_tested")
        wrong = [code for code in wrong if code == "not_this_seed"]
    elif head.get("signed") != "by_key":
        yield Step(what="operated", state="bad", code="certification_unsigned")
    elif not wrong:
        names = " / ".join(said[part] or "-" for part in ("simulator", "seed", "key"))
        yield Step(what="operated", state="good", code="certification", where=names)
    yield from (Step(what="operated", state="bad", code=f"seed_{code}") for code in wrong)


def commitment_fits(members: Mapping[str, bytes], commitment: Commitment) -> Step:
    """Whether the seed that a bundle shows is the one that this commitment was made to."""
    told: Mapping[str, str] = _header(members).get("seed_commitment") or {}
    same = (told.get("sha256"), told.get("stated_at")) == (commitment.sha256, commitment.stated_at)
    state: State = "good" if same else "bad"
    code = "commitment_fits" if same else "commitment_differs"
    return Step(what="operated", state=state, code=code, where=commitment.sha256)


def readable(steps: Iterator[Step]) -> Iterator[Step]:
    """The steps, with a bad one in the place of a crash: whoever signs a bundle decides what is in it."""
    try:
        yield from steps
    except UNREADABLE as fault:
        yield Step(
            what="record", state="bad", code="no_record", where=f"{type(fault).__name__}: {fault}"[:200]
        )


def derivation(members: Mapping[str, bytes]) -> Iterator[Step]:
    """Every verdict derived again from the tape, and what of the tape has to be taken on trust."""
    return readable(_derivation(members))


def _derivation(members: Mapping[str, bytes]) -> Iterator[Step]:
    told = _events(members)
    suite = told[0]["suite"]["digest"]
    if suite != digest_of(data("features"), data("schemas")):
        yield Step(what="verdicts", state="bad", code="other_suite", where=told[0]["suite"]["version"])
        return
    yield from _ledger_agrees(members, told)
    yield from _decided(members, told)
    yield _again(members)
    scans = sum(event["kind"] == "call" and event["who"] == "stores" for event in told)
    if scans:
        yield Step(what="verdicts", state="noted", code="not_derivable", where=str(scans))


def _header(members: Mapping[str, bytes]) -> dict[str, Any]:
    first: dict[str, Any] = json.loads(members[bundle.EVENTS].partition(b"\n")[0])
    return first


def _events(members: Mapping[str, bytes]) -> list[events.Event]:
    return [json.loads(line) for line in members[bundle.EVENTS].splitlines()]


def _ledger_agrees(members: Mapping[str, bytes], told: list[events.Event]) -> Iterator[Step]:
    """Whether every ledger entry on the tape stands in the ledger that was exported."""
    if bundle.LEDGER not in members:
        yield Step(what="ledger", state="noted", code="no_ledger")
        return
    known = {json.loads(line)["hash"] for line in members[bundle.LEDGER].splitlines()}
    answers: list[dict[str, Any]] = [
        event["answer"]["value"]
        for event in told
        if event["kind"] == "call" and (event["who"], event["op"]) == ("simulator", "ledger")
    ]
    taped: set[str] = {entry["hash"] for answer in answers for entry in answer["entries"]}
    lost = taped - known
    state: State = "bad" if lost else "good"
    yield Step(
        what="ledger", state=state, code="ledger_differs" if lost else "ledger_agrees", where=str(len(taped))
    )


def _decided(members: Mapping[str, bytes], told: list[events.Event]) -> Iterator[Step]:
    """Whether what people decided is theirs to decide, of this run and on these files, and the reports say so."""
    kept = bundle.attached(members)
    decisions = None
    if deciding.FILE in kept:
        digests = {name: bundle.digest(body) for name, body in kept.items()}
        try:
            found = deciding.found_in(told)
            decisions = deciding.parse(kept[deciding.FILE], found, load_register(), digests)
        except deciding.Undecidable as fault:
            yield Step(what="decisions", state="bad", code="decisions_broken", where=str(fault))
            return
        yield from _noted(decisions)
    expected = bundle.reported(told, decisions)
    wrong = [name for name in bundle.REPORTS if members.get(name) != expected.get(name)]
    state: State = "bad" if wrong else "good"
    code = "reports_differ" if wrong else "reports_follow"
    yield Step(what="reports", state=state, code=code, where=" ".join(wrong or expected))


def _noted(decisions: deciding.Decisions) -> Iterator[Step]:
    yield Step(what="decisions", state="good", code="decisions_hold", where=str(len(decisions.entries)))
    if decisions.overrides:
        rows = " ".join(ruled.row for ruled in decisions.overrides)
        yield Step(what="decisions", state="noted", code="overridden", where=rows)
    if decisions.stale:
        rows = " ".join(decision.row for decision in decisions.stale)
        yield Step(what="decisions", state="noted", code="decisions_stale", where=rows)


def _again(members: Mapping[str, bytes]) -> Step:
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder)
        (run / bundle.REQUEST).write_bytes(members[bundle.REQUEST])
        (run / bundle.EVENTS).write_bytes(members[bundle.EVENTS])
        try:
            for _ in runs.replay(run):
                pass
        except runs.RunFault as fault:
            return Step(what="verdicts", state="bad", code="not_replayed", where=fault.en)
        compared = runs.compare(run)
        rows = _differing(run)
    if compared.identical:
        return Step(what="verdicts", state="good", code="same_verdicts", where=str(rows[1]))
    where = " ".join(rows[0]) or f"line {compared.first_difference}"
    return Step(what="verdicts", state="bad", code="other_verdicts", where=where)


def _differing(run: Path) -> tuple[list[str], int]:
    """The rows whose verdict is not the recorded one, and how many verdicts there are."""
    recorded, again = (
        {event["row"]: canonical(event) for event in events.read(run / name) if event["kind"] == "verdict"}
        for name in (bundle.EVENTS, "replay.jsonl")
    )
    return [row for row in recorded if recorded[row] != again.get(row)], len(recorded)
