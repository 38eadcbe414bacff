"""Notices that no machine saw arrive: a telephone call is entered by the reviewer who took it, or who waited for it.

What was entered lies beside the run and becomes part of its record when the run is resumed or judged again; a
claim that rests on it is `attested`, and says by whom and when it was entered (design §4.7).
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from ccus_harness import events

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

FILE = "receipts.json"
TELEPHONE = "telephone"
NATURES = ("leak", "purpose_misuse", "scope_violation")


class BadReceipt(Exception):
    """An entry that cannot be, with the reason in both languages."""

    def __init__(self, ja: str, en: str) -> None:
        super().__init__(en)
        self.ja = ja
        self.en = en


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """One entry: when the notice of a drill came by telephone, or that none had come when it was entered."""

    token: str
    at: str | None
    by: str
    nature: str
    note: str
    entered_at: str
    channel: str = TELEPHONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """One sign that a run delivered: its token, when it was delivered, in which scenario."""

    token: str
    delivered_at: str
    scenario: str


def drills(run: Path) -> list[Drill]:
    """Every sign that the run delivered to the help desk, in order, each once."""
    found: dict[str, Drill] = {}
    for event in events.read(run / events.EVENTS_FILE):
        if event["kind"] != "call" or (event["who"], event["op"]) != ("candidate", "announce"):
            continue
        incident = event["args"].get("incident")
        if incident:
            sign = Drill(
                token=incident["token"], delivered_at=incident["delivered_at"], scenario=event["scenario"]
            )
            found.setdefault(sign.token, sign)
    return list(found.values())


def enter(run: Path, receipt: Receipt) -> None:
    """Writes an entry beside the run; raises `BadReceipt` when the run has no such drill or the time cannot be."""
    sign = next((one for one in drills(run) if one.token == receipt.token), None)
    if sign is None:
        known = ", ".join(one.token for one in drills(run)) or "-"
        raise BadReceipt(
            f"この実行に、符号 {receipt.token} の演習はありません。あるもの: {known}",
            f"The run has no drill with the token {receipt.token}. It has: {known}",
        )
    if receipt.at is not None:
        _must_follow(sign, receipt.at)
    kept = [one for one in entered(run) if one["token"] != receipt.token]
    text = json.dumps([*kept, asdict(receipt)], ensure_ascii=False, indent=2)
    (run / FILE).write_text(text + "\n", encoding="utf-8")


def _must_follow(sign: Drill, at: str) -> None:
    try:
        said = datetime.fromisoformat(at)
    except ValueError:
        said = None
    if said is None or said.tzinfo is None:
        raise BadReceipt(
            f"時刻「{at}」は読めません。2026-04-13T09:30:00+09:00 のように、時差を付けて書いてください。",
            f"The time {at!r} cannot be read; write it with its offset, such as 2026-04-13T09:30:00+09:00.",
        )
    if said < datetime.fromisoformat(sign.delivered_at):
        raise BadReceipt(
            f"時刻 {at} は、合図を渡した {sign.delivered_at} より前です。",
            f"The time {at} is before the sign was delivered, at {sign.delivered_at}.",
        )


def entered(run: Path) -> list[dict[str, Any]]:
    """What was entered so far."""
    path = run / FILE
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []


def of_tokens(receipts: Iterable[Mapping[str, Any]], tokens: Iterable[str]) -> list[Mapping[str, Any]]:
    """The entries about these drills."""
    wanted = set(tokens)
    return [one for one in receipts if one["token"] in wanted]


def letters(receipts: Sequence[Mapping[str, Any]]) -> tuple[dict[str, Any], ...]:
    """The calls that came, in the form of what arrives at the Fund; an entry that none came brings nothing."""
    return tuple(
        {
            "kind": "notice",
            "received_at": one["at"],
            "document": {"token": one["token"], "nature": [one["nature"]]},
            "faults": [],
            "by_hand": {name: one[name] for name in ("channel", "by", "entered_at", "note")},
        }
        for one in receipts
        if one["at"] is not None
    )


def by_hand(letter: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Who entered a letter that no machine saw; None for one that arrived by itself."""
    return cast("Mapping[str, Any] | None", letter.get("by_hand"))
