"""Claims about the registry: a package that nobody here knows puts in a dialect of its own, as the Fund could."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from ccus_simulator import dialects

if TYPE_CHECKING:
    from pathlib import Path

TOY = '''
"""A third dialect: lines of text, a password in each call; it decides nothing."""

import json

from ccus_simulator import counter
from ccus_simulator.dialects.port import Access, Outcome
from ccus_simulator.refusals import Refused
from ccus_simulator.routing import routes
from ccus_simulator.types import Plan


def text(status, *lines, events=()):
    body = "\\n".join(lines).encode()
    return Plan(status=status, body=body, headers={"content-type": "text/plain; charset=utf-8"}, events=events)


def ask(call):
    document = json.loads(call.request.body)
    decided = counter.ask(call.counter, *counter.read_request(document))
    return text(200, decided.result.status, events=decided.events)


def fetch(call):
    handed = counter.hand_over(call.counter, call.parts["request_id"])
    lines = [f"{r.id} {json.dumps(r.items, ensure_ascii=False)}" for r in handed.result.records]
    return text(200, *lines, events=handed.events)


class Toy:
    name = "toy"
    routes = routes(("POST", "/ask", "client", ask), ("GET", "/fetch/{request_id}", "client", fetch))

    def admits(self, call):
        client, _, secret = call.request.headers.get("x-who", "").partition(" ")
        try:
            counter.admit(call.counter, client, secret)
        except Refused:
            return False
        return True

    def refusal(self, refused):
        return text(418, f"No. {refused.refusal.code}")

    def access(self, world):
        return Access(client_id=f"toy-{world}", told={"who": f"toy-{world}"}, proof="secret")

    def ask_honestly(self, caller, document):
        who = {"x-who": f"{caller.access.client_id} {caller.secret}"}
        sent = caller.http.post(f"{caller.base_url}/ask", json=dict(document), headers=who, timeout=10)
        if sent.text != "ready":
            return Outcome(status=sent.status_code, request=sent.text)
        address = f"{caller.base_url}/fetch/{document['request_id']}"
        got = caller.http.get(address, headers=who, timeout=10)
        records = [{"id": l.partition(" ")[0], "items": json.loads(l.partition(" ")[2])} for l in got.text.split("\\n")]
        return Outcome(status=200, request=sent.text, provisions={"provisions": records})


DIALECT = Toy()
'''

HONEST = """
import json, pathlib, sys
from ccus_harness.fund import Fund
from ccus_harness.processes import serving
from ccus_harness.stack import connection
from ccus_simulator import dialects, worlds

folder = pathlib.Path(sys.argv[1])
document = worlds.instantiate(worlds.shipped("tiny"), seed=7, number=2000)
person = {one["label"]: one["id"] for one in document["technicians"]}
firm = next(one["id"] for one in document["businesses"] if one["label"] == "F1")
token = {"CCUS_SIM_ADMIN_TOKEN": "x"}
options = ["--port", "0", "--state", str(folder / "sim.sqlite")]
with serving("ccus_simulator", options, env=token, log=folder / "log") as told:
    fund = Fund(told["listening"], "x", speaking="toy")
    args = {"world": document["world"], "document": document}
    secrets = {"client_secret": "s", "commitment_key": "ab" * 32}
    fund.perform("world", args, **secrets)
    said = {}
    for label in ("T1", "T9"):
        request = {
            "request_id": f"r-{label}",
            "user": {"account": "u_f1-0002000", "credential": "secret:u_f1"},
            "acting_for": firm,
            "capacity": "business",
            "purpose": "safety_documents",
            "subjects": {"technicians": [person[label]], "own_business": False},
        }
        said[label] = fund.perform("honest_request", {**args, "request": request}, **secrets).value
    ledger = fund.perform("ledger", {"world": document["world"]}, **secrets).value["entries"]
    collected = [entry["body"]["id"] for entry in ledger if entry["kind"] == "provision.collected"]
print(json.dumps({"known": dialects.known(), "said": said, "collected": collected, "person": person,
                  "connection": connection(document["world"], "toy")}))
"""


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A folder of installed packages that holds the toy, as an installer leaves it."""
    site = tmp_path / "site"
    meta = site / "toy_dialect-1.0.dist-info"
    meta.mkdir(parents=True)
    (site / "toy_dialect.py").write_text(TOY, encoding="utf-8")
    (meta / "METADATA").write_text("Metadata-Version: 2.1\nName: toy-dialect\nVersion: 1.0\n")
    (meta / "entry_points.txt").write_text(
        f"[{dialects.GROUP}]\ntoy = toy_dialect:DIALECT\njson = toy_dialect:DIALECT\n"
    )
    return site


def run_with(site: Path, script: str, *arguments: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(site)}
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_an_installed_package_puts_in_a_dialect_and_the_rules_stay_the_cores(
    installed: Path, tmp_path: Path
) -> None:
    told = json.loads(run_with(installed, HONEST, str(tmp_path)))
    own, foreign = told["said"]["T1"], told["said"]["T9"]
    assert set(told["known"]) >= {"json", "session", "toy"}
    assert own["provisions"]["provisions"][0]["id"] == told["person"]["T1"]
    assert len(own["provisions"]["provisions"][0]["items"]) == 34
    assert foreign["provisions"] is None
    assert told["collected"] == [told["person"]["T1"]]
    assert told["connection"]["dialect"] == "toy"
    assert set(told["connection"]) == {"base_url", "dialect", "who", "secret"}


def test_what_came_with_the_simulator_cannot_be_replaced(installed: Path) -> None:
    script = "from ccus_simulator import dialects; print(type(dialects.dialect('json')).__name__)"
    assert run_with(installed, script).strip() == "OauthJson"


def test_where_it_is_not_installed_it_is_not_known() -> None:
    assert "toy" not in dialects.known()
