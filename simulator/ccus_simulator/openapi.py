"""The simulator's OpenAPI documents, as shipped, with the schemas of the documents it reads put in."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal, cast, get_args

from ccus_simulator.documents import DocumentName, schema

Name = Literal["admin", "provision"]
DOCUMENT: Final = "documents:"
SCHEMAS: Final = "#/components/schemas/"
NAMES: Final = frozenset[str](get_args(DocumentName))


@cache
def document(name: Name) -> Mapping[str, Any]:
    """Return a document that stands alone: what it refers to is inside."""
    import yaml  # noqa: PLC0415 - only who reads the document waits for it

    path = files("ccus_simulator.documents").joinpath(f"{name}.openapi.yaml")
    read = cast("dict[str, Any]", yaml.safe_load(path.read_text(encoding="utf-8")))
    wanted = sorted(set(_wanted(read)))
    schemas = {known: _inside(schema(known), SCHEMAS + known) for known in _known(wanted)}
    read["components"]["schemas"] |= schemas
    return cast("dict[str, Any]", _linked(read))


def _known(wanted: list[str]) -> Iterator[DocumentName]:
    for name in wanted:
        if name not in NAMES:
            raise KeyError(name)
        yield cast("DocumentName", name)


def _wanted(value: object) -> Iterator[str]:
    """Yield the names of the documents that are referred to."""
    if isinstance(value, dict):
        for key, inner in cast("dict[str, object]", value).items():
            if key == "$ref" and isinstance(inner, str) and inner.startswith(DOCUMENT):
                yield inner.removeprefix(DOCUMENT)
            yield from _wanted(inner)
    elif isinstance(value, list):
        for inner in cast("list[object]", value):
            yield from _wanted(inner)


def _linked(value: object) -> object:
    """Turn references to documents into references within."""
    return _mapped(value, lambda ref: ref.replace(DOCUMENT, SCHEMAS, 1) if ref.startswith(DOCUMENT) else ref)


def _inside(value: Mapping[str, Any], place: str) -> dict[str, Any]:
    """Make a schema fit into a document: what it called its root is now deeper down."""
    body = {key: inner for key, inner in value.items() if key != "$schema"}
    return cast("dict[str, Any]", _mapped(body, lambda ref: ref.replace("#", place, 1)))


def _mapped(value: object, change: Callable[[str], str]) -> object:
    if isinstance(value, dict):
        known = cast("dict[str, object]", value)
        return {
            key: change(inner) if key == "$ref" and isinstance(inner, str) else _mapped(inner, change)
            for key, inner in known.items()
        }
    if isinstance(value, list):
        return [_mapped(inner, change) for inner in cast("list[object]", value)]
    return value
