"""The servers that are measured side by side: how each is started, and what is asked of it."""

import copy
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from ccus_simulator import openapi, population, worlds
from ccus_simulator.ids import TECHNICIAN, bulk_id

HERE = Path(__file__).parent
RECORD = json.dumps(
    {f"t{number:02d}": "架空の値 " + "x" * 36 for number in range(1, 35)}, ensure_ascii=False
).encode()
ADMIN = "bench"
WORLD = "w0001000"


@dataclass(frozen=True, kw_only=True)
class Served:
    """A server that answers: its process, where it is asked, and the script that asks, if asking takes one."""

    process: "subprocess.Popen[bytes]"
    url: str
    script: Path | None = None


@dataclass(frozen=True, kw_only=True)
class Peer:
    """One configuration of the measurement."""

    name: str
    says: str
    serve: Callable[[Path, Path], Any]
    needs: Callable[[Path], str | None]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as held:
        return held.getsockname()[1]


@contextmanager
def started(
    command: list[str], url: str, folder: Path, **options: Any
) -> Iterator["subprocess.Popen[bytes]"]:
    """Start a server, wait until it answers, and end it."""
    with (folder / "server.log").open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True, **options)
    try:
        deadline = time.monotonic() + 60
        while True:
            with suppress(requests.RequestException):
                if requests.get(url, timeout=5).status_code < 500:
                    break
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{command[0]} did not start; see {folder / 'server.log'}")
            time.sleep(0.05)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def _nginx(work: Path, _: Path) -> Iterator[Served]:
    port = free_port()
    (work / "record").write_bytes(RECORD)
    (work / "nginx.conf").write_text(
        f"daemon off; worker_processes 1; pid {work}/nginx.pid; error_log stderr; events {{}}\n"
        f"http {{ access_log off; keepalive_requests 10000000; client_body_temp_path {work}/b; "
        f"proxy_temp_path {work}/p; fastcgi_temp_path {work}/f; uwsgi_temp_path {work}/u; scgi_temp_path {work}/s; "
        f"server {{ listen 127.0.0.1:{port}; root {work}; }} }}\n"
    )
    work.chmod(0o755)
    url = f"http://127.0.0.1:{port}/record"
    with started(["nginx", "-c", f"{work}/nginx.conf", "-g", "user root;"], url, work) as process:
        yield Served(process=process, url=url)


def _python_app(interpreter: Callable[[Path], str], app: str) -> Callable[[Path, Path], Any]:
    @contextmanager
    def serve(work: Path, peers: Path) -> Iterator[Served]:
        port = free_port()
        (work / "record").write_bytes(RECORD)
        command = [interpreter(peers), "-m", "uvicorn", app, "--port", str(port), "--log-level", "error"]
        command += ["--no-access-log", "--lifespan", "off", "--http", "httptools", "--loop", "asyncio"]
        environment = {**os.environ, "RECORD": str(work / "record"), "PYTHONPATH": str(HERE)}
        url = f"http://127.0.0.1:{port}/record"
        with started(command, url, work, env=environment) as process:
            yield Served(process=process, url=url)

    return serve


@contextmanager
def _moto(work: Path, peers: Path) -> Iterator[Served]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with started([str(peers / "venv/bin/moto_server"), "-p", str(port)], f"{url}/moto-api/", work) as process:
        requests.put(f"{url}/bench", timeout=30).raise_for_status()
        requests.put(
            f"{url}/bench/record", data=RECORD, headers={"x-amz-acl": "public-read"}, timeout=30
        ).raise_for_status()
        yield Served(process=process, url=f"{url}/bench/record")


@contextmanager
def _json_server(work: Path, peers: Path) -> Iterator[Served]:
    port = free_port()
    (work / "db.json").write_text(json.dumps({"records": [{"id": 1, **json.loads(RECORD)}]}))
    url = f"http://127.0.0.1:{port}/records/1"
    command = [
        "node",
        str(peers / "node_modules/.bin/json-server"),
        "--quiet",
        "--port",
        str(port),
        "db.json",
    ]
    with started(command, url, work, cwd=work) as process:
        yield Served(process=process, url=url)


def bare() -> dict[str, Any]:
    """A document of one path, that says nothing but what is answered."""
    answer = {"200": {"description": "ok", "content": {"application/json": {"example": json.loads(RECORD)}}}}
    return {
        "openapi": "3.0.3",
        "info": {"title": "bench", "version": "1"},
        "paths": {"/record": {"get": {"responses": answer}}},
    }


def published() -> dict[str, Any]:
    """The document of our own interface, with one record as the example of what is handed over."""
    document: dict[str, Any] = copy.deepcopy(dict(openapi.document("provision")))
    handed = document["paths"]["/v1/requests/{request_id}/provisions"]["get"]["responses"]["200"]
    person = bulk_id(TECHNICIAN, 1)
    record = {
        "provision_id": f"PV-{WORLD}-000001",
        "record_type": "technician",
        "id": person,
        "provided_at": "2026-04-13T09:00:00+09:00",
        "items": population.technician(1, person),
    }
    handed["content"]["application/json"]["example"] = {"provisions": [record]}
    return document


def _prism(make: Callable[[], dict[str, Any]], path: str) -> Callable[[Path, Path], Any]:
    @contextmanager
    def serve(work: Path, peers: Path) -> Iterator[Served]:
        port = free_port()
        (work / "api.json").write_text(json.dumps(make()))
        (work / "bearer.lua").write_text((HERE / "read.lua").read_text())
        url = f"http://127.0.0.1:{port}{path}"
        prism = str(peers / "node_modules/.bin/prism")
        command = ["node", prism, "mock", "-p", str(port), "-v", "error", "-m", "false", "api.json"]
        with started(command, url, work, cwd=work) as process:
            yield Served(process=process, url=url, script=work / "bearer.lua")

    return serve


@contextmanager
def _wiremock(work: Path, peers: Path) -> Iterator[Served]:
    port = free_port()
    (work / "mappings").mkdir(exist_ok=True)
    stub = {
        "request": {"method": "GET", "url": "/record"},
        "response": {"status": 200, "body": RECORD.decode()},
    }
    (work / "mappings/record.json").write_text(json.dumps(stub))
    jar = next((peers / "node_modules/wiremock").rglob("wiremock*.jar"))
    command = ["java", "-jar", str(jar), "--port", str(port), "--no-request-journal", "--root-dir", str(work)]
    url = f"http://127.0.0.1:{port}/record"
    with started(command, url, work) as process:
        yield Served(process=process, url=url)


def _ccus(script: str) -> Callable[[Path, Path], Any]:
    @contextmanager
    def serve(work: Path, _: Path) -> Iterator[Served]:
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        command = [sys.executable, "-m", "ccus_simulator", "--port", str(port)]
        command += ["--state", str(work / f"{time.monotonic_ns()}.sqlite")]
        environment = {**os.environ, "CCUS_SIM_ADMIN_TOKEN": ADMIN}
        with started(command, f"{url}/health", work, env=environment) as process:
            text = (HERE / script).read_text()
            for name, value in prepared(url).items():
                text = text.replace(f"@{name}@", value)
            (work / script).write_text(text)
            yield Served(process=process, url=f"{url}/w/{WORLD}/v1/contract", script=work / script)

    return serve


def prepared(url: str) -> dict[str, str]:
    """Create a world and sign in; give what the scripts need to ask."""
    document = worlds.instantiate(worlds.shipped("tiny"), seed=1, number=1000)
    body = {"document": document, "client": {"id": "c", "secret": "s"}, "commitment_key": "ab" * 32}
    bearer = {"Authorization": f"Bearer {ADMIN}"}
    requests.put(f"{url}/_sim/v1/worlds/{WORLD}", json=body, headers=bearer, timeout=30).raise_for_status()
    form = {"grant_type": "client_credentials"}
    token = requests.post(f"{url}/w/{WORLD}/oauth/token", data=form, auth=("c", "s"), timeout=30).json()
    ids = {m["label"]: m["id"] for s in ("businesses", "technicians", "accounts") for m in document[s]}
    credential = next(a["credential"] for a in document["accounts"] if a["label"] == "u_f1")
    named = {"FIRM": ids["F1"], "PERSON": ids["T1"], "ACCOUNT": ids["u_f1"], "CREDENTIAL": credential}
    return {"TOKEN": token["access_token"], "BASE": f"/w/{WORLD}/v1", **named}


def _command(name: str) -> Callable[[Path], str | None]:
    return lambda _: None if shutil.which(name) else f"{name} is not on this machine"


def _installed(path: str) -> Callable[[Path], str | None]:
    return lambda peers: None if (peers / path).exists() else f"{path} is not installed: run setup.sh"


PEERS = (
    Peer(name="nginx static", says="2.0 kB file", serve=_nginx, needs=_command("nginx")),
    Peer(
        name="ASGI static",
        says="2.0 kB from memory, uvicorn with httptools",
        serve=_python_app(lambda _: sys.executable, "static_app:app"),
        needs=lambda _: None,
    ),
    Peer(
        name="FastAPI",
        says="2.0 kB as a dict",
        serve=_python_app(lambda peers: str(peers / "venv/bin/python"), "fastapi_app:app"),
        needs=_installed("venv/bin/uvicorn"),
    ),
    Peer(name="ccus read", says="contract; journal", serve=_ccus("read.lua"), needs=lambda _: None),
    Peer(
        name="ccus provision",
        says="request and collection of one record in turn; durable ledger, journal",
        serve=_ccus("provision.lua"),
        needs=lambda _: None,
    ),
    Peer(
        name="moto_server", says="S3 object of 2.0 kB", serve=_moto, needs=_installed("venv/bin/moto_server")
    ),
    Peer(
        name="json-server",
        says="1 record",
        serve=_json_server,
        needs=_installed("node_modules/.bin/json-server"),
    ),
    Peer(
        name="Prism",
        says="the published interface of ours: collection of one record, its example",
        serve=_prism(published, "/v1/requests/r1/provisions"),
        needs=_installed("node_modules/.bin/prism"),
    ),
    Peer(
        name="Prism, bare",
        says="a path with an example and nothing else",
        serve=_prism(bare, "/record"),
        needs=_installed("node_modules/.bin/prism"),
    ),
    Peer(
        name="WireMock", says="1 stub, no journal", serve=_wiremock, needs=_installed("node_modules/wiremock")
    ),
)
