"""Where the readings and policy numbers of a run come from, put together before it starts.

From the weakest to the strongest: the defaults, the candidate's profile, the command line, and what the parties
agreed under article 9. A run fixes the choice and its digest before it contacts anybody (design §5).
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ccus_harness.documents import Fault, faults_against, raise_any
from ccus_harness.readings import Declared, declare

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """A reading that the parties settled under article 9: one option, the day and where it is written."""

    reading: str
    option: str
    on: str
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What somebody chose on the command line, and the agreed answers that were supplied."""

    readings: Mapping[str, str] = field(default_factory=dict[str, str])
    policy: Mapping[str, str] = field(default_factory=dict[str, str])
    agreed: Sequence[Agreed] = ()


NOTHING = Choice()


def load_agreed(path: Path) -> tuple[Agreed, ...]:
    """The agreed answers of a TOML file; raises `DocumentFaults` with everything that is wrong in it."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise_any(path.name, [Fault(path="$", text=f"not readable as TOML: {fault}")])
        raise
    raise_any(path.name, faults_against(raw, "agreed.schema.json"))
    return tuple(Agreed(**entry) for entry in raw["agreed"])


def pairs(given: Sequence[str], option: str) -> dict[str, str]:
    """``name=value`` texts as a mapping; raises `DocumentFaults` for a text of another form."""
    wrong = [Fault(path=f"{option} {text}", text="write NAME=VALUE") for text in given if "=" not in text]
    raise_any("command line", wrong)
    return {name.strip(): value.strip() for name, _, value in (text.partition("=") for text in given)}


def declaration(profile: Mapping[str, Any] | None, choice: Choice) -> Declared:
    """The choice of a run, checked; raises `DocumentFaults` with every unknown name and refused value."""
    profile = profile or {}
    raise_any("declaration", _against_agreed(choice))
    return declare(
        {
            **profile.get("readings", {}),
            **choice.readings,
            **{answer.reading: answer.option for answer in choice.agreed},
        },
        {**profile.get("policy", {}), **choice.policy},
        {answer.reading: answer.on for answer in choice.agreed},
    )


def _against_agreed(choice: Choice) -> Iterator[Fault]:
    for answer in choice.agreed:
        given = choice.readings.get(answer.reading, answer.option)
        if given != answer.option:
            yield Fault(
                path=f"$.readings['{answer.reading}']",
                text=f"{given!r} was chosen, but {answer.option!r} was agreed on {answer.on} ({answer.reference})",
            )


def document(declared: Declared) -> dict[str, Any]:
    """The choice as a run keeps it, with the digest that shows a later change."""
    return {
        "readings": dict(declared.readings),
        "policy": dict(declared.policy),
        "agreed": dict(declared.agreed),
        "declared_digest": declared.digest,
    }
