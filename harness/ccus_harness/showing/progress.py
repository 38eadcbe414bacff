"""How a run goes, as a page shows it: a bar that grows, and in words how far it is and what was found."""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING, Any, cast

import IPython
from IPython import display
from markupsafe import Markup
from rich.console import Console

from ccus_harness.reports.console import watch
from ccus_harness.reports.inert import inert
from ccus_harness.reports.parts import WORDS
from ccus_harness.showing.bilingual import JA, Both, both, same

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ccus_harness.events import Event

# Untyped where we touch them; nothing else of them comes in here.
_ipython, _display = cast("Any", IPython), cast("Any", display)


def followed(events: Iterable[Event], target: str, *, words: bool = True) -> Iterator[Event]:
    """Passes the events on and shows how the run goes; without `words` what was found stays hidden."""
    if _ipython.get_ipython() is None:
        yield from watch(events, _plain(), JA)
        return
    bar = Bar(target, words=words)
    shown = _display.display(_display.HTML(bar.html), display_id=True)
    for event in events:
        if bar.take(inert(event)):
            shown.update(_display.HTML(bar.html))
        yield event


class Bar:
    """How far a run is: scenarios done of those planned, and the words they came to."""

    def __init__(self, target: str, *, words: bool) -> None:
        self._target = target
        self._words = words
        self._done = self._planned = 0
        self._going = Both(ja="始めています", en="starting")
        self._said: Counter[str] = Counter()
        self._gravest = ""

    def take(self, event: Event) -> bool:
        """Takes an event in; tells whether the bar now looks different."""
        match event["kind"]:
            case "plan":
                self._planned = event["scenarios"]
            case "scenario":
                self._going, self._gravest = same(event["name"]), ""
            case "claim":
                self._gravest = min(self._gravest or event["word"], event["word"], key=WORDS.index)
                return False
            case "scenario_end":
                self._done += 1
                self._said[self._gravest or event["outcome"]] += 1
            case "end":
                self._going = _FINISHED if self._planned else _NOT_BEGUN
            case _:
                return False
        return True

    @property
    def html(self) -> str:
        counted = Both(
            ja=f"{self._done}/{self._planned} シナリオ", en=f"{self._done} of {self._planned} scenarios"
        )
        return Markup(
            '<div class="ccus-progress"><strong>{}</strong> '
            '<progress max="{}" value="{}" style="width:16em;vertical-align:middle"></progress> {}<br>{}</div>'
        ).format(self._target, max(self._planned, 1), self._done, _line(counted, *self._found()), self._going)

    def _found(self) -> tuple[Both, ...]:
        """How many scenarios came to which word."""
        if not self._words:
            return ()
        return tuple(_of(word, self._said[word]) for word in (*WORDS, "finished") if self._said[word])


_FINISHED = Both(ja="終わりました", en="finished")
_NOT_BEGUN = Both(ja="事前確認で終わりました", en="ended at the preflight")


def _of(word: str, number: int) -> Both:
    group = "verdict" if word in WORDS else "outcome"
    return both(lambda words: f"{words.word(group, word)} {number}")


def _line(*parts: Both) -> str:
    return f"{' · '.join(part.ja for part in parts)} / {' · '.join(part.en for part in parts)}"


def _plain() -> Console:
    """Lines without colours, where nothing shows a page."""
    return Console(file=sys.stdout, markup=False, emoji=False, highlight=False, width=120, color_system=None)
