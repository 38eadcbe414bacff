from __future__ import annotations

import pytest

from ccus_harness.reports.calls import excerpt
from ccus_harness.reports.inert import inert, inert_text, one_line


@pytest.mark.parametrize(
    ("active", "written"),
    [
        ("\x1b[2J", r"\x1b[2J"),
        ("\x9b31m", r"\x9b31m"),
        ("a\rb", r"a\x0db"),
        ("\u202egnp.exe", r"\u202egnp.exe"),
        ("\u2066x\u2069", r"\u2066x\u2069"),
        ("\ud800", r"\ud800"),
        ("\ufffe", r"\ufffe"),
        ("\U000e0041", r"\U000e0041"),
    ],
)
def test_what_acts_is_written_out(active: str, written: str) -> None:
    assert inert_text(active) == written


@pytest.mark.parametrize("text", ["株式会社彁墸", "髙\U000e0100", "ｶﾅ", "line\n\tindented", "が"])
def test_japanese_text_stays_as_it_is(text: str) -> None:
    assert inert_text(text) == text


def test_every_string_of_a_value_is_made_inert_the_keys_too() -> None:
    assert inert({"a\x1b": ["\x1b", {"b": "\x1b"}], "n": 1, "t": True, "z": None}) == {
        r"a\x1b": [r"\x1b", {"b": r"\x1b"}],
        "n": 1,
        "t": True,
        "z": None,
    }


def test_one_line_has_no_line_break() -> None:
    assert one_line("a\n  b\u2028c") == r"a b\u2028c"


def test_an_artefact_is_shown_as_the_text_it_holds() -> None:
    shown = excerpt({"artefacts": [{"name": "a.csv", "media_type": "text/csv", "body": "56iu5YilG1sy"}]}).text
    assert "── a.csv (text/csv) ──\n種別\\x1b[2" in shown
    assert "56iu5YilG1sy" not in shown


def test_an_artefact_that_is_no_base64_is_shown_as_it_came() -> None:
    assert "not base64!" in excerpt({"name": "a", "media_type": "text/csv", "body": "not base64!"}).text


def test_a_long_answer_is_cut_and_says_by_how_much() -> None:
    shown = excerpt("x" * 5_000, longest=1_000)
    assert (len(shown.text), shown.left_out) == (1_000, 4_000)
