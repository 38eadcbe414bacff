"""Claims about the command that makes, prints and tabulates worlds."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from ccus_harness.cli import app
from ccus_simulator import worlds

if TYPE_CHECKING:
    from pathlib import Path


def ask(*args: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["world", *args])
    return result.exit_code, result.output


def test_a_made_world_is_a_world_file(tmp_path: Path) -> None:
    status, output = ask("--sites", "3", "--seed", "5", "--out", str(tmp_path / "made.yaml"))
    assert (status, output) == (0, "")
    made = worlds.load(tmp_path / "made.yaml")
    assert (len(made.sites), made.title) == (3, "作られた世界（現場 3、種 5）")
    assert ask("--sites", "3", "--seed", "5")[1] == (tmp_path / "made.yaml").read_text(encoding="utf-8")


def test_the_standard_world_is_told_as_tables(tmp_path: Path) -> None:
    assert ask("--standard", "--csv", str(tmp_path / "tables")) == (0, "")
    sizes: dict[str, int] = {}
    for file in (tmp_path / "tables").iterdir():
        with file.open(encoding="utf-8-sig", newline="") as sheet:
            sizes[file.stem] = len(list(csv.DictReader(sheet)))
    assert sizes["sites"] == 3
    assert {name: sizes[name] for name in ("businesses", "technicians", "accounts")} == {
        "businesses": 12,
        "technicians": 15,
        "accounts": 18,
    }
    assert set(sizes) == {
        "businesses",
        "technicians",
        "affiliations",
        "sites",
        "links",
        "entries",
        "accounts",
    }


def test_the_standard_world_is_one_page_that_fetches_nothing(tmp_path: Path) -> None:
    page = tmp_path / "world.html"
    assert ask("--standard", "--html", str(page)) == (0, "")
    text = page.read_text(encoding="utf-8")
    assert text.count("<svg") == 3
    assert all(f">{firm.label}<" in text for firm in worlds.shipped("standard").businesses)
    assert "S1 と S3 の元請" in text
    assert re.findall(r'(?:src|href)="[^"]*"|url\(|@import', text) == []
    assert re.findall(r"https?://(?!www\.w3\.org/2000/svg)", text) == []


def test_a_note_in_a_world_file_stays_a_text_on_the_page(tmp_path: Path) -> None:
    mine, page = tmp_path / "mine.yaml", tmp_path / "mine.html"
    text = worlds.shipped_text("tiny").replace("無関係の会社", "<script>alert(1)</script>")
    mine.write_text(text, encoding="utf-8")
    assert ask("--file", str(mine), "--html", str(page))[0] == 0
    assert "<script" not in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "args", [(), ("--standard", "--sites", "3"), ("--sites", "0"), ("--file", "nowhere.yaml")]
)
def test_what_is_no_single_world_is_wrong_use(args: tuple[str, ...]) -> None:
    assert ask(*args)[0] == 2


def test_all_faults_of_a_world_file_are_told(tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text("title: x\nnow: yesterday\nsites: {S1: {prime: P9}}\n", encoding="utf-8")
    status, output = ask("--file", str(mine))
    assert (status, "$.now" in output, "$" in output) == (2, True, True)
