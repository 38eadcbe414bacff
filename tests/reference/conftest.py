"""Sets a real CCUS and the reference system beside each other, and lets a test drive both."""

from __future__ import annotations

import base64
import csv
import io
import json
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from zlib import crc32

import pytest
import requests

from ccus_reference.control import envelope
from ccus_reference.operations import OPERATIONS
from ccus_reference.tenants import Tenants
from ccus_simulator import worlds

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence
    from contextlib import AbstractContextManager

    from ccus_reference.behaviour import Behaviour

ADMIN = "admin-token-of-the-tests"
TOKEN = "candidate-token-of-the-tests"
KEY = "00112233445566778899aabbccddeeff"
_NUMBERS = [count()]
"""The numbers of the next worlds: of the module that is being tested."""
_KINDS = ("technicians", "businesses", "sites")


@contextmanager
def serving(command: Sequence[str], env: dict[str, str]) -> Generator[str]:
    process = subprocess.Popen(
        [sys.executable, *command], stdout=subprocess.PIPE, text=True, env={**os.environ, **env}
    )
    assert process.stdout is not None
    try:
        yield json.loads(process.stdout.readline())["listening"]
    finally:
        process.terminate()
        process.wait(20)
        process.stdout.close()


@pytest.fixture(scope="module", autouse=True)
def _numbers(request: pytest.FixtureRequest) -> None:
    """The worlds of a module are the same, whichever modules its process tested before."""
    first = 1_000_000 + 1_000 * (crc32(request.module.__name__.encode()) % 8_999)
    _NUMBERS[0] = count(first)


@pytest.fixture(scope="session")
def ccus(tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    state = tmp_path_factory.mktemp("ccus") / "state.sqlite"
    command = ["-m", "ccus_simulator", "--port", "0", "--state", str(state)]
    with serving(command, {"CCUS_SIM_ADMIN_TOKEN": ADMIN}) as address:
        yield address


@dataclass(frozen=True)
class Fund:
    """The administration of CCUS in one world."""

    base: str
    world: str

    def call(self, method: str, path: str, body: Any = None) -> Any:
        response = requests.request(
            method,
            f"{self.base}/_sim/v1/worlds/{self.world}{path}",
            json=body,
            headers={"Authorization": f"Bearer {ADMIN}"},
            timeout=20,
        )
        assert response.status_code in (200, 201, 204), response.text
        return response.json() if response.content else None

    def clock(self, to: str) -> None:
        self.call("POST", "/clock", {"to": to})

    def end(self, cause: str, at: str) -> None:
        self.call("POST", "/contract", {"event": "end", "cause": cause, "at": at})

    def fault(self, name: str) -> None:
        self.call("PUT", f"/faults/{name}", {})

    def ledger(self, kind: str) -> list[dict[str, Any]]:
        return [e["body"] for e in self.call("GET", "/ledger?from=0")["entries"] if e["kind"] == kind]

    def inbox(self, kind: str) -> list[dict[str, Any]]:
        return [item for item in self.call("GET", "/inbox")["items"] if item["kind"] == kind]


@dataclass(frozen=True)
class Envelope:
    """An answer of the control interface, opened."""

    outcome: str
    reason: str | None
    due: str | None
    detail: dict[str, Any]
    artefacts: list[dict[str, str]] = field(repr=False)

    @property
    def body(self) -> bytes:
        return base64.b64decode(self.artefacts[0]["body"])

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def rows(self) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(self.text)))


@dataclass(frozen=True)
class Bench:
    """One world set up on both sides, with labels for ids."""

    document: dict[str, Any]
    fund: Fund
    call: Callable[[str, dict[str, Any]], dict[str, Any]]

    def id(self, label: str) -> str:
        rows = (row for kind in _KINDS for row in self.document[kind])
        return next(row["id"] for row in rows if row.get("label") == label)

    def user(self, label: str) -> dict[str, Any]:
        return next(a for a in self.document["accounts"] if a["label"] == label)

    def do(self, op: str, **parts: Any) -> Envelope:
        return Envelope(**self.call(op, {"world": self.document["world"], **parts}))

    def request(self, user: str, *technicians: str, firm: bool = False, **other: Any) -> Envelope:
        account = self.user(user)
        parts: dict[str, Any] = {
            "user": account["id"],
            "acting_for": next(iter(account["businesses"]), None),
            "capacity": "technician" if account["technician"] else "business",
            "technicians": [self.id(t) for t in technicians],
            "own_business": firm,
            "purpose": "safety_documents",
        }
        return self.do("request", **{**parts, **other})

    def view(self, user: str, what: str, subject: str | None = None, **other: Any) -> Envelope:
        account = self.user(user)
        parts: dict[str, Any] = {
            "user": account["id"],
            "acting_for": next(iter(account["businesses"]), None),
            "what": what,
            "subject": self.id(subject) if subject else None,
            "query": None,
            "channel": "screen",
            "credential": "own",
        }
        return self.do("view", **{**parts, **other})

    def export(self, user: str) -> Envelope:
        account = self.user(user)
        firm = next(iter(account["businesses"]), None)
        return self.do("export", user=account["id"], acting_for=firm, format="csv")

    def edit(self, user: str, subject: str, item: str, value: str) -> Envelope:
        account = self.user(user)
        firm = next(iter(account["businesses"]), None)
        parts = {"subject": self.id(subject), "item": item, "value": value}
        return self.do("edit", user=account["id"], acting_for=firm, **parts)

    def happens(self, op: str, **parts: Any) -> Envelope:
        """Something happens now on a site or between firms; labels stand for ids."""
        known = {row["label"]: row["id"] for kind in _KINDS for row in self.document[kind]}

        def named(value: Any) -> Any:
            if isinstance(value, dict):
                return {key: named(part) for key, part in value.items()}
            return known.get(value, value) if isinstance(value, str) else value

        return self.do(op, **named({"at": self.document["now"], **parts}))

    def share(self, user: str, subject: str, form: str, to: str | None = None) -> Envelope:
        account = self.user(user)
        firm = next(iter(account["businesses"]), None)
        recipient = self.user(to)["id"] if to and to.startswith("u_") else to
        parts = {"subject": self.id(subject), "form": form, "to": recipient}
        return self.do("share", user=account["id"], acting_for=firm, **parts)

    def fetch(self, handle: str, user: str | None) -> Envelope:
        return self.do("fetch", handle=handle, user=self.user(user)["id"] if user else None)

    def device(self, user: str, action: str) -> Envelope:
        account = self.user(user)
        firm = next(iter(account["businesses"]), None)
        return self.do("device", user=account["id"], acting_for=firm, action=action, device="phone-1")

    def holdings(self) -> list[dict[str, str]]:
        return self.do("holdings").rows

    def held(self, label: str) -> list[dict[str, str]]:
        return [row for row in self.holdings() if row["ID"] == self.id(label)]

    def end(
        self, *, retention: dict[str, Any] | None = None, at: str = "2026-06-01T00:00:00+09:00"
    ) -> Envelope:
        self.fund.clock(at)
        self.fund.end("解除", at)
        end = {"cause": "解除", "ended_at": at, "known_at": at, "retention": retention}
        return self.do("announce", kind="contract_end", end=end)

    def incident(self, **other: Any) -> Envelope:
        parts: dict[str, Any] = {
            "token": "sign-1",
            "nature": "leak",
            "delivered_at": "2026-04-18T02:00:00+09:00",
            "delivered_to": "help_desk",
            "drill": True,
            "subjects": [self.id("T1")],
            "path": None,
            "actor": "tei_firm",
        }
        return self.do("announce", kind="incident", incident={**parts, **other})

    def beside(self, system: System, *, known: bool = False) -> Bench:
        """The same world as another system sees it, set up there unless it is known there already."""
        if known:
            return Bench(self.document, self.fund, system.call)
        return set_up(self.fund.base, system.call, self.document)

    def stores(self) -> dict[str, Path]:
        return {s["id"]: Path(s["path"]) for s in self.do("stores").detail["stores"]}


def world_document(name: str) -> dict[str, Any]:
    document = worlds.instantiate(worlds.shipped(name), seed=7, number=next(_NUMBERS[0]))
    for account in document["accounts"]:
        account["credential"] = f"credential-of-{account['id']}"
    return document


def set_up(
    ccus: str, call: Callable[[str, dict[str, Any]], dict[str, Any]], document: dict[str, Any]
) -> Bench:
    fund = Fund(ccus, document["world"])
    client = {"id": f"kou-{document['world']}", "secret": "client-secret"}
    fund.call("PUT", "", {"document": document, "client": client, "commitment_key": KEY})
    connection = {
        "base_url": f"{ccus}/w/{document['world']}",
        "client_id": client["id"],
        "client_secret": client["secret"],
    }
    answer = call("world", {"document": document, "ccus": connection})
    assert answer["outcome"] == "done", answer
    return Bench(document, fund, call)


@dataclass(frozen=True)
class System:
    """A running reference system: where it listens, and its control interface."""

    address: str
    session: requests.Session

    def post(self, op: str, body: Any) -> requests.Response:
        return self.session.post(f"{self.address}/v1/{op}", json=body, timeout=30)

    def call(self, op: str, body: dict[str, Any]) -> dict[str, Any]:
        response = self.post(op, body)
        assert response.status_code == 200, (response.status_code, response.text)
        return response.json()


@contextmanager
def running(data: Path, *options: str) -> Generator[System]:
    """The reference system as a process of its own."""
    command = ["-m", "ccus_reference", "--port", "0", "--data", str(data), *options]
    with (
        serving(command, {"CCUS_CANDIDATE_TOKEN": TOKEN}) as address,
        requests.Session() as session,
    ):
        session.headers["Authorization"] = f"Bearer {TOKEN}"
        yield System(address, session)


@pytest.fixture
def start() -> Callable[[Path], AbstractContextManager[System]]:
    return running


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Generator[System]:
    with running(tmp_path_factory.mktemp("reference")) as one:
        yield one


class NewWorld(Protocol):
    """Sets up one more world, changed in some of its parts."""

    def __call__(self, name: str, **changes: Any) -> Bench: ...


@pytest.fixture
def new_world(ccus: str, system: System) -> NewWorld:
    def make(name: str, **changes: Any) -> Bench:
        return set_up(ccus, system.call, {**world_document(name), **changes})

    return make


@pytest.fixture
def standard(new_world: NewWorld) -> Bench:
    return new_world("standard")


@pytest.fixture
def tangled(new_world: NewWorld) -> Bench:
    return new_world("tangled")


@pytest.fixture
def tiny(new_world: NewWorld) -> Bench:
    return new_world("tiny")


@pytest.fixture
def with_conduct(ccus: str, tmp_path: Path) -> Generator[Callable[..., Bench]]:
    """Makes a world, by itself the standard one, in a system of the given conduct, in this process."""
    opened: list[Tenants] = []

    def make(behaviour: Behaviour, name: str = "standard") -> Bench:
        tenants = Tenants(tmp_path / str(len(opened)), behaviour)
        opened.append(tenants)
        document = world_document(name)
        return set_up(ccus, lambda op, body: envelope(OPERATIONS[op](tenants, body)), document)

    yield make
    for tenants in opened:
        tenants.close()
