"""Papers made from a bundle name it, and what stands in it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from typer.testing import CliRunner

from ccus_harness.cli import app
from ccus_harness.evidence import bundle
from ccus_harness.evidence.packing import unpack
from ccus_harness.papers import RECORD
from ccus_harness.papers.opening import opened

if TYPE_CHECKING:
    from pathlib import Path


def test_papers_of_a_bundle_name_its_digest_its_chain_and_its_key(packed: bytes, tmp_path: Path) -> None:
    file, out = tmp_path / "run.ccus.zip", tmp_path / "papers"
    file.write_bytes(packed)
    made = CliRunner().invoke(app, ["papers", str(file), "--out", str(out), "--no-pdf"])
    assert made.exit_code == 0, made.output
    head = json.loads(unpack(packed)[bundle.HEAD])
    sheets = opened(out / "立会記録.xlsx").values()
    told = {line for sheet in sheets for value in sheet.values() for line in str(value).splitlines()}
    assert {bundle.digest(packed), head["ledger_head"], head["public_key"]["public"]} <= told
    assert json.loads((out / RECORD).read_text("utf-8"))["bundle_sha256"] == bundle.digest(packed)


def test_an_altered_bundle_has_no_papers(packed: bytes, tmp_path: Path) -> None:
    place = len(packed) // 2
    altered = packed[:place] + bytes([packed[place] ^ 1]) + packed[place + 1 :]
    (tmp_path / "run.ccus.zip").write_bytes(altered)
    told = CliRunner().invoke(
        app, ["papers", str(tmp_path / "run.ccus.zip"), "--out", str(tmp_path / "papers")]
    )
    assert told.exit_code == 2
    assert not (tmp_path / "papers").exists()
