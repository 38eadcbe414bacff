"""How the reference lives as a process: its files, its secrets, its restart, its profile."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema

from ccus_reference import annex1
from ccus_reference.ordering import NOT_REACHED

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    import pytest

    from conftest import Bench, System

KEY = "00112233445566778899aabbccddeeff"
ROOT = Path(__file__).parents[2]


def test_everything_survives_a_restart(
    standard: Bench, start: Callable[[Path], AbstractContextManager[System]], tmp_path: Path
) -> None:
    with start(tmp_path) as system:
        before = standard.beside(system)
        before.request("u_f2", "T1")
        held = before.holdings()
    with start(tmp_path) as system:
        after = standard.beside(system, known=True)
        assert len(held) == 34
        assert after.holdings() == held
        assert after.view("u_f1", "record", "T1").outcome == "done"
        assert after.request("u_f2", "T2").outcome == "done"


def test_secrets_lie_in_one_file_that_only_the_owner_can_read(tiny: Bench) -> None:
    tiny.request("u_f1", "T1")
    folder = tiny.stores()["database"].parent
    holding = [p for p in folder.rglob("*") if p.is_file() and b"client-secret" in p.read_bytes()]
    assert [p.name for p in holding] == ["config.json"]
    assert holding[0].stat().st_mode & 0o077 == 0


def test_the_log_never_holds_what_a_record_says(tiny: Bench) -> None:
    tiny.request("u_f1", "T1", firm=True)
    tiny.view("u_f1", "record", "T1")
    tiny.export("u_f1")
    values = {row["値"] for row in tiny.holdings() if len(row["値"]) > 6}
    log = tiny.stores()["log"].read_text(encoding="utf-8")
    assert [value for value in values if value in log] == []
    assert json.loads(log.splitlines()[0])["event"] == "provision"


def test_the_same_world_again_changes_nothing_and_another_is_refused(tiny: Bench) -> None:
    tiny.request("u_f1", "T1")
    base = f"{tiny.fund.base}/w/{tiny.document['world']}"
    ccus = {"base_url": base, "client_id": f"kou-{tiny.document['world']}", "client_secret": "client-secret"}
    assert tiny.call("world", {"document": tiny.document, "ccus": ccus})["outcome"] == "done"
    assert len(tiny.held("T1")) == 34
    other = {**tiny.document, "seed": 8}
    assert tiny.call("world", {"document": other, "ccus": ccus})["outcome"] == "refused"


def test_a_letter_that_does_not_arrive_is_sent_again(tiny: Bench) -> None:
    nowhere = {"base_url": "http://127.0.0.1:9/w/x", "client_id": "a", "client_secret": "b"}
    tiny.call("world", {"document": tiny.document, "ccus": nowhere})
    assert tiny.incident(subjects=[]).outcome == "pending"

    base = f"{tiny.fund.base}/w/{tiny.document['world']}"
    ccus = {"base_url": base, "client_id": f"kou-{tiny.document['world']}", "client_secret": "client-secret"}
    tiny.call("world", {"document": tiny.document, "ccus": ccus})
    ran = tiny.do("advance", to="2026-04-18T02:10:00+09:00").detail["jobs"]
    assert [job["name"] for job in ran] == ["send_letters"]
    assert len(tiny.fund.inbox("notice")) == 1


def test_a_silent_ccus_is_told_to_the_user_and_leaves_nothing(tiny: Bench) -> None:
    nowhere = {"base_url": "http://127.0.0.1:9/w/x", "client_id": "a", "client_secret": "b"}
    tiny.call("world", {"document": tiny.document, "ccus": nowhere})
    answer = tiny.request("u_f1", "T1")
    assert (answer.outcome, answer.reason) == ("refused", NOT_REACHED)
    assert tiny.holdings() == []


def test_after_the_receipt_nobody_can_name_those_whom_the_log_commits_to(tiny: Bench) -> None:
    tiny.request("u_f1", "T1")
    tiny.view("u_f1", "record", "T1")
    tiny.end()
    folder = tiny.stores()["database"].parent
    kept = b"".join(p.read_bytes() for p in folder.rglob("*") if p.is_file() and p.name != "config.json")
    assert KEY.encode() not in kept
    assert tiny.id("T1").encode() not in kept


def test_the_profile_that_ships_has_the_published_form() -> None:
    said = subprocess.run(
        [sys.executable, "-m", "ccus_reference", "--profile"], capture_output=True, check=True, text=True
    )
    profile = tomllib.loads(Path(said.stdout.strip()).read_text(encoding="utf-8"))
    schema = json.loads((ROOT / "schemas/profile.schema.json").read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    assert [error.message for error in validator.iter_errors(profile)] == []


def test_the_profile_declares_the_readings_and_policies_that_exist() -> None:
    profile = tomllib.loads((ROOT / "simulator/ccus_reference/candidate.toml").read_text(encoding="utf-8"))
    readings = json.loads((ROOT / "schemas/readings.json").read_text(encoding="utf-8"))["readings"]
    options = {reading["name"]: {o["name"] for o in reading["options"]} for reading in readings}
    policy = json.loads((ROOT / "schemas/policy.json").read_text(encoding="utf-8"))["parameters"]
    assert [name for name, chosen in profile["readings"].items() if chosen not in options[name]] == []
    assert set(profile["policy"]) == {parameter["name"] for parameter in policy}


def test_the_profile_declares_the_stores_and_jobs_that_there_are(tiny: Bench) -> None:
    profile = tomllib.loads((ROOT / "simulator/ccus_reference/candidate.toml").read_text(encoding="utf-8"))
    assert [store["id"] for store in profile["stores"]] == list(tiny.stores())
    ran = tiny.do("advance", to="2026-04-14T09:00:00+09:00").detail["jobs"]
    assert {job["name"] for job in ran} <= {job["name"] for job in profile["jobs"]}


def test_our_annex_1_says_what_the_published_one_says() -> None:
    published = json.loads((ROOT / "schemas/annex1.json").read_text(encoding="utf-8"))
    for kind, items in annex1.ITEMS.items():
        assert _labels(published, kind) == dict(items)


def _labels(published: dict[str, Any], kind: str) -> dict[str, str]:
    return {item["key"]: item["label_ja"] for item in published[kind]}


def test_it_does_not_start_without_a_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CCUS_CANDIDATE_TOKEN", raising=False)
    command = [sys.executable, "-m", "ccus_reference", "--data", str(tmp_path)]
    said = subprocess.run(command, capture_output=True, check=False, env=dict(os.environ), text=True)
    assert said.returncode == 2
    assert "CCUS_CANDIDATE_TOKEN" in said.stderr
