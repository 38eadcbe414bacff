"""What a run declares before it starts: which readings it takes, and which policy numbers."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches
from functools import cache
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from ccus_harness.documents import Bilingual, Fault, load, raise_any
from ccus_harness.locator import data

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

Kind = Literal["judging", "world"]
Level = Literal["strict", "standard", "lenient"]
CountsFrom = Literal["aware", "later_of_ended_and_known", "disposed", "right_lost"]

LEVELS: tuple[Level, ...] = ("strict", "standard", "lenient")

# One unit only: days exclude the first and hours run at once (Civil Code 139, 140), so a mix has no meaning.
_DURATION = re.compile(r"P(?P<days>[0-9]{1,4})D|PT(?P<hours>[0-9]{1,5})H|PT(?P<minutes>[0-9]{1,5})M")


class NotADuration(ValueError):
    """A text is not one of the three forms of duration that a policy may have."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text

    def __str__(self) -> str:
        return f"{self.text!r} is not a duration; write whole days, hours or minutes: P3D, PT24H, PT5M"


def parse_duration(text: str) -> timedelta:
    """Read the length of ``PnD``, ``PTnH`` or ``PTnM``."""
    match = _DURATION.fullmatch(text)
    if match is None:
        raise NotADuration(text)
    return timedelta(
        **{unit: int(number) for unit, number in match.groupdict().items() if number is not None}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One way to read the text."""

    name: str
    text: Bilingual


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What to ask under article 9; the number is its place in the list."""

    number: int
    text: Bilingual


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A named choice where the text allows several; the first option is the default."""

    name: str
    kind: Kind
    rows: tuple[str, ...]
    question: Question
    options: tuple[Option, ...]

    @property
    def default(self) -> str:
        return self.options[0].name

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(option.name for option in self.options)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A declared number the text leaves open; what is not done by the cap is violated."""

    name: str
    strict: str
    standard: str
    lenient: str
    cap: str | None
    cap_reason: Bilingual
    counts_from: CountsFrom
    rows: tuple[str, ...]
    text: Bilingual

    def at(self, level: Level) -> str:
        return {"strict": self.strict, "standard": self.standard, "lenient": self.lenient}[level]


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """The readings and policy numbers of one run, fixed before it starts.

    `agreed` dates the readings that the parties settled under article 9: they have one option left.
    """

    readings: Mapping[str, str]
    policy: Mapping[str, str]
    agreed: Mapping[str, str]

    @property
    def digest(self) -> str:
        """SHA-256 over the canonical JSON of the choice: a later change shows."""
        choice = {"agreed": dict(self.agreed), "policy": dict(self.policy), "readings": dict(self.readings)}
        text = json.dumps(choice, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def limit(self, name: str) -> timedelta:
        return parse_duration(self.policy[name])

    def open_options(self, reading: Reading) -> tuple[str, ...]:
        """List the options that still count, the declared one first."""
        chosen = self.readings[reading.name]
        if reading.name in self.agreed:
            return (chosen,)
        return (chosen, *(name for name in reading.names if name != chosen))


def load_readings(folder: Path | None = None) -> Mapping[str, Reading]:
    """Load the readings by name, in the order of their questions."""
    return _readings(folder or data("schemas"))


def load_policy(folder: Path | None = None) -> Mapping[str, Policy]:
    """Load the policy numbers by name."""
    return _policy(folder or data("schemas"))


def declare(
    readings: Mapping[str, str] | None = None,
    policy: Mapping[str, str] | None = None,
    agreed: Mapping[str, str] | None = None,
) -> Declared:
    """Fix the choice of a run, defaults filled in; raise every unknown name and refused value at once.

    A policy number is given as a level (strict, standard, lenient) or as a duration below its cap.
    """
    readings, policy, agreed = readings or {}, policy or {}, agreed or {}
    known, numbers = load_readings(), load_policy()
    raise_any(
        "declaration",
        (
            *_reading_faults(readings, known),
            *(fault for name, value in policy.items() for fault in _number_faults(name, value, numbers)),
            *(fault for name, day in agreed.items() for fault in _agreed_faults(name, day, readings, known)),
        ),
    )
    return Declared(
        readings=MappingProxyType(
            {name: readings.get(name, reading.default) for name, reading in known.items()}
        ),
        policy=MappingProxyType(
            {name: _resolved(policy.get(name), number) for name, number in numbers.items()}
        ),
        agreed=MappingProxyType(dict(agreed)),
    )


def _resolved(value: str | None, number: Policy) -> str:
    levels: dict[str | None, str] = {level: number.at(level) for level in LEVELS}
    return number.standard if value is None else levels.get(value, value)


def _reading_faults(chosen: Mapping[str, str], known: Mapping[str, Reading]) -> Iterator[Fault]:
    for name, option in chosen.items():
        path = f"$.readings['{name}']"
        if name not in known:
            yield Fault(
                path=path, text=f"there is no reading {name}; the nearest are {_nearest(name, known)}"
            )
        elif option not in known[name].names:
            yield Fault(
                path=path, text=f"{option!r} is no option of {name}; choose {_listed(known[name].names)}"
            )


def _number_faults(name: str, value: str, known: Mapping[str, Policy]) -> Iterator[Fault]:
    path = f"$.policy['{name}']"
    if name not in known:
        yield Fault(
            path=path, text=f"there is no policy number {name}; the nearest are {_nearest(name, known)}"
        )
        return
    try:
        length = parse_duration(_resolved(value, known[name]))
    except NotADuration as error:
        yield Fault(path=path, text=f"{error}, or a level: {_listed(LEVELS)}")
        return
    cap = known[name].cap
    if cap is not None and length >= parse_duration(cap):
        yield Fault(
            path=path, text=f"{value} reaches the cap {cap}; declare less: {known[name].cap_reason.en}"
        )


def _agreed_faults(
    name: str, day: str, chosen: Mapping[str, str], known: Mapping[str, Reading]
) -> Iterator[Fault]:
    path = f"$.agreed['{name}']"
    if name not in known:
        yield Fault(path=path, text=f"there is no reading {name}; the nearest are {_nearest(name, known)}")
    elif name not in chosen:
        yield Fault(
            path=path, text="an agreed reading must be chosen in readings, so that no default decides it"
        )
    if not _is_date(day):
        yield Fault(path=path, text=f"{day!r} is not the date of the agreement; write YYYY-MM-DD")


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)


def _nearest(name: str, known: Iterable[str]) -> str:
    return _listed(get_close_matches(name, list(known), n=3, cutoff=0))


@cache
def _readings(folder: Path) -> Mapping[str, Reading]:
    raw = load(folder / "readings.json", "readings.schema.json")["readings"]
    raise_any("readings.json", (*_repeated(raw, "$.readings"), *_order_faults(raw)))
    return MappingProxyType({reading.name: reading for reading in map(_reading, raw)})


def _reading(raw: Mapping[str, Any]) -> Reading:
    question = raw["question"]
    return Reading(
        name=raw["name"],
        kind=raw["kind"],
        rows=tuple(raw["rows"]),
        question=Question(number=question["number"], text=Bilingual(ja=question["ja"], en=question["en"])),
        options=tuple(
            Option(name=option["name"], text=Bilingual(ja=option["ja"], en=option["en"]))
            for option in raw["options"]
        ),
    )


# Readings of these parts change what the simulator does, so each option needs a world of its own.
_WORLD = ("request.", "whitelist.", "term.", "art6.")


def _order_faults(raw: list[dict[str, Any]]) -> Iterator[Fault]:
    for index, reading in enumerate(raw):
        path = f"$.readings[{index}]"
        if reading["question"]["number"] != index + 1:
            yield Fault(path=f"{path}.question.number", text=f"question {index + 1} belongs here")
        if (reading["kind"] == "world") != reading["name"].startswith(_WORLD):
            yield Fault(path=f"{path}.kind", text=f"{reading['name']} is not a {reading['kind']} reading")
        yield from _repeated(reading["options"], f"{path}.options")


def _repeated(raw: list[dict[str, Any]], path: str) -> Iterator[Fault]:
    times = Counter(entry["name"] for entry in raw)
    for index, entry in enumerate(raw):
        if times[entry["name"]] > 1:
            yield Fault(
                path=f"{path}[{index}].name", text=f"{entry['name']} stands {times[entry['name']]} times"
            )


@cache
def _policy(folder: Path) -> Mapping[str, Policy]:
    raw = load(folder / "policy.json", "policy.schema.json")["parameters"]
    raise_any("policy.json", (*_repeated(raw, "$.parameters"), *_ascent_faults(raw)))
    return MappingProxyType({policy.name: policy for policy in map(_number, raw)})


def _number(raw: Mapping[str, Any]) -> Policy:
    shaped: dict[str, Any] = {
        "rows": tuple(raw["rows"]),
        "cap_reason": Bilingual(**raw["cap_reason"]),
        "text": Bilingual(**raw["text"]),
    }
    return Policy(**{**raw, **shaped})


def _ascent_faults(raw: list[dict[str, Any]]) -> Iterator[Fault]:
    """Each level is longer than the stricter one, and the cap longer than all."""
    for index, number in enumerate(raw):
        steps = [key for key in (*LEVELS, "cap") if number[key] is not None]
        for lower, upper in pairwise(steps):
            if parse_duration(number[lower]) >= parse_duration(number[upper]):
                text = f"{upper} {number[upper]} is not longer than {lower} {number[lower]}"
                yield Fault(path=f"$.parameters[{index}].{upper}", text=text)
