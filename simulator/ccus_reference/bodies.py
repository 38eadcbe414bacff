"""Checks what a caller of the control interface sends: every fault at once, each with its path."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, cast

Check = Callable[[Any], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something wrong in a body, and where."""

    path: str
    text: str


class BadBody(ValueError):
    """A body that does not have the form of its operation; carries every fault."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(faults)
        self.faults = faults


def _text(value: Any) -> str | None:
    return None if isinstance(value, str) else "must be text"


def _flag(value: Any) -> str | None:
    return None if isinstance(value, bool) else "must be true or false"


def _object(value: Any) -> str | None:
    return None if isinstance(value, Mapping) else "must be an object"


def _moment(value: Any) -> str | None:
    try:
        with_offset = datetime.fromisoformat(value).tzinfo is not None
    except (TypeError, ValueError):
        with_offset = False
    return None if with_offset else "must be a timestamp with offset, like 2026-04-13T09:00:00+09:00"


def _world(value: Any) -> str | None:
    fits = isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", value)
    return None if fits else "must be 1 to 64 letters, digits, - or _"


def _device(value: Any) -> str | None:
    fits = isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", value)
    return None if fits else "must be 1 to 64 letters, digits, - or _"


def _texts(value: Any) -> str | None:
    parts = cast("list[Any]", value) if isinstance(value, list) else [None]
    return None if all(isinstance(part, str) for part in parts) else "must be a list of texts"


def _objects(value: Any) -> str | None:
    parts = cast("list[Any]", value) if isinstance(value, list) else [None]
    return None if all(isinstance(part, Mapping) for part in parts) else "must be a list of objects"


def _technicians(value: Any) -> str | None:
    return None if value == "all" or _texts(value) is None else 'must be "all" or a list of ids'


def _affiliation(value: Any) -> str | None:
    return _of_texts(value, "technician", "business", "kind")


def _link(value: Any) -> str | None:
    return _of_texts(value, "site", "child", "parent", "status")


def _of_texts(value: Any, *names: str) -> str | None:
    parts: Mapping[str, Any] = cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}
    fits = all(isinstance(parts.get(name), str) for name in names)
    return None if fits else f"must be an object with the texts {', '.join(names)}"


def _or_null(check: Check) -> Check:
    return lambda value: None if value is None else check(value)


def _one_of(*words: str) -> Check:
    return lambda value: None if value in words else f"must be one of {', '.join(words)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One member of a body; a `default` makes it optional."""

    check: Check
    required: bool = True
    default: Any = None


def _optional(check: Check, default: Any = None) -> Field:
    return Field(check=check, required=False, default=default)


WORLD = Field(check=_world)
TEXT = Field(check=_text)
NULLABLE = _optional(_or_null(_text))

SHAPES: Mapping[str, Mapping[str, Field]] = MappingProxyType(
    {
        "world": {"document": Field(check=_object), "ccus": Field(check=_object)},
        "world.document": {"world": WORLD, "now": Field(check=_moment), "contract": Field(check=_object)}
        | {
            name: Field(check=_objects)
            for name in ("businesses", "technicians", "affiliations", "sites", "entries", "accounts")
        },
        "world.ccus": {
            "dialect": _optional(_one_of("json", "session"), "json"),
            "mail": _optional(_or_null(_object)),
        },
        "world.ccus.mail": {"server": TEXT, "address": TEXT},
        "world.ccus.json": {"base_url": TEXT, "client_id": TEXT, "client_secret": TEXT},
        "world.ccus.session": {
            "base_url": TEXT,
            "business_id": TEXT,
            "admin_id": TEXT,
            "password": TEXT,
        },
        "request": {
            "world": WORLD,
            "user": TEXT,
            "acting_for": NULLABLE,
            "capacity": Field(check=_one_of("business", "technician")),
            "technicians": Field(check=_technicians),
            "own_business": _optional(_flag, default=False),
            "purpose": TEXT,
        },
        "view": {
            "world": WORLD,
            "user": TEXT,
            "acting_for": NULLABLE,
            "what": Field(check=_one_of("record", "business", "list", "search", "count")),
            "subject": NULLABLE,
            "query": NULLABLE,
            "channel": _optional(_one_of("screen", "print", "api"), "screen"),
            "credential": _optional(_one_of("own", "leaked"), "own"),
        },
        "export": {
            "world": WORLD,
            "user": TEXT,
            "acting_for": NULLABLE,
            "format": _optional(_one_of("csv"), "csv"),
        },
        "share": {
            "world": WORLD,
            "user": TEXT,
            "acting_for": NULLABLE,
            "subject": TEXT,
            "form": Field(check=_one_of("link", "mail", "file")),
            "to": NULLABLE,
        },
        "fetch": {"world": WORLD, "handle": TEXT, "user": NULLABLE},
        "device": {
            "world": WORLD,
            "user": TEXT,
            "acting_for": NULLABLE,
            "action": Field(check=_one_of("sync", "show")),
            "device": Field(check=_device),
        },
        "holdings": {"world": WORLD},
        "stores": {"world": WORLD},
        "backup": {"world": WORLD},
        "restore": {"world": WORLD, "backup": NULLABLE},
        "retain": {"world": WORLD, "at": Field(check=_moment), "conditions": Field(check=_objects)},
        "audit_log": {"world": WORLD},
        "egress": {"world": WORLD},
        "reset": {"world": WORLD},
        "account": {
            "world": WORLD,
            "account": TEXT,
            "change": Field(check=_one_of("create", "stop", "leave")),
            "businesses": _optional(_texts, []),
            "technician": NULLABLE,
            "role": _optional(_one_of("member", "client", "staff", "guest"), "member"),
        },
        "delegate": {
            "world": WORLD,
            "business": TEXT,
            "account": TEXT,
            "from": Field(check=_moment),
            "to": _optional(_or_null(_moment)),
        },
        "view_log": {"world": WORLD},
        "advance": {"world": WORLD, "to": Field(check=_moment)},
        "edit": {
            "world": WORLD,
            "user": TEXT,
            "acting_for": NULLABLE,
            "subject": TEXT,
            "item": TEXT,
            "value": TEXT,
        },
        "enter": {
            "world": WORLD,
            "technician": TEXT,
            "site": TEXT,
            "under": TEXT,
            "at": Field(check=_moment),
            "known_at": _optional(_or_null(_moment)),
        },
        "cancel": {"world": WORLD, "entry": TEXT, "at": Field(check=_moment)},
        "relate": {
            "world": WORLD,
            "change": Field(check=_one_of("begin", "end")),
            "at": Field(check=_moment),
            "affiliation": _optional(_or_null(_affiliation)),
            "link": _optional(_or_null(_link)),
        },
        "reimport": {"world": WORLD, "user": TEXT, "acting_for": NULLABLE, "file": Field(check=_object)},
        "copy": {"world": WORLD, "user": TEXT, "acting_for": NULLABLE, "subject": TEXT, "to_site": TEXT},
        "detections": {"world": WORLD},
        "contain": {"world": WORLD, "path": Field(check=_object)},
        "announce": {
            "world": WORLD,
            "kind": Field(check=_one_of("incident", "contract_end")),
            "incident": _optional(_or_null(_object)),
            "end": _optional(_or_null(_object)),
        },
        "announce.incident": {
            "token": TEXT,
            "nature": Field(check=_one_of("leak", "purpose_misuse", "scope_violation")),
            "delivered_at": Field(check=_moment),
            "delivered_to": TEXT,
            "drill": Field(check=_flag),
            "subjects": Field(check=_texts),
            "path": _optional(_or_null(_object)),
            "actor": TEXT,
            "status": _optional(_one_of("confirmed", "suspected"), "confirmed"),
            "items": _optional(_or_null(_texts)),
            "protection": _optional(_one_of("none", "encrypted"), "none"),
            "place": _optional(_one_of("system", "outside"), "system"),
            "news": _optional(_or_null(_object)),
        },
        "announce.incident.news": {
            "kind": Field(check=_one_of("facts", "consultation", "closed")),
            "text": _optional(_text, ""),
        },
        "announce.end": {
            "cause": TEXT,
            "ended_at": Field(check=_moment),
            "known_at": Field(check=_moment),
            "retention": _optional(_or_null(_object)),
        },
        "announce.end.retention": {"claim": Field(check=_flag), "conditions": _optional(_objects, [])},
    }
)
"""What each body must hold, by operation; a dotted name is a part of a body."""


def checked(shape: str, body: Any, path: str = "") -> dict[str, Any]:
    """The body with its defaults filled in; raises `BadBody` with every fault."""
    if not isinstance(body, Mapping):
        raise BadBody([Fault(path=path or "/", text="must be an object")])
    parts, fields = cast("Mapping[str, Any]", body), SHAPES[shape]
    faults = [
        Fault(path=f"{path}/{name}", text=fault)
        for name, field in fields.items()
        if (fault := _fault(field, name, parts)) is not None
    ]
    if faults:
        raise BadBody(faults)
    return {name: parts.get(name, field.default) for name, field in fields.items()}


def _fault(field: Field, name: str, parts: Mapping[str, Any]) -> str | None:
    if name not in parts:
        return "is missing" if field.required else None
    return field.check(parts[name])
