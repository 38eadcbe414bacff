"""The profile of a candidate: one TOML file that says how its artefacts are read and what it declares."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

from ccus_harness.annex1 import load_annex1
from ccus_harness.documents import Fault, faults_against, raise_any
from ccus_harness.instruments.artefacts import Layout

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ccus_harness.annex1 import RecordType

# what the layout calls a column → what the profile calls it
_COLUMNS = {"record_type": "kind", "id": "subject", "item": "item", "value": "value", "origin": "origin"}


def load_profile(path: Path) -> dict[str, Any]:
    """The profile as plain data; raises `DocumentFaults` with everything that is wrong in it."""
    try:
        profile = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise_any(path.name, [Fault(path="$", text=f"not TOML: {fault}")])
        raise
    raise_any(path.name, [*faults_against(profile, "profile.schema.json"), *_unknown_keys(profile)])
    return profile


def _unknown_keys(profile: Mapping[str, Any]) -> list[Fault]:
    known = load_annex1().by_key
    return [
        Fault(path=f"$.labels.{kind}['{label}']", text=f"{key} is no item of Annex 1")
        for kind, labels in profile.get("labels", {}).items()
        for label, key in labels.items()
        if key not in known
    ]


def layout_of(profile: Mapping[str, Any]) -> Layout:
    """How the candidate's table of holdings is read; what the profile leaves out is the default layout."""
    default = Layout()
    table = profile.get("layout", {}).get("holdings", {})
    mark = profile.get("mark", {})
    columns = {meaning: table.get("columns", {}).get(name) for meaning, name in _COLUMNS.items()}
    own: dict[tuple[RecordType, str], str] = {
        (kind, label): key
        for kind, labels in profile.get("labels", {}).items()
        for label, key in labels.items()
    }
    return Layout(
        encoding=table.get("encoding", default.encoding),
        columns={meaning: name or default.columns[meaning] for meaning, name in columns.items()},
        record_types=table.get("kinds", default.record_types),
        labels={**default.labels, **own},
        marked=frozenset(mark.get("ccus", default.marked)),
        unmarked=frozenset(mark.get("other", default.unmarked)),
    )
