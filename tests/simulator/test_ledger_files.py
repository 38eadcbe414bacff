"""Claims about a ledger taken out of its simulator: anybody can check it, and every tampering shows."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ccus_harness.cli import app
from ccus_simulator.ledger import Head
from ccus_simulator.ledger_files import NotALedger, export, published, verified

from .conftest import Bench


@pytest.fixture
def taken(standard: Bench, tmp_path: Path) -> Path:
    """A ledger as it was exported, with its published heads beside it."""
    standard.request(own_business=True)
    standard.collect()
    standard.wire("POST", "/v1/notices", {"number": 1.5, "big": 10**20, "text": "行\n\u2028終"})
    standard.clock("2026-04-14T09:00:00+09:00")
    file = tmp_path / "ledger.jsonl"
    file.write_text("".join(f"{line}\n" for line in export(standard.path)), encoding="utf-8")
    heads = Path(f"{standard.path}.heads").read_bytes()
    Path(f"{file}.heads").write_bytes(heads)
    return file


def lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").split("\n") if line]


def write(file: Path, entries: list[dict[str, Any]]) -> None:
    text = "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries)
    file.write_text(text, encoding="utf-8")


def test_an_export_and_its_state_file_verify_alike(taken: Path, standard: Bench) -> None:
    assert verified(taken) == verified(standard.path)
    assert verified(taken).ok
    assert verified(taken).head == standard.store.ledger.head()


@pytest.mark.parametrize("key", ["seq", "world", "world_seq", "at", "kind", "body", "prev", "hash"])
def test_a_field_changed_or_taken_from_an_export_shows(taken: Path, key: str) -> None:
    whole = lines(taken)
    for broken in ({**whole[3], key: "changed"}, {k: v for k, v in whole[3].items() if k != key}):
        write(taken, [*whole[:3], broken, *whole[4:]])
        assert verified(taken).break_at == 4


def test_lines_exchanged_left_out_or_broken_show(taken: Path) -> None:
    whole = lines(taken)
    for spoiled in ([*whole[:3], *whole[4:]], [*whole[:3], whole[4], whole[3], *whole[5:]]):
        write(taken, spoiled)
        assert verified(taken).break_at == 4
    write(taken, whole[:3])
    with taken.open("a", encoding="utf-8") as file:
        file.write('{"seq": 4, "wor')
    assert verified(taken).break_at == 4


def test_a_cut_off_end_shows_against_the_published_heads_only(taken: Path) -> None:
    whole = lines(taken)
    write(taken, whole[:-1])
    assert verified(taken).break_at == len(whole)
    Path(f"{taken}.heads").unlink()
    assert verified(taken).ok
    noted = Head(seq=whole[-1]["seq"], hash=whole[-1]["hash"])
    assert verified(taken, [noted]).break_at == len(whole)


def test_what_is_no_ledger_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(b"SQLite format 3\x00 and nothing more")
    with closing(sqlite3.connect(tmp_path / "foreign")) as foreign:
        foreign.execute("CREATE TABLE ledger (seq INTEGER)")
    for name in ("other", "foreign"):
        with pytest.raises(NotALedger):
            verified(tmp_path / name)
        with pytest.raises(NotALedger):
            list(export(tmp_path / name))
    (tmp_path / "text").write_text("hello")
    with pytest.raises(NotALedger):
        list(export(tmp_path / "text"))
    assert published(tmp_path / "text") == ()


def test_the_command_line_takes_a_ledger_out_and_verifies_it(taken: Path, standard: Bench) -> None:
    call = CliRunner().invoke
    exported = call(app, ["ledger", "export", str(standard.path)])
    assert exported.stdout == taken.read_text(encoding="utf-8")
    whole = call(app, ["ledger", "verify", str(taken), "--json"])
    head = standard.store.ledger.head()
    assert (whole.exit_code, json.loads(whole.stdout)["head"]) == (0, head.as_json())
    kept = Path(f"{taken}.heads").rename(taken.with_name("kept"))
    write(taken, lines(taken)[:-1])
    assert call(app, ["ledger", "verify", str(taken)]).exit_code == 0
    told = ["--heads", str(kept)], ["--head", f"{head.seq}:{head.hash}"]
    for option in told:
        cut_off = call(app, ["ledger", "verify", str(taken), *option, "--lang", "en"])
        assert (cut_off.exit_code, f"breaks at entry {head.seq}" in cut_off.stdout) == (1, True)


@pytest.mark.parametrize("words", [["missing"], ["{file}", "--head", "3"], ["{file}", "--heads", "{file}"]])
def test_wrong_use_of_the_command_line_is_told(taken: Path, words: list[str]) -> None:
    arguments = [word.format(file=taken) for word in words]
    said = CliRunner().invoke(app, ["ledger", "verify", *arguments])
    assert said.exit_code == 2
    assert "台帳を読めません" in said.stderr
