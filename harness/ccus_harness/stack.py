"""One run's counterparts, live: simulator, candidate and stores behind the single asker that the gate uses."""

from __future__ import annotations

import base64
import secrets
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from ccus_harness.candidates.http import READ_SECONDS, HttpCandidate
from ccus_harness.candidates.null import NullCandidate
from ccus_harness.fund import Fund
from ccus_harness.gate import Answer
from ccus_harness.places import Places
from ccus_harness.processes import starting
from ccus_harness.run_folder import MAIL_PORT_FILE, PORT_FILE, kept_port
from ccus_harness.stores import Stores
from ccus_simulator.dialects import DEFAULT, dialect

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from ccus_harness.candidates import Candidate, Target
    from ccus_harness.connections import Connections
    from ccus_harness.gate import Asker
    from ccus_harness.processes import Server

JST = ZoneInfo("Asia/Tokyo")
CANDIDATE = "candidate"
"""Where the files of the reference candidate lie, below the state of a run."""
FIXED_START = "2026-04-13T09:00:00+09:00"
"""Where the clock of a world starts when the candidate's clock can be moved: a Monday morning."""


class Stack:
    """Performs every call of a live run; secrets go in on the way out and are masked on the way back."""

    def __init__(self, candidate: Candidate, fund: Fund, stores: Stores, places: Places) -> None:
        self._candidate = candidate
        self._fund = fund
        self._stores = stores
        self._places = places
        self._wall_clock = False
        self._witnesses = {
            "candidate": self._ask_candidate,
            "simulator": self._ask_simulator,
            "stores": self._ask_stores,
            "clock": self._ask_clock,
        }

    def __call__(self, who: str, op: str, args: Mapping[str, Any]) -> Answer:
        sent: dict[str, Any] = self._places.fill(dict(args), str(args.get("world", "")))
        return _masked(self._witnesses[who](op, sent), self._places)

    def _ask_candidate(self, op: str, args: Mapping[str, Any]) -> Answer:
        if op == "advance" and self._wall_clock and datetime.now(JST) < datetime.fromisoformat(args["to"]):
            return Answer(status="pending", due=args["to"])
        answer = self._candidate.perform(op, args)
        if op == "info" and answer.status == "answered":
            self._wall_clock = answer.value.get("clock") == "wall"
        return answer

    def _ask_simulator(self, op: str, args: Mapping[str, Any]) -> Answer:
        world = str(args.get("world", ""))
        return self._fund.perform(
            op,
            args,
            client_secret=self._places.secret(world, "client"),
            commitment_key=self._places.secret(world, "commitment"),
        )

    def _ask_stores(self, op: str, args: Mapping[str, Any]) -> Answer:
        look = {"scan": self._stores.scan, "traces": self._stores.traces}[op]
        return look(self._candidate.perform("stores", {"world": args["world"]}), args)

    def _ask_clock(self, op: str, args: Mapping[str, Any]) -> Answer:  # noqa: ARG002 - one shape for all witnesses
        return Answer(
            value=datetime.now(JST).isoformat(timespec="seconds") if self._wall_clock else FIXED_START
        )


def connection(world: str, speaking: str, *, mail: bool = False) -> dict[str, Any]:
    """How a candidate reaches CCUS in one world, with placeholders for what must not be taped.

    `json` goes without saying: an adapter that knows of one dialect only need not know the word. Where notices
    come by `mail`, it is told the Fund's mailbox.
    """
    access = dialect(speaking).access(world)
    named = {} if speaking == DEFAULT else {"dialect": speaking}
    told = {"base_url": f"place:ccus/w/{world}", **named, **access.told, access.proof: "secret:client"}
    return {**told, "mail": _mailbox(world)} if mail else told


def _mailbox(world: str) -> dict[str, str]:
    from ccus_simulator import postbox  # noqa: PLC0415 - most runs know no mail

    return {"server": "place:mail", "address": postbox.address(world)}


def _masked(answer: Answer, places: Places) -> Answer:
    value: Any = places.mask(answer.value)
    artefacts: Any = cast("dict[str, Any]", value).get("artefacts") if isinstance(value, dict) else None
    for artefact in artefacts or ():
        body = base64.b64decode(artefact["body"])
        artefact["body"] = base64.b64encode(places.mask_bytes(body)).decode()
    return Answer(
        status=answer.status,
        value=value,
        fault=places.mask(answer.fault),
        blame=answer.blame,
        due=answer.due,
        capability=answer.capability,
    )


@contextmanager
def started(
    target: Target,
    state: Path,
    connections: Connections,
    *,
    token: str,
    stores_root: Path | None,
    patience: float = READ_SECONDS,
    simulator_faults: Sequence[str] = (),
) -> Generator[Asker]:
    """The counterparts of one run, started beside each other and awaited at the first question.

    Ends what it started. `state` keeps what must outlive the process for a resume: the simulator's ledger and
    port (a candidate goes on calling the address it was once told), the reference candidate's own files, and
    the run's key. It is no part of the evidence.
    """
    state.mkdir(parents=True, exist_ok=True)
    admin = secrets.token_hex(16)
    with ExitStack() as stack:
        ccus = stack.enter_context(_simulator(state, connections, admin))
        reference = _reference(target, state, ccus, connections) if target.is_reference else None
        own = stack.enter_context(reference.starting) if reference else None
        stack.callback(
            lambda: [server.end() for server in (ccus, own) if server]
        )  # all, before one is awaited

        def ready() -> Stack:
            told = ccus.announced()
            (state / PORT_FILE).write_text(str(urlsplit(str(told["listening"])).port), encoding="ascii")
            fund = Fund(
                told["listening"],
                admin,
                speaking=connections.dialect,
                faults=simulator_faults,
                ca=told.get("ca"),
            )
            addresses = {"ccus": told["public_url"], "simulator": told["listening"]}
            if connections.mail:
                addresses["mail"] = told["mail"]
                (state / MAIL_PORT_FILE).write_text(str(urlsplit(str(told["mail"])).port), encoding="ascii")
            places = Places(_key(state), addresses)
            if reference and own:
                at = own.announced()["listening"]
                ours = HttpCandidate(at, reference.token, read_seconds=patience)
                return Stack(ours, fund, Stores(state / CANDIDATE), places)
            return Stack(_other(target, connections, token, patience), fund, Stores(stores_root), places)

        yield _Awaited(ready)


class _Awaited:
    """Counterparts that are coming up; whoever asks first waits for them."""

    def __init__(self, ready: Callable[[], Stack]) -> None:
        self._ready = ready
        self._stack: Stack | None = None

    def __call__(self, who: str, op: str, args: Mapping[str, Any]) -> Answer:
        if self._stack is None:
            self._stack = self._ready()
        return self._stack(who, op, args)


def _simulator(state: Path, connections: Connections, admin: str) -> AbstractContextManager[Server]:
    """CCUS for one run, coming up."""
    options = connections.simulator_options(kept_port(state), kept_port(state, MAIL_PORT_FILE))
    return starting(
        "ccus_simulator",
        [*options, "--state", str(state / "simulator.sqlite")],
        env={"CCUS_SIM_ADMIN_TOKEN": admin},
        log=state / "simulator.log",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reference:
    """The reference candidate for one run: how it is started, and the token that opens it."""

    starting: AbstractContextManager[Server]
    token: str


def _reference(target: Target, state: Path, ccus: Server, connections: Connections) -> _Reference:
    token = secrets.token_hex(16)
    conduct = ["--as", target.detail] if target.detail else []
    trusted = ["--ccus-ca", ccus.announced()["ca"]] if connections.tls_dir else []
    return _Reference(
        starting=starting(
            "ccus_reference",
            ["--port", "0", "--data", str(state / CANDIDATE), *conduct, *trusted],
            env={"CCUS_CANDIDATE_TOKEN": token},
            log=state / "candidate.log",
        ),
        token=token,
    )


def _other(target: Target, connections: Connections, token: str, patience: float) -> Candidate:
    if target.is_null:
        return NullCandidate(target.detail)
    return HttpCandidate(
        target.detail,
        token,
        read_seconds=patience,
        proxy=connections.proxy,
        ca_bundle=connections.ca_bundle,
    )


def _key(state: Path) -> bytes:
    """The run's key: made once, kept with the state so that a resumed run knows the same secrets."""
    path = state / "key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(32))
    return bytes.fromhex(path.read_text())
