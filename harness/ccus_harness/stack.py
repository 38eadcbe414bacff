"""One run's counterparts, live: simulator, candidate and stores behind the single asker that the gate uses."""

from __future__ import annotations

import base64
import secrets
from contextlib import ExitStack, contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from ccus_harness.candidates.http import READ_SECONDS, HttpCandidate
from ccus_harness.candidates.null import NullCandidate
from ccus_harness.fund import Fund
from ccus_harness.gate import Answer
from ccus_harness.places import Places
from ccus_harness.processes import serving
from ccus_harness.stores import Stores
from ccus_simulator.dialects import DEFAULT, dialect

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence
    from pathlib import Path

    from ccus_harness.candidates import Candidate, Target
    from ccus_harness.connections import Connections

JST = ZoneInfo("Asia/Tokyo")
PORT_FILE = "ccus-port"
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


def connection(world: str, speaking: str) -> dict[str, str]:
    """How a candidate reaches CCUS in one world, with placeholders for what must not be taped.

    `json` goes without saying: an adapter that knows of one dialect only need not know the word.
    """
    access = dialect(speaking).access(world)
    named = {} if speaking == DEFAULT else {"dialect": speaking}
    return {"base_url": f"place:ccus/w/{world}", **named, **access.told, access.proof: "secret:client"}


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
) -> Generator[Stack]:
    """The counterparts of one run, up and listening on loopback; ends what it started.

    `state` keeps what must outlive the process for a resume: the simulator's ledger and port (a candidate
    goes on calling the address it was once told), the reference candidate's own files, and the run's key.
    It is no part of the evidence.
    """
    state.mkdir(parents=True, exist_ok=True)
    admin = secrets.token_hex(16)
    with ExitStack() as stack:
        ccus = stack.enter_context(_simulator(state, connections, admin))
        candidate: Candidate
        if target.is_reference:
            candidate, stores_root = stack.enter_context(_reference(target, state, ccus.get("ca"), patience))
        elif target.is_null:
            candidate = NullCandidate(target.detail)
        else:
            candidate = HttpCandidate(
                target.detail,
                token,
                read_seconds=patience,
                proxy=connections.proxy,
                ca_bundle=connections.ca_bundle,
            )
        fund = Fund(
            ccus["listening"],
            admin,
            speaking=connections.dialect,
            faults=simulator_faults,
            ca=ccus.get("ca"),
        )
        places = Places(_key(state), {"ccus": ccus["public_url"], "simulator": ccus["listening"]})
        yield Stack(candidate, fund, Stores(stores_root), places)


@contextmanager
def _simulator(state: Path, connections: Connections, admin: str) -> Generator[dict[str, Any]]:
    """CCUS for one run; gives what it announces of itself."""
    options = connections.simulator_options(kept_port(state))
    with serving(
        "ccus_simulator",
        [*options, "--state", str(state / "simulator.sqlite")],
        env={"CCUS_SIM_ADMIN_TOKEN": admin},
        log=state / "simulator.log",
    ) as told:
        (state / PORT_FILE).write_text(str(urlsplit(str(told["listening"])).port), encoding="ascii")
        yield told


@contextmanager
def _reference(
    target: Target, state: Path, ca: str | None, patience: float
) -> Generator[tuple[HttpCandidate, Path]]:
    """The reference candidate for one run, and the folder in which all of its stores lie."""
    token, data = secrets.token_hex(16), state / "candidate"
    conduct = ["--as", target.detail] if target.detail else []
    trusted = ["--ccus-ca", ca] if ca else []
    with serving(
        "ccus_reference",
        ["--port", "0", "--data", str(data), *conduct, *trusted],
        env={"CCUS_CANDIDATE_TOKEN": token},
        log=state / "candidate.log",
    ) as told:
        yield HttpCandidate(told["listening"], token, read_seconds=patience), data


def kept_port(state: Path) -> int | None:
    """The port at which the simulator of this state listened before, if it ever did."""
    path = state / PORT_FILE
    return int(path.read_text(encoding="ascii")) if path.is_file() else None


def _key(state: Path) -> bytes:
    """The run's key: made once, kept with the state so that a resumed run knows the same secrets."""
    path = state / "key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(32))
    return bytes.fromhex(path.read_text())
