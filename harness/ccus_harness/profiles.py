"""The profile of a candidate: one TOML file that says how its artefacts are read and what it declares."""

from __future__ import annotations

import hashlib
import json
import tomllib
from typing import TYPE_CHECKING, Any, cast

from ccus_harness.annex1 import load_annex1
from ccus_harness.documents import Fault, faults_against, raise_any
from ccus_harness.instruments.artefacts import Layout

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from ccus_harness.annex1 import RecordType

# what the layout calls a column → what the profile calls it
_COLUMNS = {"record_type": "kind", "id": "subject", "item": "item", "value": "value", "origin": "origin"}


MAX_FILE = 1024 * 1024
"""A contract's text or a list is some kilobytes; what is larger is another file."""

FILES = "files"
"""Where a loaded profile holds the files it names; no profile on disk has this table."""


def load_profile(path: Path) -> dict[str, Any]:
    """The profile as plain data, with the files it names read in.

    Raises `DocumentFaults` with everything that is wrong in it. Below `FILES` stand the contract's text and
    the lists taken from elsewhere, each with its SHA-256, so that a run's record holds what was judged.
    """
    profile = _toml(path)
    raise_any(path.name, [*faults_against(profile, "profile.schema.json"), *_unknown_keys(profile)])
    named = _named_files(profile)
    unreadable = [
        Fault(path=place, text=why)
        for place, name in named.items()
        if (why := _unreadable(path.parent, name)) is not None
    ]
    raise_any(path.name, unreadable)
    return {**profile, FILES: {place: _read_in(path.parent, name) for place, name in named.items()}}


def digest_of(profile: Mapping[str, Any]) -> str:
    """SHA-256 of what was declared: a run binds itself to it before its first question."""
    text = json.dumps(profile, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def merged(profile: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The profile with the tables of `changes` laid over it, key by key; a list replaces a list."""
    both = dict(profile)
    for key, part in changes.items():
        before = both.get(key)
        tables = isinstance(before, dict) and isinstance(part, dict)
        both[key] = merged(cast("dict[str, Any]", before), cast("dict[str, Any]", part)) if tables else part
    return both


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise_any(path.name, [Fault(path="$", text=f"not TOML: {fault}")])
        raise


def _named_files(profile: Mapping[str, Any]) -> dict[str, str]:
    """The files that a profile names, by the place where it names them."""
    text = profile.get("contract", {}).get("text")
    lists = {f"lists.{kind}": name for kind, name in profile.get("lists", {}).items()}
    return {**({"contract.text": text} if text else {}), **lists}


def _unreadable(folder: Path, name: str) -> str | None:
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        return f"{name} must lie beside the profile"
    if not path.is_file():
        return f"there is no file {name} beside the profile"
    return f"{name} is larger than {MAX_FILE} bytes" if path.stat().st_size > MAX_FILE else None


def _read_in(folder: Path, name: str) -> dict[str, Any]:
    raw = (folder / name).read_bytes()
    text = raw.decode("utf-8-sig", errors="replace")
    held: dict[str, Any] = {"name": name, "sha256": hashlib.sha256(raw).hexdigest()}
    if not name.endswith(".toml"):
        return {**held, "text": text}
    document = _toml(folder / name)
    raise_any(name, faults_against(document, "taken-list.schema.json"))
    return {**held, "document": document}


def _unknown_keys(profile: Mapping[str, Any]) -> Iterator[Fault]:
    known = load_annex1().by_key
    for place, key in _keys_named(profile):
        if key not in known:
            yield Fault(path=place, text=f"{key} is no item of Annex 1")


def _keys_named(profile: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every key of Annex 1 that a profile names, with its place."""
    for kind, labels in profile.get("labels", {}).items():
        yield from ((f"$.labels.{kind}['{label}']", key) for label, key in labels.items())
    for kind in ("technician", "business"):
        yield from ((f"$.whitelist.{kind}", key) for key in profile.get("whitelist", {}).get(kind, {}))
    yield from (("$.sensitive", key) for key in profile.get("sensitive", {}))


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
        by_file=mark.get("by_file", {}),
    )
