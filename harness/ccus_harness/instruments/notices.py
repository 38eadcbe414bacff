"""What the letters in the Fund's inbox say about an incident; a letter may be of any form, so nothing is taken for granted."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Letter = dict[str, Any]
"""One item of the inbox: kind, received_at, document, faults."""

UNKNOWN_CAUSES = ("", "under_investigation", "unknown")


def of_token(inbox: Iterable[Letter], token: str) -> list[Letter]:
    """The notices that echo a token, in the order in which they came."""
    return [
        item
        for item in inbox
        if item["kind"] == "notice" and token in json.dumps(item["document"], ensure_ascii=False)
    ]


def naming(letters: Iterable[Letter], natures: Sequence[str]) -> list[Letter]:
    """Those that say that it was one of these natures."""
    return [item for item in letters if _natures(item) & set(natures)]


def _natures(item: Letter) -> set[str]:
    said: object = part(item["document"], "nature")
    listed = cast("list[object]", said) if isinstance(said, list) else [said]
    return {nature for nature in listed if isinstance(nature, str)}


def received(letters: Sequence[Letter]) -> datetime | None:
    """When the first of these letters reached the Fund, by the Fund's own clock."""
    return min((datetime.fromisoformat(item["received_at"]) for item in letters), default=None)


def part(document: Any, *path: str) -> Any:
    """What a document says at a place, None when it says nothing there."""
    for step in path:
        if not isinstance(document, dict) or step not in document:
            return None
        document = cast("dict[str, Any]", document)[step]
    return document


def moment(document: Any, *path: str) -> datetime | None:
    """A point in time that a document names; None when there is none that can be placed."""
    said = part(document, *path)
    try:
        at = datetime.fromisoformat(said)
    except (TypeError, ValueError):
        return None
    return at if at.tzinfo else None


def lacking_content(item: Letter, sign: Mapping[str, Any]) -> list[str]:
    """What a first notice leaves out that is known: its form's faults, the items told, how many people."""
    document = item["document"]
    faults = [str(fault.get("path", "$")) for fault in item.get("faults") or ()]
    named: Any = part(document, "data", "items")
    told = set(sign.get("items") or ())
    items = (
        {one for one in cast("list[Any]", named) if isinstance(one, str)}
        if isinstance(named, list)
        else set[str]()
    )
    missing = ["$.data.items"] if not items or not told <= items else []
    return [*faults, *missing, *(["$.data.technicians"] if not _people(document) else [])]


def _people(document: Any) -> int:
    counts = (part(document, "data", "technicians", name) for name in ("exact", "min", "max"))
    return max((count for count in counts if isinstance(count, int)), default=0)


def lacking_at_close(document: Any) -> list[str]:
    """What a closing report leaves out of cause, extent and prevention."""
    cause = part(document, "cause", "text")
    state = part(document, "cause", "state")
    known = isinstance(cause, str) and bool(cause.strip()) and state not in UNKNOWN_CAUSES
    prevention = part(document, "prevention", "text")
    prevented = isinstance(prevention, str) and bool(prevention.strip())
    checks = {
        "$.cause": known,
        "$.data": bool(part(document, "data", "items")) and _people(document) > 0,
        "$.prevention": prevented,
    }
    return [path for path, there in checks.items() if not there]


def recovery_of(letters: Iterable[Letter]) -> list[str]:
    """What the letters say was done to recover."""
    said = [part(item["document"], "measures", "recovery") for item in letters]
    lists = [cast("list[Any]", one) for one in said if isinstance(one, list)]
    return [text for one in lists for text in one if isinstance(text, str) and text.strip()]
