"""The lines of a function while they are noted, and the function that comes of them.

What is noted is a value, which changes nothing, or a step, which does. So a value that nobody uses is left out, one
that is used once is worked out where it is used (and only if that place is reached), and one that is noted again
is the one that is there already.
"""

import re
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

_MARK: Final = re.compile("⟨[0-9]+⟩")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    depth: int
    source: str
    value: str | None = None
    """The mark of the value that the line gives; a step gives none."""

    starts: str | None = None
    """The mark of the variable that begins here."""


class Script:
    """Notes lines; a value that was noted is written as its mark until the function is made."""

    def __init__(self) -> None:
        self._lines: list[_Line] = []
        self._depth = 0
        self._marks = 0
        self._noted: dict[str, str] = {}
        self._places: dict[str, str] = {}

    def value(self, source: str) -> str:
        """Note a value; give the mark that stands for it."""
        if source not in self._noted:
            self._noted[source] = self.new(source)
        return self._noted[source]

    def new(self, source: str) -> str:
        """Note a value that may be changed later by whoever gets it: none that is equal stands for it."""
        mark = self._mark()
        self._lines.append(_Line(depth=self._depth, source=source, value=mark))
        return mark

    def variable(self, source: str) -> str:
        """Note what later steps change; give the mark that stands for it."""
        mark = self._mark()
        self._lines.append(_Line(depth=self._depth, source=source, starts=mark))
        return mark

    def keep(self, variable: str, place: str) -> None:
        """Have a variable kept at a place that holds already what it starts with."""
        self._places[variable] = place

    def step(self, source: str) -> None:
        """Note a line that stays where it is."""
        self._lines.append(_Line(depth=self._depth, source=source))

    @contextmanager
    def inside(self, head: str) -> Generator[None]:
        """Note what belongs under a head; its values are not known after it."""
        self.step(f"{head}:")
        outside, self._noted = self._noted, dict(self._noted)
        self._depth += 1
        yield
        self._depth -= 1
        self._noted = outside

    def function(self, head: list[str], known: Mapping[str, Any]) -> Callable[..., Any]:
        """Make the function whose name is `write` of its head and of everything noted."""
        things = dict(known)
        source = "\n".join([*head, *self._written()])
        exec(compile(source, "<the rules of the register>", "exec"), things)  # noqa: S102 - our own rules
        return things["write"]

    def _mark(self) -> str:
        self._marks += 1
        return f"⟨{self._marks}⟩"

    def _written(self) -> Iterator[str]:
        lines, uses = self._needed()
        placed = dict(self._places)

        def said(mark: re.Match[str]) -> str:
            return placed.get(mark[0]) or _name(mark[0])

        for line in lines:
            source = _MARK.sub(said, line.source)
            if line.value is not None and uses[line.value] == 1:
                placed[line.value] = f"({source})"
            elif line.starts not in self._places:
                begun = line.value or line.starts
                yield f"{' ' * (line.depth + 1)}{f'{_name(begun)} = ' if begun else ''}{source}"

    def _needed(self) -> tuple[list[_Line], Counter[str]]:
        """Leave out the values that nobody uses, and count how often the others are."""
        uses: Counter[str] = Counter()
        needed: list[_Line] = []
        for line in reversed(self._lines):
            if line.value is None or uses[line.value]:
                uses.update(_MARK.findall(line.source))
                needed.append(line)
        return needed[::-1], uses


def _name(mark: str) -> str:
    return f"v{mark[1:-1]}"
