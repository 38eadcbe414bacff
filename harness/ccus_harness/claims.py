"""Claims: pure predicates over what was observed, judged under every reading they look at in one pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from ccus_harness.verdicts import Claim, Finding

if TYPE_CHECKING:
    from ccus_harness.verdicts import Blame, Strength

Options = Mapping[str, tuple[str, ...]]
"""Every judging reading with its options, the default first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """How long a duty may take, as periods of law (P3D is not PT72H).

    By `within` the declared policy is met, after `cap` the contract is violated.
    """

    within: str
    cap: str | None


Policy = Mapping[str, Allowed]

Predicate = Callable[[Mapping[str, str], Policy], Finding]
"""Decides one row from recorded observations under one choice of readings; pure."""


class _Watched(Mapping[str, str]):
    """A choice of readings that remembers which of them a predicate looked at."""

    def __init__(self, choice: Mapping[str, str]) -> None:
        self._choice = choice
        self.looked_at: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.looked_at.add(name)
        return self._choice[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._choice)

    def __len__(self) -> int:
        return len(self._choice)


def under_every_reading(
    predicate: Predicate, declared: Mapping[str, str], options: Options, policy: Policy
) -> dict[str, Finding]:
    """The findings of a predicate: ``declared`` first, then one entry for each other option it depends on.

    One parameter is varied at a time (design §5), the others stay as declared. A reading that only
    comes into view under another option is varied from the declared choice as well.
    """
    watched = _Watched(declared)
    findings = {"declared": predicate(watched, policy)}
    todo = sorted(watched.looked_at)
    done: set[str] = set()
    while todo:
        name = todo.pop(0)
        if name in done:
            continue
        done.add(name)
        for option in options.get(name, ()):
            if option == declared[name]:
                continue
            varied = _Watched({**declared, name: option})
            findings[f"{name}={option}"] = predicate(varied, policy)
            todo.extend(sorted(varied.looked_at - done))
    return findings


class Claiming(Protocol):
    """What a judging step calls once: it claims the row that the step names."""

    def __call__(
        self,
        predicate: Predicate,
        *,
        shown: Mapping[str, Any] | None = None,
        strength: Strength = "black_box",
        witnesses: Sequence[str] = (),
        remarks: Sequence[str] = (),
    ) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """Turns predicates into claims for one run: holds the declared readings, their options and the policy."""

    declared: Mapping[str, str]
    options: Options
    policy: Policy

    def claim(
        self,
        row: str,
        scenario: str,
        predicate: Predicate,
        *,
        world_reading: Mapping[str, str],
        strength: Strength,
        blame: Blame | None = None,
        remarks: tuple[str, ...] = (),
    ) -> Claim:
        findings = under_every_reading(
            predicate, {**self.declared, **world_reading}, self.options, self.policy
        )
        return Claim(
            row=row,
            scenario=scenario,
            finding=findings["declared"],
            under=findings,
            world_reading=world_reading,
            strength=strength,
            blame=blame,
            remarks=remarks,
        )
