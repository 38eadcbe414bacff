"""The process of one run: ``python -m ccus_harness.child RUN MODE``; all it has to say is its event stream."""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
from contextlib import nullcontext
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ccus_harness import preflight, verdicts
from ccus_harness.candidates import parse_target
from ccus_harness.candidates.http import READ_SECONDS
from ccus_harness.claims import Allowed, Judge
from ccus_harness.collection import FaultyFeatures
from ccus_harness.connections import Connections
from ccus_harness.events import EVENTS_FILE, FORMAT, Stream, read
from ccus_harness.gate import Answer, Call
from ccus_harness.instruments.artefacts import Layout
from ccus_harness.locator import data
from ccus_harness.plugin import PREFLIGHT, Run, RunPlugin, Tape
from ccus_harness.profiles import digest_of as profile_digest
from ccus_harness.profiles import layout_of
from ccus_harness.readings import declare, load_policy, load_readings
from ccus_harness.register import load_register
from ccus_harness.run_folder import EARLIER_FILE, REPLAY_FILE, REQUEST_FILE, digest_of, selection
from ccus_harness.seeds import STANDINGS
from ccus_harness.stack import started

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from types import ModuleType

    from ccus_harness.events import Event
    from ccus_harness.register import Register
    from ccus_harness.verdicts import Verdict

INTERRUPTED = 130
PATIENCE = "CCUS_CANDIDATE_SECONDS"

_TAPES = {"replay": EVENTS_FILE, "resume": EARLIER_FILE, "rejudge": EARLIER_FILE}
"""Where the tape of each mode lies; a live run has none."""

STEPS = (
    "acting",
    "acting_sites",
    "acting_end",
    "acting_retention",
    "acting_term",
    "acting_incidents",
    "acting_marks",
    "observing",
    "observing_looks",
    "observing_channels",
    "asking",
    "declared",
    "article1",
    "article1_asking",
    "article1_delivery",
    "article2_1",
    "article2_1_values",
    "article2_2",
    "article2_2_changes",
    "article2_2_channels",
    "article2_2_sites",
    "article2_2_viewers",
    "article2_3",
    "article2_3_life",
    "article2_3_derived",
    "article2_3_ground",
    "article2_3_recipients",
    "article2_4",
    "article2_4_drills",
    "article2_4_measures",
    "article2_4_watch",
    "article4",
    "article5",
    "article6",
    "article6_certificate",
    "article6_retention",
    "simulator",
)


def main() -> int:
    """Runs, replays or resumes; interrupted by either signal it ends what it started and writes no end line."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return _main()
    except KeyboardInterrupt:
        return INTERRUPTED


def _main() -> int:
    run_dir, mode = Path(sys.argv[1]), sys.argv[2]
    request: dict[str, Any] = json.loads((run_dir / REQUEST_FILE).read_text(encoding="utf-8"))
    taped = list(read(run_dir / _TAPES[mode])) if mode in _TAPES else []
    target = parse_target(request["target"])
    if mode in ("replay", "rejudge"):
        stack: Any = nullcontext(None)
    else:
        root = Path(request["stores_root"]) if request.get("stores_root") else None
        token = os.environ.get("CCUS_CANDIDATE_TOKEN", "")
        connections = Connections.of(request.get("connections", {}))
        stack = started(
            target,
            run_dir / "state",
            connections,
            token=token,
            stores_root=root,
            patience=_patience(),
            simulator_faults=request.get("simulator_faults", ()),
        )
    name = REPLAY_FILE if mode == "replay" else EVENTS_FILE
    with stack as asker, (run_dir / name).open("wb") as file:
        return _run(Stream(file), request, asker, taped)


def _patience() -> float:
    """Seconds that one operation of the candidate may take; a slow laptop may need more than the default."""
    try:
        return max(0.1, float(os.environ.get(PATIENCE, "") or READ_SECONDS))
    except ValueError:
        return READ_SECONDS


def _run(stream: Stream, request: Mapping[str, Any], asker: Any, taped: Sequence[Event]) -> int:
    register, steps = load_register(), _steps()  # both take a while, in which the counterparts come up
    judge = _judge(request)
    profile: dict[str, Any] = taped[0]["profile"] if taped else request.get("profile") or {}
    run = Run(
        stream=stream,
        register=register,
        judge=judge,
        asker=asker,
        tapes=tapes_of(taped),
        seed=request["seed"],
        selected=selection(register, request["articles"], request["obligations"]),
        layout=layout_of(profile) if profile else Layout(),
        profile=profile,
        dialect=_dialect(request, taped),
        receipts=_receipts(request, taped),
    )
    if taped and asker is not None and asker("candidate", "info", {}).status != "answered":
        print("the candidate does not answer", file=sys.stderr)  # noqa: T201 - the parent puts it into words
        return verdicts.EXIT_SET_UP
    stream.write("run", **_header(request, judge, taped), preflight_attempt=run.tape(PREFLIGHT).attempt)
    checks = preflight.check(run.case(PREFLIGHT))
    stream.write("preflight", checks=[check.document() for check in checks])
    if not all(check.ok for check in checks) and not parse_target(request["target"]).is_null:
        stream.end(exit=verdicts.EXIT_SET_UP, counts={})
        return verdicts.EXIT_SET_UP
    _scenarios(run, steps)
    return _conclude(run)


def _dialect(request: Mapping[str, Any], taped: Sequence[Event]) -> str:
    """What CCUS speaks in this run; a record that does not tell was made when there was one dialect."""
    if taped:
        return str(taped[0].get("dialect", Connections().dialect))
    return Connections.of(request.get("connections", {})).dialect


def _steps() -> list[ModuleType]:
    return [importlib.import_module(f"ccus_harness.steps.{name}") for name in STEPS]


def _scenarios(run: Run, steps: Sequence[ModuleType]) -> None:
    suite = Path(__file__).parent / "suite"
    arguments = [str(suite), f"--rootdir={suite}", f"-c{suite / 'pytest.ini'}", "-pno:cacheprovider"]
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # whatever else is installed has no say in a verdict
    try:
        status = pytest.main(
            [
                "-ppytest_bdd.plugin",
                *arguments,
                "-pno:terminal",
                "-pno:junitxml",
                "-pno:faulthandler",
                "-pno:unraisableexception",  # both make pytest collect garbage again and again at its end
                "-pno:threadexception",
                "--assert=plain",  # a step that is wrong is our error whatever its operands were
            ],
            plugins=[RunPlugin(run), *steps],
        )
    except FaultyFeatures as fault:
        run.broken = str(fault)
        return
    if status == pytest.ExitCode.INTERRUPTED and run.broken != "self_check":
        raise KeyboardInterrupt  # no end line: what was interrupted is not a result
    if status not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED):
        run.broken = run.broken or f"pytest ended with {status!r}"


def _conclude(run: Run) -> int:
    if run.broken and run.broken != "self_check":
        print(run.broken, file=sys.stderr)  # noqa: T201 - the parent shows it as the suite's own fault
    found = verdicts.fold(
        run.register, run.claims, run.courses, declared=run.judge.declared, selected=run.selected
    )
    if run.broken:
        found = [_broken(verdict, run) for verdict in found]
    for verdict in found:
        run.stream.write("verdict", **_document(verdict, run.register))
    status = verdicts.exit_status(run.register, found)
    counts = {word.name: sum(v.word is word for v in found if v.selected) for word in verdicts.Word}
    run.stream.end(exit=status, counts=counts)
    return status


def _broken(verdict: Verdict, run: Run) -> Verdict:
    """When the suite itself is not sound nothing it says of the candidate stands (design §4.2)."""
    own = run.register.by_id[verdict.row]
    if not verdict.selected or "N" in own.method or not own.machine:
        return verdict
    code = "error.self_check" if run.broken == "self_check" else "error.features"
    return verdicts.Verdict(
        row=verdict.row,
        word=verdicts.Word.error,
        code=code,
        blame="suite",
        selected=True,
        scored=verdict.scored,
    )


def _document(verdict: Verdict, register: Register) -> dict[str, Any]:
    fields = asdict(verdict)
    word, declared = verdict.word.name, verdict.declared
    return {
        **{key: part for key, part in fields.items() if key not in ("word", "declared", "code")},
        "verdict": word,
        "declared": declared.name if declared is not None else None,
        "code": verdict.code,
        "reason": verdict.code,
        "layer": register.by_id[verdict.row].layer,
    }


def _judge(request: Mapping[str, Any]) -> Judge:
    readings, numbers = load_readings(), load_policy()
    declared = declare(request.get("readings"), request.get("policy"), request.get("agreed"))
    return Judge(
        declared=declared.readings,
        options={r.name: declared.open_options(r) for r in readings.values() if r.kind == "judging"},
        policy={
            name: Allowed(within=declared.policy[name], cap=number.cap) for name, number in numbers.items()
        },
    )


_OWN = ("n", "kind", "preflight_attempt")
"""What each process writes into its first line itself; the rest of an earlier first line is kept."""


def _receipts(request: Mapping[str, Any], taped: Sequence[Event]) -> list[dict[str, Any]]:
    """What was entered by hand: as the request has it, else as the record that is played again has it."""
    return request.get("receipts") or (taped[0].get("receipts", []) if taped else [])


def _header(request: Mapping[str, Any], judge: Judge, taped: Sequence[Event]) -> dict[str, Any]:
    declared = {
        "readings": dict(judge.declared),
        "policy": {name: allowed.within for name, allowed in judge.policy.items()},
        "agreed": request.get("agreed", {}),
        "declared_digest": request.get("declared_digest", ""),
        **({"receipts": given} if (given := _receipts(request, taped)) else {}),
    }
    if taped:
        return {**{key: part for key, part in taped[0].items() if key not in _OWN}, **declared}
    return {
        "format": FORMAT,
        "run_id": request["run_id"],
        "target": request["target"],
        "suite": {
            "version": version("ccus-conformance"),
            "digest": digest_of(data("features"), data("schemas")),
        },
        "contract_digest": digest_of(data("schemas") / "register.json"),
        "seed": request["seed"],
        "started_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "selection": {"articles": list(request["articles"]), "obligations": list(request["obligations"])},
        **declared,
        "simulator_faults": list(request.get("simulator_faults", ())),
        "profile": request.get("profile") or {},
        "profile_digest": profile_digest(request.get("profile") or {}),
        "dialect": _dialect(request, taped),
        "operator": request.get("operator", STANDINGS["vendor"]),
        "operated_by": request.get("operated_by", ""),
        "seed_commitment": request.get("seed_commitment"),
        "rerun_of": request.get("rerun_of"),
    }


def tapes_of(events: Sequence[Event]) -> dict[str, Tape]:
    """What an earlier stream left of each scenario, preflight included."""
    calls: dict[str, list[Call]] = {}
    attempts = {event["id"]: event["attempt"] for event in events if event["kind"] == "scenario"}
    ends = {event["scenario"]: event["outcome"] for event in events if event["kind"] == "scenario_end"}
    if (
        events
    ):  # an attempt at preflight that was cut short may have built its world before a line of it was taped
        attempts[PREFLIGHT] = events[0].get("preflight_attempt", 1)
    if any(event["kind"] == "preflight" for event in events):
        ends[PREFLIGHT] = "finished"
    for event in events:
        if event["kind"] == "call":
            calls.setdefault(event["scenario"], []).append(_call(event))
    return {
        name: Tape(
            calls=tuple(calls.get(name, ())),
            ended=ends.get(name, "pending") != "pending",
            pending=ends.get(name) == "pending",
            attempt=attempts.get(name, 1),
        )
        for name in _known(calls, attempts)
    }


def _known(calls: Mapping[str, Any], attempts: Mapping[str, int]) -> Iterator[str]:
    yield from calls
    yield from (name for name in attempts if name not in calls)


def _call(event: Event) -> Call:
    return Call(who=event["who"], op=event["op"], args=event["args"], answer=Answer.of(event["answer"]))


if __name__ == "__main__":
    sys.exit(main())
