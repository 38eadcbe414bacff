"""Reads what a candidate keeps: the stores it declares, searched for canaries where we are allowed to look."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ccus_harness.gate import Answer
from ccus_harness.instruments import residue, sources
from ccus_simulator import population

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


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
        stores: list[dict[str, Any]] = declared.value["detail"].get("stores") or []
        if self._root is None or not stores:
            return Answer(status="unsupported", capability="stores")
        canaries = list(_canaries(args))
        return Answer(value={"stores": [self._one(store, canaries) for store in stores]})

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


def _canaries(args: Mapping[str, Any]) -> Iterable[population.Canary]:
    for subject in args["subjects"]:
        yield from population.canaries(args["seed"], subject)
