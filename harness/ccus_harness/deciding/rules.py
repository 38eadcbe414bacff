"""Who may decide what: pure rules over a row, what the machine found, and what a person says.

What a machine left open (`review`, `attested`, `depends`, a row that only a person can look at) one person
decides. A machine's own verdict takes two people (design §5). 第4条 and 第8条 are never judged, by nobody.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from ccus_harness.register import BREACH_LAYERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ccus_harness.deciding.found import RowFound
    from ccus_harness.register import Obligation

DECIDED_WORDS = ("satisfied", "violated", "attested", "review", "not_applicable")
"""What a person may decide; `review` says that the matter is left open, with the reason."""

_LEFT_TO_PERSON = frozenset({"review", "attested", "depends"})
_NOT_REACHED = frozenset({"untested", "inconclusive"})
_PERSON_METHODS = frozenset("ET")


def waits_for_person(row: Obligation, found: RowFound) -> bool:
    """Whether the machine left this row to a person."""
    if not found.selected or "N" in row.method:
        return False
    if found.word in _LEFT_TO_PERSON:
        return True
    return found.word in _NOT_REACHED and bool(_PERSON_METHODS & set(row.method))


def persons_needed(row: Obligation, found: RowFound, word: str) -> int:
    """How many different people it takes to give the row this word."""
    return 1 if word == found.word or waits_for_person(row, found) else 2


def same_person(one: str, other: str) -> bool:
    """Whether two names are one person's, however they are spaced or typed."""
    return _plain(one) == _plain(other)


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def refusals(
    row: Obligation, found: RowFound, word: str, second: str, *, by: str, earlier: int = 1
) -> Iterator[str]:
    """Codes of what keeps this word from being given; `earlier` people gave the word that it supersedes."""
    if "N" in row.method:
        yield "never_judged"
        return
    if not found.selected:
        yield "not_selected"
    if word == "violated" and row.layer not in BREACH_LAYERS:
        yield "layer"
    if second and same_person(by, second):
        yield "same_person"
    elif not second and max(persons_needed(row, found, word), earlier) > 1:
        yield "two_persons"
