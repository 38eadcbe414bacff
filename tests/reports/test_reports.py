"""What is true of all reports together: the same words, and nothing a candidate said can act."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import xml.etree.ElementTree as ET
from datetime import UTC, datetime
from html.parser import HTMLParser
from importlib.resources import files
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft202012Validator
from rich.console import Console

from ccus_harness import deciding, events, reports
from ccus_harness.deciding import Given
from ccus_harness.events import EVENTS_FILE
from ccus_harness.locator import data
from ccus_harness.messages import LANGUAGES, catalogue
from ccus_harness.readings import load_readings
from ccus_harness.reports import IncompleteRun, Report, console, html, junit, results, telling

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ccus_harness.register import Register

JA = catalogue("ja")
ACTIVE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class Page(HTMLParser):
    """What a browser would make of the page: its elements, and the word beside each row."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: dict[str, set[str]] = {}
        self._row = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.elements.append((tag, given))
        self._row = given.get("data-row") or self._row
        if said := given.get("data-verdict"):
            self.words.setdefault(self._row, set()).add(said)


@pytest.fixture(scope="module")
def page(told: Report) -> Page:
    return Page(html.text(told, "ja", load_readings()))


@pytest.fixture(scope="module")
def screen(recorded: Path, told: Report) -> str:
    return shown(recorded, told, "ja")


def shown(recorded: Path, told: Report, lang: str, *, terminal: bool = False) -> str:
    out = StringIO()
    console_ = Console(
        file=out, markup=False, emoji=False, highlight=False, width=300, force_terminal=terminal or None
    )
    for _ in console.watch(events.read(recorded / EVENTS_FILE), console_, catalogue(lang)):
        pass
    console.show(told, console_, catalogue(lang))
    return out.getvalue()


def test_all_reports_say_the_same_word_of_every_row(told: Report, page: Page, screen: str) -> None:
    entries = {entry["id"]: entry["verdict"] for entry in results.document(told)["rows"]}
    cases = {
        properties["row"]: properties["verdict"]
        for case in ET.fromstring(junit.text(told, JA)).iter("testcase")  # noqa: S314 - our own file
        if (properties := {each.attrib["name"]: each.attrib["value"] for each in case.iter("property")})
    }
    for row in told.rows:
        assert entries[row.id] == row.verdict
        assert page.words[row.id] == {row.verdict}
        assert cases[row.id] == row.verdict
        if row.red:
            assert f"{row.id}  {JA.text(f'verdict.{row.verdict}')}" in screen


def test_the_results_are_what_their_schema_says(told: Report) -> None:
    schema = json.loads((data("schemas") / "results.schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    assert [fault.message for fault in Draft202012Validator(schema).iter_errors(results.document(told))] == []


def test_the_same_events_give_the_same_bytes(recorded: Path, told: Report, register: Register) -> None:
    again = Report.read(recorded / EVENTS_FILE, register)
    assert results.text(again) == results.text(told)
    assert junit.text(again, JA) == junit.text(told, JA)
    assert html.text(again, "ja", load_readings()) == html.text(told, "ja", load_readings())


# -- the HTML file ------------------------------------------------------------------------------------------------


def test_the_page_has_no_element_that_acts_or_asks_for_anything(page: Page) -> None:
    tags = {tag for tag, _ in page.elements}
    assert tags & {"img", "iframe", "object", "embed", "link", "form", "base", "audio", "video"} == set()
    assert [given for tag, given in page.elements if tag == "script"] == [{}]
    asking = {"src", "href", "srcset", "action", "data", "poster", "background", "style", "xlink:href"}
    for tag, attributes in page.elements:
        assert not any(name.startswith("on") for name in attributes), tag
        targets = {attributes[name] or "" for name in asking & attributes.keys()}
        assert all(target.startswith("#") for target in targets), tag


def test_the_page_forbids_scripts_and_requests_itself(page: Page) -> None:
    (policy,) = (
        attributes["content"] or ""
        for tag, attributes in page.elements
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    )
    assert re.fullmatch(
        r"default-src 'none'; style-src 'sha256-[^' ]+'; script-src 'sha256-[^' ]+'; base-uri 'none'; form-action 'none'",
        policy,
    )


def test_the_script_of_the_page_is_ours_and_holds_nothing_of_a_run(told: Report) -> None:
    text = html.text(told, "ja", load_readings())
    ours = (files("ccus_harness.reports") / "page" / "page.js").read_text("utf-8")
    assert text.count("<script>") == 1
    assert f"<script>{ours}</script>" in text
    digest = base64.b64encode(hashlib.sha256(ours.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in text


def test_the_page_shows_what_the_candidate_answered_as_text(told: Report) -> None:
    text = html.text(told, "ja", load_readings())
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "&lt;script&gt;alert(2)&lt;/script&gt;" in text
    assert "&lt;img src=http://example.invalid/x onerror=alert(3)&gt;" in text
    assert ACTIVE.search(text) is None


def test_every_link_of_the_page_leads_somewhere(page: Page) -> None:
    places = {attributes["id"] for _, attributes in page.elements if "id" in attributes}
    links = {attributes["href"] for tag, attributes in page.elements if tag == "a"}
    assert {f"#{place}" for place in places} >= links
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_the_page_of_a_whole_run_stays_small(kept: Callable[[str], Report]) -> None:
    assert len(html.text(kept("reference"), "ja", load_readings()).encode()) < 2_500_000


def test_the_page_says_everything_in_both_languages(told: Report) -> None:
    text = html.text(told, "ja", load_readings())
    for lang in LANGUAGES:
        words = catalogue(lang)
        assert words.text("report.red_rows") in text
        assert telling.headline(told, words)[1] in text


# -- what people decided ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory, recorded: Path, register: Register) -> Path:
    """A run on which one person decided an open row and two set a machine's verdict aside."""
    run = tmp_path_factory.mktemp("decided")
    (run / EVENTS_FILE).write_bytes((recorded / EVENTS_FILE).read_bytes())
    now = datetime(2026, 4, 20, tzinfo=UTC)
    for row, word, second in (("A1-22", "satisfied", ""), ("A2-2-03", "satisfied", "確認 二郎")):
        given = Given(
            row=row,
            word=word,
            by="審査 <b>花子</b>",
            second=second,
            date="2026-04-20",
            reason="台帳を見て <script>alert(9)</script>",
        )
        deciding.record(run, [given], register, now)
    return run


def test_every_report_keeps_the_word_of_the_machine_beside_what_people_decided(
    decided: Path, register: Register
) -> None:
    report, written = reports.write(decided, register, JA)
    entries = {entry["id"]: entry for entry in json.loads(written.results.read_text("utf-8"))["rows"]}
    page = written.html.read_text("utf-8")
    words = Page(page).words
    told = {
        name: {each.attrib["name"]: each.attrib["value"] for each in case.iter("property")}
        for case in ET.parse(written.junit).iter("testcase")  # noqa: S314 - our own file
        for name in [case.attrib["name"].partition(" ")[0]]
    }
    for row, machine, overrides in (("A1-22", "attested", False), ("A2-2-03", "violated", True)):
        assert entries[row]["verdict"] == machine
        assert words[row] == {machine}
        assert told[row]["verdict"] == machine
        assert entries[row]["decision"]["word"] == told[row]["decided"] == "satisfied"
        assert entries[row]["decision"]["overrides"] is overrides
    assert report.exit == 1
    out = StringIO()
    console.show(report, console.plain_console(out), JA)
    violated, satisfied = (JA.text(f"verdict.{word}") for word in ("violated", "satisfied"))
    assert f"A2-2-03 {violated} → {satisfied} ({JA.text('page.overrides')})" in out.getvalue()
    assert JA.text("page.overrides") in page
    assert "<script>alert(9)" not in page
    assert entries["A1-03"]["decision"] is None


def test_results_with_decisions_are_what_their_schema_says(decided: Path, register: Register) -> None:
    schema = json.loads((data("schemas") / "results.schema.json").read_text("utf-8"))
    document = results.document(reports.read(decided, register))
    assert [fault.message for fault in Draft202012Validator(schema).iter_errors(document)] == []


# -- the terminal -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_the_candidate_said_reaches_the_terminal_as_a_command(
    recorded: Path, told: Report, lang: str
) -> None:
    assert ACTIVE.search(shown(recorded, told, lang)) is None


def test_a_terminal_gets_colours_but_no_command_of_the_candidate(recorded: Path, told: Report) -> None:
    text = shown(recorded, told, "ja", terminal=True)
    assert "\x1b[1;31m" in text
    assert "\x1b[31m赤" not in text
    assert r"\x1b[31m赤\u202e" in text


def test_square_brackets_of_the_candidate_are_no_markup(recorded: Path, told: Report) -> None:
    assert "{viewer}" in shown(recorded, told, "ja")


def test_every_scenario_has_its_line_where_there_is_no_terminal(told: Report, screen: str) -> None:
    for place, story in enumerate(told.stories, 1):
        assert f"[{place}/{len(told.stories)}] {story.id} " in screen


def test_a_red_row_says_what_to_do_next_and_how_to_try_it_again(screen: str) -> None:
    assert f"{JA.text('report.next')}: {JA.text('finding.scope.other_site.next')}" in screen
    assert "ccus-conformance run reference:any_prime --obligation A2-2-03 --seed 7" in screen


# -- JUnit --------------------------------------------------------------------------------------------------------


def junit_of(told: Report) -> ET.Element:
    return ET.fromstring(junit.text(told, JA))  # noqa: S314 - our own file


def test_junit_has_one_case_for_each_selected_row(told: Report) -> None:
    root = junit_of(told)
    assert len(list(root.iter("testcase"))) == sum(row.selected for row in told.rows)
    for counted, element in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        assert int(root.attrib[counted]) == len(list(root.iter(element)))


@pytest.mark.parametrize(
    ("told_verdict", "red"),
    [
        ({"verdict": "satisfied"}, False),
        ({"verdict": "depends"}, False),
        ({"verdict": "violated", "code": "idle.call"}, True),
        ({"verdict": "error", "code": "error.suite"}, True),
        ({"verdict": "untested", "code": "untested.no_scenario"}, True),
        ({"verdict": "inconclusive", "code": "inconclusive.pending"}, True),
        ({"verdict": "untested", "code": "untested.not_selected", "selected": False}, False),
    ],
)
def test_junit_is_red_exactly_when_a_machine_row_asks_for_it(
    recording: Callable[..., Path],
    register: Register,
    tmp_path: Path,
    told_verdict: dict[str, object],
    red: bool,  # noqa: FBT001 - a column of the table
) -> None:
    others = {row.id: {"verdict": "satisfied"} for row in register.rows}
    events_told = [{"kind": "run", "run_id": "r", "target": "reference", "seed": 1}]
    run = {"events": events_told, "verdicts": {**others, "A1-03": told_verdict}, "exit": 0}
    root = junit_of(Report.read(recording(tmp_path, run) / EVENTS_FILE, register))
    assert (root.attrib["failures"] != "0" or root.attrib["errors"] != "0") == red


# -- the files ----------------------------------------------------------------------------------------------------


def test_a_finished_run_gets_all_its_reports(recorded: Path, register: Register) -> None:
    told, written = reports.write(recorded, register, JA)
    assert json.loads(written.results.read_text("utf-8")) == results.document(told)
    assert written.html.read_text("utf-8").startswith("<!doctype html>")
    assert written.junit.is_file()
    assert list(recorded.glob(".*")) == []


def test_an_unfinished_run_gets_no_report_at_all(broken_off: Path, register: Register) -> None:
    with pytest.raises(IncompleteRun):
        reports.write(broken_off, register, JA)
    assert [path.name for path in broken_off.iterdir()] == [EVENTS_FILE]


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    results.put(path, "old\n")
    results.put(path, "new\n")
    assert path.read_text("utf-8") == "new\n"
    assert list(tmp_path.iterdir()) == [path]
