"""Names that a person typed, checked against what there is."""

from __future__ import annotations

import os
from difflib import get_close_matches
from typing import TYPE_CHECKING

from ccus_harness import runs
from ccus_harness.candidates import NULL_KINDS, UnknownTarget, parse_target
from ccus_harness.commands.faults import fault_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ccus_harness.register import Register

TARGETS = ("reference", "reference:NAME", *(f"null:{kind}" for kind in NULL_KINDS), "http:URL")
TOKEN = "CCUS_CANDIDATE_TOKEN"  # noqa: S105 - the name of a variable


def known_target(given: str) -> str:
    try:
        target = parse_target(given)
    except UnknownTarget:
        raise fault_of("cli.unknown_target", given=given, valid=TARGETS) from None
    if target.is_reference and target.detail:
        known_conduct(target.detail)
    if target.kind == "http" and not os.environ.get(TOKEN):
        raise fault_of("cli.no_token")
    return given


def known_conduct(given: str) -> str:
    known = runs.conducts()
    if given not in known:
        raise fault_of("cli.unknown_conduct", given=given, nearest=nearest(given, known))
    return given


def known_articles(given: Iterable[str], register: Register) -> tuple[str, ...]:
    valid = register.by_article
    for article in given:
        if article not in valid:
            raise fault_of("cli.unknown_article", given=article, valid=", ".join(valid))
    return tuple(given)


def known_obligations(given: Iterable[str], register: Register) -> tuple[str, ...]:
    for row in given:
        if row not in register.by_id:
            raise fault_of("cli.unknown_obligation", given=row, nearest=nearest(row.upper(), register.by_id))
    return tuple(given)


def nearest(given: str, known: Iterable[str]) -> list[str]:
    """The names that look most like the given one; never none, so that the sentence helps."""
    names = list(known)
    return get_close_matches(given, names, n=3, cutoff=0.5) or sorted(names)[:3]
