"""A re-test record keeps real attempts together, and anybody can verify it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from ccus_harness import runs
from ccus_harness.cli import app
from ccus_harness.comparing import compare
from ccus_harness.documents import faults_against
from ccus_harness.evidence import bundle, retest
from ccus_harness.evidence.opening import opened
from ccus_harness.evidence.packing import pack, unpack
from ccus_harness.evidence.signing import canonical, write_keys
from ccus_harness.exam import load_exam
from ccus_harness.messages import LANGUAGES
from ccus_harness.register import load_register

if TYPE_CHECKING:
    from pathlib import Path

    from ccus_harness.evidence.signing import Signer

REGISTER = load_register()
FIX = retest.Fix(name="改善報告.PDF", body=b"%PDF-1.7 mended")


@pytest.fixture(scope="module")
def attempts(failed: Path, again: Path, signer: Signer) -> list[bytes]:
    return [bundle.gathered(run, signer, certified_key=True) for run in (failed, again)]


@pytest.fixture(scope="module")
def members(attempts: list[bytes]) -> dict[str, bytes]:
    return retest.recorded(attempts, [FIX], REGISTER)


@pytest.fixture(scope="module")
def record(members: dict[str, bytes], signer: Signer) -> bytes:
    return retest.sealed(members, signer, certified_key=True)


def told(record: bytes, signer: Signer) -> list[tuple[str, str, str]]:
    steps = retest.verified(record, signer.public_key, REGISTER)
    return [(step.what, step.state, step.code) for step in steps]


# -- a rerun is an attempt at the same thing ---------------------------------------------------------


def test_a_rerun_keeps_everything_but_its_rows(failed: Path, again: Path) -> None:
    one, two = (json.loads((run / "request.json").read_text("utf-8")) for run in (failed, again))
    assert two["rerun_of"]["run_id"] == one["run_id"]
    assert {key for key in two if two[key] != one.get(key)} == {"obligations", "rerun_of"}
    found = compare(opened(failed, REGISTER), opened(again, REGISTER), REGISTER, load_exam())
    assert (found.conditions, [(one.row, one.kind) for one in found.changes if one.kind != "seen"]) == (
        (),
        [],
    )


def test_a_rerun_replays(again: Path) -> None:
    list(runs.replay(again))
    assert runs.compare(again).identical


# -- the record --------------------------------------------------------------------------------------


def test_a_record_says_what_was_tried_mended_and_carried(members: dict[str, bytes]) -> None:
    document = json.loads(members[retest.RECORD])
    assert faults_against(document, "retest.schema.json") == ()
    first, second = document["attempts"]
    assert (first["tried"], second["tried"]) == (["A1-03", "A6-03"], ["A1-03"])
    assert first["failed"] == second["failed"] == ["A1-03"]
    assert members[second["fix"]["kept_as"]] == FIX.body
    assert document["carried"] == ["A6-03"]
    assert {row["id"]: row["attempt"] for row in document["rows"]} == {"A1-03": 2, "A6-03": 1}
    assert {one["mark"] for one in document["exam"] if one["item"] == "E02"} == {"failed"}


def test_a_record_is_verified_attempt_by_attempt(record: bytes, signer: Signer) -> None:
    steps = told(record, signer)
    assert steps[:2] == [("integrity", "good", "intact"), ("signature", "good", "signed_by")]
    for number in (1, 2):
        assert (f"attempts/{number}.ccus.zip: verdicts", "good", "same_verdicts") in steps
    assert ("retest", "good", "retest_follows") in steps
    assert not [step for step in steps if step[1] == "bad"]


def test_another_key_does_not_verify_a_record(record: bytes) -> None:
    from ccus_harness.evidence.signing import new_signer  # noqa: PLC0415 - only here

    assert told(record, new_signer()) == [("integrity", "bad", "altered")]


def test_a_flipped_bit_in_an_attempt_is_found(record: bytes, signer: Signer) -> None:
    place = record.index(b"attempts/1.ccus.zip") + 5000
    changed = record[:place] + bytes([record[place] ^ 1]) + record[place + 1 :]
    assert told(changed, signer) == [("integrity", "bad", "altered")]


CHANGES: dict[str, Any] = {
    "a word": lambda d: {**d, "rows": [{**row, "word": "satisfied"} for row in d["rows"]]},
    "what was left out": lambda d: {**d, "carried": []},
    "the charge": lambda d: {**d, "attempts": [{**one, "free": False} for one in d["attempts"]]},
    "an attempt is not listed": lambda d: {**d, "attempts": d["attempts"][:1]},
    "the form": lambda d: {**d, "attempts": 2},
}


@pytest.mark.parametrize("change", sorted(CHANGES))
def test_a_record_that_does_not_follow_from_its_attempts_is_found(
    members: dict[str, bytes], signer: Signer, change: str
) -> None:
    forged = {**members, retest.RECORD: canonical(CHANGES[change](json.loads(members[retest.RECORD])))}
    steps = told(retest.sealed(forged, signer, certified_key=True), signer)
    assert [step for step in steps if step[1] == "bad" and step[0] in ("retest", "record")]


def test_a_record_is_no_bundle_and_a_bundle_no_record(record: bytes, attempts: list[bytes]) -> None:
    assert retest.is_record(record)
    assert not retest.is_record(attempts[0])
    assert pack(unpack(record)) == record


def test_the_evidence_of_what_was_carried_over_lies_in_the_record(record: bytes) -> None:
    inner = unpack(unpack(record)["attempts/1.ccus.zip"])
    assert b'"row":"A6-03"' in inner[bundle.EVENTS]


# -- on the command line -----------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_retest_takes_folders_and_bundles_and_verify_reads_it(
    failed: Path, attempts: list[bytes], signer: Signer, tmp_path: Path, lang: str
) -> None:
    public = write_keys(signer, tmp_path / "key.pem")
    (tmp_path / "fix.txt").write_text("直した", "utf-8")
    (tmp_path / "2.ccus.zip").write_bytes(attempts[1])
    words = ["retest", str(failed), str(tmp_path / "2.ccus.zip"), "--out", str(tmp_path / "record.zip")]
    key = ["--key", str(tmp_path / "key.pem"), "--lang", lang]
    assert CliRunner().invoke(app, [*words, *key]).exit_code == 2  # what was mended is missing
    shown = CliRunner().invoke(app, [*words, "--fix", str(tmp_path / "fix.txt"), *key])
    assert shown.exit_code == 0, shown.output
    assert "A1-03" in shown.stdout
    if lang == "ja":
        checked = CliRunner().invoke(app, ["verify", str(tmp_path / "record.zip"), "--key", str(public)])
        assert (checked.exit_code, "attempts/2.ccus.zip" in checked.stdout) == (0, True), checked.output


def test_retest_refuses_what_are_no_attempts(failed: Path, tmp_path: Path) -> None:
    (tmp_path / "fix.txt").write_text("直した", "utf-8")
    for others in ([], [str(failed), "--fix", str(tmp_path / "fix.txt")], [str(tmp_path / "none")]):
        shown = CliRunner().invoke(app, ["retest", str(failed), *others, "--out", str(tmp_path / "r.zip")])
        assert (shown.exit_code, bool(shown.stderr.strip())) == (2, True)
        assert not (tmp_path / "r.zip").exists()
