"""Arrow columns put together: texts joined, values left out, lists and structures built."""

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any, Final

# Neither says what its columns hold; what these functions take and give is said in their own words.
np: Final[Any] = import_module("numpy")
pa: Final[Any] = import_module("pyarrow")
pc: Final[Any] = import_module("pyarrow.compute")


def texts(values: Sequence[str | None]) -> Any:
    return pa.array(values, type=pa.string())


def is_column(value: Any) -> bool:
    """Whether this is an Arrow column, and not one of numbers."""
    return isinstance(value, pa.Array)


def taken(column: Any, places: Any) -> Any:
    """Look up a text for each place; few different texts stay few."""
    if len(column) > len(places) or column.null_count:
        return column.take(pa.array(places))
    return pa.DictionaryArray.from_arrays(pa.array(places, type=pa.int32()), column)


def plain(column: Any) -> Any:
    """Give the texts of a column themselves."""
    return column.dictionary_decode() if isinstance(column, pa.DictionaryArray) else column


def joined(parts: Sequence[Any]) -> Any:
    """Join texts record by record; a constant stands in every record."""
    return pc.binary_join_element_wise(*(plain(part) for part in parts if not _empty(part)), "")


def fixed_text(before: str, *letters: Any) -> Any:
    """Make a column of texts that all have the same number of bytes."""
    rows = len(letters[0])
    front = np.frombuffer(before.encode(), dtype=np.uint8)
    data = np.concatenate([np.broadcast_to(front, (rows, len(front))), *letters], axis=1)
    offsets = np.arange(rows + 1, dtype=np.int32) * data.shape[1]
    return pa.StringArray.from_buffers(rows, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(data)))


def column_of(value: Any, rows: int) -> Any:
    """Turn what a writer gives into an Arrow column: a constant, numbers, or a column already."""
    if isinstance(value, np.ndarray):
        return pa.array(value)
    return pa.repeat(value, rows) if isinstance(value, str) else value


def struct(fields: Mapping[str, Any], rows: int) -> Any:
    return pa.StructArray.from_arrays(
        [plain(column_of(value, rows)) for value in fields.values()], names=list(fields)
    )


def only(condition: Any, column: Any) -> Any:
    """Keep the values where the condition holds; elsewhere there is none."""
    return pc.if_else(pa.array(condition), plain(column), pa.scalar(None, plain(column).type))


def lists(rows: Sequence[tuple[Any, Any]], count: int) -> Any:
    """Make lists of those values whose flags hold, in the order given."""
    flags = np.stack([flag for flag, _ in rows], axis=1)
    values = pa.concat_arrays([plain(column_of(value, count)) for _, value in rows])
    places = np.arange(count)[:, None] + np.arange(len(rows)) * count
    offsets = np.concatenate([[0], np.cumsum(flags.sum(axis=1))]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), values.take(pa.array(places[flags])))


def _empty(part: Any) -> bool:
    return isinstance(part, str) and not part
