"""The whole register as files: Parquet in columns, or NDJSON as a stream, the same people either way.

Parquet needs the extra `bulk`; NDJSON is written record by record and needs nothing more. Each kind of record has
a folder of parts, so that processes work beside each other and nobody has to hold more than one part.
"""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final, Literal

import orjson

from ccus_simulator.ids import BUSINESS, TECHNICIAN, bulk_id
from ccus_simulator.population import business, technician
from ccus_simulator.population.register import BUSINESSES, TECHNICIANS

Form = Literal["parquet", "ndjson"]
PART: Final = 65_536
FOLDERS: Final = {TECHNICIAN: "technicians", BUSINESS: "businesses"}
MOST: Final = {TECHNICIAN: TECHNICIANS, BUSINESS: BUSINESSES}
_RECORD: Final = {TECHNICIAN: technician, BUSINESS: business}


class NoColumns(Exception):
    """Parquet was asked for where the extra `bulk` is not installed."""

    def __str__(self) -> str:
        return "Parquet needs numpy and pyarrow: pip install 'ccus-conformance[bulk]', or choose ndjson."


class NotEmpty(Exception):
    """The folder to write into holds something already."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.folder = folder

    def __str__(self) -> str:
        return f"{self.folder} is not empty: name a new folder."


class TooMany(Exception):
    """More records were asked for than the register has."""

    def __init__(self, kind: str, wanted: int) -> None:
        super().__init__(kind, wanted)
        self.kind = kind
        self.wanted = wanted

    def __str__(self) -> str:
        return f"The register has {MOST[self.kind]:,} {FOLDERS[self.kind]}, not {self.wanted:,}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One file to write: the records of a kind whose numbers are in the range."""

    seed: int
    kind: str
    numbers: range
    file: Path


def write(
    out: Path,
    *,
    seed: int,
    technicians: int,
    businesses: int,
    form: Form,
    workers: int = 1,
) -> tuple[Path, ...]:
    """Write the first so many records of each kind below a new folder; give the files in their order."""
    for kind, wanted in ((TECHNICIAN, technicians), (BUSINESS, businesses)):
        if not 0 <= wanted <= MOST[kind]:
            raise TooMany(kind, wanted)
    if form == "parquet" and not (find_spec("pyarrow") and find_spec("numpy")):
        raise NoColumns
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise NotEmpty(out)
    parts = [
        *_parts(seed, BUSINESS, businesses, out, form),
        *_parts(seed, TECHNICIAN, technicians, out, form),
    ]
    for part in parts:
        part.file.parent.mkdir(parents=True, exist_ok=True)
    _performed(parts, _write_parquet if form == "parquet" else _write_ndjson, workers)
    return tuple(part.file for part in parts)


def lines(seed: int, kind: str, numbers: range) -> Iterator[str]:
    """Stream records as lines of JSON, the id first; nothing is held."""
    record = _RECORD[kind]
    for number in numbers:
        id = bulk_id(kind, number)  # noqa: A001 - the word of the registry
        items = {"id": id, **record(seed, id)}
        yield orjson.dumps(items, option=orjson.OPT_APPEND_NEWLINE).decode()


def table(seed: int, kind: str, numbers: range) -> Any:
    """Give records as an Arrow table, the id first."""
    from ccus_simulator.population.columns import columns  # noqa: PLC0415 - only with the extra `bulk`

    return columns(seed, kind, numbers)


def _parts(seed: int, kind: str, wanted: int, out: Path, ending: str) -> Iterator[Part]:
    for order, start in enumerate(range(0, wanted, PART)):
        file = out / FOLDERS[kind] / f"part-{order:05d}.{ending}"
        yield Part(seed=seed, kind=kind, numbers=range(start, min(start + PART, wanted)), file=file)


def _performed(parts: list[Part], perform: Any, workers: int) -> None:
    if workers == 1 or len(parts) == 1:
        for part in parts:
            perform(part)
        return
    # Spawned, not forked: Arrow has threads of its own, and a fork would copy them half.
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        for _ in pool.map(perform, parts):
            pass


def _write_ndjson(part: Part) -> None:
    with part.file.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(lines(part.seed, part.kind, part.numbers))


def _write_parquet(part: Part) -> None:
    from ccus_simulator.population.columns import write_parquet  # noqa: PLC0415 - only with the extra `bulk`

    write_parquet(table(part.seed, part.kind, part.numbers), part.file)
