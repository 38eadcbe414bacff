"""Claims about the command that writes the register."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

from typer.testing import CliRunner

from ccus_harness.cli import app
from ccus_simulator import population
from ccus_simulator.population import bulk

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def ask(*args: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["population", *args])
    return result.exit_code, result.output


def test_the_register_is_streamed_businesses_first() -> None:
    status, output = ask(
        "--out", "-", "--format", "ndjson", "--technicians", "2", "--businesses", "1", "--seed", "9"
    )
    records = [json.loads(line) for line in output.splitlines()]
    assert (status, [record["id"][:2] for record in records]) == (0, ["98", "99", "99"])
    assert records[2] == {"id": records[2]["id"], **population.technician(9, records[2]["id"])}


def test_files_are_written_and_told(tmp_path: Path) -> None:
    out = tmp_path / "register"
    status, output = ask(
        "--out", str(out), "--format", "ndjson", "--technicians", "3", "--businesses", "2", "--lang", "en"
    )
    assert status == 0, output
    assert "3 synthetic technicians and 2 businesses stand in 2 files" in output
    assert len((out / "technicians" / "part-00000.ndjson").read_text(encoding="utf-8").splitlines()) == 3


def test_what_cannot_be_written_is_wrong_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine").write_text("mine")
    few = ("--technicians", "1", "--businesses", "1")
    assert ask("--out", str(tmp_path), *few, "--format", "ndjson") == (
        2,
        f"{tmp_path} は空ではない。上書きしないので、--out に新しいフォルダを指定する\n",
    )
    assert ask("--out", "-", *few)[0] == 2
    assert ask("--out", str(tmp_path / "mine" / "below"), *few, "--format", "ndjson")[0] == 2
    monkeypatch.setattr(bulk, "find_spec", lambda name: None)
    status, output = ask("--out", str(tmp_path / "new"), *few)
    assert (status, "ccus-conformance[bulk]" in output) == (2, True)


def test_more_people_than_the_register_has_are_refused() -> None:
    assert ask("--out", "-", "--technicians", "1750001")[0] == 2


def test_a_reader_who_has_enough_ends_the_stream_quietly() -> None:
    command = [sys.executable, "-m", "ccus_harness", "population", "--out", "-", "--format", "ndjson"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as stream:
        assert stream.stdout is not None
        assert stream.stderr is not None
        assert json.loads(stream.stdout.readline())["id"] == "98000000000000"
        stream.stdout.close()
        assert stream.wait(timeout=60) == 0
        assert stream.stderr.read() == b""
