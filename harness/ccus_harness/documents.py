"""Reading JSON documents: all faults of a document at once, each with its path."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from ccus_harness.locator import data

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from jsonschema.exceptions import ValidationError

_LONGEST = 200  # a fault is one line, even when it is about a whole table


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong with a document at one place; the place is a JSON path such as ``$.rows[3].id``."""

    path: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}: {self.text}"


class DocumentFaults(Exception):
    """A document is not what its schema and the rules say; carries every fault."""

    def __init__(self, path: str, faults: Iterable[Fault]) -> None:
        self.path = path
        self.faults = tuple(faults)
        super().__init__(path, self.faults)

    def __str__(self) -> str:
        lines = "\n".join(f"  {fault}" for fault in self.faults)
        return f"{self.path} has {len(self.faults)} fault(s) to correct:\n{lines}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bilingual:
    """The same sentence for a reviewer and for a reader of English."""

    ja: str
    en: str


def raise_any(path: str, faults: Iterable[Fault]) -> None:
    """Raise all the faults together, if there is one."""
    found = tuple(faults)
    if found:
        raise DocumentFaults(path, found)


def load(path: Path, schema: str) -> Any:
    """Read the JSON document at `path`; raise every fault that `schema`, a file name of ours, finds."""
    document = _parse(path)
    validate(document, schema, name=path.name)
    return document


def validate(document: Any, schema: str, *, name: str = "document") -> None:
    """Raise every fault that `schema` (a file name among our schemas) finds in the document."""
    raise_any(name, faults_against(document, schema))


def faults_against(document: Any, schema: str) -> tuple[Fault, ...]:
    """Find all that `schema` (a file name among our schemas) finds wrong, in the order of the document."""
    rules = _parse(data("schemas") / schema)
    return () if _is_valid(document, rules) else tuple(_faults(document, rules))


def _is_valid(document: Any, schema: dict[str, Any]) -> bool:
    """Whether there is nothing to find, told a hundred times sooner than what there is; no is no last word."""
    try:
        return jsonschema_rs.Draft202012Validator(schema).is_valid(document)
    except (TypeError, ValueError):  # it knows no dates, for one: TOML has them
        return False


def _faults(document: Any, schema: dict[str, Any]) -> Iterator[Fault]:
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - a sound document does not wait for it

    validator: Any = Draft202012Validator(schema)  # its stubs leave the instance untyped
    errors: Iterable[ValidationError] = validator.iter_errors(document)
    for error in sorted(errors, key=lambda error: [str(step).zfill(6) for step in error.absolute_path]):
        yield Fault(path=error.json_path, text=_shortened(error.message))


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST // 2]} … {text[-_LONGEST // 2 :]}"


def _parse(path: Path) -> Any:
    repeated: list[str] = []

    # json keeps the last of two equal keys without a word; a register must not lose a field that way.
    def strict(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        repeated.extend(key for key, times in Counter(key for key, _ in pairs).items() if times > 1)
        return dict(pairs)

    try:
        document = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=strict)
    except (OSError, ValueError, RecursionError) as error:
        raise DocumentFaults(path.name, [Fault(path="$", text=f"cannot be read as JSON: {error}")]) from error
    raise_any(
        path.name, (Fault(path="$", text=f"the key {key!r} stands twice in one object") for key in repeated)
    )
    return document
