"""Says of most valid documents, quickly, that they are valid; of the others it says nothing.

A world is to be created within a millisecond, and listing faults as `jsonschema` does takes ten times as long. So a
schema is first turned into plain checks. They may be too strict, never too lax: what they do not pass is looked at
again, slowly, and only that look lists faults.
"""

import re
import sys
from collections.abc import Callable, Mapping
from typing import Any, Final, cast

Check = Callable[[Any], bool]
Schema = Mapping[str, Any]

_ANNOTATIONS: Final = frozenset({"$schema", "$id", "$defs", "title", "description", "examples", "default"})
_TYPES: Final[Mapping[str, Check]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, (int, float)) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
}

_CLASSES: Final[Mapping[str, type]] = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "null": type(None),
}
"""Those whose values are the instances of one class and nothing else."""

_OF_TEXT: Final = frozenset({"type", "minLength", "maxLength", "pattern"})


def quick(schema: Schema) -> Check:
    """Turn a schema into one check; where it uses a keyword that is not known here, nothing passes."""
    return _compiled(schema, schema)


def _compiled(schema: Schema | bool, root: Schema) -> Check:  # noqa: FBT001 - a schema may be true or false
    if isinstance(schema, bool):
        return lambda _: schema
    keywords = [key for key in schema if key not in _ANNOTATIONS]
    if any(key not in _KEYWORDS for key in keywords):
        return _nothing_passes
    if schema.get("type") == "string" and _OF_TEXT.issuperset(keywords):
        return _text(schema)
    if "properties" in schema or "additionalProperties" in schema:
        keywords = [key for key in keywords if key not in {"properties", "additionalProperties"}]
        return _all((*(_KEYWORDS[key](schema, root) for key in keywords), _members(schema, root)))
    return _all(tuple(_KEYWORDS[key](schema, root) for key in keywords))


def _nothing_passes(_: Any) -> bool:
    return False


def _all(checks: tuple[Check, ...]) -> Check:
    if len(checks) == 1:
        return checks[0]

    def check(value: Any) -> bool:
        for one in checks:  # noqa: SIM110 - a generator would take twice as long
            if not one(value):
                return False
        return True

    return check


def _text(schema: Schema) -> Check:
    """Check a text at once, the commonest thing in any document."""
    least, most = schema.get("minLength", 0), schema.get("maxLength", sys.maxsize)
    if "pattern" not in schema:
        return lambda value: isinstance(value, str) and least <= len(value) <= most
    found = re.compile(schema["pattern"]).search
    return lambda value: isinstance(value, str) and least <= len(value) <= most and found(value) is not None


def _type(schema: Schema, _: Schema) -> Check:
    wanted: str | list[str] = schema["type"]
    if isinstance(wanted, str):
        return _TYPES[wanted]
    if _CLASSES.keys() >= set(wanted):
        classes = tuple(_CLASSES[name] for name in wanted)
        return lambda value: isinstance(value, classes)
    types = tuple(_TYPES[name] for name in wanted)
    return lambda value: any(fits(value) for fits in types)


def _members(schema: Schema, root: Schema) -> Check:
    known = {name: _compiled(inner, root) for name, inner in schema.get("properties", {}).items()}
    others = _compiled(schema.get("additionalProperties", True), root)

    def check(value: Any) -> bool:
        if not isinstance(value, dict):
            return True
        for name, member in cast("dict[str, Any]", value).items():  # noqa: SIM110 - likewise
            if not known.get(name, others)(member):
                return False
        return True

    return check


def _required(schema: Schema, _: Schema) -> Check:
    wanted = frozenset(schema["required"])
    return lambda value: not isinstance(value, dict) or wanted <= cast("dict[str, Any]", value).keys()


def _items(schema: Schema, root: Schema) -> Check:
    fits = _compiled(schema["items"], root)
    return lambda value: not isinstance(value, list) or all(map(fits, cast("list[Any]", value)))


def _unique(_: Schema, __: Schema) -> Check:
    return lambda value: not isinstance(value, list) or _differ(cast("list[Any]", value))


def _differ(values: list[Any]) -> bool:
    return all(isinstance(value, str) for value in values) and len(set(values)) == len(values)


def _pattern(schema: Schema, _: Schema) -> Check:
    found = re.compile(schema["pattern"]).search
    return lambda value: not isinstance(value, str) or found(value) is not None


def _enum(schema: Schema, _: Schema) -> Check:
    allowed = frozenset(value for value in schema["enum"] if isinstance(value, str) or value is None)
    return lambda value: (isinstance(value, str) or value is None) and value in allowed


def _const(schema: Schema, _: Schema) -> Check:
    wanted = schema["const"]
    return lambda value: type(value) is type(wanted) and value == wanted


def _reference(schema: Schema, root: Schema) -> Check:
    inner: Any = root
    for step in str(schema["$ref"]).removeprefix("#/").split("/"):
        inner = inner[step]
    return _compiled(inner, root)


def _all_of(schema: Schema, root: Schema) -> Check:
    return _all(tuple(_compiled(inner, root) for inner in schema["allOf"]))


def _any_of(schema: Schema, root: Schema) -> Check:
    ways = tuple(_compiled(inner, root) for inner in schema["anyOf"])
    return lambda value: any(fits(value) for fits in ways)


def _names(schema: Schema, root: Schema) -> Check:
    fits = _compiled(schema["propertyNames"], root)
    return lambda value: not isinstance(value, dict) or all(map(fits, cast("dict[str, Any]", value)))


def _bound(keyword: str, of: type | tuple[type, ...], within: Callable[[Any, Any], bool]) -> Any:
    def compiled(schema: Schema, _: Schema) -> Check:
        bound = schema[keyword]
        return lambda value: not isinstance(value, of) or within(value, bound)

    return compiled


_KEYWORDS: Final[Mapping[str, Callable[[Schema, Schema], Check]]] = {
    "type": _type,
    "properties": _members,
    "additionalProperties": _members,
    "required": _required,
    "items": _items,
    "uniqueItems": _unique,
    "pattern": _pattern,
    "enum": _enum,
    "const": _const,
    "$ref": _reference,
    "allOf": _all_of,
    "anyOf": _any_of,
    "propertyNames": _names,
    "minLength": _bound("minLength", str, lambda value, bound: len(value) >= bound),
    "maxLength": _bound("maxLength", str, lambda value, bound: len(value) <= bound),
    "minItems": _bound("minItems", list, lambda value, bound: len(value) >= bound),
    "maxItems": _bound("maxItems", list, lambda value, bound: len(value) <= bound),
    "minProperties": _bound("minProperties", dict, lambda value, bound: len(value) >= bound),
    "minimum": _bound("minimum", (int, float), lambda value, bound: value >= bound),
    "maximum": _bound("maximum", (int, float), lambda value, bound: value <= bound),
}
