"""The report a reviewer reads: one HTML file that asks nothing of any network.

Both languages are in the file and switched without scripts. Everything is autoescaped, and the page's own
policy (CSP) allows no script, no request and no style but ours: nothing a candidate answered can act.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from jinja2 import BaseLoader, Environment, StrictUndefined
from markupsafe import Markup, escape

from ccus_harness.messages import LANGUAGES, catalogue
from ccus_harness.reports import telling
from ccus_harness.reports.calls import LONGEST, excerpt
from ccus_harness.reports.parts import WORDS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ccus_harness.messages import Catalogue
    from ccus_harness.readings import Reading
    from ccus_harness.reports.model import Report
    from ccus_harness.reports.parts import Claim, Row, Story, Tally

__all__ = ["text"]

_BAR_WIDTH = 160
_LONGEST_IN_RED = 4 * LONGEST


def text(report: Report, lang: str, readings: Mapping[str, Reading]) -> str:
    """The page; `lang` is the language it opens in, `readings` say what an open reading asks."""
    style = _part("report.css")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    page: str = _template().render(
        report=report,
        lang=lang,
        style=Markup(style),  # noqa: S704 - our own file, nothing of a candidate is in it
        style_hash=digest,
        words=WORDS,
        readings=readings,
        anchors={story.id: f"s{place}" for place, story in enumerate(report.stories, 1)},
        red_stories=_red_stories(report),
        longest=LONGEST,
        longest_in_red=_LONGEST_IN_RED,
    )
    # The macros before the page leave empty lines behind.
    return page.lstrip()


def _red_stories(report: Report) -> dict[str, list[tuple[Story, bool]]]:
    """The stories of each red row, and whether it is the first row to tell them: a story is told in full once."""
    told: set[str] = set()
    found: dict[str, list[tuple[Story, bool]]] = {}
    for row in report.red:
        stories = report.stories_of(row)
        found[row.id] = [(story, story.id not in told) for story in stories]
        told |= {story.id for story in stories}
    return found


def _part(name: str) -> str:
    return files("ccus_harness.reports").joinpath(name).read_text(encoding="utf-8")


@cache
def _template() -> Any:
    environment = Environment(
        loader=BaseLoader(), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals.update(  # pyright: ignore[reportUnknownMemberType]
        both=_both,
        word=_word,
        told=_told,
        obligation=_obligation,
        chapter=_chapter,
        reason=_reason,
        reason_code=_reason_code,
        findings=_findings,
        claim_finding=_claim_finding,
        witnesses=_witnesses,
        remarks=_remarks,
        headline=_headline,
        counted=_counted,
        check=_check,
        rerun=telling.rerun,
        reasons=telling.reasons,
        excerpt=excerpt,
        bar=_bar,
        question=_question,
    )
    return environment.from_string(_part("report.html.j2"))


def _spoken(speak: Callable[[Catalogue], str]) -> Markup:
    """One thing said in every language, each marked with its own; the page shows the chosen one."""
    said = [(lang, speak(catalogue(lang))) for lang in LANGUAGES]
    if len({sentence for _, sentence in said}) == 1:
        return escape(said[0][1])
    spans = [
        Markup('<span class="{0}" lang="{0}">{1}</span>').format(lang, sentence) for lang, sentence in said
    ]
    return Markup(" ").join(spans)


def _both(key: str, **values: Any) -> Markup:
    return _spoken(lambda words: words.text(key, **values))


def _word(group: str, value: str | None) -> Markup:
    return _spoken(lambda words: words.word(group, value))


def _told(row: Row) -> Markup:
    return _spoken(lambda words: telling.word(row, words))


def _obligation(row: Row) -> Markup:
    return _spoken(lambda words: row.text(words.lang) or words.text("report.not_in_register"))


def _chapter(name: str) -> Markup:
    return _spoken(lambda words: telling.chapter(name, words))


def _reason(row: Row) -> Markup:
    return _spoken(lambda words: telling.reason(row, words))


def _reason_code(code: str) -> Markup:
    return _spoken(lambda words: words.reason(code))


@dataclass(frozen=True, slots=True, kw_only=True)
class _BothFindings:
    expected: Markup
    seen: Markup
    next: Markup


def _findings(row: Row) -> list[_BothFindings]:
    """A row's findings, each sentence in every language; each language tells the same ones in order."""
    told = [telling.findings(row, catalogue(lang)) for lang in LANGUAGES]
    return [_joined(dict(zip(LANGUAGES, each, strict=True))) for each in zip(*told, strict=True)]


def _claim_finding(claim: Claim) -> _BothFindings:
    return _joined({lang: catalogue(lang).finding(claim.code, claim.shown) for lang in LANGUAGES})


def _joined(told: dict[str, Any]) -> _BothFindings:
    return _BothFindings(
        expected=_spoken(lambda words: told[words.lang].expected),
        seen=_spoken(lambda words: told[words.lang].seen),
        next=_spoken(lambda words: told[words.lang].next),
    )


def _witnesses(row: Row) -> Markup:
    return _spoken(lambda words: telling.witnesses(row, words))


def _remarks(row: Row) -> list[Markup]:
    return [_spoken(lambda words, remark=remark: words.word("remark", remark)) for remark in row.remarks]


def _headline(report: Report) -> tuple[str, Markup]:
    fact = telling.headline(report, catalogue(LANGUAGES[0]))[0]
    return fact, _spoken(lambda words: telling.headline(report, words)[1])


def _counted(report: Report) -> Markup:
    total = report.total
    counts = {
        "decided": total.decided,
        "satisfied": total.count("satisfied"),
        "untested": total.count("untested"),
    }
    return _spoken(lambda words: words.text("report.decided", **counts))


def _check(check: Any) -> Markup:
    return _spoken(lambda words: check.text(words.lang))


def _question(option: str, readings: Mapping[str, Reading]) -> Markup:
    """What an option of a reading asks under Article 9; a reading we do not know has only its name."""
    asked = readings.get(option.partition("=")[0])
    if asked is None:
        return Markup("")
    number, sentence = asked.question.number, asked.question.text
    return _spoken(lambda words: f"{number}. {sentence.ja if words.lang == 'ja' else sentence.en}")


def _bar(tally: Tally) -> list[tuple[str, float, float]]:
    """The words of a tally as the pieces of a bar: word, where it begins, how wide it is."""
    pieces: list[tuple[str, float, float]] = []
    start = 0.0
    for word in WORDS:
        width = _BAR_WIDTH * tally.count(word) / tally.selected if tally.selected else 0.0
        if width:
            pieces.append((word, round(start, 2), round(width, 2)))
        start += width
    return pieces
