"""Faults in the answers that CCUS sends: refused, late, cut short, broken or lost, before or after it acted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from msgspec.structs import replace

from ccus_simulator.answers import answer
from ccus_simulator.faults.catalogue import Operation
from ccus_simulator.faults.drawing import Chance, draw
from ccus_simulator.refusals import Refused
from ccus_simulator.state import WorldState
from ccus_simulator.types import Event, Plan, Transport

Refuse = Callable[[Refused], Plan]
"""Puts a refusal into the words of a dialect."""

SLOW_MS: Final = 2_000
RETRY_AFTER: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """How a fault spoils an answer, and whether CCUS has acted all the same."""

    spoil: Callable[[Plan, Mapping[str, Any], Refuse], Plan]
    acted: bool


def disturbed(state: WorldState, operation: Operation, plan: Plan, refuse: Refuse) -> Plan:
    """Return an answer as the first fault that fires leaves it."""
    spared: list[Event] = []
    for name in (name for name in WRONG if name in state.faults):
        chance = Chance(name=name, operation=operation, subjects=_subjects(plan))
        drawn = draw(state, chance, acted=WRONG[name].acted)
        if drawn.fires:
            return _spoilt(state, name, plan, refuse, (*spared, *drawn.events))
        spared.extend(drawn.events)
    return replace(plan, events=(*plan.events, *spared)) if spared else plan


def _spoilt(state: WorldState, name: str, plan: Plan, refuse: Refuse, events: tuple[Event, ...]) -> Plan:
    wrong = WRONG[name]
    spoilt = wrong.spoil(plan, state.faults[name], refuse)
    return replace(spoilt, events=(*plan.events, *events) if wrong.acted else events)


def _subjects(plan: Plan) -> set[str]:
    """Return whom a call is about."""
    about: set[str] = set()
    for event in plan.events:
        about |= {event.body["id"]} if event.kind == "provision.collected" else set()
        about |= {subject["id"] for subject in event.body.get("subjects") or () if subject["id"]}
    return about


def _refusing(code: str, *, retry: bool = False) -> Callable[[Plan, Mapping[str, Any], Refuse], Plan]:
    def spoil(_: Plan, parameters: Mapping[str, Any], refuse: Refuse) -> Plan:
        refused = refuse(Refused(code))
        seconds = str(parameters.get("retry_after", RETRY_AFTER))
        headers = {**refused.headers, **({"retry-after": seconds} if retry else {})}
        return replace(refused, headers=headers, status=parameters.get("status", refused.status))

    return spoil


def _lost(kind: Literal["close", "reset", "silent"]) -> Callable[[Plan, Mapping[str, Any], Refuse], Plan]:
    def spoil(plan: Plan, _: Mapping[str, Any], __: Refuse) -> Plan:
        return replace(plan, transport=Transport(kind=kind))

    return spoil


def _slow(plan: Plan, parameters: Mapping[str, Any], _: Refuse) -> Plan:
    return replace(plan, delay_seconds=parameters.get("ms", SLOW_MS) / 1000)


def _rewritten(change: Callable[[bytes], bytes]) -> Callable[[Plan, Mapping[str, Any], Refuse], Plan]:
    def spoil(plan: Plan, _: Mapping[str, Any], __: Refuse) -> Plan:
        whole = answer(plan)
        headers = dict(whole.headers)
        del headers["content-length"]
        return replace(plan, body=change(whole.content), headers=headers)

    return spoil


def _called(content_type: str) -> Callable[[Plan, Mapping[str, Any], Refuse], Plan]:
    def spoil(plan: Plan, _: Mapping[str, Any], __: Refuse) -> Plan:
        return replace(plan, headers={**plan.headers, "content-type": content_type})

    return spoil


def _cut(plan: Plan, parameters: Mapping[str, Any], _: Refuse) -> Plan:
    content = answer(plan).content
    place = parameters.get("at", "token")
    if "after_bytes" in parameters:
        return replace(plan, transport=Transport(kind="cut", after_bytes=parameters["after_bytes"]))
    if place == "headers":
        return replace(plan, transport=Transport(kind="cut_headers"))
    return replace(plan, transport=Transport(kind="cut", after_bytes=PLACES[place](content)))


def _inside_character(content: bytes) -> int:
    """Return a place between two bytes of one character, in the middle of the body if there is one."""
    half = len(content) // 2
    inside = (place for place in (*range(half, len(content)), *range(half)) if content[place] & 0xC0 == 0x80)
    return next(inside, half)


def _inside_token(content: bytes) -> int:
    """Return a place inside a name or value between quotes, in the second half of the body."""
    quote = content.find(b'"', len(content) // 2)
    return quote + 2 if quote >= 0 else len(content) // 2


PLACES: Final[Mapping[str, Callable[[bytes], int]]] = {
    "body": lambda _: 0,
    "character": _inside_character,
    "token": _inside_token,
    "last_byte": lambda content: len(content) - 1,
}
WRONG: Final[Mapping[str, Wrong]] = {
    "expired_token": Wrong(spoil=_refusing("client.token_invalid"), acted=False),
    "error_5xx": Wrong(spoil=_refusing("service.failed"), acted=False),
    "unavailable": Wrong(spoil=_refusing("service.unavailable", retry=True), acted=False),
    "rate_limit": Wrong(spoil=_refusing("service.busy", retry=True), acted=False),
    "inbox_down": Wrong(spoil=_refusing("inbox.down", retry=True), acted=False),
    "timeout_before": Wrong(spoil=_lost("silent"), acted=False),
    "timeout_after": Wrong(spoil=_lost("silent"), acted=True),
    "slow": Wrong(spoil=_slow, acted=True),
    "reset": Wrong(spoil=_lost("reset"), acted=True),
    "empty": Wrong(spoil=_lost("close"), acted=True),
    "cut": Wrong(spoil=_cut, acted=True),
    "malformed_json": Wrong(spoil=_rewritten(lambda body: body.replace(b":", b"=", 1)), acted=True),
    "truncated": Wrong(spoil=_rewritten(lambda body: body[: len(body) // 2]), acted=True),
    "wrong_content_type": Wrong(spoil=_called("text/html; charset=utf-8"), acted=True),
    "wrong_charset": Wrong(spoil=_called("application/json; charset=shift_jis"), acted=True),
}
"""In the order in which they are tried; the first that fires is the only one."""
