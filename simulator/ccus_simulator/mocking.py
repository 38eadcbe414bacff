"""A simulated CCUS inside a Python test: `with mocked() as ccus`, and everything the test wants to look at."""

import json
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from responses import RequestsMock

from ccus_simulator import dialects, worlds
from ccus_simulator.core import ADMIN, Simulator
from ccus_simulator.dialects.port import Access
from ccus_simulator.in_process import HOST, Face, Mock
from ccus_simulator.moments import moment, written
from ccus_simulator.store import Store
from ccus_simulator.types import Plan, Request
from ccus_simulator.worlds import WorldFile

_ADMIN_TOKEN: Final = "in-process"  # noqa: S105 - nothing outside this process can reach it
LOOPBACK: Final = ("http://127.0.0.1", "http://localhost", "http://[::1]")
"""Where the system under test may really be called while CCUS is mocked."""


class CcusRefused(Exception):
    """The simulated CCUS refused something that the test asked of its administration."""

    def __init__(self, status: int, body: Any) -> None:
        self.status = status
        self.body = body
        super().__init__(status, body)

    def __str__(self) -> str:
        return f"The simulated CCUS refused ({self.status}): {json.dumps(self.body, ensure_ascii=False)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ccus:
    """One world of a simulated CCUS, as the test that mocks it sees it."""

    simulator: Simulator
    document: Mapping[str, Any]
    """The world document: its people, firms, sites and accounts, with the credentials of the accounts."""
    base_url: str
    client_id: str
    client_secret: str
    access: Access
    """How the dialect of this world knows its client: by what it is told, beside `client_secret`."""

    @property
    def world(self) -> str:
        return self.document["world"]

    def id(self, label: str) -> str:
        """Return the registry id, or account id, of a label of the world file: `T1`, `F1`, `u_f1`."""
        return self._member(label)["id"]

    def credential(self, account: str) -> str:
        """Return the credential of an account by its label."""
        return self._member(account)["credential"]

    def ledger(self, kind: str | None = None) -> list[dict[str, Any]]:
        """Return what happened in this world, in order; of one kind, if named."""
        entries = self.admin("GET", f"/worlds/{self.world}/ledger")["entries"]
        return [entry for entry in entries if kind in {None, entry["kind"]}]

    def inbox(self) -> list[dict[str, Any]]:
        """Return the letters that the Fund received."""
        return self.admin("GET", f"/worlds/{self.world}/inbox")["items"]

    @property
    def now(self) -> datetime:
        """The moment on the world's clock, as the newest entry of its ledger tells it."""
        return moment(self.ledger()[-1]["at"])

    def move_clock(self, to: datetime | str) -> list[dict[str, Any]]:
        """Move the world's clock; gives what fell due on the way."""
        text = to if isinstance(to, str) else written(to)
        return self.admin("POST", f"/worlds/{self.world}/clock", {"to": text})["fired"]

    def end_contract(self, cause: str = "解除") -> None:
        """Let the contract end now."""
        self.admin("POST", f"/worlds/{self.world}/contract", {"event": "end", "cause": cause})

    def set_fault(self, name: str, **parameters: Any) -> None:
        """Make CCUS do something wrong from now on."""
        self.admin("PUT", f"/worlds/{self.world}/faults/{name}", parameters)

    def clear_fault(self, name: str) -> None:
        """Make CCUS do right again."""
        self.admin("DELETE", f"/worlds/{self.world}/faults/{name}")

    def admin(self, method: str, path: str, body: Any = None) -> Any:
        """Call the administration as over HTTP; raises `CcusRefused`."""
        plan = _administered(self.simulator, method, path, body)
        if plan.status >= 400:
            raise CcusRefused(plan.status, plan.body)
        return plan.body

    def _member(self, label: str) -> Mapping[str, Any]:
        sections = ("businesses", "technicians", "sites", "accounts")
        members = [member for section in sections for member in self.document[section]]
        for member in members:
            if member["label"] == label:
                return member
        labels = ", ".join(member["label"] for member in members)
        raise KeyError(f"{label!r} is not in this world; it has {labels}")


@contextmanager
def mocked(
    world: str | Path | WorldFile = "tiny",
    *,
    seed: int = 1,
    number: int = worlds.FIRST_WORLD,
    state: Path | str = ":memory:",
    into: RequestsMock | None = None,
    dialect: str = dialects.DEFAULT,
) -> Generator[Ccus]:
    """Answer `requests` calls to `ccus.base_url` from a simulated CCUS as long as the block lasts.

    `world` is a world file, or the name of one that ships; the same world, seed and number give the same answers,
    byte for byte. Calls to the loopback pass through, so that the system under test can run as a server; every
    other host is refused. Give `into` to put CCUS into a `responses` mock of your own, and `dialect` to have CCUS
    speak as your system does.
    """
    document = worlds.instantiate(_world_file(world), seed=seed, number=number)
    store = Store(state)
    try:
        ccus = _opened(Simulator(store, _ADMIN_TOKEN, dialect), document, dialect)
        with _answering(Face(ccus.simulator), into):
            yield ccus
    finally:
        store.close()


@contextmanager
def _answering(face: Face, into: RequestsMock | None) -> Generator[None]:
    if into is None:
        with Mock() as mock:
            for prefix in LOOPBACK:
                mock.add_passthru(prefix)
            mock.add(face)
            yield
        return
    into.add(face)
    try:
        yield
    finally:
        into.remove(face)


def _world_file(world: str | Path | WorldFile) -> WorldFile:
    if isinstance(world, WorldFile):
        return world
    return worlds.load(world) if isinstance(world, Path) else worlds.shipped(world)


def _opened(simulator: Simulator, document: Mapping[str, Any], dialect: str) -> Ccus:
    """Create the world; its secrets follow from its name, so that a test can be repeated byte for byte."""
    name = document["world"]
    access = dialects.dialect(dialect).access(name)
    ccus = Ccus(
        simulator=simulator,
        document=document,
        base_url=f"{HOST}/w/{name}",
        client_id=access.client_id,
        client_secret=f"secret-of-{name}",
        access=access,
    )
    client = {"id": ccus.client_id, "secret": ccus.client_secret}
    body = {"document": document, "client": client, "commitment_key": name.encode().hex().ljust(64, "0")}
    ccus.admin("PUT", f"/worlds/{name}", body)
    return ccus


def _administered(simulator: Simulator, method: str, path: str, body: Any) -> Plan:
    return simulator.handle(
        Request(
            method=method,
            path=f"{ADMIN}{path}",
            headers={"authorization": f"Bearer {_ADMIN_TOKEN}"},
            body=b"" if body is None else json.dumps(body).encode(),
        )
    )
