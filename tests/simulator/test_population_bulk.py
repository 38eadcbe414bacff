"""Claims about the register as files: the same people in columns, in lines and one by one."""

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccus_simulator import population
from ccus_simulator.ids import BUSINESS, TECHNICIAN, bulk_id
from ccus_simulator.population import bulk
from ccus_simulator.population.codes import SPACES
from ccus_simulator.population.register import BUSINESSES, TECHNICIANS

SEEDS = st.integers(0, 2**63)
COLUMNS = pytest.mark.skipif(
    importlib.util.find_spec("pyarrow") is None, reason="the extra bulk is not installed"
)
ALONE = {TECHNICIAN: population.technician, BUSINESS: population.business}


def same(kind: str, seed: int, numbers: range) -> None:
    rows = bulk.table(seed, kind, numbers).to_pylist()
    alone = [{"id": (id := bulk_id(kind, n)), **ALONE[kind](seed, id)} for n in numbers]  # noqa: A001
    assert [list(row) for row in rows] == [list(record) for record in alone]
    assert rows == alone


@COLUMNS
@settings(max_examples=15)
@given(SEEDS, st.integers(0, BUSINESSES - 40))
def test_a_business_in_columns_is_the_one_written_alone(seed: int, first: int) -> None:
    same(BUSINESS, seed, range(first, first + 40))


@COLUMNS
@pytest.mark.parametrize("first", [0, 49_980, 873_211, TECHNICIANS - 300])
def test_a_technician_in_columns_is_the_one_written_alone(first: int) -> None:
    same(TECHNICIAN, 7, range(first, first + 300))


@COLUMNS
def test_a_technician_of_another_seed_is_the_same_in_columns_too() -> None:
    same(TECHNICIAN, 20_260_401, range(1_000_000, 1_000_200))


@COLUMNS
def test_a_part_may_lie_across_two_blocks_of_codes() -> None:
    edge = SPACES[5].whole
    same(BUSINESS, 7, range(edge - 20, edge + 20))


@COLUMNS
def test_both_formats_hold_the_same_people(tmp_path: Path) -> None:
    import pyarrow.parquet as pq  # noqa: PLC0415  # pyright: ignore[reportMissingImports]

    rows: dict[str, list[dict[str, Any]]] = {}
    for form in ("parquet", "ndjson"):
        written = bulk.write(tmp_path / form, seed=7, technicians=120, businesses=60, form=form)
        assert [file.relative_to(tmp_path / form).as_posix() for file in written] == [
            f"businesses/part-00000.{form}",
            f"technicians/part-00000.{form}",
        ]
    for folder in ("technicians", "businesses"):
        table = pq.read_table(tmp_path / "parquet" / folder / "part-00000.parquet")
        text = (tmp_path / "ndjson" / folder / "part-00000.ndjson").read_text(encoding="utf-8")
        rows[folder] = table.to_pylist()
        assert rows[folder] == [json.loads(line) for line in text.splitlines()]
    assert (len(rows["technicians"]), len(rows["businesses"])) == (120, 60)


@COLUMNS
def test_a_parquet_file_says_that_its_people_are_synthetic(tmp_path: Path) -> None:
    import pyarrow.parquet as pq  # noqa: PLC0415  # pyright: ignore[reportMissingImports]

    (file,) = bulk.write(tmp_path / "out", seed=7, technicians=1, businesses=0, form="parquet")
    told = pq.read_schema(file).metadata
    assert (told[b"synthetic"], told[b"seed"], told[b"population"]) == (
        b"true",
        b"7",
        population.FORMULA.encode(),
    )


def test_lines_depend_on_no_other_line() -> None:
    both = list(bulk.lines(7, TECHNICIAN, range(10, 12)))
    assert both[1:] == list(bulk.lines(7, TECHNICIAN, range(11, 12)))
    assert all(line.endswith("}\n") for line in both)


def test_two_processes_write_what_one_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "PART", 20)
    wanted: dict[str, Any] = {"seed": 7, "technicians": 50, "businesses": 30, "form": "ndjson"}
    one = bulk.write(tmp_path / "one", **wanted)
    two = bulk.write(tmp_path / "two", **wanted, workers=2)
    assert [file.read_bytes() for file in one] == [file.read_bytes() for file in two]
    assert len(one) == 5


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(bulk.NotEmpty, match="not empty"):
        bulk.write(tmp_path, seed=7, technicians=1, businesses=1, form="ndjson")
    assert [file.name for file in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(("technicians", "businesses"), [(TECHNICIANS + 1, 0), (0, BUSINESSES + 1), (-1, 0)])
def test_the_register_has_no_more_than_it_has(tmp_path: Path, technicians: int, businesses: int) -> None:
    with pytest.raises(bulk.TooMany, match="The register has"):
        bulk.write(tmp_path / "out", seed=7, technicians=technicians, businesses=businesses, form="ndjson")
    assert not (tmp_path / "out").exists()


def test_columns_without_their_extra_are_refused_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "find_spec", lambda name: None)
    with pytest.raises(bulk.NoColumns, match=r"\[bulk\]"):
        bulk.write(tmp_path / "out", seed=7, technicians=1, businesses=1, form="parquet")
