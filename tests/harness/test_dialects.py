"""Whole runs in both dialects: what CCUS speaks changes no verdict on any row."""

from __future__ import annotations

import json
import shutil
import socket
from typing import TYPE_CHECKING

import pytest

from ccus_harness import runs
from ccus_harness.register import load_register

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.harness.conftest import Whole

DEFECTS = runs.defects()
SPOKEN = ["raw_archive", "technician_widened", "ignores_end", "certificate_false", "misuse_silent"]
"""Defects that show in what is said to CCUS: what is asked for, taken in, and sent as a letter."""


def told(run: Whole) -> dict[str, dict[str, object]]:
    names = ("verdict", "code", "declared", "strength", "blame", "policy")
    return {row: {name: verdict.get(name) for name in names} for row, verdict in run.verdicts.items()}


def test_the_whole_suite_says_the_same_word_on_every_row_in_both_dialects(
    run_of: Callable[..., Whole],
) -> None:
    spoken, other = run_of("reference"), run_of("reference", dialect="session")
    assert told(other) == told(spoken)
    assert list(other.verdicts) == [row.id for row in load_register().rows]
    assert other.courses() == spoken.courses()


@pytest.mark.parametrize("name", SPOKEN)
def test_a_defect_is_found_in_the_other_dialect_too(name: str, run_of: Callable[..., Whole]) -> None:
    row = DEFECTS[name]["row"]
    verdict = run_of(f"reference:{name}", row, dialect="session").verdicts[row]
    assert (verdict["verdict"], verdict["code"]) == (DEFECTS[name]["word"], DEFECTS[name]["code"])


def test_the_dialect_stands_in_the_run_event_and_nowhere_a_secret_does(run_of: Callable[..., Whole]) -> None:
    run = run_of("reference", dialect="session")
    assert run.events[0]["dialect"] == "session"
    assert run_of("reference").events[0]["dialect"] == "json"
    connection = next(
        e["args"]["ccus"]
        for e in run.events
        if e["kind"] == "call" and e["op"] == "world" and e["who"] == "candidate"
    )
    assert set(connection) == {"base_url", "dialect", "business_id", "admin_id", "password"}
    assert connection["password"] == "secret:client"


def test_a_run_in_the_other_dialect_replays_byte_for_byte(run_of: Callable[..., Whole]) -> None:
    run = run_of("reference", dialect="session")
    for _ in runs.replay(run.path):
        pass
    assert runs.compare(run.path) == runs.Comparison(identical=True)


def test_a_dialect_that_is_not_installed_is_a_set_up_fault_that_leaves_nothing(tmp_path: Path) -> None:
    out = tmp_path / "run"
    request = runs.RunRequest(target="reference", out=out, connections={"dialect": "edi"})
    with pytest.raises(runs.SetUpFault, match="json, session"):
        next(runs.launch(request))
    assert not out.exists()


def test_the_profile_chooses_the_dialect_and_the_command_line_overrules_it(tmp_path: Path) -> None:
    own = runs._profile_of_reference()
    text = own.read_text(encoding="utf-8")
    for beside in own.parent.glob("*.sample.*"):
        shutil.copy(beside, tmp_path)
    profile = tmp_path / "candidate.toml"
    profile.write_text(text + '\n[ccus]\ndialect = "session"\n', encoding="utf-8")
    for given, spoken in (({}, "session"), ({"dialect": "json"}, "json")):
        request = runs.RunRequest(
            target="reference", out=tmp_path / spoken, profile=profile, connections=given
        )
        assert runs._document(request)["connections"]["dialect"] == spoken


def test_a_resumed_run_finds_ccus_at_the_address_that_its_candidate_was_told(
    run_of: Callable[..., Whole], copy_of: Callable[[Whole], Path], whole_at: Callable[[Path], Whole]
) -> None:
    run = run_of("reference", "A2-3-01")
    path = copy_of(run)
    port = (path / "state" / "ccus-port").read_text()
    configured = [json.loads(f.read_text()) for f in (path / "state" / "candidate").rglob("config.json")]
    assert {document["ccus"]["base_url"].split("/w/")[0] for document in configured} == {
        f"http://127.0.0.1:{port}"
    }
    taped = (path / "events.jsonl").read_bytes()
    (path / "events.jsonl").write_bytes(taped[: len(taped) // 2])
    for _ in runs.resume(path):
        pass
    assert (path / "state" / "ccus-port").read_text() == port
    again = [json.loads(f.read_text()) for f in (path / "state" / "candidate").rglob("config.json")]
    assert {document["ccus"]["base_url"].split("/w/")[0] for document in again} == {
        f"http://127.0.0.1:{port}"
    }
    assert whole_at(path).exit == run.exit


def test_a_resume_says_so_when_another_program_took_the_port(
    run_of: Callable[..., Whole], copy_of: Callable[[Whole], Path]
) -> None:
    path = copy_of(run_of("reference", "A2-3-01"))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        (path / "state" / "ccus-port").write_text(str(taken.getsockname()[1]))
        with pytest.raises(runs.SetUpFault, match="Another program uses port"):
            next(runs.resume(path))
