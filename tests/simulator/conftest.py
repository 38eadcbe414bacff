import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from ccus_simulator import worlds
from ccus_simulator.core import Simulator
from ccus_simulator.store import Store
from ccus_simulator.types import Plan, Request

# A shared machine may be slow for a moment; that says nothing about the code.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

ADMIN = "admin-of-the-tests"
CLIENT = {"id": "client-1", "secret": "client-secret-1"}
KEY = "ab" * 32
NOBODY: Mapping[str, str] = {}


@dataclass(kw_only=True)
class Bench:
    """A simulator without HTTP, with the few calls that the claims are written in."""

    path: Path
    store: Store
    simulator: Simulator
    documents: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    tokens: dict[str, str] = field(default_factory=dict[str, str])
    asked: int = 0

    @classmethod
    def open(cls, path: Path) -> "Bench":
        store = Store(path)
        return cls(path=path, store=store, simulator=Simulator(store, ADMIN))

    @classmethod
    def memory(cls) -> "Bench":
        """A bench whose ledger lies in memory, for claims that make many."""
        store = Store(":memory:")
        return cls(path=Path(), store=store, simulator=Simulator(store, ADMIN))

    def restarted(self) -> "Bench":
        self.store.close()
        again = Bench.open(self.path)
        again.documents, again.tokens, again.asked = self.documents, self.tokens, self.asked
        return again

    def call(
        self, method: str, path: str, body: Any = None, *, bearer: str = "", raw: bytes | None = None
    ) -> Plan:
        sent = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        path, _, query = path.partition("?")
        pairs = dict(pair.split("=") for pair in query.split("&")) if query else {}
        headers = {"authorization": f"Bearer {bearer}"} if bearer else {}
        return self.simulator.handle(
            Request(method=method, path=path, query=pairs, headers=headers, body=sent)
        )

    def admin(self, method: str, path: str, body: Any = None) -> Plan:
        return self.call(method, f"/_sim/v1{path}", body, bearer=ADMIN)

    def wire(self, method: str, path: str, body: Any = None, *, world: str = "w0001000") -> Plan:
        return self.call(method, f"/w/{world}{path}", body, bearer=self.tokens[world])

    def create(
        self,
        name: str = "standard",
        *,
        number: int = 1000,
        leaving: Mapping[str, str] = NOBODY,
        client: Mapping[str, str] = CLIENT,
        dialect: str | None = None,
        **changes: Any,
    ) -> dict[str, Any]:
        document = worlds.instantiate(worlds.shipped(name), seed=7, number=number) | changes
        labels = {person["id"]: person["label"] for person in document["technicians"]}
        for affiliation in document["affiliations"]:
            affiliation["to"] = leaving.get(labels[affiliation["technician"]])
        assert self.put(document, client, dialect).status == 201
        self.documents[document["world"]] = document
        if client is CLIENT:
            self.tokens[document["world"]] = self.token(document["world"])
        return document

    def put(
        self, document: Mapping[str, Any], client: Mapping[str, str] = CLIENT, dialect: str | None = None
    ) -> Plan:
        chosen = {"dialect": dialect} if dialect else {}
        body = {"document": document, "client": client, "commitment_key": KEY, **chosen}
        return self.admin("PUT", f"/worlds/{document['world']}", body)

    def token(self, world: str, secret: str = CLIENT["secret"], client: str = CLIENT["id"]) -> str:
        plan = self.token_plan(world, secret, client)
        return plan.body["access_token"] if plan.status == 200 else ""

    def token_plan(self, world: str, secret: str, client: str) -> Plan:
        packed = base64.b64encode(f"{client}:{secret}".encode()).decode()
        return self.simulator.handle(
            Request(
                method="POST",
                path=f"/w/{world}/oauth/token",
                headers={"authorization": f"Basic {packed}"},
                body=b"grant_type=client_credentials",
            )
        )

    def id(self, label: str, world: str = "w0001000") -> str:
        document = self.documents[world]
        members = [
            *document["businesses"],
            *document["technicians"],
            *document["sites"],
            *document["accounts"],
        ]
        return next(member["id"] for member in members if member["label"] == label)

    def ask(
        self,
        user: str = "u_f2",
        acting_for: str | None = "F2",
        technicians: Any = ("T1",),
        *,
        own_business: bool = False,
        world: str = "w0001000",
        **changes: Any,
    ) -> dict[str, Any]:
        self.asked += 1
        named = technicians if technicians == "all" else [self._known(label, world) for label in technicians]
        return {
            "request_id": f"r{self.asked}",
            "user": {"account": self._known(user, world), "credential": f"secret:{user}"},
            "acting_for": self._known(acting_for, world) if acting_for else None,
            "capacity": "business" if acting_for else "technician",
            "purpose": "safety_documents",
            "subjects": {"technicians": named, "own_business": own_business},
        } | changes

    def _known(self, label: str, world: str) -> str:
        return label if label[:1].isdigit() or label.startswith("no-") else self.id(label, world)

    def request(self, *arguments: Any, **options: Any) -> Plan:
        world = options.get("world", "w0001000")
        return self.wire("POST", "/v1/requests", self.ask(*arguments, **options), world=world)

    def collect(self, request_id: str | None = None) -> Plan:
        return self.wire("GET", f"/v1/requests/{request_id or f'r{self.asked}'}/provisions")

    def ledger(self, world: str = "w0001000") -> list[dict[str, Any]]:
        return self.admin("GET", f"/worlds/{world}/ledger").body["entries"]

    def kinds(self) -> list[str]:
        return [entry["kind"] for entry in self.ledger()]

    def clock(self, to: str) -> Plan:
        return self.admin("POST", "/worlds/w0001000/clock", {"to": to})


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    opened = Bench.open(tmp_path / "sim.sqlite")
    yield opened
    opened.store.close()


@pytest.fixture
def standard(bench: Bench) -> Bench:
    bench.create()
    return bench
