"""A small finished run to decide on, written as a real one is."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from ccus_harness.deciding import Given
from ccus_harness.deciding.found import JST
from ccus_harness.events import EVENTS_FILE, Stream
from ccus_harness.register import load_register

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from pathlib import Path

NOW = datetime(2026, 4, 20, 10, 0, tzinfo=JST)
WORDS = {
    "A2-1-08": "review",
    "A2-2-04": "depends",
    "A2-4-01": "attested",
    "PRE-04": "untested",
    "A1-03": "untested",
    "A2-2-03": "violated",
    "PRE-05": "not_applicable",
}
"""What the machine said of some rows; all others it found satisfied."""


def write_run(
    folder: Path,
    words: Mapping[str, str] = WORDS,
    *,
    started: str = "2026-04-13T00:00:00+00:00",
    target: str = "reference",
    only: Collection[str] | None = None,
    codes: Mapping[str, str] = {},
    **header: Any,
) -> Path:
    """A finished run with one claim for each judged row."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / EVENTS_FILE).open("wb") as file:
        stream = Stream(file)
        stream.write("run", run_id="r-1", target=target, seed=1, started_at=started, **header)
        stream.write("preflight", checks=[])
        for row in load_register().rows:
            word = words.get(row.id, "satisfied")
            stream.write("claim", scenario="s", row=row.id, word=word, code="", shown={"seen": word})
            chosen = row.id in only if only is not None else row.id != "A9-02"
            code = codes.get(row.id, f"{word}.code")
            stream.write("verdict", row=row.id, verdict=word, code=code, selected=chosen)
        stream.end(exit=1, counts={})
    return folder


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return write_run(tmp_path / "run")


@pytest.fixture
def given() -> Callable[..., Given]:
    """A decision that nothing is wrong with, but for what a test changes."""

    def make(row: str = "A2-1-08", **changed: Any) -> Given:
        whole = {
            "word": "satisfied",
            "by": "審査 花子",
            "date": "2026-04-20",
            "reason": "届出を見て確かめた",
        }
        return Given(row=row, **{**whole, **changed})

    return make
