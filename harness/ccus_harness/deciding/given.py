"""What people hand in: one decision from the command line, or many from a file that they filled in."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from ccus_harness.deciding.faults import Refusal, raise_any
from ccus_harness.documents import faults_against

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping
    from pathlib import Path

SCHEMA = "decisions-given.schema.json"
_COMMON = ("by", "second", "date")


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A decision as somebody hands it in; `path` says where it stands in what they handed in."""

    row: str
    word: str
    by: str
    date: str
    reason: str
    second: str = ""
    files: tuple[Path, ...] = ()
    path: str = "$"


class _Strict(yaml.BaseLoader):
    """Texts as they are written: a day stays a text, and a key stands once."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002 - its parent's
        keys = [key.value for key, _ in node.value]
        twice = [key for key in keys if keys.count(key) > 1]
        if twice:
            raise yaml.constructor.ConstructorError(None, None, f"{twice[0]} stands twice", node.start_mark)
        return super().construct_mapping(node, deep)


def read_given(path: Path) -> tuple[Given, ...]:
    """The decisions of a YAML or JSON file; raises `Undecidable` with everything that is wrong in it.

    An entry whose word is still empty was not decided and is left out, so that a form can be handed in half-way.
    """
    raw = _parsed(path)
    faults = faults_against(raw, SCHEMA)
    raise_any(path.name, (Refusal(path=f.path, code="form", values={"why": f.text}) for f in faults))
    common = {name: raw[name] for name in _COMMON if raw.get(name)}
    entries = [
        (f"$.decisions[{i}]", {**common, **_filled(entry)}) for i, entry in enumerate(raw["decisions"])
    ]
    decided = [(place, entry) for place, entry in entries if entry.get("word")]
    raise_any(path.name, (fault for place, entry in decided for fault in _unfilled(place, entry)))
    return tuple(_given(place, entry, path.parent) for place, entry in decided)


def _parsed(path: Path) -> Any:
    try:
        text = path.read_text(encoding="utf-8-sig")
        return json.loads(text) if path.suffix == ".json" else yaml.load(text, _Strict)  # noqa: S506 - a BaseLoader makes texts only
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as fault:
        raise_any(path.name, [Refusal(path="$", code="form", values={"why": " ".join(str(fault).split())})])
        raise


def _filled(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {name: part for name, part in entry.items() if part}


def _unfilled(place: str, entry: Mapping[str, Any]) -> Iterator[Refusal]:
    for name in ("row", "by", "date", "reason"):
        if not entry.get(name):
            yield Refusal(path=f"{place}.{name}", code="missing", values={"name": name})


def _given(place: str, entry: Mapping[str, Any], folder: Path) -> Given:
    return Given(
        row=entry["row"],
        word=entry["word"],
        by=entry["by"].strip(),
        second=entry.get("second", "").strip(),
        date=entry["date"],
        reason=entry["reason"].strip(),
        files=tuple(folder / name for name in entry.get("files", ())),
        path=place,
    )
