from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

import ccus_harness
from ccus_harness.messages import LANGUAGES, Catalogue, UnknownLanguage, UnknownMessage, catalogue
from ccus_harness.readings import load_policy, load_readings
from ccus_harness.register import load_register
from ccus_harness.reports.parts import WORDS
from ccus_harness.verdicts import STRENGTHS, Word

JA, EN = (catalogue(lang) for lang in LANGUAGES)
CODES = sorted({key.split(".", 1)[1].rsplit(".", 1)[0] for key in JA.texts if key.startswith("finding.")})


def placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def test_both_languages_have_the_same_keys() -> None:
    assert JA.texts.keys() ^ EN.texts.keys() == set()


@pytest.mark.parametrize("key", sorted(JA.texts))
def test_both_languages_use_the_same_values(key: str) -> None:
    assert placeholders(JA.texts[key]) == placeholders(EN.texts[key])


@pytest.mark.parametrize("key", sorted(JA.texts))
def test_a_template_names_its_values_plainly(key: str) -> None:
    # An attribute or an index in a template would let a value be looked into.
    assert all(name.isidentifier() for name in placeholders(JA.texts[key]) | placeholders(EN.texts[key]))


@pytest.mark.parametrize("words", [JA, EN], ids=LANGUAGES)
def test_no_text_is_empty(words: Catalogue) -> None:
    assert [key for key, text in words.texts.items() if not text.strip()] == []


def test_every_word_of_a_verdict_is_there_once_in_the_order_of_gravity() -> None:
    assert sorted(WORDS, key=lambda word: -Word[word]) == list(WORDS)
    assert {word.name for word in Word} == set(WORDS)
    for words in (JA, EN):
        spoken = [words.text(f"verdict.{word}") for word in WORDS]
        assert len(set(spoken)) == len(WORDS)
        assert all(f"meaning.{word}" in words for word in WORDS)


def test_every_strength_layer_severity_and_witness_of_the_register_has_a_word() -> None:
    rows = load_register().rows
    needed = {f"strength.{name}" for name in STRENGTHS}
    needed |= {f"layer.{row.layer}" for row in rows} | {f"severity.{row.severity}" for row in rows}
    needed |= {f"witness.{name}" for row in rows for name in row.witnesses}
    assert needed - JA.texts.keys() == set()


def test_every_chapter_of_the_register_has_a_name() -> None:
    chapters = {row.id.rpartition("-")[0] for row in load_register().rows}
    assert {f"chapter.{name}" for name in chapters} - JA.texts.keys() == set()


def test_a_missing_text_is_a_fault_that_names_its_key() -> None:
    with pytest.raises(UnknownMessage, match=r"messages/ja\.json has no text for 'no\.such'"):
        JA.text("no.such")


def test_an_unknown_language_names_the_known_ones() -> None:
    with pytest.raises(UnknownLanguage, match="there are ja, en"):
        catalogue("fr")


@pytest.mark.parametrize("words", [JA, EN], ids=LANGUAGES)
@pytest.mark.parametrize("code", CODES)
def test_a_finding_without_its_values_is_still_a_sentence(words: Catalogue, code: str) -> None:
    found = words.finding(code, {})
    assert found.expected
    assert found.seen
    assert found.next
    assert "{" not in found.expected + found.seen + found.next


def test_a_code_nobody_knows_is_described_with_what_was_shown() -> None:
    assert "later.code" in JA.finding("later.code", {"viewer": "P1"}).seen
    assert "viewer = P1" in JA.finding("later.code", {"viewer": "P1"}).seen


def test_a_value_is_never_read_as_a_template() -> None:
    seen = EN.finding("scope.other_site", {"over": "{subject}{0}{over.__class__}"}).seen
    assert seen == "seen where it must not be: {subject}{0}{over.__class__}"


def test_what_was_found_empty_is_not_what_was_not_recorded() -> None:
    assert EN.plain([]) == "none"
    assert EN.plain(None) == "(not recorded)"
    assert EN.plain(0) == "0"
    assert [JA.plain(value) for value in (True, False)] == ["あり", "なし"]


SOURCES = [path.read_text("utf-8") for path in Path(ccus_harness.__file__).parent.rglob("*.py")]
FINDS = re.compile(r"(?:violated|_caused_nothing|_claim_\w+|_within)\(([^)]*)\)")
CODE = re.compile(r'"([a-z_]+\.[a-z_0-9]+)"')


def test_every_finding_that_a_step_can_come_to_has_its_sentences() -> None:
    written = {code for source in SOURCES for call in FINDS.findall(source) for code in CODE.findall(call)}
    findings = written - load_policy().keys() - load_readings().keys()
    assert findings
    assert {code for code in findings if f"finding.{code}.seen" not in JA} == set()


def test_every_value_that_a_finding_tells_is_shown_by_some_claim() -> None:
    told = {
        name
        for code in CODES
        if code != "unknown"
        for part in ("expected", "seen", "next")
        for name in placeholders(JA.texts[f"finding.{code}.{part}"])
    }
    shown = {key for source in SOURCES for key in re.findall(r'"([a-z_]+)":', source)}
    assert told - shown == set()


def test_every_reason_that_our_code_can_give_has_its_sentence() -> None:
    words = ("untested", "inconclusive", "error", "review", "attested", "depends", "not_applicable")
    written = {code for source in SOURCES for code in CODE.findall(source) if code.startswith(words)}
    assert written
    assert {code for code in written if f"reason.{code}" not in JA} == set()


def test_many_values_are_cut_and_counted() -> None:
    assert EN.listed(list("abcdefg")) == "a, b, c, d, e and 2 more"
    assert EN.listed(["a" * 1_000]) == "a" * 240 + "…"


def test_a_value_that_shares_the_name_of_a_parameter_does_no_harm() -> None:
    assert EN.finding("mark.false", {"self": 1, "key": 2, "code": 3, "items": "x"}).seen
