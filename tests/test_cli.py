"""The command line, with a runner in its place that plays recorded events."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner, Result

from ccus_harness import runs
from ccus_harness.cli import app
from ccus_harness.events import EVENTS_FILE, Event, Stream, read
from ccus_harness.register import load_register
from ccus_harness.runs import Comparison, RunRequest, SetUpFault

if TYPE_CHECKING:
    from collections.abc import Iterator

DEFECTS = {
    name: {"name": name, "row": row, "code": code, "title": {"ja": ja, "en": name}}
    for name, row, code, ja in (
        ("any_prime", "A2-2-03", "scope.other_site", "元請なら誰にでも見せる"),
        ("nightly_sync", "A1-03", "idle.call", "夜間に同期する"),
    )
}

VARIANTS = {
    "direct_parent_only": {
        "name": "direct_parent_only",
        "title": {"ja": "直近の上位だけが見られる", "en": "direct"},
        "profile": {},
    }
}


def play(folder: Path, verdicts: dict[str, Any], *, exit_status: int, ends: bool = True) -> None:
    """Writes the events of a small run into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / EVENTS_FILE).open("wb") as file:
        stream = Stream(file)
        stream.write("run", run_id="r", target="reference", seed=1, scenarios=1)
        stream.write(
            "preflight",
            checks=[{"name": "provision", "ok": exit_status != 2, "ja": "提供", "en": "provision"}],
        )
        stream.write(
            "scenario", id="A1-03.1", name="操作がなければ依頼しない", rows=["A1-03"], world_reading={}
        )
        stream.write("scenario_end", scenario="A1-03.1", outcome="finished", detail={})
        for row in load_register().rows if exit_status != 2 else ():
            stream.write("verdict", row=row.id, **{"verdict": "satisfied", **verdicts.get(row.id, {})})
        if ends:
            stream.end(exit=exit_status, counts={})


@dataclass
class FakeRuns:
    """A runner that plays the same small run every time."""

    verdicts: dict[str, Any] = field(default_factory=dict[str, Any])
    exit_status: int = 0
    ends: bool = True
    interrupts: bool = False
    identical: bool = True
    asked: list[Any] = field(default_factory=list[Any])

    def launch(self, request: RunRequest) -> Iterator[Event]:
        self.asked.append(request)
        return self._events(request.out)

    def resume(self, run: Path) -> Iterator[Event]:
        self.asked.append(run)
        return self._events(run)

    def replay(self, run: Path) -> Iterator[Event]:
        self.asked.append(run)
        again = run / "again"
        play(again, self.verdicts, exit_status=self.exit_status)
        yield from read(again / EVENTS_FILE)

    def compare(self, _run: Path) -> Comparison:
        return Comparison(identical=self.identical, first_difference=None if self.identical else 7)

    def defects(self) -> dict[str, dict[str, Any]]:
        return DEFECTS

    def variants(self) -> dict[str, dict[str, Any]]:
        return VARIANTS

    def _events(self, folder: Path) -> Iterator[Event]:
        play(folder, self.verdicts, exit_status=self.exit_status, ends=self.ends)
        for event in read(folder / EVENTS_FILE):
            yield event
            if self.interrupts:
                raise KeyboardInterrupt


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeRuns:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CCUS_CANDIDATE_TOKEN", raising=False)
    played = FakeRuns()
    for name in ("launch", "resume", "replay", "compare", "defects", "variants"):
        monkeypatch.setattr(runs, name, getattr(played, name))
    return played


def command(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


VIOLATED = {"A1-03": {"verdict": "violated", "code": "idle.call", "scenarios": ["A1-03.1"]}}


@pytest.mark.parametrize("status", [0, 1, 3, 4])
def test_the_exit_status_is_the_one_at_the_end_of_the_record(fake: FakeRuns, status: int) -> None:
    fake.exit_status = status
    assert command("run", "reference").exit_code == status


def test_a_run_leaves_its_reports_in_the_first_free_folder(fake: FakeRuns, tmp_path: Path) -> None:
    (tmp_path / "ccus-run-1").mkdir()
    done = command("run", "reference", "--seed", "9")
    assert {path.name for path in (tmp_path / "ccus-run-2").iterdir()} == {
        EVENTS_FILE,
        "results.json",
        "report.html",
        "junit.xml",
        "earl.jsonld",
    }
    assert "報告書: ccus-run-2/report.html" in done.stdout
    assert fake.asked[0] == RunRequest(target="reference", out=Path("ccus-run-2"), seed=9)


def test_what_was_selected_reaches_the_runner(fake: FakeRuns) -> None:
    command(
        "run", "null:refuse", "--article", "1", "--article", "6", "--obligation", "A2-2-03", "--out", "here"
    )
    assert fake.asked[0].articles == ("1", "6")
    assert fake.asked[0].obligations == ("A2-2-03",)
    assert fake.asked[0].out == Path("here")


def test_with_json_standard_output_is_the_results_and_nothing_else(fake: FakeRuns) -> None:
    fake.exit_status, fake.verdicts = 1, VIOLATED
    done = command("run", "reference", "--json")
    told = json.loads(done.stdout)
    assert next(row for row in told["rows"] if row["id"] == "A1-03")["verdict"] == "violated"
    assert "操作がなければ依頼しない" in done.stderr
    assert done.exit_code == 1


@pytest.mark.parametrize(("lang", "said"), [("ja", "不適合が 1 行ある"), ("en", "Violated rows: 1")])
def test_the_result_is_told_in_the_chosen_language(fake: FakeRuns, lang: str, said: str) -> None:
    fake.exit_status, fake.verdicts = 1, VIOLATED
    assert said in command("run", "reference", "--lang", lang).stdout


def test_ctrl_c_leaves_no_results_and_says_how_to_go_on(fake: FakeRuns, tmp_path: Path) -> None:
    fake.interrupts = True
    done = command("run", "reference", "--out", "run")
    assert done.exit_code == 130
    assert "ccus-conformance resume run" in done.stderr
    assert not (tmp_path / "run" / "results.json").exists()


def test_a_run_that_broke_off_is_no_result(fake: FakeRuns, tmp_path: Path) -> None:
    fake.ends = False
    done = command("run", "reference", "--out", "run")
    assert done.exit_code == 2
    assert "resume" in done.stderr
    assert not (tmp_path / "run" / "results.json").exists()


def test_a_failed_preflight_judges_nothing(fake: FakeRuns, tmp_path: Path) -> None:
    fake.exit_status = 2
    done = command("run", "reference", "--out", "run")
    assert done.exit_code == 2
    assert "provision" in done.stderr
    assert not (tmp_path / "run" / "results.json").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "referense"], "null:refuse"),
        (["run", "reference:any_prim"], "any_prime"),
        (["run", "reference:direct_parents"], "direct_parent_only"),
        (["run", "null:maybe"], "null:accept"),
        (["run", "reference", "--article", "12"], "annex"),
        (["run", "reference", "--obligation", "A2-2-3"], "A2-2-03"),
        (["run", "http:http://127.0.0.1:9"], "CCUS_CANDIDATE_TOKEN"),
        (["obligations", "--article", "x"], "sign"),
        (["reference", "--defect", "nightly"], "nightly_sync"),
        (["report", "nowhere"], "events.jsonl"),
        (["replay", "nowhere"], "events.jsonl"),
    ],
)
@pytest.mark.usefixtures("fake")
def test_wrong_use_is_answered_with_the_valid_names(arguments: list[str], said: str) -> None:
    for lang in ("ja", "en"):
        done = command(*arguments, "--lang", lang)
        assert done.exit_code == 2
        assert said in done.stderr
        assert "Traceback" not in done.stderr


def test_a_set_up_fault_is_one_sentence_in_the_chosen_language(
    fake: FakeRuns, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refusing(_request: RunRequest) -> Iterator[Event]:
        raise SetUpFault(ja="つながらない", en="cannot connect\x1b[2J")

    monkeypatch.setattr(runs, "launch", refusing)
    assert command("run", "reference").stderr == "つながらない\n"
    english = command("run", "reference", "--lang", "en")
    assert (english.stderr, english.exit_code) == ("cannot connect\\x1b[2J\n", 2)
    assert fake.asked == []


def test_reports_are_built_again_from_the_record_alone(fake: FakeRuns, tmp_path: Path) -> None:
    fake.exit_status, fake.verdicts = 1, VIOLATED
    command("run", "reference", "--out", "run")
    written = {path: path.read_bytes() for path in (tmp_path / "run").iterdir() if path.name != EVENTS_FILE}
    for path in written:
        path.unlink()
    assert command("report", "run").exit_code == 1
    assert {path: path.read_bytes() for path in written} == written


def test_a_replay_that_agrees_says_so(fake: FakeRuns, tmp_path: Path) -> None:
    play(tmp_path / "run", fake.verdicts, exit_status=0)
    done = command("replay", "run", "--lang", "en")
    assert done.exit_code == 0
    assert "Reproduced" in done.stdout


def test_a_replay_that_differs_names_the_rows_and_is_our_error(fake: FakeRuns, tmp_path: Path) -> None:
    play(tmp_path / "run", VIOLATED, exit_status=1)
    fake.identical = False
    done = command("replay", "run", "--lang", "en")
    assert done.exit_code == 4
    assert "A1-03" in done.stderr


def test_a_resumed_run_is_reported_on(fake: FakeRuns, tmp_path: Path) -> None:
    play(tmp_path / "run", {}, exit_status=0, ends=False)
    assert command("resume", "run").exit_code == 0
    assert fake.asked == [Path("run")]
    assert (tmp_path / "run" / "results.json").exists()


@pytest.mark.usefixtures("fake")
def test_defects_and_lawful_variants_of_the_reference_are_listed_apart() -> None:
    assert json.loads(command("defects", "--json").stdout) == {
        "defects": list(DEFECTS.values()),
        "variants": list(VARIANTS.values()),
    }
    told = command("defects").stdout
    assert told.index("夜間に同期する") < told.index("適法な変種") < told.index("直近の上位だけが見られる")


def test_the_obligations_are_listed_by_article() -> None:
    listed = json.loads(command("obligations", "--article", "5", "--json").stdout)
    assert [row["id"] for row in listed] == [row.id for row in load_register().by_article["5"]]
    assert "A5-02" in command("obligations", "--article", "5", "--lang", "en").stdout


def test_every_command_explains_itself() -> None:
    for name in ("run", "replay", "resume", "simulate", "reference", "defects", "obligations", "report"):
        assert command(name, "--help").exit_code == 0


# -- as a real process --------------------------------------------------------------------------------------------


def process(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ccus_harness", *arguments],
        capture_output=True,
        check=False,
        text=True,
        encoding="utf-8",
        timeout=60,
        **options,
    )


def test_the_version_is_told() -> None:
    done = process("--version")
    assert done.returncode == 0
    assert done.stdout.startswith("ccus-conformance ")


def test_a_terminal_without_japanese_gets_escapes_instead_of_a_crash() -> None:
    ascii_only = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = process("obligations", "--article", "5", env=ascii_only)
    assert done.returncode == 0
    assert "\\u" in done.stdout


def test_an_unknown_option_is_wrong_use() -> None:
    assert process("run", "reference", "--fast").returncode == 2


def test_a_fault_that_nobody_foresaw_is_an_error_and_never_a_violation(tmp_path: Path) -> None:
    (tmp_path / EVENTS_FILE).write_text('{"n":0,"kind":"step"}\n', "utf-8")
    done = process("report", str(tmp_path))
    assert done.returncode == 4
    assert "KeyError" in done.stderr
