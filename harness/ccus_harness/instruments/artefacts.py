"""What a candidate's raw artefacts say: a table of holdings by the profile's layout, and the items a view shows."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from ccus_harness.annex1 import RecordType, load_annex1
from ccus_harness.instruments.residue import Canary, Limits, from_bytes, scan

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

HEADERS: Final[Mapping[str, str]] = MappingProxyType(
    {"record_type": "種別", "id": "ID", "item": "項目", "value": "値", "origin": "出所"}
)
"""The columns of the default layout, by what they mean."""


RECORD_TYPES: Final[Mapping[str, RecordType]] = MappingProxyType(
    {"技能者": "technician", "事業者": "business"}
)
"""What the default layout calls the two record types."""


def _annex_labels() -> Mapping[tuple[RecordType, str], str]:
    return MappingProxyType({where: item.key for where, item in load_annex1().by_label.items()})


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How a candidate's table is read; without a profile, one item a line under the labels of 別紙1.

    `labels` gives the key of 別紙1 for the candidate's own label of an item; a label outside it is kept as
    it stands. `marked` and `unmarked` are the values of the origin column that say "from CCUS" and "not".
    """

    encoding: str = "utf-8"
    delimiter: str = ","
    columns: Mapping[str, str] = field(default_factory=lambda: HEADERS)
    record_types: Mapping[str, RecordType] = field(default_factory=lambda: RECORD_TYPES)
    labels: Mapping[tuple[RecordType, str], str] = field(default_factory=_annex_labels)
    marked: frozenset[str] = frozenset({"CCUS"})
    unmarked: frozenset[str] = frozenset({"利用者入力"})
    by_file: Mapping[str, str] = field(default_factory=dict[str, str])
    """The origin of all that a file holds, by its name, where files tell it and no column does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldItem:
    """One value a candidate keeps: `item` is None outside 別紙1, `marked` is None where the mark says neither."""

    record_type: RecordType | None
    id: str
    item: str | None
    label: str
    value: str
    marked: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtefactFault:
    """Something wrong in an artefact, with the line it stands in."""

    line: int
    code: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """All that could be read of a table of holdings, with everything that was wrong in it."""

    items: tuple[HeldItem, ...]
    faults: tuple[ArtefactFault, ...]

    @property
    def whole(self) -> bool:
        """Tell whether every line was read: a table cut at a limit proves no absence."""
        return not any(fault.code in _CUT for fault in self.faults)


class ArtefactUnreadable(Exception):
    """An artefact of which nothing can be read; `reason` is a code of `REASONS`."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail

    def __str__(self) -> str:
        what = REASONS[self.reason]
        return f"{what}: {self.detail}" if self.detail else what


REASONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "too_large": "The artefact is larger than is read; export less at a time",
        "encoding_unknown": "The declared encoding does not exist; correct the profile",
        "no_header": "The table has no header line; put one first",
        "column_missing": "A column of the layout is missing; correct the header or the profile",
    }
)
"""Why nothing of an artefact can be read, and what to do."""

LARGEST: Final = 64 << 20
MOST_ROWS: Final = 200_000
MOST_FAULTS: Final = 1_000
_NOTHING: Final[tuple[int, list[str]]] = (0, [])
_CUT: Final = frozenset({"too_many_rows", "not_csv"})


def held_items(data: bytes, layout: Layout | None = None, *, name: str = "") -> Held:
    """Read a table of holdings; raises only `ArtefactUnreadable`, whatever the bytes are.

    `name` is the file's own, which says of what origin its lines are where the profile declares so.
    """
    layout = layout or Layout()
    faults = _Faults()
    text = _decoded(data, layout.encoding, faults)
    rows = _rows(text, layout.delimiter, faults)
    places = _places(next(rows, _NOTHING)[1], layout, faults)
    items = tuple(_items(rows, places, layout, faults, layout.by_file.get(name, "")))
    return Held(items=items, faults=tuple(faults.found))


def seen_items(data: bytes, media_type: str, canaries: Iterable[Canary]) -> frozenset[tuple[str, str]]:
    """Name the records and items that an artefact shows to whoever gets it, by their canaries.

    It is searched as bytes in every encoding, so what is carried along unseen (a hidden field, a comment,
    a packed attachment) counts as shown. `media_type` only names the source.
    """
    return scan([from_bytes(media_type, data)], canaries, _VIEW_LIMITS).found


_VIEW_LIMITS: Final = Limits(inflated_bytes=128 << 20, spooled_bytes=64 << 20, members=1_000)


class _Faults:
    """Collects faults up to a bound; the last one says that there were more."""

    def __init__(self) -> None:
        self.found: list[ArtefactFault] = []

    def add(self, line: int, code: str, text: str) -> None:
        if len(self.found) < MOST_FAULTS:
            self.found.append(ArtefactFault(line=line, code=code, text=text))
        elif len(self.found) == MOST_FAULTS:
            self.found.append(
                ArtefactFault(line=line, code="more_faults", text="further faults are left out")
            )


def _decoded(data: bytes, encoding: str, faults: _Faults) -> str:
    if len(data) > LARGEST:
        raise ArtefactUnreadable("too_large", f"{len(data)} bytes")
    codec = "utf-8-sig" if encoding.lower().replace("_", "-") in {"utf-8", "utf8"} else encoding
    try:
        return data.decode(codec)
    except LookupError as error:
        raise ArtefactUnreadable("encoding_unknown", encoding) from error
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        faults.add(line, "not_in_encoding", f"a byte that is not {encoding}")
        return data.decode(codec, "replace")
    except ValueError as error:
        raise ArtefactUnreadable("encoding_unknown", encoding) from error


def _rows(text: str, delimiter: str, faults: _Faults) -> Iterator[tuple[int, list[str]]]:
    """Give the lines of a table with their numbers, as far as it is one."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for count, row in enumerate(reader):
            if count > MOST_ROWS:
                faults.add(reader.line_num, "too_many_rows", f"only {MOST_ROWS} lines are read")
                return
            yield reader.line_num, row
    except csv.Error as error:
        faults.add(reader.line_num, "not_csv", f"reading ended here: {error}")


def _places(header: list[str], layout: Layout, faults: _Faults) -> Mapping[str, int]:
    """Find the columns of the layout; of a doubled one the first counts."""
    names = [cell.strip() for cell in header]
    if not any(names):
        raise ArtefactUnreadable("no_header")
    for doubled in sorted({name for name in names if names.count(name) > 1}):
        faults.add(
            1, "doubled_column", f"the column {_short(doubled)} stands more than once; the first is read"
        )
    elsewhere = {"origin"} if layout.by_file else set[str]()
    missing = [
        name for meaning, name in layout.columns.items() if name not in names and meaning not in elsewhere
    ]
    if missing:
        raise ArtefactUnreadable("column_missing", "、".join(missing))
    return {meaning: names.index(name) for meaning, name in layout.columns.items() if name in names}


def _items(
    rows: Iterator[tuple[int, list[str]]],
    places: Mapping[str, int],
    layout: Layout,
    faults: _Faults,
    origin: str,
) -> Iterator[HeldItem]:
    for line, row in rows:
        if not any(row):
            continue
        if len(row) <= max(places.values()):
            faults.add(line, "short_line", f"{len(row)} cells where the header has more")
            continue
        cells = {meaning: row[place] for meaning, place in places.items()}
        yield _item(line, {"origin": origin, **cells}, layout, faults)


def _item(line: int, cells: Mapping[str, str], layout: Layout, faults: _Faults) -> HeldItem:
    kind = layout.record_types.get(_plain(cells["record_type"]))
    if kind is None:
        faults.add(line, "record_type_unknown", f"record type {_short(cells['record_type'])}")
    label = _plain(cells["item"])
    origin = _plain(cells["origin"])
    if origin and origin not in layout.marked | layout.unmarked:
        faults.add(line, "origin_unknown", f"origin {_short(origin)}")
    return HeldItem(
        record_type=kind,
        id=_plain(cells["id"]).removeprefix("'"),
        item=None if kind is None else layout.labels.get((kind, label)),
        label=label,
        value=_unguarded(cells["value"]),
        marked=_marked(origin, layout),
    )


def _marked(origin: str, layout: Layout) -> bool | None:
    if origin in layout.marked:
        return True
    return False if origin in layout.unmarked else None


def _plain(cell: str) -> str:
    return _unguarded(cell).strip()


def _unguarded(cell: str) -> str:
    """Take off what keeps a spreadsheet from reading a cell as a formula; the cell is never evaluated."""
    if len(cell) > 1 and cell[0] == "'" and cell[1] in _FORMULA:
        return cell[1:]
    if cell.startswith('="') and cell.endswith('"') and len(cell) > 2:
        return cell[2:-1]
    return cell


_FORMULA: Final = frozenset("=+-@\t\r")


def _short(text: str) -> str:
    return repr(text if len(text) <= 40 else f"{text[:40]}…")
