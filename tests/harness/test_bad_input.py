"""Bad input ends in a clear sentence and the right exit status: no traceback, no half-written result."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

Respond = "Callable[[BaseHTTPRequestHandler, str], None]"


def command(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ccus_harness", *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "CCUS_CANDIDATE_TOKEN": "a-token", **env},
        check=False,
    )


def says_plainly(done: subprocess.CompletedProcess[str], *words: str) -> None:
    assert done.returncode == 2, done
    said = done.stdout + done.stderr
    assert "Traceback" not in said
    assert any(word in said for word in words), said


def left_nothing(out: Path) -> None:
    assert not (out / "results.json").exists()
    assert not (out / "report.html").exists()


@contextlib.contextmanager
def candidate(respond: Callable[[BaseHTTPRequestHandler, str], None]) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            with contextlib.suppress(OSError):
                respond(self, self.path.rsplit("/", 1)[-1])

        do_GET = do_POST

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 — the base class names it
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def send(handler: BaseHTTPRequestHandler, status: int, document: Any) -> None:
    content = document if isinstance(document, bytes) else json.dumps(document).encode()
    handler.send_response(status)
    handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    handler.wfile.write(content)


INFO = {
    "interface": "ccus-conformance/control/1",
    "name": "x",
    "version": "1",
    "build": "1",
    "clock": "movable",
}
DONE = {"outcome": "done", "reason": None, "due": None, "artefacts": [], "detail": {}}


@pytest.mark.parametrize("target", ["refrence", "null:sing", "http:", "reference:no_such_defect"])
def test_an_unknown_target_lists_what_is_known(target: str, tmp_path: Path) -> None:
    done = command("run", target, "--out", str(tmp_path / "out"))
    says_plainly(done, "reference", "ccus-conformance defects")
    left_nothing(tmp_path / "out")


@pytest.mark.parametrize("choice", [("--obligation", "A2-2-3"), ("--article", "12")])
def test_an_unknown_choice_of_rows_says_so(choice: tuple[str, str], tmp_path: Path) -> None:
    says_plainly(command("run", "reference", "--out", str(tmp_path / "out"), *choice), choice[1])


def test_a_missing_token_names_the_variable(tmp_path: Path) -> None:
    done = command("run", "http:http://127.0.0.1:9", "--out", str(tmp_path / "out"), CCUS_CANDIDATE_TOKEN="")
    says_plainly(done, "CCUS_CANDIDATE_TOKEN")


def test_an_unreachable_candidate_is_a_matter_of_set_up(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        done = command("run", f"http:{url}", "--out", str(tmp_path / "out"), "--lang", "en")
    says_plainly(done, "unreachable")
    left_nothing(tmp_path / "out")


def refuse_token(handler: BaseHTTPRequestHandler, op: str) -> None:
    send(handler, 401, {})


def talk_nonsense(handler: BaseHTTPRequestHandler, op: str) -> None:
    send(handler, 200, b"<html>\x1b[31mhello</html>")


def hang_up(handler: BaseHTTPRequestHandler, op: str) -> None:
    handler.connection.shutdown(socket.SHUT_RDWR)


def speak_another_interface(handler: BaseHTTPRequestHandler, op: str) -> None:
    send(handler, 200, {**INFO, "interface": "something/else"} if op == "info" else DONE)


def never_ask_ccus(handler: BaseHTTPRequestHandler, op: str) -> None:
    send(handler, 200, INFO if op == "info" else DONE)


@pytest.mark.parametrize(
    ("respond", "word"),
    [
        (refuse_token, "token"),
        (talk_nonsense, "nonsense"),
        (hang_up, "closed"),
        (speak_another_interface, "ccus-conformance/control/1"),
        (never_ask_ccus, "CCUS"),
    ],
)
def test_a_candidate_that_is_not_set_up_is_told_so_and_never_called_a_violation(
    respond: Callable[[BaseHTTPRequestHandler, str], None], word: str, tmp_path: Path
) -> None:
    with candidate(respond) as url:
        done = command("run", f"http:{url}", "--out", str(tmp_path / "out"), "--lang", "en")
    says_plainly(done, word)
    assert "violated" not in done.stdout + done.stderr
    assert "\x1b[31m" not in done.stdout + done.stderr
    left_nothing(tmp_path / "out")


def test_a_hung_candidate_meets_a_deadline(tmp_path: Path) -> None:
    with candidate(lambda _handler, _op: time.sleep(60)) as url:
        done = command(
            "run", f"http:{url}", "--out", str(tmp_path / "out"), "--lang", "en", CCUS_CANDIDATE_SECONDS="1"
        )
    says_plainly(done, "hung")
    left_nothing(tmp_path / "out")


def test_a_malformed_world_file_shows_all_its_faults(tmp_path: Path) -> None:
    world = tmp_path / "world.yaml"
    world.write_text(
        "title: 7\nbusinesses: {P1: {colour: red}}\nsites: {S1: {prime: P9}}\n", encoding="utf-8"
    )
    done = command("simulate", "--world", str(world))
    says_plainly(done, "businesses", "世界")
    assert (done.stdout + done.stderr).count("$") >= 2


def test_a_folder_that_is_no_run_is_refused(tmp_path: Path) -> None:
    for verb in ("replay", "resume", "report"):
        says_plainly(command(verb, str(tmp_path)), str(tmp_path))


def test_an_output_folder_in_use_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    says_plainly(command("run", "reference", "--out", str(tmp_path)), str(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
