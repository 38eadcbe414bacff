"""All forms of one run's report say the same of every row, and each is what its own world calls valid."""

from __future__ import annotations

import hashlib
import json
import re
import xml.etree.ElementTree as ET
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest
import rdflib
from cucumber_messages import Envelope, message_converter
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from ccus_harness import reports
from ccus_harness.cli import app
from ccus_harness.commands.running import Form
from ccus_harness.events import EVENTS_FILE
from ccus_harness.locator import data
from ccus_harness.messages import catalogue
from ccus_harness.reports import FORMATS, Report, cucumber, earl

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ccus_harness.register import Register

# rdflib warns of its own inner workings whenever it reads JSON-LD.
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")

JA = catalogue("ja")
RUNS = ("reference", "any_prime", "leak_silent", "told_by_hand")
EARL = "http://www.w3.org/ns/earl#"
CCUS = "urn:ccus-conformance:terms:"


@pytest.fixture(scope="module")
def written(
    request: pytest.FixtureRequest,
    kept_run: Callable[[str], Path],
    recorded: Path,
    register: Register,
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[str], tuple[Report, dict[str, str]]]:
    """Every form of a run's report, as the files hold it."""
    made: dict[str, tuple[Report, dict[str, str]]] = {}

    def of(name: str) -> tuple[Report, dict[str, str]]:
        if name not in made:
            source = recorded if name == "told_by_hand" else kept_run(name)
            run = tmp_path_factory.mktemp("written")
            (run / EVENTS_FILE).write_bytes((source / EVENTS_FILE).read_bytes())
            report, files = reports.write(run, register, JA, FORMATS)
            made[name] = report, {form: path.read_text("utf-8") for form, path in files.files.items()}
        return made[name]

    return of


# -- one word for each row in each form ---------------------------------------------------------------------------


def from_json(text: str) -> dict[str, str]:
    return {row["id"]: row["verdict"] for row in json.loads(text)["rows"] if row["selected"]}


def from_html(text: str) -> dict[str, str]:
    told = re.findall(r'data-row="([^"]+)"[^>]*>.*?data-verdict="([^"]+)"', text, re.DOTALL)
    words: dict[str, set[str]] = {}
    for row, word in told:
        words.setdefault(row, set()).add(word)
    assert all(len(said) == 1 for said in words.values())
    return {row: said.pop() for row, said in words.items()}


def from_junit(text: str) -> dict[str, str]:
    cases = [
        {each.attrib["name"]: each.attrib["value"] for each in case.iter("property")}
        for case in ET.fromstring(text).iter("testcase")  # noqa: S314 - our own file
    ]
    return {case["row"]: case["verdict"] for case in cases}


def from_earl(text: str) -> dict[str, str]:
    graph = rdflib.Graph().parse(data=text, format="json-ld")
    found = graph.query(f"""
        SELECT ?row ?word WHERE {{
            ?assertion a <{EARL}Assertion> ; <{EARL}mode> <{EARL}automatic> ; <{EARL}test> ?test ;
                       <{EARL}result> ?result .
            ?test <http://purl.org/dc/terms/identifier> ?row . ?result <{CCUS}verdict> ?word }}""")
    return {str(each[0]): str(each[1]) for each in found}  # pyright: ignore[reportIndexIssue]


def from_cucumber(text: str) -> dict[str, str]:
    attached = [json.loads(line).get("attachment") for line in text.splitlines()]
    told = [json.loads(each["body"]) for each in attached if each and each["mediaType"] == cucumber.VERDICT]
    return {each["row"]: each["verdict"] for each in told}


def from_cucumber_html(text: str) -> dict[str, str]:
    (messages,) = re.findall(r"<script>window\.CUCUMBER_MESSAGES = (.*);</script>", text)
    return from_cucumber("\n".join(json.dumps(each) for each in json.loads(messages)))


READERS = {
    "json": from_json,
    "html": from_html,
    "junit": from_junit,
    "earl": from_earl,
    "cucumber": from_cucumber,
    "cucumber-html": from_cucumber_html,
}


@pytest.mark.parametrize("run", RUNS)
def test_every_form_says_the_same_word_of_every_row(
    written: Callable[[str], tuple[Report, dict[str, str]]], run: str
) -> None:
    report, texts = written(run)
    assert texts.keys() == READERS.keys() == FORMATS.keys()
    told = {form: READERS[form](text) for form, text in texts.items()}
    ran = {story.id for story in report.stories}
    for row in report.rows:
        for form in ("json", "html", "junit", "earl"):
            if row.selected:
                assert told[form][row.id] == row.verdict, form
        # Cucumber knows scenarios only: a row that none speaks of is not in it.
        spoken_of = bool(ran & set(row.scenarios))
        for form in ("cucumber", "cucumber-html"):
            assert told[form].get(row.id) == (row.verdict if spoken_of else None), form
    assert len(told["cucumber"]) > 0


def test_the_command_line_offers_every_form() -> None:
    assert {each.value for each in Form} == FORMATS.keys()


def test_only_the_forms_that_were_asked_for_are_made(kept_run: Callable[[str], Path], tmp_path: Path) -> None:
    (tmp_path / EVENTS_FILE).write_bytes((kept_run("any_prime") / EVENTS_FILE).read_bytes())
    done = CliRunner().invoke(app, ["report", str(tmp_path), "--format", "cucumber", "--format", "earl"])
    assert done.exit_code == 1, done.output
    assert {path.name for path in tmp_path.iterdir()} == {EVENTS_FILE, "cucumber.ndjson", "earl.jsonld"}
    wrong = CliRunner().invoke(app, ["report", str(tmp_path), "--format", "pdf"])
    assert wrong.exit_code == 2
    assert "cucumber-html" in wrong.output


# -- results.json ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("run", RUNS)
def test_the_results_of_a_real_run_are_what_their_schema_says(
    written: Callable[[str], tuple[Report, dict[str, str]]], run: str
) -> None:
    schema = json.loads((data("schemas") / "results.schema.json").read_text("utf-8"))
    document = json.loads(written(run)[1]["json"])
    faults = Draft202012Validator(schema).iter_errors(document)
    assert [f"{fault.json_path}: {fault.message[:80]}" for fault in faults] == []


# -- EARL -----------------------------------------------------------------------------------------------------------


def test_every_assertion_has_all_that_earl_demands(
    written: Callable[[str], tuple[Report, dict[str, str]]],
) -> None:
    report, texts = written("reference")
    graph = rdflib.Graph().parse(data=texts["earl"], format="json-ld")
    earl_terms = rdflib.Namespace(EARL)
    assertions = list(graph.subjects(rdflib.RDF.type, earl_terms.Assertion))
    assert len(assertions) == sum(row.selected for row in report.rows)
    for assertion in assertions:
        for demanded in ("assertedBy", "subject", "test", "result"):
            assert graph.value(assertion, earl_terms[demanded]) is not None, demanded
    outcomes = {str(each) for each in graph.objects(None, earl_terms.outcome)}
    assert outcomes <= {EARL + name for name in ("passed", "failed", "cantTell", "inapplicable", "untested")}


def test_only_what_was_shown_counts_as_passed() -> None:
    assert [word for word, outcome in earl.OUTCOMES.items() if outcome == "earl:passed"] == ["satisfied"]


def test_reading_the_earl_report_asks_nobody(
    written: Callable[[str], tuple[Report, dict[str, str]]],
) -> None:
    context = json.loads(written("reference")[1]["earl"])["@context"]
    assert isinstance(context, dict)


# -- Cucumber -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("run", RUNS)
def test_cucumber_reads_every_message_as_we_wrote_it(
    written: Callable[[str], tuple[Report, dict[str, str]]], run: str
) -> None:
    for line in written(run)[1]["cucumber"].splitlines():
        message: Any = json.loads(line)
        read = message_converter.from_dict(message, Envelope)  # pyright: ignore[reportUnknownMemberType]
        assert message_converter.to_dict(read) == message  # pyright: ignore[reportUnknownMemberType]


def test_every_step_of_the_record_is_a_step_in_cucumber(
    written: Callable[[str], tuple[Report, dict[str, str]]],
) -> None:
    report, texts = written("reference")
    messages = [json.loads(line) for line in texts["cucumber"].splitlines()]
    pickles = [each["pickle"] for each in messages if "pickle" in each]
    assert [[step["text"] for step in pickle["steps"]] for pickle in pickles] == [
        [" ".join(step.text.split()) for step in story.steps] for story in _by_feature(report)
    ]
    finished = [each["testStepFinished"] for each in messages if "testStepFinished" in each]
    assert len(finished) == sum(len(story.steps) for story in report.stories)
    assert {each["testStepResult"]["status"] for each in finished} <= {"PASSED", "SKIPPED"}


def _by_feature(report: Report) -> list[Any]:
    features: dict[str, list[Any]] = {}
    for story in report.stories:
        features.setdefault(story.id.partition("/")[0], []).append(story)
    return [story for stories in features.values() for story in stories]


def test_the_step_that_found_a_violation_has_failed(
    written: Callable[[str], tuple[Report, dict[str, str]]],
) -> None:
    messages = [json.loads(line) for line in written("any_prime")[1]["cucumber"].splitlines()]
    failed = [
        each["testStepFinished"]["testStepResult"]
        for each in messages
        if "testStepFinished" in each and each["testStepFinished"]["testStepResult"]["status"] == "FAILED"
    ]
    assert any("A2-2-03" in each["message"] for each in failed)
    assert [each["testRunFinished"]["success"] for each in messages if "testRunFinished" in each] == [False]


def test_the_page_of_cucumber_is_theirs_unchanged() -> None:
    folder = files("ccus_harness.reports") / "formatter"
    listed = re.findall(r"\| ([\w.]+) \| ([0-9a-f]{64}) \|", (folder / "README.md").read_text("utf-8"))
    assert {name for name, _ in listed} == {"main.js", "main.css", "LICENSE", "main.js.LICENSE.txt"}
    for name, digest in listed:
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest, name
