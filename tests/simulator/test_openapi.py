"""Claims about the two OpenAPI documents: they say what is there, and what is there answers as they say."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import pytest
import requests
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from ccus_simulator import dialects, openapi, server
from ccus_simulator.core import ROUTES
from ccus_simulator.faults import CATALOGUE

from .conftest import ADMIN, CLIENT, KEY, Bench
from .test_inbox import CERTIFICATE, CLAIM, NOTICE

WORLD = "w0001000"
METHODS = {"get", "put", "post", "delete"}
DOCS = Path(__file__).parents[2] / "docs"


def operations(name: openapi.Name) -> set[tuple[str, str]]:
    paths = openapi.document(name)["paths"]
    return {(method.upper(), path) for path, item in paths.items() for method in METHODS & set(item)}


@pytest.mark.parametrize("name", get_args(openapi.Name))
def test_a_document_is_openapi(name: openapi.Name) -> None:
    assert openapi.document(name)["openapi"] == "3.1.0"
    validate(openapi.document(name))


def test_the_administration_has_the_routes_of_its_document_and_no_others() -> None:
    served = {(route.method, "/" + "/".join(route.pattern).strip("/")) for route in ROUTES}
    assert served == operations("admin")


def test_the_wire_has_the_routes_of_its_document_and_no_others() -> None:
    routes = dialects.dialect("json").routes
    assert {(route.method, "/" + "/".join(route.pattern)) for route in routes} == operations("provision")
    named = {
        item["operationId"] for path in openapi.document("provision")["paths"].values() for item in _of(path)
    }
    assert named == {route.operation for route in routes}


def test_what_is_open_in_the_document_is_open_and_the_rest_is_not() -> None:
    guards = {(route.method, "/" + "/".join(route.pattern).strip("/")): route.guard for route in ROUTES}
    for path, item in openapi.document("admin")["paths"].items():
        for method in METHODS & set(item):
            assert (item[method].get("security") == []) is (guards[method.upper(), path] == "open")


def _of(path: Mapping[str, Any]) -> list[Any]:
    return [path[method] for method in METHODS & set(path)]


def test_both_documents_are_handed_out(bench: Bench) -> None:
    for name, path in (("admin", "/openapi.json"), ("provision", "/provision/openapi.json")):
        assert bench.call("GET", f"/_sim/v1{path}").body == openapi.document(name)


def test_the_pages_name_every_operation_and_every_fault() -> None:
    admin = (DOCS / "simulator-admin.md").read_text("utf-8")
    wire = (DOCS / "simulator-provision.md").read_text("utf-8")
    told = [set(re.findall(r"`(GET|PUT|POST|DELETE) (/[^`]*)`", page)) for page in (admin, wire)]
    assert told == [operations("admin"), operations("provision")]
    _, _, table = admin.partition("| 名前 |")
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == list(CATALOGUE)
    for fault in CATALOGUE.values():
        assert f"| `{fault.name}` | {fault.ja}<br>{fault.en} |" in admin


# -- nothing of the simulator in a normal answer ------------------------------------------------------


def schema_of(name: openapi.Name, method: str, path: str, status: int) -> Any:
    document = openapi.document(name)
    answer = document["paths"][path][method]["responses"][str(status)]
    if "$ref" in answer:
        answer = document["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    schema = answer["content"]["application/json"]["schema"]
    return {**schema, "components": document["components"]}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Served"]:
    folder = tmp_path_factory.mktemp("openapi")
    bench = Bench.open(folder / "documents.sqlite")
    with server.running(folder / "sim.sqlite", ADMIN) as base:
        served = Served(base=base, bench=bench)
        body = {"document": bench.create("tiny"), "client": CLIENT, "commitment_key": KEY}
        served.admin("PUT", f"/worlds/{WORLD}", json=body).raise_for_status()
        yield served
    bench.store.close()


@dataclass(frozen=True, kw_only=True)
class Served:
    base: str
    bench: Bench

    def admin(self, method: str, path: str, **parts: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {ADMIN}"}
        return requests.request(method, f"{self.base}/_sim/v1{path}", headers=headers, timeout=10, **parts)

    def token(self) -> requests.Response:
        form, auth = {"grant_type": "client_credentials"}, (CLIENT["id"], CLIENT["secret"])
        return requests.post(f"{self.base}/w/{WORLD}/oauth/token", data=form, auth=auth, timeout=10)

    def wire(self, method: str, path: str, **parts: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.token().json()['access_token']}"}
        return requests.request(method, f"{self.base}/w/{WORLD}{path}", headers=headers, timeout=10, **parts)


def test_a_normal_answer_holds_nothing_that_only_a_simulator_would_say(running: Served) -> None:
    ask = running.bench.ask("u_f1", "F1", ["T1", "T9"], own_business=True, request_id="normal")
    answers = [
        ("post", "/oauth/token", running.token()),
        ("get", "/v1/contract", running.wire("GET", "/v1/contract")),
        ("post", "/v1/requests", running.wire("POST", "/v1/requests", json=ask)),
        ("get", "/v1/requests/{request_id}", running.wire("GET", "/v1/requests/normal")),
        (
            "get",
            "/v1/requests/{request_id}/provisions",
            running.wire("GET", "/v1/requests/normal/provisions"),
        ),
        ("post", "/v1/notices", running.wire("POST", "/v1/notices", json=NOTICE)),
        ("post", "/v1/certificates", running.wire("POST", "/v1/certificates", json=CERTIFICATE)),
        ("post", "/v1/retention-claims", running.wire("POST", "/v1/retention-claims", json=CLAIM)),
    ]
    assert {(method.upper(), path) for method, path, _ in answers} == operations("provision")
    for method, path, answer in answers:
        schema = schema_of("provision", method, path, answer.status_code)
        Draft202012Validator(schema).validate(answer.json())
        assert set(map(str.lower, answer.headers)) == {"date", "content-type", "content-length"}
        assert not re.search(
            r"simulat|模擬|fault|故障|\bsim\b|x_", answer.text.replace("ccus-sim.example", "")
        )


def test_whoever_looks_is_told_that_this_is_not_the_real_ccus(running: Served) -> None:
    for path in ("/", "/health", f"/w/{WORLD}", "/_sim/v1/health"):
        told = requests.get(f"{running.base}{path}", timeout=10).json()
        assert told["simulated"] is True
        assert "模擬" in told["ja"]
        assert "not the real" in told["en"]


# -- asked in ways nobody thought of ------------------------------------------------------------------

CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,"
    "response_headers_conformance,ignored_auth"
)
REFUSED_EVERYWHERE = {"400": "body", "404": "path", "405": "method", "413": "size"}
"""What any path may answer to a call that its document does not describe."""


def asked_at(document: Mapping[str, Any], **parameters: list[str]) -> dict[str, Any]:
    """A copy in which the path leads to what exists, and which knows what is refused everywhere."""
    copied = deepcopy(dict(document))
    for name, values in parameters.items():
        copied["components"]["parameters"][name]["schema"] = {"enum": values}
    error = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    for path in copied["paths"].values():
        for method in METHODS & set(path):
            answers = {
                code: {"description": why, "content": error} for code, why in REFUSED_EVERYWHERE.items()
            }
            path[method]["responses"] = answers | path[method]["responses"]
    return copied


def schemathesis(file: Path, url: str, token: str, *options: str) -> subprocess.CompletedProcess[str]:
    command = [
        str(Path(sys.executable).with_name("schemathesis")),
        "run",
        str(file),
        f"--url={url}",
        f"--header=Authorization: Bearer {token}",
        f"--checks={CHECKS}",
        "--seed=1",
        "--generation-database=none",
        "--continue-on-failure",
        "--no-color",
        *options,
    ]
    return subprocess.run(command, capture_output=True, check=False, text=True, timeout=280, cwd=file.parent)


@pytest.mark.slow
def test_the_wire_answers_whatever_is_asked_as_its_document_says(running: Served, tmp_path: Path) -> None:
    file = tmp_path / "provision.json"
    file.write_text(
        json.dumps(asked_at(openapi.document("provision"), request_id=["normal", "never"])), "utf-8"
    )
    token = running.token().json()["access_token"]
    # What a candidate sends is the most varied: every value of its forms at and beyond its bounds is tried too.
    phases = ("--phases=coverage,fuzzing", "--max-examples=5")
    told = schemathesis(file, f"{running.base}/w/{WORLD}", token, *phases)
    assert told.returncode == 0, told.stdout


@pytest.mark.slow
def test_the_administration_answers_whatever_is_asked_as_its_document_says(
    running: Served, tmp_path: Path
) -> None:
    file = tmp_path / "admin.json"
    document = asked_at(openapi.document("admin"), world=[WORLD, "none"], fault=["slow", "cut", "loud"])
    file.write_text(json.dumps(document), "utf-8")
    phases = ("--phases=fuzzing", "--max-examples=15", "--exclude-operation-id=drop_world")
    told = schemathesis(file, running.base, ADMIN, *phases)
    assert told.returncode == 0, told.stdout
