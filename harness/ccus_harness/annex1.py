"""Annex 1: the items that may be provided, by record type, and the items that may not."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, get_args

from ccus_harness.documents import Fault, load, raise_any
from ccus_harness.locator import data

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

RecordType = Literal["technician", "business"]
Mark = Literal["compound", "third_person", "sensitive", "vague"]
ValueType = Literal["string", "date", "enum", "number", "list", "object"]
Form = Literal["text", "object", "list", "values"]

RECORD_TYPES: tuple[RecordType, ...] = get_args(RecordType)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One part of an item that has several."""

    name: str
    label_ja: str
    label_en: str
    type: ValueType
    nullable: bool
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """How an item is made up: a text or an object of these fields, or a list of objects or of bare values.

    `max` is the greatest length of a list, where one is known.
    """

    form: Form
    fields: tuple[Field, ...]
    max: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One numbered item of Annex 1."""

    record_type: RecordType
    no: int
    key: str
    label_ja: str
    label_en: str
    marks: frozenset[Mark]
    type: ValueType
    nullable: bool
    values: tuple[str, ...]
    structure: Structure | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Denied:
    """An item usual in CCUS that Annex 1 does not list: it serves as a canary."""

    key: str
    label_ja: str
    label_en: str
    record_types: frozenset[RecordType]


@dataclass(frozen=True, slots=True, kw_only=True)
class Annex1:
    """The closed list of items, found by key, or by label within a record type."""

    items: tuple[Item, ...]
    denied: tuple[Denied, ...]
    by_key: Mapping[str, Item]
    by_label: Mapping[tuple[RecordType, str], Item]

    def of(self, record_type: RecordType) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.record_type == record_type)

    @property
    def technician(self) -> tuple[Item, ...]:
        return self.of("technician")

    @property
    def business(self) -> tuple[Item, ...]:
        return self.of("business")

    def keys(self, record_type: RecordType) -> tuple[str, ...]:
        return tuple(item.key for item in self.of(record_type))


def load_annex1(folder: Path | None = None) -> Annex1:
    """Load Annex 1 from our schemas, or from another folder."""
    return _load(folder or data("schemas"))


@cache
def _load(folder: Path) -> Annex1:
    document = load(folder / "annex1.json", "annex1.schema.json")
    raise_any("annex1.json", _faults(document))
    items = tuple(_item(kind, raw) for kind in RECORD_TYPES for raw in document[kind])
    return Annex1(
        items=items,
        denied=tuple(_denied(raw) for raw in document["deny"]),
        by_key=MappingProxyType({item.key: item for item in items}),
        by_label=MappingProxyType({(item.record_type, item.label_ja): item for item in items}),
    )


def _item(record_type: RecordType, raw: Mapping[str, Any]) -> Item:
    shaped: dict[str, Any] = {
        "marks": frozenset(raw["marks"]),
        "values": tuple(raw["values"] or ()),
        "structure": raw["structure"] and _structure(raw["structure"]),
    }
    return Item(record_type=record_type, **{**raw, **shaped})


def _structure(raw: Mapping[str, Any]) -> Structure:
    fields = tuple(_field(field) for field in raw["fields"])
    return Structure(form=raw["form"], max=raw.get("max"), fields=fields)


def _field(raw: Mapping[str, Any]) -> Field:
    values: dict[str, Any] = {"values": tuple(raw.get("values", ()))}
    return Field(**{**raw, **values})


def _denied(raw: Mapping[str, Any]) -> Denied:
    types: dict[str, Any] = {"record_types": frozenset(raw["record_types"])}
    return Denied(**{**raw, **types})


def _faults(document: Mapping[str, Any]) -> Iterator[Fault]:
    for kind in RECORD_TYPES:
        yield from _table_faults(kind, document[kind])
    allowed = {item["label_ja"] for kind in RECORD_TYPES for item in document[kind]}
    for index, denied in enumerate(document["deny"]):
        if denied["label_ja"] in allowed:
            yield Fault(path=f"$.deny[{index}].label_ja", text=f"{denied['label_ja']} is an item of Annex 1")


def _table_faults(kind: RecordType, table: list[dict[str, Any]]) -> Iterator[Fault]:
    """Find shifted columns: the two tables share lines in print, so number, key and label must agree."""
    labels = Counter(item["label_ja"] for item in table)
    for index, item in enumerate(table):
        path = f"$.{kind}[{index}]"
        if item["no"] != index + 1:
            yield Fault(path=f"{path}.no", text=f"number {item['no']} stands where {index + 1} belongs")
        if not item["key"].startswith(f"{kind[0]}{index + 1:02}_"):
            yield Fault(
                path=f"{path}.key", text=f"the key {item['key']} does not name {kind} item {index + 1}"
            )
        if labels[item["label_ja"]] > 1:
            yield Fault(path=f"{path}.label_ja", text=f"the label {item['label_ja']} stands twice")
