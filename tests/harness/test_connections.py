"""Claims about the ways between the parties: TLS to CCUS, a proxy to the candidate, an address to be told."""

from __future__ import annotations

import json
import select
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from ccus_harness import runs
from ccus_harness.candidates.http import HttpCandidate
from ccus_harness.connections import USUAL, BadConnections, Connections, checked
from ccus_harness.processes import serving
from ccus_simulator import certificates

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

    from tests.harness.conftest import Whole

TOKEN = "of-the-tests"


@contextmanager
def forward_proxy() -> Generator[tuple[str, list[str]]]:
    """A real little HTTP proxy (CONNECT, and absolute addresses); gives its URL and what it was asked for."""
    asked: list[str] = []
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.1)

        def accept() -> None:
            while not stop.is_set():
                try:
                    caller, _ = listener.accept()
                except TimeoutError:
                    continue
                threading.Thread(target=carry, args=(caller,), daemon=True).start()

        def carry(caller: socket.socket) -> None:
            with caller:
                head = b""
                while b"\r\n\r\n" not in head and (chunk := caller.recv(65536)):
                    head += chunk
                line, _, rest = head.partition(b"\r\n")
                method, target, _version = line.decode().split()
                asked.append(f"{method} {target}")
                address = target.removeprefix("http://").partition("/")[0]
                host, _, port = address.partition(":")
                try:
                    found = socket.create_connection((host, int(port)))
                except OSError:
                    caller.sendall(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
                    return
                with found as upstream:
                    if method == "CONNECT":
                        caller.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                    else:
                        path = target.removeprefix(f"http://{address}")
                        # One call on each connection is enough here.
                        upstream.sendall(f"{method} {path} HTTP/1.1\r\nConnection: close\r\n".encode() + rest)
                    pump(caller, upstream)

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}", asked
        finally:
            stop.set()
            thread.join()


def pump(one: socket.socket, other: socket.socket) -> None:
    while True:
        for ready in select.select([one, other], [], [], 20)[0]:
            chunk = ready.recv(65536)
            if not chunk:
                return
            (other if ready is one else one).sendall(chunk)


# -- whole runs -------------------------------------------------------------------------------------


@pytest.mark.parametrize("dialect", ["json", "session"])
def test_a_run_over_tls_gets_the_same_word(
    dialect: str, run_of: Callable[..., Whole], whole_at: Callable[[Path], Whole], tmp_path: Path
) -> None:
    out, tls = tmp_path / "run", tmp_path / "tls"
    chosen = {"tls_dir": str(tls), "dialect": dialect}
    for _ in runs.launch(
        runs.RunRequest(target="reference", out=out, obligations=("A6-19",), connections=chosen)
    ):
        pass
    run = whole_at(out)
    assert run.verdicts["A6-19"]["verdict"] == "satisfied"
    configured = [json.loads(file.read_text()) for file in (out / "state").rglob("config.json")]
    assert configured
    assert all(document["ccus"]["base_url"].startswith("https://127.0.0.1:") for document in configured)
    told = (out / "events.jsonl").read_text(encoding="utf-8")
    bases = {document["ccus"]["base_url"].partition("/w/")[0] for document in configured}
    assert [base for base in bases if base in told] == []


def test_a_run_tells_the_candidate_the_public_address_and_keeps_it_out_of_the_evidence(
    tmp_path: Path,
) -> None:
    with forward_like_a_gateway() as (public, upstream_port):
        out = tmp_path / "run"
        chosen = {"public_url": f"{public}/ccus", "port": upstream_port}
        request = runs.RunRequest(target="reference", out=out, obligations=("A1-13",), connections=chosen)
        events = list(runs.launch(request))
    verdict = next(e for e in events if e["kind"] == "verdict" and e["row"] == "A1-13")
    assert verdict["verdict"] == "satisfied"
    configured = [json.loads(file.read_text()) for file in (out / "state").rglob("config.json")]
    assert all(document["ccus"]["base_url"].startswith(f"{public}/ccus/w/") for document in configured)
    assert public not in (out / "events.jsonl").read_text(encoding="utf-8")


@contextmanager
def forward_like_a_gateway() -> Generator[tuple[str, int]]:
    """An address that leads byte for byte to a port that will be opened later, as a container's gateway does."""
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.1)

        def carry(caller: socket.socket) -> None:
            with caller, socket.create_connection(("127.0.0.1", port)) as upstream:
                pump(caller, upstream)

        def accept() -> None:
            while not stop.is_set():
                try:
                    caller, _ = listener.accept()
                except TimeoutError:
                    continue
                threading.Thread(target=carry, args=(caller,), daemon=True).start()

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}", port
        finally:
            stop.set()
            thread.join()


# -- the adapter through a proxy --------------------------------------------------------------------


@pytest.fixture(scope="module")
def adapter(tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    folder = tmp_path_factory.mktemp("adapter")
    options = ["--port", "0", "--data", str(folder / "data")]
    with serving("ccus_reference", options, env={"CCUS_CANDIDATE_TOKEN": TOKEN}, log=folder / "log") as told:
        yield told["listening"]


def test_an_adapter_is_reached_through_the_proxy_that_is_named(adapter: str) -> None:
    with forward_proxy() as (proxy, asked):
        answer = HttpCandidate(adapter, TOKEN, proxy=proxy).perform("info", {})
    assert answer.value["interface"] == "ccus-conformance/control/1"
    assert asked == [f"GET {adapter}/v1/info"]


def test_an_adapter_on_this_machine_is_not_looked_for_through_the_environments_proxy(
    adapter: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert HttpCandidate(adapter, TOKEN).perform("info", {}).status == "answered"


def test_an_adapter_elsewhere_is_reached_through_the_environments_proxy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with forward_proxy() as (proxy, asked):
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        answer = HttpCandidate("https://adapter.invalid:443", TOKEN).perform("info", {})
    assert asked == ["CONNECT adapter.invalid:443"]
    assert (answer.status, answer.blame) == ("unanswered", "network")


def test_a_proxy_that_is_not_there_is_a_matter_of_the_network(adapter: str) -> None:
    answer = HttpCandidate(adapter, TOKEN, proxy="http://127.0.0.1:9").perform("info", {})
    assert (answer.status, answer.blame) == ("unanswered", "network")


def test_an_adapter_is_trusted_by_the_bundle_that_is_named_and_by_no_other(tmp_path: Path) -> None:
    # Any server that speaks TLS will do; the simulator is one.
    options = ["--port", "0", "--state", str(tmp_path / "s"), "--tls-dir", str(tmp_path / "tls")]
    environment = {"CCUS_SIM_ADMIN_TOKEN": "x"}
    with serving("ccus_simulator", options, env=environment, log=tmp_path / "log") as told:
        trusting = HttpCandidate(told["listening"], TOKEN, ca_bundle=told["ca"]).perform("info", {})
        strange = HttpCandidate(told["listening"], TOKEN).perform("info", {})
    assert trusting.fault == "nonsense: HTTP 404"
    assert (strange.fault.partition(":")[0], strange.blame) == ("untrusted", "set_up")


def test_the_reference_reaches_a_tls_ccus_through_its_own_proxy_setting(tmp_path: Path) -> None:
    tls, state = tmp_path / "tls", tmp_path / "s"
    ccus = ["--port", "0", "--state", str(state), "--tls-dir", str(tls), "--dialect", "session"]
    sim = {"CCUS_SIM_ADMIN_TOKEN": "x"}
    with (
        forward_proxy() as (proxy, asked),
        serving("ccus_simulator", ccus, env=sim, log=tmp_path / "log") as told,
    ):
        data = ["--data", str(tmp_path / "data"), "--ccus-ca", told["ca"], "--ccus-proxy", proxy]
        token = {"CCUS_CANDIDATE_TOKEN": TOKEN}
        with serving("ccus_reference", ["--port", "0", *data], env=token, log=tmp_path / "log2") as reference:
            outcome = requested(told, reference["listening"])
    assert outcome == "done"
    assert set(asked) == {f"CONNECT {told['listening'].removeprefix('https://')}"}


def requested(ccus: dict[str, Any], reference: str) -> str:
    """Set a small world up on both sides, let one firm request its technician, and give the outcome."""
    from ccus_harness.fund import Fund  # noqa: PLC0415 - beside its only use
    from ccus_simulator import worlds  # noqa: PLC0415 - likewise
    from ccus_simulator.dialects import dialect  # noqa: PLC0415 - likewise

    document = worlds.instantiate(worlds.shipped("tiny"), seed=7, number=4321)
    fund = Fund(ccus["listening"], "x", speaking="session", ca=ccus["ca"])
    args = {"world": document["world"], "document": document}
    fund.perform("world", args, client_secret="s" * 20, commitment_key="ab" * 32)
    told = dialect("session").access(document["world"]).told
    base = f"{ccus['listening']}/w/{document['world']}"
    connection = {"base_url": base, "dialect": "session", "password": "s" * 20, **told}
    candidate = HttpCandidate(reference, TOKEN)
    assert candidate.perform("world", {"document": document, "ccus": connection}).value["outcome"] == "done"
    user = next(account for account in document["accounts"] if account["label"] == "u_f1")
    person = next(one["id"] for one in document["technicians"] if one["label"] == "T1")
    wish = {"user": user["id"], "acting_for": user["businesses"][0], "capacity": "business"}
    wish |= {"technicians": [person], "own_business": False, "purpose": "safety_documents"}
    return candidate.perform("request", {"world": document["world"], **wish}).value["outcome"]


# -- choices that cannot be had ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("choice", "text"),
    [
        ({"dialect": "edi"}, "no dialect"),
        ({"public_url": "ccus.test"}, "no http"),
        ({"public_url": "http://u:p@ccus.test"}, "no http"),
        ({"bind": "0.0.0.0"}, "--public-url"),  # noqa: S104 - refused before anything listens
    ],
)
def test_a_choice_that_cannot_be_had_is_said_in_both_languages(choice: dict[str, str], text: str) -> None:
    with pytest.raises(BadConnections, match=text) as caught:
        checked(Connections.of(choice))
    assert caught.value.ja != caught.value.en


def test_what_was_chosen_for_the_run_goes_before_the_profile(tmp_path: Path) -> None:
    profile = {
        "ccus": {"dialect": "session"},
        "interface": {"proxy": "http://proxy.test", "ca_bundle": "ca.pem"},
    }
    request = runs.RunRequest(target="http:http://x", out=tmp_path, profile=tmp_path / "p.toml")
    assert runs._connections(request, profile) == Connections(
        dialect="session", proxy="http://proxy.test", ca_bundle=str(tmp_path / "ca.pem")
    )
    again = runs.RunRequest(
        target="http:http://x", out=tmp_path, connections={"dialect": "json", "proxy": "http://other.test"}
    )
    assert runs._connections(again, profile).dialect == "json"
    assert runs._connections(again, profile).proxy == "http://other.test"


def test_the_command_line_starts_a_simulator_that_speaks_tls(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "ccus_harness", "simulate", "--tls", "--dialect", "session"]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        try:
            assert process.stdout
            told = json.loads(process.stdout.readline())
        finally:
            process.terminate()
    assert told["listening"].startswith("https://127.0.0.1:")
    assert told["ca"] == str(certificates.Certificates.at(tmp_path / "ccus-tls").authority)


def test_the_dialect_that_goes_without_saying_is_the_simulators_own() -> None:
    from ccus_simulator import dialects  # noqa: PLC0415 - beside its only use

    assert dialects.DEFAULT == USUAL


# -- notices by e-mail ------------------------------------------------------------------------------


def test_who_declares_notices_by_mail_is_given_a_mailbox_that_is_read(run_of: Callable[..., Whole]) -> None:
    run = run_of("reference:mail_notice", "A2-4-07")
    recorded = (run.path / "events.jsonl").read_text(encoding="utf-8")
    assert run.verdicts["A2-4-07"]["verdict"] == "satisfied"
    assert '"subject":"漏えい等の通知"' in recorded
    assert '"server":"place:mail"' in recorded
    assert "smtp://" not in recorded


def test_nobody_else_is_told_of_a_mailbox(run_of: Callable[..., Whole]) -> None:
    run = run_of("reference", "A2-3-01")
    assert "place:mail" not in (run.path / "events.jsonl").read_text(encoding="utf-8")
    assert not (run.path / "state" / "ccus-mail-port").exists()
