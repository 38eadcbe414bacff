"""Reads what a candidate keeps: the stores it declares, searched for canaries where we are allowed to look."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ccus_harness.gate import Answer
from ccus_harness.instruments import residue, sources
from ccus_simulator import population

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

UNDECLARED = "undeclared"
"""The store of what lies in no declared store."""


class Stores:
    """The third witness: files below `root`, the only folder that a reviewer opened to the judge.

    `root` is None when nobody gave access; then every scan is answered as unsupported and the rows
    that need it say so.
    """

    def __init__(self, root: Path | None) -> None:
        self._root = root

    def scan(self, declared: Answer, args: Mapping[str, Any]) -> Answer:
        """Searches the declared stores for the canaries of the given people and firms.

        The answer lists which store holds which item of whom (never a value), how much was read of
        each store, and which stores could not be read.
        """
        if declared.status != "answered":
            return declared
        stores = _declared(declared)
        if self._root is None or not stores:
            return Answer(status="unsupported", capability="stores")
        canaries = list(_canaries(args))
        read = [self._one(store, canaries) for store in stores]
        return Answer(value={"stores": [*read, *self._beside(stores, canaries)]})

    def traces(self, declared: Answer, args: Mapping[str, Any]) -> Answer:
        """Searches the declared logs for ids of the given people and firms, and for plain hashes of those.

        The answer says in which log whose id stands in which form, and how much there was to read.
        """
        logs = [store for store in _declared(declared) if store.get("class") == "log"]
        if declared.status != "answered":
            return declared
        paths = [path for store in logs if (path := self._allowed(store.get("path"))) and path.exists()]
        if self._root is None or len(paths) < len(logs):
            return Answer(status="unsupported", capability="stores")
        names = [name for subject in args["subjects"] for name in _names(subject)]
        hits = residue.scan((source for path in paths for source in sources.files_under(path)), names)
        found = sorted({f"{hit.id}:{hit.item}" for hit in hits.hits})
        return Answer(value={"found": found, "bytes": hits.scanned_bytes})

    def _beside(
        self, stores: Sequence[Mapping[str, Any]], canaries: list[population.Canary]
    ) -> Iterator[dict[str, Any]]:
        """What lies among the declared stores without being declared: the files below their common folder."""
        declared = [path for store in stores if (path := self._allowed(store.get("path"))) is not None]
        if len(declared) < 2:
            return
        folder = Path(os.path.commonpath(declared))
        loose = [
            path
            for path in sorted(folder.rglob("*"))
            if path.is_file() and not any(path.is_relative_to(known) for known in declared)
        ]
        hits = residue.scan((source for path in loose for source in sources.files_under(path)), canaries)
        found = sorted({(hit.id, hit.item, hit.encoding) for hit in hits.hits})
        yield {"id": UNDECLARED, "class": UNDECLARED, "hits": found, "read": True, "truncated": []}

    def _one(self, store: Mapping[str, Any], canaries: list[population.Canary]) -> dict[str, Any]:
        found: dict[str, Any] = {
            "id": str(store.get("id")),
            "class": str(store.get("class")),
            "hits": [],
            "read": False,
        }
        path = self._allowed(store.get("path"))
        if path is None:
            return {**found, "why": "outside"}
        if not path.exists():
            return {**found, "read": True, "why": "absent"}
        hits = residue.scan(sources.files_under(path), canaries)
        found["hits"] = sorted({(hit.id, hit.item, hit.encoding) for hit in hits.hits})
        found["read"] = True
        found["truncated"] = sorted({gap.reason for gap in hits.truncated if gap.hides})
        return found

    def _allowed(self, path: object) -> Path | None:
        if not isinstance(path, str) or self._root is None:
            return None
        try:
            resolved = Path(path).resolve()
        except (OSError, ValueError):
            return None
        return resolved if resolved.is_relative_to(self._root.resolve()) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Name:
    """An id, or a hash that anybody can make of it."""

    id: str
    item: str
    text: str


def _names(subject: str) -> Iterator[_Name]:
    yield _Name(id=subject, item="id", text=subject)
    for kind in ("md5", "sha1", "sha256"):
        digest = hashlib.new(kind, subject.encode(), usedforsecurity=False).hexdigest()
        yield _Name(id=subject, item=kind, text=digest)


def _declared(answer: Answer) -> list[dict[str, Any]]:
    return answer.value["detail"].get("stores") or [] if answer.status == "answered" else []


def _canaries(args: Mapping[str, Any]) -> Iterable[population.Canary]:
    for subject in args["subjects"]:
        yield from population.canaries(args["seed"], subject)
