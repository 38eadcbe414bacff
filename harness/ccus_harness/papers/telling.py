"""The sentences of a paper, each in Japanese with its English gloss."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ccus_harness.documents import Bilingual
from ccus_harness.messages import catalogue
from ccus_harness.readings import load_readings
from ccus_harness.reports import telling

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ccus_harness.messages import Catalogue, Finding
    from ccus_harness.papers.standing import Standing
    from ccus_harness.reports.model import Report
    from ccus_harness.reports.parts import Row, Story

__all__ = ["both", "evidence", "expected", "following", "machine", "seen", "severity", "weight", "word"]

_JA, _EN = catalogue("ja"), catalogue("en")
_MOST = 4  # findings or scenarios named in one cell; the report names them all


def both(key: str, /, **values: Any) -> Bilingual:
    """The sentence under a key of the papers, in both languages."""
    return Bilingual(ja=_JA.text(f"papers.{key}", **values), en=_EN.text(f"papers.{key}", **values))


def word(value: str) -> Bilingual:
    return Bilingual(ja=_JA.word("verdict", value), en=_EN.word("verdict", value))


def machine(row: Row) -> Bilingual:
    """The machine's word on a row, with that of the declared number and the strength beside it."""
    return _in_both(lambda words: _lines([telling.word(row, words), _strength(row, words)]))


def severity(row: Row) -> Bilingual:
    """How much a row weighs; a row of another register has no weight here."""
    return _in_both(lambda words: words.word("severity", row.severity))


def weight(row: Row, stage: str) -> Bilingual:
    """To which stage a row belongs and how much it weighs."""
    told = severity(row)
    return Bilingual(ja=_lines([stage, told.ja]), en=told.en)


def seen(row: Row, standing: Standing) -> Bilingual:
    """What was seen; a decided row says who decided it and why as well."""
    return _in_both(lambda words: _lines([*_seen(row, words), *_decided(standing, words)]))


def expected(row: Row) -> Bilingual:
    """What should have been seen; the demand itself where no finding says more."""
    told = _in_both(lambda words: _lines(found.expected for found in _capped(telling.findings(row, words))))
    return told if told.ja else Bilingual(ja=row.ja, en=row.en)


def following(row: Row) -> Bilingual:
    """The next thing to do."""
    return _in_both(lambda words: _lines(found.next for found in _capped(telling.findings(row, words))))


def evidence(row: Row, report: Report) -> Bilingual:
    """Where the record shows it: scenarios with the lines of the event stream that hold their calls."""
    stories = [story for story in report.stories_of(row) if _speaks(story, row)] or report.stories_of(row)
    told = [_place(story) for story in stories[:_MOST]]
    others = len(stories) - len(told)
    return Bilingual(ja=_lines([*told, _JA.text("papers.others", n=others) if others > 0 else ""]), en="")


def _seen(row: Row, words: Catalogue) -> list[str]:
    found = [found.seen for found in _capped(telling.findings(row, words))]
    said = telling.reason(row, words)
    told = [*found, *([said] if said else []), *_questions(row, words), *telling.remarks(row, words)]
    witnesses = telling.witnesses(row, words)
    if not told and witnesses:
        told.append(words.text("papers.witnessed", witnesses=witnesses))
    return told


def _questions(row: Row, words: Catalogue) -> Iterator[str]:
    """What an open row asks under article 9, and the word that each other answer gives."""
    if row.verdict != "depends":
        return
    readings = load_readings()
    asked = dict.fromkeys(option.partition("=")[0] for option in row.under)
    for reading in (readings[name] for name in asked if name in readings):
        question = reading.question
        yield words.text("papers.question", n=question.number, text=getattr(question.text, words.lang))
    if row.declared:
        yield words.text("papers.declared", word=words.word("verdict", row.declared))
    for option, said in row.under.items():
        name, _, value = option.partition("=")
        texts = {one.name: one.text for one in readings[name].options} if name in readings else {}
        told = getattr(texts[value], words.lang).rstrip("。.") if value in texts else option
        yield words.text("papers.under", option=told, word=words.word("verdict", said))


def _decided(standing: Standing, words: Catalogue) -> list[str]:
    if not standing.decided:
        return []
    people = words.listed([name for name in (standing.by, standing.second) if name])
    return [
        words.text(
            "papers.decided_by",
            word=words.word("verdict", standing.word),
            people=people,
            on=standing.on,
            reason=standing.reason,
        )
    ]


def _strength(row: Row, words: Catalogue) -> str:
    return f"({words.word('strength', row.strength)})" if row.strength else ""


def _capped(found: tuple[Finding, ...]) -> tuple[Finding, ...]:
    return found[:_MOST]


def _speaks(story: Story, row: Row) -> bool:
    return any(claim in row.telling for claim in story.claims)


def _place(story: Story) -> str:
    lines = [call.n for step in story.steps for call in step.calls]
    where = _JA.text("papers.lines", lines=_span(min(lines), max(lines))) if lines else ""
    return f"{story.title}{where}"


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}～{last}"


def _lines(parts: Iterable[str]) -> str:
    return "\n".join(dict.fromkeys(part for part in parts if part))


def _in_both(tell: Callable[[Catalogue], str]) -> Bilingual:
    return Bilingual(ja=tell(_JA), en=tell(_EN))
