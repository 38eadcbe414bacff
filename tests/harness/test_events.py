"""The event stream: whole or not a result."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ccus_harness import events

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def written(tmp_path: Path) -> Path:
    path = tmp_path / "events.jsonl"
    with path.open("wb") as file:
        stream = events.Stream(file)
        stream.write("run", target="reference")
        stream.write("claim", row="A2-2-03", word="satisfied")
        stream.end(exit=0)
    return path


def test_a_finished_stream_is_whole(written: Path) -> None:
    assert events.is_whole(written)
    assert [event["kind"] for event in events.read(written)] == ["run", "claim", "end"]


def test_a_stream_cut_at_any_byte_is_not_a_result_and_reads_up_to_its_last_whole_line(written: Path) -> None:
    whole = written.read_bytes()
    for cut in range(len(whole)):
        written.write_bytes(whole[:cut])
        assert not events.is_whole(written)
        assert len(list(events.read(written))) == whole[:cut].count(b"\n")


def test_any_changed_byte_is_noticed(written: Path) -> None:
    whole = bytearray(written.read_bytes())
    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 1
        written.write_bytes(changed)
        assert not events.is_whole(written), place


def test_a_line_taken_out_is_noticed(written: Path) -> None:
    first, _, last = written.read_bytes().splitlines(keepends=True)
    written.write_bytes(first + last)
    with pytest.raises(events.DamagedStream):
        list(events.read(written))
