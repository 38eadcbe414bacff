"""The catalogue of faults, read from its data file."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final, Literal, get_args

Layer = Literal["rule", "record", "answer"]
"""Where a fault acts: in what CCUS decides, in the records it hands over, or in the answer it sends."""

Operation = Literal[
    "token",
    "contract",
    "request",
    "request_status",
    "provisions",
    "notice",
    "certificate",
    "retention_claim",
]
"""What a client does, named alike in every dialect."""

OPERATIONS: Final[tuple[Operation, ...]] = get_args(Operation)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedFault:
    """One wrong behaviour of CCUS, what shows that it has set in, and what a lawful system does then."""

    name: str
    layer: Layer
    ja: str
    en: str
    seen_by: Mapping[str, str]
    must: Mapping[str, str]
    operations: tuple[str, ...]
    limits: tuple[str, ...]
    parameters: tuple[str, ...]
    rows: tuple[str, ...]

    @property
    def accepts(self) -> tuple[str, ...]:
        return (*self.limits, *self.parameters)

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "layer": self.layer,
            "ja": self.ja,
            "en": self.en,
            "seen_by": dict(self.seen_by),
            "must": dict(self.must),
            "operations": list(self.operations),
            "parameters": list(self.accepts),
            "rows": list(self.rows),
        }


def _read() -> dict[str, NamedFault]:
    rows = json.loads(files("ccus_simulator.faults").joinpath("catalogue.json").read_text(encoding="utf-8"))
    lists = ("operations", "limits", "parameters", "rows")
    faults = (NamedFault(**row | {name: tuple(row[name]) for name in lists}) for row in rows)
    return {fault.name: fault for fault in faults}


CATALOGUE: Final = _read()

ANSWERS_AFTER_END: Final = "answers_after_end"
ANSWERS_BEFORE_START: Final = "answers_before_start"
AFFILIATION_LAPSES: Final = "affiliation_lapses"
KEEPS_LEAVERS: Final = "keeps_leavers"
INBOX_DOWN: Final = "inbox_down"
