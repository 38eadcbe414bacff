"""Records of the bulk register as an Arrow table, and the table as a Parquet file."""

from importlib import import_module
from pathlib import Path
from typing import Any, Final

from ccus_simulator.ids import TECHNICIAN, bulk_id
from ccus_simulator.population import arrow
from ccus_simulator.population.businesses import business_items
from ccus_simulator.population.draws import FORMULA
from ccus_simulator.population.press import Press
from ccus_simulator.population.technicians import technician_items

pa: Final[Any] = import_module("pyarrow")
pq: Final[Any] = import_module("pyarrow.parquet")


def columns(seed: int, kind: str, numbers: range) -> Any:
    """Write the records of a kind in columns, the id first."""
    press = Press(seed, kind, numbers)
    items = technician_items(press, None) if kind == TECHNICIAN else business_items(press)
    ids = arrow.texts([bulk_id(kind, number) for number in numbers])
    named = {"id": ids, **{key: arrow.column_of(value, len(numbers)) for key, value in items.items()}}
    return pa.table(named, metadata={"population": FORMULA, "seed": str(seed), "synthetic": "true"})


def write_parquet(table: Any, file: Path) -> None:
    """Write a table; without Arrow's own schema every reader gets plain texts, however they were held here."""
    writer = pq.ParquetWriter(file, table.schema, compression="zstd", compression_level=1, store_schema=False)
    with writer:
        writer.write_table(table)
        writer.add_key_value_metadata(table.schema.metadata)
