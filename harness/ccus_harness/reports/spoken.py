"""Things said in every language at once, each marked with its own, for a page that shows the chosen one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from ccus_harness.messages import LANGUAGES, catalogue
from ccus_harness.reports import telling
from ccus_harness.reports.calls import excerpt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from ccus_harness.documents import Bilingual
    from ccus_harness.messages import Catalogue
    from ccus_harness.readings import Reading
    from ccus_harness.reports.exchanges import Telling
    from ccus_harness.reports.model import Report
    from ccus_harness.reports.parts import Check, Claim, Row

__all__ = ["SPEAKERS", "spoken"]


def spoken(speak: Callable[[Catalogue], str]) -> Markup:
    """One thing said in every language; what reads the same in all of them stands once."""
    said = [(lang, speak(catalogue(lang))) for lang in LANGUAGES]
    if len({sentence for _, sentence in said}) == 1:
        return escape(said[0][1])
    return Markup(" ").join(
        Markup("<span lang={0}>{1}</span>").format(lang, sentence) for lang, sentence in said
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What was expected, what was seen, the next thing to do."""

    expected: Markup
    seen: Markup
    next: Markup


def _both(key: str, **values: Any) -> Markup:
    return spoken(lambda words: words.text(key, **values))


def _plain(key: str) -> str:
    """Every language side by side, where no marks can stand: in the choices of a list."""
    return " / ".join(dict.fromkeys(catalogue(lang).text(key) for lang in LANGUAGES))


def _word(group: str, value: str | None) -> Markup:
    return spoken(lambda words: words.word(group, value))


def _plain_word(group: str, value: str) -> str:
    return " / ".join(
        dict.fromkeys(catalogue(lang).word(group, value).removeprefix(f"{group}.") for lang in LANGUAGES)
    )


def _told(row: Row) -> Markup:
    return spoken(lambda words: telling.word(row, words))


def _sentence(said: Telling) -> Markup:
    return spoken(said.told)


def _bilingual(said: Bilingual) -> Markup:
    return spoken(lambda words: said.ja if words.lang == "ja" else said.en)


def _obligation(row: Row) -> Markup:
    return spoken(lambda words: row.text(words.lang) or words.text("report.not_in_register"))


def _chapter(name: str) -> Markup:
    return spoken(lambda words: telling.chapter(name, words))


def _reason(row: Row) -> Markup:
    return spoken(lambda words: telling.reason(row, words))


def _reason_code(code: str) -> Markup:
    return spoken(lambda words: words.reason(code))


def _listed(values: Iterable[Any]) -> Markup:
    return spoken(lambda words: words.listed(tuple(values)))


def _findings(row: Row) -> list[Findings]:
    """A row's findings, each sentence in every language; each language tells the same ones in order."""
    told = [telling.findings(row, catalogue(lang)) for lang in LANGUAGES]
    return [_joined(dict(zip(LANGUAGES, each, strict=True))) for each in zip(*told, strict=True)]


def _claim_finding(claim: Claim) -> Findings:
    return _joined({lang: catalogue(lang).finding(claim.code, claim.shown) for lang in LANGUAGES})


def _joined(told: dict[str, Any]) -> Findings:
    return Findings(
        expected=spoken(lambda words: told[words.lang].expected),
        seen=spoken(lambda words: told[words.lang].seen),
        next=spoken(lambda words: told[words.lang].next),
    )


def _witnesses(row: Row) -> Markup:
    return spoken(lambda words: telling.witnesses(row, words))


def _remarks(row: Row) -> list[Markup]:
    return [spoken(lambda words, remark=remark: words.word("remark", remark)) for remark in row.remarks]


def _headline(report: Report) -> tuple[str, Markup]:
    fact = telling.headline(report, catalogue(LANGUAGES[0]))[0]
    return fact, spoken(lambda words: telling.headline(report, words)[1])


def _counted(report: Report) -> Markup:
    total = report.total
    counts = {
        "decided": total.decided,
        "satisfied": total.count("satisfied"),
        "untested": total.count("untested"),
    }
    return spoken(lambda words: words.text("report.decided", **counts))


def _check(check: Check) -> Markup:
    return spoken(lambda words: excerpt(check.text(words.lang)).text)


def _question(option: str, readings: Mapping[str, Reading]) -> Markup:
    """What an option of a reading asks under Article 9; a reading we do not know has only its name."""
    asked = readings.get(option.partition("=")[0])
    return Markup("") if asked is None else _bilingual(asked.question.text)


SPEAKERS: dict[str, Any] = {
    "both": _both,
    "plain": _plain,
    "word": _word,
    "plain_word": _plain_word,
    "told": _told,
    "sentence": _sentence,
    "bilingual": _bilingual,
    "obligation": _obligation,
    "chapter": _chapter,
    "reason": _reason,
    "reason_code": _reason_code,
    "listed": _listed,
    "findings": _findings,
    "claim_finding": _claim_finding,
    "witnesses": _witnesses,
    "remarks": _remarks,
    "headline": _headline,
    "counted": _counted,
    "check": _check,
    "question": _question,
}
"""What a template may say, by the name it calls it."""
