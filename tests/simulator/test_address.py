"""Claims about where a simulator listens: TLS with an authority of its own, other addresses, prefixes of proxies."""

from __future__ import annotations

import http.server
import socket
import ssl
import stat
import subprocess
import sys
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any

import pytest
import requests

from ccus_simulator import certificates
from ccus_simulator.address import ANY, Address, BadAddress, public_url
from ccus_simulator.dialects import dialect
from ccus_simulator.dialects.port import Caller
from ccus_simulator.server import start

from .test_server import ADMIN, BEARER, WORLD, ask, put_world

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping
    from pathlib import Path


def announced(tmp_path: Path, *arguments: str) -> tuple[Any, Mapping[str, Any]]:
    simulator = start(tmp_path / "sim.sqlite", ADMIN, *arguments)
    return simulator, simulator.told


# -- TLS --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Any]]:
    folder = tmp_path_factory.mktemp("tls")
    simulator = start(folder / "sim.sqlite", ADMIN, "--tls-dir", str(folder / "tls"))
    yield simulator.told
    simulator.stop()


@pytest.mark.parametrize("speaking", ["json", "session"])
def test_a_client_that_trusts_the_authority_asks_and_collects_over_tls(
    secure: Mapping[str, Any], speaking: str, tmp_path: Path
) -> None:
    simulator = start(tmp_path / "sim.sqlite", ADMIN, "--tls-dir", str(tmp_path / "tls"))
    try:
        spoken, http_ = dialect(speaking), requests.Session()
        http_.trust_env, http_.verify = False, simulator.told["ca"]
        access = spoken.access(WORLD)
        document = put_world(simulator.base_url, http_, {"id": access.client_id, "secret": "s"}, speaking)
        caller = Caller(base_url=f"{simulator.base_url}/w/{WORLD}", access=access, secret="s", http=http_)
        outcome = spoken.ask_honestly(caller, ask(document))
        assert outcome.provisions
        assert len(outcome.provisions["provisions"]) == 3
    finally:
        simulator.stop()


def test_a_client_that_does_not_trust_the_authority_hears_nothing(secure: Mapping[str, Any]) -> None:
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(f"{secure['listening']}/health", timeout=10)


def test_the_handshake_is_modern_and_the_certificate_names_a_simulation(secure: Mapping[str, Any]) -> None:
    host, _, port = secure["listening"].removeprefix("https://").rpartition(":")
    context = ssl.create_default_context(cafile=secure["ca"])
    with (
        socket.create_connection((host, int(port)), timeout=10) as raw,
        context.wrap_socket(raw, server_hostname=host) as line,
    ):
        shown: Any = line.getpeercert()
        assert line.version() in {"TLSv1.2", "TLSv1.3"}
    assert "模擬CCUS" in shown["subject"][0][0][1]
    assert "ccus-simulator" in shown["issuer"][0][0][1]


def test_the_authority_keeps_no_key_and_the_servers_key_is_its_own_users(tmp_path: Path) -> None:
    files = certificates.prepared(tmp_path / "tls")
    kept = sorted(path.name for path in (tmp_path / "tls").iterdir())
    assert kept == ["ca.pem", "server.key", "server.pem"]
    assert b"PRIVATE" not in files.authority.read_bytes() + files.certificate.read_bytes()
    assert stat.S_IMODE(files.key.stat().st_mode) == 0o600


def test_certificates_are_kept_while_they_serve_and_made_anew_when_they_do_not(tmp_path: Path) -> None:
    first = certificates.prepared(tmp_path).authority.read_bytes()
    assert certificates.prepared(tmp_path, ["localhost"]).authority.read_bytes() == first
    second = certificates.prepared(tmp_path, ["ccus.test", "10.0.0.1"]).authority.read_bytes()
    assert second != first
    assert certificates.prepared(tmp_path, ["CCUS.test"]).authority.read_bytes() == second
    files, late = certificates.Certificates.at(tmp_path), datetime.now(UTC) + certificates.VALID
    assert certificates._serve(files, ("localhost",), late - timedelta(days=2))
    assert not certificates._serve(files, ("localhost",), late)


# -- other addresses --------------------------------------------------------------------------------


def test_it_listens_on_the_loopback_unless_told_otherwise(tmp_path: Path) -> None:
    simulator, told = announced(tmp_path)
    simulator.stop()
    assert told["listening"].startswith("http://127.0.0.1:")
    assert told["public_url"] == told["listening"]
    assert "Warning" not in (tmp_path / "sim.sqlite.log").read_text(encoding="utf-8")


def test_another_address_is_taken_when_asked_for(tmp_path: Path) -> None:
    url = "http://ccus.test:8080/"
    simulator, told = announced(tmp_path, "--bind", "127.0.0.2", "--public-url", url)
    try:
        assert told["listening"].startswith("http://127.0.0.2:")
        assert requests.get(f"{told['listening']}/health", timeout=10).status_code == 200
        with pytest.raises(requests.ConnectionError):
            requests.get(told["listening"].replace("127.0.0.2", "127.0.0.1"), timeout=10)
    finally:
        simulator.stop()
    assert told["public_url"] == "http://ccus.test:8080"


def test_an_address_that_others_can_call_is_warned_of_before_anything_listens(tmp_path: Path) -> None:
    # An address of documentation is never this machine's, so nothing is opened here.
    said = refused_start(tmp_path, "--bind", "192.0.2.1")
    assert said.index("Warning: listening on 192.0.2.1") < said.index("待ち受けられません")
    assert "--tls" in said
    everywhere = Address(host=next(iter(sorted(ANY))))
    assert everywhere.warning()
    assert everywhere.announcement(80)["listening"] == "http://127.0.0.1:80"


def refused_start(tmp_path: Path, *arguments: str) -> str:
    said = subprocess.run(
        [sys.executable, "-m", "ccus_simulator", "--state", str(tmp_path / "s"), *arguments],
        env={"CCUS_SIM_ADMIN_TOKEN": "x"},
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert (said.returncode, said.stdout) == (2, b"")
    return said.stderr.decode()


@pytest.mark.parametrize(("host", "is_open"), [("127.0.0.1", False), ("::1", False), ("localhost", False)])
def test_the_loopback_needs_no_warning(host: str, *, is_open: bool) -> None:
    assert Address(host=host).open_to_others is is_open
    assert Address(host="192.0.2.1").open_to_others
    assert Address(host="ccus.test").open_to_others


@pytest.mark.parametrize(
    "given", ["ccus.test", "ftp://x", "http://", "http://u:p@x", "http://x?y", "http://x#y", "http://x:y"]
)
def test_an_address_that_cannot_be_advertised_is_refused(given: str, tmp_path: Path) -> None:
    with pytest.raises(BadAddress):
        public_url(given)
    assert given in refused_start(tmp_path, "--public-url", given)


# -- behind a reverse proxy -------------------------------------------------------------------------


class Reverse(http.server.BaseHTTPRequestHandler):
    """A small reverse proxy below /ccus; whether it takes its prefix off is what servers differ in."""

    protocol_version = "HTTP/1.1"
    upstream = ("127.0.0.1", 0)
    strips = True

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        line = HTTPConnection(*self.upstream, timeout=10)
        path = self.path.removeprefix("/ccus") if self.strips else self.path
        line.request(self.command, path, body, dict(self.headers))
        heard = line.getresponse()
        content = heard.read()
        self.send_response(heard.status)
        for name, value in heard.getheaders():
            if name.lower() in {"content-type", "set-cookie"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        line.close()

    do_GET = do_POST = do_PUT = answer

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name it overrides
        pass


@contextmanager
def reverse_proxy(upstream: str, *, strips: bool) -> Generator[str]:
    host, _, port = upstream.removeprefix("http://").rpartition(":")
    handler = type("Handler", (Reverse,), {"upstream": (host, int(port)), "strips": strips})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/ccus"
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("strips", [True, False])
@pytest.mark.parametrize("speaking", ["json", "session"])
def test_a_client_reaches_it_below_the_prefix_of_a_reverse_proxy(
    speaking: str, tmp_path: Path, *, strips: bool
) -> None:
    simulator, told = announced(tmp_path, "--public-url", "http://ccus.test/ccus")
    try:
        with reverse_proxy(told["listening"], strips=strips) as base, requests.Session() as http_:
            spoken = dialect(speaking)
            access = spoken.access(WORLD)
            client = {"id": access.client_id, "secret": "s"}
            document = put_world(told["listening"], http_, client, speaking)
            caller = Caller(base_url=f"{base}/w/{WORLD}", access=access, secret="s", http=http_)
            outcome = spoken.ask_honestly(caller, ask(document))
            assert outcome.provisions
            if speaking == "session":
                # A cookie without a path is sent back below the address that the client knows.
                assert http_.get(f"{base}/w/{WORLD}/contract.csv", timeout=10).status_code == 200
            assert requests.get(f"{told['listening']}/ccusx/health", timeout=10).status_code == 404
            assert requests.get(f"{told['listening']}/_sim/v1/health", headers=BEARER, timeout=10).ok
    finally:
        simulator.stop()
