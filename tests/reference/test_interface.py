"""The published document and what the reference really answers agree, operation by operation."""

from __future__ import annotations

import base64
import json
import re
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import requests
import yaml
from openapi_spec_validator import validate

from ccus_harness.candidates import MINIMUM, OPERATIONS
from ccus_reference.operations import OPERATIONS as BUILT
from ccus_reference.operations import UNSUPPORTED

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Bench, System

ROOT = Path(__file__).parents[2]
DOCUMENT: dict[str, Any] = yaml.safe_load(
    (ROOT / "schemas/candidate-interface.openapi.yaml").read_text(encoding="utf-8")
)
METHODS = {path.removeprefix("/v1/"): item for path, item in DOCUMENT["paths"].items()}


def operation(name: str) -> dict[str, Any]:
    (described,) = METHODS[name].values()
    return described


def content(part: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in part:
        part = DOCUMENT["components"]["responses"][part["$ref"].rsplit("/", 1)[-1]]
    return part["content"]["application/json"]


def faults(schema: dict[str, Any], value: Any) -> list[str]:
    validator = jsonschema.Draft202012Validator({**schema, "components": DOCUMENT["components"]})
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


def test_the_document_is_openapi() -> None:
    validate(DOCUMENT)


def test_it_names_the_operations_that_the_judge_uses() -> None:
    assert set(METHODS) == {"info", *OPERATIONS}
    assert {name for name in OPERATIONS if operation(name)["x-capability"] == "minimum"} == set(MINIMUM)


def test_every_machine_row_names_what_it_needs() -> None:
    register = json.loads((ROOT / "schemas/register.json").read_text(encoding="utf-8"))
    machine = {row["id"] for row in register["rows"] if row["machine"]}
    needing = {row for name in METHODS for row in operation(name)["x-rows"]}
    without = set(DOCUMENT["x-rows-without-candidate"])
    assert needing | without == machine
    assert needing & without == set()


@pytest.mark.parametrize("name", sorted(METHODS))
def test_examples_have_the_form_they_illustrate(name: str) -> None:
    described = operation(name)
    for status in described["responses"].values():
        example = content(status)
        assert faults(example["schema"], example["example"]) == []
    if "requestBody" in described:
        example = content(described["requestBody"])
        assert faults(example["schema"], example["example"]) == []


@pytest.mark.parametrize("name", sorted(METHODS))
def test_the_pages_explain_every_operation(name: str) -> None:
    for page in ("candidate-interface.md", "candidate-interface.ja.md"):
        assert f"`{name}`" in (ROOT / "docs" / page).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", ["candidate-interface.md", "candidate-interface.ja.md"])
def test_the_pages_explain_no_other_operation(page: str) -> None:
    lines = (ROOT / "docs" / page).read_text(encoding="utf-8").splitlines()
    table = lines[lines.index(next(line for line in lines if line.startswith("| `info`"))) :]
    rows = [line.split("`")[1] for line in takewhile(lambda line: line.startswith("| `"), table)]
    headings = [line.split("`")[1] for line in lines if line.startswith("### `")]
    assert set(rows) == {"info", *OPERATIONS}
    assert headings == list(MINIMUM)


@pytest.mark.parametrize("page", ["candidate-interface.md", "candidate-interface.ja.md"])
def test_the_commands_on_the_pages_send_bodies_of_the_published_form(page: str) -> None:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    commands = re.findall(r"/v1/(\w+) .*?-d '(\{.*?\})'\n```", text, re.DOTALL)
    assert [name for name, _ in commands] == list(MINIMUM)
    for name, body in commands:
        assert (name, faults(content(operation(name)["requestBody"])["schema"], json.loads(body))) == (
            name,
            [],
        )


def test_what_is_built_and_what_is_lacking_is_the_whole_interface(system: System) -> None:
    info = system.session.get(f"{system.address}/v1/info", timeout=20).json()
    assert faults(content(operation("info")["responses"]["200"])["schema"], info) == []
    assert set(info["capabilities"]) == set(BUILT)
    assert set(BUILT) | set(UNSUPPORTED) == set(OPERATIONS)


def test_nothing_of_the_interface_is_lacking() -> None:
    assert UNSUPPORTED == ()


def who(bench: Bench) -> dict[str, Any]:
    account = bench.user("u_f1")
    return {"user": account["id"], "acting_for": account["businesses"][0]}


def _acts(bench: Bench) -> dict[str, Callable[[], Any]]:
    return {
        "request": lambda: bench.request("u_f1", "T1", firm=True),
        "view": lambda: bench.view("u_f1", "record", "T1"),
        "export": lambda: bench.export("u_f1"),
        "enter": lambda: bench.happens("enter", technician="T2", site="S1", under="F1"),
        "cancel": lambda: bench.happens("cancel", entry="e1"),
        "relate": lambda: bench.happens(
            "relate", change="end", affiliation={"technician": "T2", "business": "F1", "kind": "main"}
        ),
        "share": lambda: bench.share("u_f1", "T1", "mail"),
        "fetch": lambda: bench.fetch("s-unknown", "u_f1"),
        "device": lambda: bench.device("u_f1", "sync"),
        "edit": lambda: bench.edit("u_f1", "T1", "t30_awards", "自社の表彰"),
        "delegate": lambda: bench.do(
            "delegate",
            **{
                "business": bench.id("F1"),
                "account": bench.user("u_p1")["id"],
                "from": bench.document["now"],
                "to": None,
            },
        ),
        "account": lambda: bench.do("account", account=bench.user("u_t1")["id"], change="stop"),
        "egress": lambda: bench.do("egress"),
        "holdings": bench.holdings,
        "stores": bench.stores,
        "backup": lambda: bench.do("backup"),
        "audit_log": lambda: bench.do("audit_log"),
        "view_log": lambda: bench.do("view_log"),
        "advance": lambda: bench.do("advance", to="2026-04-14T09:00:00+09:00"),
        "restore": lambda: bench.do("restore", backup=None),
        "copy": lambda: bench.do("copy", **who(bench), subject=bench.id("T1"), to_site=bench.id("S1")),
        "reimport": lambda: bench.do("reimport", **who(bench), file=bench.export("u_f1").artefacts[0]),
        "detections": lambda: bench.do("detections"),
        "contain": lambda: bench.do("contain", path={"kind": "account", "account": bench.user("u_f1")["id"]}),
        "announce": lambda: (bench.incident(), bench.end()),
        "retain": lambda: bench.do(
            "retain",
            at="2026-06-01T09:00:00+09:00",
            conditions=[{"ref": "13-2-1", "met": False, "evidence": "認証の失効"}],
        ),
        "reset": lambda: bench.do("reset"),
    }


def test_every_real_answer_and_every_real_question_has_the_published_form(tiny: Bench) -> None:
    spoken: list[tuple[str, Any, Any]] = []

    def listening(op: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = tiny.call(op, body)
        spoken.append((op, body, answer))
        return answer

    bench = type(tiny)(tiny.document, tiny.fund, listening)
    ccus = {"base_url": "http://127.0.0.1:9/w/x", "client_id": "a", "client_secret": "b"}
    listening("world", {"document": {**tiny.document, "world": "w-another"}, "ccus": ccus})
    for act in _acts(bench).values():
        act()
    bench.do("view", world="w-none", user="nobody", acting_for=None, what="record", subject=None)

    assert {op for op, _, _ in spoken} == set(BUILT)
    for op, body, answer in spoken:
        described = operation(op)
        assert (op, faults(content(described["requestBody"])["schema"], body)) == (op, [])
        assert (op, faults(content(described["responses"]["200"])["schema"], answer)) == (op, [])
        for artefact in answer["artefacts"]:
            base64.b64decode(artefact["body"], validate=True)


@pytest.mark.parametrize("token", ["", "Bearer wrong", "Basic dGVzdA=="])
def test_without_the_token_nothing_is_answered(system: System, token: str) -> None:
    for op in ("holdings", "restore"):
        url = f"{system.address}/v1/{op}"
        response = requests.post(url, json={}, headers={"Authorization": token}, timeout=20)
        assert response.status_code == 401
        assert faults(content(operation(op)["responses"]["401"])["schema"], response.json()) == []


def test_all_faults_of_a_body_are_told_at_once(system: System) -> None:
    response = system.post("request", {"world": "../etc", "capacity": "owner", "technicians": 7})
    assert response.status_code == 400
    assert faults(content(operation("request")["responses"]["400"])["schema"], response.json()) == []
    paths = {fault["path"] for fault in response.json()["error"]["faults"]}
    assert paths == {"/world", "/user", "/capacity", "/technicians", "/purpose"}


@pytest.mark.parametrize(
    "body", [b"", b"[1]", b"{", b'{"world":' + b"[" * 100_000, b"\xff", b'{"world":"\\ud800"}']
)
def test_nonsense_is_refused_and_harms_nothing(system: System, tiny: Bench, body: bytes) -> None:
    response = system.session.post(f"{system.address}/v1/holdings", data=body, timeout=20)
    assert response.status_code == 400
    assert tiny.do("holdings").outcome == "done"
