"""Japanese with English beside it: texts of two languages, and how they stand in a table or in prose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from ccus_harness.messages import catalogue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ccus_harness.messages import Catalogue

JA, EN = catalogue("ja"), catalogue("en")


@dataclass(frozen=True, slots=True, kw_only=True)
class Both:
    """One text in both languages."""

    ja: str
    en: str

    def __html__(self) -> str:
        """The Japanese, with the English on a smaller line below where it says anything else."""
        if self.ja == self.en:
            return str(escape(self.ja))
        below = Markup('<br><span lang="en" style="color:#555;font-size:85%">{}</span>').format(self.en)
        return escape(self.ja) + below

    def _repr_markdown_(self) -> str:
        return str(Markup('{}\n\n<span lang="en">{}</span>').format(self.ja, self.en))


def both(say: Callable[[Catalogue], str]) -> Both:
    """The same thing said with each catalogue."""
    return Both(ja=say(JA), en=say(EN))


def text(key: str, **values: Any) -> Both:
    return both(lambda words: words.text(key, **values))


def word(group: str, value: str | None) -> Both:
    return both(lambda words: words.word(group, value))


def same(plain: str) -> Both:
    """What needs no translation: a name, or the words of a candidate."""
    return Both(ja=plain, en=plain)


def stacked(parts: Iterable[Both]) -> Markup:
    """Texts one below the other, as HTML."""
    return Markup("<br>").join(parts)
