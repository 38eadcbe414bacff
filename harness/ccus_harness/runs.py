"""Starts, replays and resumes runs: a run is a process of its own, and its evidence file is its event stream."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ccus_harness import events, receipts
from ccus_harness.candidates import UnknownTarget, parse_target
from ccus_harness.connections import LOOPBACK, USUAL, BadConnections, Connections, checked, declared
from ccus_harness.declaring import NOTHING, Agreed, Choice, declaration, document
from ccus_harness.locator import data
from ccus_harness.messages import LANGUAGES, catalogue
from ccus_harness.profiles import load_profile, merged
from ccus_harness.register import load_register
from ccus_harness.run_folder import EARLIER_FILE, REPLAY_FILE, REQUEST_FILE, digest_of, kept_port, selection
from ccus_harness.seeds import SELF_TESTED, STANDINGS, Operation
from ccus_harness.seeds import faults as seed_faults
from ccus_harness.verdicts import EXIT_SET_UP
from ccus_simulator.faults import CATALOGUE as FAULTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ccus_harness.events import Event
    from ccus_harness.seeds import CommittedSeed

REFERENCE = "ccus_reference"
POLL_SECONDS = 0.02
DEFAULT_SEED = 20260413


class RunFault(Exception):
    """A run that has no result, with the reason in both languages."""

    def __init__(self, ja: str, en: str) -> None:
        super().__init__(en)
        self.ja = ja
        self.en = en


class SetUpFault(RunFault):
    """The run could not begin, for a reason that the person who started it can mend."""


class SuiteFault(RunFault):
    """The run stopped half-way through a fault of the suite itself; its record is unfinished."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRequest:
    """What somebody wants to run: the target, where its results go, and which rows it is about."""

    target: str
    out: Path
    articles: tuple[str, ...] = ()
    obligations: tuple[str, ...] = ()
    seed: int = DEFAULT_SEED
    profile: Path | None = None
    stores_root: Path | None = None
    choice: Choice = NOTHING
    connections: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Choices of `Connections` made for this run; they go before those of the profile."""
    simulator_faults: tuple[str, ...] = ()
    operation: Operation = SELF_TESTED


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Whether a replay wrote the same bytes as the run; if not, the first line that differs (from 1)."""

    identical: bool
    first_difference: int | None = None


def launch(request: RunRequest) -> Iterator[Event]:
    """Runs and yields each event as it happens; raises `SetUpFault` when the run cannot begin."""
    _check(request)
    out = request.out
    _must_be_free(out)
    asked = _document(request)
    _check_operation(asked)
    try:
        out.mkdir(parents=True, exist_ok=True)
        _write_request(out, asked)
    except OSError as fault:
        raise _unwritable(out, fault) from fault
    yield from _follow(out, "live", events.EVENTS_FILE)


def resume(run: Path) -> Iterator[Event]:
    """Goes on with a run that was interrupted or waits for something that is now due.

    Finished scenarios are played from the tape, pending ones are asked again, an interrupted one
    starts again in a world of its own.
    """
    _must_be_run(run)
    taped = run / events.EVENTS_FILE
    if not taped.exists():
        raise SetUpFault(f"{run} には記録がありません。", f"{run} holds no recorded run.")
    _must_find_port_free(run)
    shutil.copyfile(taped, run / EARLIER_FILE)
    asked: dict[str, Any] = json.loads((run / REQUEST_FILE).read_text(encoding="utf-8"))
    _write_request(run, {**asked, **_by_hand(run)})
    yield from _follow(run, "resume", events.EVENTS_FILE)


def replay(run: Path) -> Iterator[Event]:
    """Judges a finished run again from its tape alone, yielding the events anew; contacts nobody."""
    _must_be_whole(run)
    yield from _follow(run, "replay", REPLAY_FILE)


def rejudge(run: Path, out: Path, choice: Choice) -> Iterator[Event]:
    """Judges a finished run again under other readings or policy numbers; contacts nobody.

    `out` becomes a run of its own with the same tape, so that it can be replayed and reported like any other.
    """
    _must_be_whole(run)
    _must_be_free(out)
    asked: dict[str, Any] = json.loads((run / REQUEST_FILE).read_text(encoding="utf-8"))
    _must_be_this_suite(run)
    changed = declaration(asked, replace(choice, agreed=(*_agreed_before(asked, choice), *choice.agreed)))
    try:
        out.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(run / events.EVENTS_FILE, out / EARLIER_FILE)
        _write_request(out, {**asked, **document(changed), **_by_hand(run)})
    except OSError as fault:
        raise _unwritable(out, fault) from fault
    yield from _follow(out, "rejudge", events.EVENTS_FILE)


def rerun(
    run: Path,
    out: Path,
    rows: Sequence[str],
    profile: Path | None = None,
    seed: CommittedSeed | None = None,
) -> Iterator[Event]:
    """Tries some rows again against the same target, under everything that the earlier run was made under.

    Only a candidate that was mended may say so: `profile` is its new profile, whose readings and numbers are
    those of the earlier run all the same. A certification takes a new seed too: its first one is known by now.
    """
    _must_be_whole(run)
    _must_be_free(out)
    asked = _again_asked(run, rows, profile, seed)
    _check_operation(asked)
    try:
        out.mkdir(parents=True, exist_ok=True)
        _write_request(out, asked)
    except OSError as fault:
        raise _unwritable(out, fault) from fault
    yield from _follow(out, "live", events.EVENTS_FILE)


def _again_asked(
    run: Path, rows: Sequence[str], profile: Path | None, seed: CommittedSeed | None
) -> dict[str, Any]:
    """The request of a run that tries these rows again."""
    asked: dict[str, Any] = json.loads((run / REQUEST_FILE).read_text(encoding="utf-8"))
    first = next(events.read(run / events.EVENTS_FILE))
    if asked.get("seed_commitment") and not seed:
        raise SetUpFault(*(catalogue(lang).text("verify.seed_known") for lang in LANGUAGES))
    suite = digest_of(data("features"), data("schemas"))[:12]
    number = seed.seed if seed else asked["seed"]
    own = f"-{asked['seed']}-{first['suite']['digest'][:12]}"
    return {
        **asked,
        "run_id": asked["run_id"].replace(own, f"-{number}-{suite}"),
        "articles": [],
        "obligations": list(rows),
        "seed": number,
        "seed_commitment": seed.disclosed() if seed else None,
        "profile": declared_profile(asked["target"], profile) if profile else asked["profile"],
        "rerun_of": {"run_id": first["run_id"], "events_sha256": _closing_digest(run)},
    }


def _closing_digest(run: Path) -> str:
    *_, end = events.read(run / events.EVENTS_FILE)
    return str(end["digest"])


def compare(run: Path) -> Comparison:
    """Compares the last replay of a run with the run, byte for byte."""
    with (run / events.EVENTS_FILE).open("rb") as original, (run / REPLAY_FILE).open("rb") as again:
        place = 0
        while True:
            place += 1
            first, second = original.readline(), again.readline()
            if first != second:
                return Comparison(identical=False, first_difference=place)
            if not first:
                return Comparison(identical=True)


def _check(request: RunRequest) -> None:
    try:
        target = parse_target(request.target)
    except UnknownTarget as fault:
        raise SetUpFault(
            f"対象「{fault.text}」は分かりません。reference、reference:名前、null:種類、http:URL のどれかです。",
            f"Unknown target {fault.text!r}. Use reference, reference:NAME, null:KIND or http:URL.",
        ) from fault
    if target.is_reference and target.detail and target.detail not in (known := conducts()):
        names = ", ".join(sorted(known))
        raise SetUpFault(
            f"模擬不備・適法な変種「{target.detail}」はありません。使えるもの: {names}",
            f"There is no defect or lawful variant {target.detail!r}. Known: {names}",
        )
    if wrong := [name for name in request.simulator_faults if name not in FAULTS]:
        raise SetUpFault(
            f"模擬CCUSの誤り「{'、'.join(wrong)}」はありません。使えるもの: {', '.join(FAULTS)}",
            f"The simulator has no fault {', '.join(wrong)}. Known: {', '.join(FAULTS)}",
        )
    register = load_register()
    unknown = [row for row in request.obligations if row not in register.by_id]
    articles = {row.clause.article for row in register.rows}
    unknown += [article for article in request.articles if article not in articles]
    if unknown:
        raise SetUpFault(
            f"審査項目または条が見つかりません: {'、'.join(unknown)}。ccus-conformance obligations で一覧できます。",
            f"No such obligation or article: {', '.join(unknown)}. See ccus-conformance obligations.",
        )
    if not selection(register, request.articles, request.obligations):
        raise SetUpFault("選ばれた審査項目がありません。", "Nothing is selected.")


def _check_operation(asked: Mapping[str, Any]) -> None:
    """A certification names its operator and a seed that was committed to before the build was frozen."""
    if asked["operator"] != STANDINGS["reviewer"]:
        return
    now = datetime.now(UTC).isoformat(timespec="seconds")
    wrong = [*(() if asked["operated_by"] else ("no_operator",)), *seed_faults({**asked, "started_at": now})]
    if wrong:
        ja, en = (
            "\n".join(catalogue(lang).text(f"verify.seed_{code}") for code in wrong) for lang in LANGUAGES
        )
        raise SetUpFault(ja, en)


def defects() -> dict[str, dict[str, Any]]:
    """The reference candidate's catalogue of defects by name, asked from its own process."""
    return _by_name("defects")


def variants() -> dict[str, dict[str, Any]]:
    """Its catalogue of lawful variants by name: other ways to keep the agreement."""
    return _by_name("variants")


def conducts() -> dict[str, dict[str, Any]]:
    """Everything that may stand after ``reference:``, defects and lawful variants."""
    return {**defects(), **variants()}


def _by_name(kind: str) -> dict[str, dict[str, Any]]:
    return {entry["name"]: entry for entry in json.loads(_catalogue())[kind]}


@cache
def _catalogue() -> bytes:
    """What the reference can be told to do otherwise; it does not change while we live."""
    asked = [sys.executable, "-m", "ccus_reference", "--list-conducts"]
    return subprocess.run(asked, capture_output=True, check=True, timeout=60).stdout


def declared_profile(target: str, path: Path | None = None) -> dict[str, Any]:
    """What is declared for a target: its profile, the reference's own for the reference, nothing for a null one.

    Raises `DocumentFaults` when the profile, a file it names, or a reading or number it declares is wrong.
    """
    which = parse_target(target)
    if which.is_null:
        return {}
    if path is None and not which.is_reference:
        return {}
    profile = load_profile(path or _profile_of_reference())
    if which.is_reference and which.detail:
        profile = merged(profile, conducts().get(which.detail, {}).get("profile", {}))
    declaration(profile, NOTHING)
    return profile


def _profile_of_reference() -> Path:
    """Where the reference keeps its profile, found without starting it: a file beside its code."""
    found = find_spec(REFERENCE)
    if found is None or found.origin is None:
        raise SetUpFault(f"{REFERENCE} が見つかりません。", f"{REFERENCE} is not installed.")
    return Path(found.origin).parent / "candidate.toml"


def _document(request: RunRequest) -> dict[str, Any]:
    profile = declared_profile(request.target, request.profile)
    connections = _connections(request, profile)
    suite = digest_of(data("features"), data("schemas"))[:12]
    spoken = "" if connections.dialect == USUAL else f"-{connections.dialect}"
    return {
        "run_id": f"{request.target}-{request.seed}-{suite}{spoken}",
        "target": request.target,
        "articles": list(request.articles),
        "obligations": list(request.obligations),
        "seed": request.seed,
        "profile": profile,
        "stores_root": str(request.stores_root.resolve()) if request.stores_root else None,
        "connections": connections.document(),
        "simulator_faults": list(request.simulator_faults),
        **request.operation.document(),
        **document(declaration(profile, request.choice)),
    }


def _by_hand(run: Path) -> dict[str, Any]:
    """What was entered by hand since the run was made; it becomes part of what is judged."""
    entered = receipts.entered(run)
    return {"receipts": entered} if entered else {}


def _write_request(out: Path, asked: Mapping[str, Any]) -> None:
    text = json.dumps(asked, ensure_ascii=False, indent=2, sort_keys=True)
    (out / REQUEST_FILE).write_text(text + "\n", encoding="utf-8")


def _must_be_free(out: Path) -> None:
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise SetUpFault(
            f"出力先 {out} は空ではありません。別の --out を指定してください。",
            f"The output folder {out} is not empty. Give another --out.",
        )


def _unwritable(out: Path, fault: OSError) -> SetUpFault:
    return SetUpFault(
        f"出力先 {out} に書けません（{fault.strerror}）。", f"Cannot write to {out}: {fault.strerror}."
    )


def _agreed_before(asked: Mapping[str, Any], choice: Choice) -> list[Agreed]:
    """What was agreed when the run was made and is not agreed anew."""
    anew = {answer.reading for answer in choice.agreed}
    return [
        Agreed(reading=name, option=asked["readings"][name], on=day, reference="")
        for name, day in asked["agreed"].items()
        if name not in anew
    ]


def _must_be_this_suite(run: Path) -> None:
    made_by = next(events.read(run / events.EVENTS_FILE))["suite"]["digest"]
    if made_by != digest_of(data("features"), data("schemas")):
        raise SetUpFault(
            f"{run} は別の版の試験で作られています。判定し直すには、その版を使ってください。",
            f"The run in {run} was made by another version of the suite; judge it again with that version.",
        )


def _must_be_whole(run: Path) -> None:
    _must_be_run(run)
    if not events.is_whole(run / events.EVENTS_FILE):
        raise SetUpFault(
            f"{run} の記録は完結していないか、壊れています。ccus-conformance resume で続けられます。",
            f"The record in {run} is unfinished or damaged. You can go on with ccus-conformance resume.",
        )


def _connections(request: RunRequest, profile: Mapping[str, Any]) -> Connections:
    folder = request.profile.parent if request.profile else None
    try:
        return checked(Connections.of({**declared(profile, folder), **request.connections}))
    except BadConnections as fault:
        raise SetUpFault(fault.ja, fault.en) from fault


def _must_find_port_free(run: Path) -> None:
    """A candidate goes on calling the address of CCUS that it was once told, so CCUS has to listen there again."""
    port = kept_port(run / "state")
    if port is None:
        return
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((LOOPBACK, port))
        except OSError as fault:
            raise SetUpFault(
                f"模擬CCUSのポート {port} を別のプログラムが使っています。終わらせてから resume してください。",
                f"Another program uses port {port} of the simulated CCUS. End it, then resume.",
            ) from fault


def _must_be_run(run: Path) -> None:
    if not (run / REQUEST_FILE).is_file():
        raise SetUpFault(f"{run} は実行結果のフォルダではありません。", f"{run} is not the folder of a run.")


def _follow(run: Path, mode: str, name: str) -> Iterator[Event]:
    """Yields the events of the child as they are written; ends the child when the reader goes away."""
    written = run / name
    written.unlink(missing_ok=True)
    state = run / "state"
    state.mkdir(exist_ok=True)
    with (state / "child.log").open("ab") as log:
        child = subprocess.Popen(
            [sys.executable, "-m", "ccus_harness.child", str(run.resolve()), mode],
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C reaches the run once, through us
            env={**os.environ, "PYTHONWARNINGS": "default"},
        )
    try:
        last: Event | None = None
        for last in _tail(written, child):
            yield last
        child.wait()
    finally:
        if child.poll() is None:
            child.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(20)
    _conclude(run, last, child.returncode)


def _tail(written: Path, child: subprocess.Popen[bytes]) -> Iterator[Event]:
    rest = b""
    while not written.exists() and child.poll() is None:
        time.sleep(POLL_SECONDS)
    if not written.exists():
        return
    with written.open("rb") as stream:
        while True:
            ended = (
                child.poll() is not None
            )  # looked at before reading, so that nothing written last is missed
            chunk = stream.read()
            *lines, rest = (rest + chunk).split(b"\n")
            yield from (json.loads(line) for line in lines)
            if not chunk and ended:
                return
            if not chunk:
                time.sleep(POLL_SECONDS)


def _conclude(run: Path, last: Event | None, status: int) -> None:
    if status == EXIT_SET_UP and (last is None or last["kind"] != "end"):
        raise SetUpFault(
            "申請システムが答えません。アドレス、トークン、起動状態を確かめてください。",
            "The candidate does not answer. Check address, token and that it runs.",
        )
    if last is None or last["kind"] != "end":
        said = _last_words(run / "state" / "child.log")
        raise SuiteFault(
            f"実行が途中で止まりました（終了 {status}）。記録は未完です。詳しくは {run / 'state'} の記録を見てください。{said}",
            f"The run stopped half-way (status {status}); its record is unfinished. See {run / 'state'}. {said}",
        )


def _last_words(log: Path) -> str:
    lines: Sequence[str] = (
        log.read_text(encoding="utf-8", errors="replace").strip().splitlines() if log.exists() else []
    )
    return lines[-1][:500] if lines else ""
