"""A form for many decisions: every row that waits for a person, with its demand, to be filled in and handed back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ccus_harness.deciding.rules import DECIDED_WORDS
from ccus_harness.register import BREACH_LAYERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ccus_harness.deciding.decisions import Decisions, Ruled
    from ccus_harness.messages import Catalogue
    from ccus_harness.register import Register


def form(decisions: Decisions, register: Register, words: Catalogue) -> str:
    """The YAML of the form; what the machine said and what is demanded stand as comments."""
    return "\n".join(_lines(decisions, register, words)) + "\n"


def _lines(decisions: Decisions, register: Register, words: Catalogue) -> Iterator[str]:
    yield f"# {words.text('decide.form')}"
    for word in DECIDED_WORDS:
        yield f"#   {word}: {words.word('verdict', word)}"
    yield from ("by: ''", "date: ''", "decisions:" if decisions.waiting else "decisions: []")
    for ruled in decisions.waiting:
        yield from _entry(ruled, register, words)


def _entry(ruled: Ruled, register: Register, words: Catalogue) -> Iterator[str]:
    row = register.by_id[ruled.row]
    demand = " ".join((row.demand.ja if words.lang == "ja" else row.demand.en).split())
    yield f"  # {row.clause.label} {demand}"
    layer = "" if row.layer in BREACH_LAYERS else f" ({words.text('decide.no_breach')})"
    yield f"  # {words.text('decide.machine')}: {words.word('verdict', ruled.machine)}{layer}"
    yield from (f"  - row: {row.id}", "    word: ''", "    reason: ''", "    files: []")
