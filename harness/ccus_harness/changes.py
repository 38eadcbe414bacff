"""How a world document reads after something happened in it; the earlier document stays as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

Document = dict[str, Any]


def affiliation_ended(document: Document, technician: str, business: str, at: str) -> Document:
    """The document after a technician left a business."""
    rows = [
        {**row, "to": at} if _is(row, technician=technician, business=business) and not row["to"] else row
        for row in document["affiliations"]
    ]
    return {**document, "affiliations": rows}


def affiliation_begun(document: Document, technician: str, business: str, at: str) -> Document:
    """The document after a technician joined a business, with it as the main one."""
    row = {"technician": technician, "business": business, "kind": "main", "from": at, "to": None}
    return {**document, "affiliations": [*document["affiliations"], row]}


def entry_cancelled(document: Document, entry: str, at: str) -> Document:
    """The document after an entry was voided."""
    rows = [{**row, "cancelled_at": at} if row["id"] == entry else row for row in document["entries"]]
    return {**document, "entries": rows}


def link_ended(document: Document, site: str, child: str, parent: str, at: str) -> Document:
    """The document after a firm no longer stands below another at a site."""

    def ended(row: Mapping[str, Any]) -> dict[str, Any]:
        return {**row, "to": at} if _is(row, child=child, parent=parent) and not row["to"] else dict(row)

    return _with_links(document, site, ended, [])


def link_begun(document: Document, site: str, child: str, parent: str, at: str) -> Document:
    """The document after a firm stands below another at a site, approved."""
    begun = {"child": child, "parent": parent, "status": "approved", "from": at, "to": None}
    return _with_links(document, site, dict, [begun])


def entry_of(document: Document, technician: str, site: str) -> str:
    """The id of the technician's entry at a site."""
    return next(str(row["id"]) for row in document["entries"] if _is(row, technician=technician, site=site))


def _is(row: Mapping[str, Any], **wanted: str) -> bool:
    return all(row[key] == value for key, value in wanted.items())


def _with_links(document: Document, site: str, change: Any, more: list[dict[str, Any]]) -> Document:
    rows = [
        {**row, "links": [*map(change, row["links"]), *more]} if row["id"] == site else row
        for row in document["sites"]
    ]
    return {**document, "sites": rows}
