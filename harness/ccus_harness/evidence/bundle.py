"""A run gathered into a bundle: everything a stranger needs to judge it again, and nothing secret."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from ccus_harness import events
from ccus_harness.deciding import ATTACHED, FILE, load
from ccus_harness.evidence.packing import NAME, pack
from ccus_harness.evidence.signing import canonical, public_document, sign
from ccus_harness.messages import catalogue
from ccus_harness.register import load_register
from ccus_harness.reports import DEFAULT, FORMATS, NotPrepared, Report
from ccus_harness.run_folder import REQUEST_FILE
from ccus_simulator.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from ccus_harness.deciding import Decisions
    from ccus_harness.evidence.signing import Signer

FORMAT = "ccus-conformance/bundle/1"
MANIFEST = "manifest-sha256.txt"
ENVELOPE = "run.dsse.json"
HEAD = "head.json"
LEDGER = "ledger.jsonl"
EVENTS = events.EVENTS_FILE
REQUEST = REQUEST_FILE

REPORTS = tuple(FORMATS[name].file for name in DEFAULT)
_KEPT_OF_REQUEST = (
    "run_id",
    "target",
    "articles",
    "obligations",
    "seed",
    "profile",
    "readings",
    "policy",
    "agreed",
    "declared_digest",
    "simulator_faults",
    "receipts",
    "connections",
    "rerun_of",
    "operator",
    "operated_by",
    "seed_commitment",
)
"""What a judge needs of the request; where the stores lay on one machine is nobody else's business."""


class Unpackable(Exception):
    """Files were put among a run's attachments under names that no bundle can hold."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(", ".join(names))
        self.names = tuple(names)


def gathered(run: Path, signer: Signer, *, certified_key: bool, holder: str = "") -> bytes:
    """The bundle of a finished run, signed.

    `certified_key` says whether the signer is somebody's own key; otherwise the bundle calls itself self-signed.
    `holder` is whose key it is.
    """
    told = list(events.read(run / EVENTS))
    decisions = load(run, load_register()) if (run / ATTACHED / FILE).is_file() else None
    members = {
        EVENTS: (run / EVENTS).read_bytes(),
        REQUEST: canonical(_request(run)),
        "declared.json": canonical(_declared(told[0])),
        "worlds.json": canonical(worlds_of(told)),
        **_ledger(run / "state" / "simulator.sqlite"),
        **reported(told, decisions),
        **_attachments(run),
    }
    head = _head(told, members, signer, certified_key=certified_key, holder=holder)
    return sealed(members, head, signer)


def sealed(members: Mapping[str, bytes], head: Mapping[str, Any], signer: Signer) -> bytes:
    """The members with head, manifest and signed statement, packed."""
    whole = {**members, HEAD: canonical(head)}
    whole[MANIFEST] = manifest(whole)
    whole[ENVELOPE] = sign(digest(whole[MANIFEST]), head, signer)
    return pack(whole)


def operated(header: Mapping[str, Any], holder: str) -> dict[str, str]:
    """Who operated the simulator, who chose the seed and whose key signed; empty where nobody said."""
    own: str = header.get("operated_by", "")
    commitment: Mapping[str, str] = header.get("seed_commitment") or {}
    return {"simulator": own, "seed": commitment.get("by", own), "key": holder}


def reported(told: Sequence[events.Event], decisions: Decisions | None) -> dict[str, bytes]:
    """The reports that a bundle holds, made from the record and the decisions themselves; none before preflight passed."""
    register, words = load_register(), catalogue("ja")
    try:
        report = Report.of(told, register)
    except NotPrepared:
        return {}
    report = report.beside(decisions) if decisions else report
    return {FORMATS[name].file: FORMATS[name].text(report, words).encode() for name in DEFAULT}


def digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def manifest(members: Mapping[str, bytes]) -> bytes:
    """One line a member, digest and name, in the order of the names."""
    return "".join(f"{digest(members[name])}  {name}\n" for name in sorted(members)).encode()


def worlds_of(told: Iterable[events.Event]) -> dict[str, Any]:
    """The documents of the worlds that a run built, by their names."""
    return {
        event["args"]["world"]: event["args"]["document"]
        for event in told
        if event["kind"] == "call" and (event["who"], event["op"]) == ("simulator", "world")
    }


def _request(run: Path) -> dict[str, Any]:
    asked: dict[str, Any] = json.loads((run / REQUEST).read_text(encoding="utf-8"))
    return {key: asked[key] for key in _KEPT_OF_REQUEST if key in asked} | {"stores_root": None}


def _declared(header: Mapping[str, Any]) -> dict[str, Any]:
    return {key: header.get(key) for key in ("profile", "readings", "policy", "agreed", "declared_digest")}


def _ledger(state: Path) -> dict[str, bytes]:
    """The simulator's ledger, line by line; nothing when the run kept no simulator of its own."""
    if not state.is_file():
        return {}
    store = Store(state)
    try:
        return {LEDGER: b"".join(canonical(entry.as_json()) for entry in store.ledger.entries())}
    finally:
        store.close()


def _attachments(run: Path) -> dict[str, bytes]:
    """What a person added to the run: decisions and the files they rest on."""
    folder = run / ATTACHED
    files = sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []
    found = {f"{ATTACHED}/{path.relative_to(folder).as_posix()}": path.read_bytes() for path in files}
    if wrong := [name for name in found if not NAME.fullmatch(name)]:
        raise Unpackable(wrong)
    return found


def attached(members: Mapping[str, bytes]) -> dict[str, bytes]:
    """What was attached to the run, by its place below that folder."""
    return {
        name.removeprefix(f"{ATTACHED}/"): body
        for name, body in members.items()
        if name.startswith(f"{ATTACHED}/")
    }


def _head(
    told: list[events.Event],
    members: Mapping[str, bytes],
    signer: Signer,
    *,
    certified_key: bool,
    holder: str,
) -> dict[str, Any]:
    header, end = told[0], told[-1]
    ledger = members.get(LEDGER, b"").splitlines()
    return {
        "format": FORMAT,
        "run_id": header["run_id"],
        "target": header["target"],
        "operator": header["operator"],
        "operated": operated(header, holder),
        "seed_commitment": header.get("seed_commitment"),
        "suite": header["suite"],
        "contract_digest": header["contract_digest"],
        "declared_digest": header.get("declared_digest", ""),
        "events_digest": end["digest"],
        "exit": end["exit"],
        "counts": end["counts"],
        "ledger_head": json.loads(ledger[-1])["hash"] if ledger else None,
        "signed": "by_key" if certified_key else "self_signed",
        "public_key": public_document(signer.public_key),
    }
