"""A recorded run for the tests of its papers: every kind of finding, and a candidate that tries to act on readers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

from ccus_harness import deciding
from ccus_harness.events import EVENTS_FILE, Stream
from ccus_harness.exam import load_exam
from ccus_harness.papers import Issue, Sealed, Standing, Subject, papers_of
from ccus_harness.papers.excel import workbook
from ccus_harness.papers.grid import grids
from ccus_harness.register import load_register
from ccus_harness.reports import Report

openpyxl: Any = import_module("openpyxl")

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from ccus_harness.papers.grid import Spot
    from ccus_harness.papers.parts import Kind, Paper

ISSUED = date(2026, 4, 20)
ACTIVE = '=HYPERLINK("http://example.invalid","x")'

TOLD: dict[str, dict[str, Any]] = {
    "A1-03": {"verdict": "satisfied", "strength": "black_box", "scenarios": ["s1"]},
    "A2-2-03": {
        "verdict": "violated",
        "code": "scope.other_site",
        "strength": "black_box",
        "blame": "product",
        "scenarios": ["s1"],
    },
    "A2-2-04": {
        "verdict": "depends",
        "declared": "satisfied",
        "under": {"scope.upper=direct_parent": "violated"},
    },
    "A2-3-03": {"verdict": "inconclusive", "code": "inconclusive.candidate_failed", "blame": "product"},
    "A2-4-05": {"verdict": "satisfied", "policy": "missed", "strength": "black_box"},
    "A2-4-01": {"verdict": "attested", "strength": "attested"},
    "A1-11": {"verdict": "error", "code": "error.suite", "blame": "suite"},
    "A2-3-07": {"verdict": "inconclusive", "code": "inconclusive.blind", "blame": "suite"},
    "A1-02": {"verdict": "satisfied", "remarks": [ACTIVE]},
    "A1-09": {"verdict": "untested", "selected": False},
    "A2-1-08": {"verdict": "review", "code": "review.smuggled_kept"},
}
"""The rows that the run speaks of; every other one is untested, and nobody needs to look at it."""

SHORT = {*TOLD, "PRE-03", "A1-21", "A4-01"}

HEADER: dict[str, Any] = {
    "format": "ccus-conformance/events/1",
    "run_id": "run-0007",
    "target": "http:http://127.0.0.1:1",
    "mode": "live",
    "suite": {"version": "0.1.0", "digest": "5a17"},
    "contract_digest": "c0ffee",
    "seed": 7,
    "started_at": "2026-04-13T09:00:00+09:00",
    "selection": {"articles": [], "obligations": []},
    "readings": {},
    "policy": {},
    "profile": {
        "candidate": {
            "name": ACTIVE,
            "version": "+1",
            "build": "-1+1",
            "environment": "@SUM(A1)",
            "frozen": {"at": "2026-04-10T00:00:00Z"},
        }
    },
    "operator": "certification",
    "operated_by": "模擬審査機関",
    "seed_commitment": {
        "sha256": "5e" * 32,
        "nonce": "0c" * 32,
        "by": "審査 花子",
        "stated_at": "2026-04-01T10:00:00+09:00",
    },
}
HEAD: dict[str, Any] = {
    "ledger_head": "cd" * 32,
    "signed": "by_key",
    "public_key": {"public": "ef" * 32},
    "operated": {"key": "模擬審査機関"},
}
CLAIM: dict[str, Any] = {
    "scenario": "s1",
    "row": "A2-2-03",
    "word": "violated",
    "code": "scope.other_site",
    "shown": {
        "over": ["u_p1→T2", ACTIVE, "<img src=x onerror=alert(1)>", "彁墸妛挧 _x0041_ \x1b[31m赤\u202e"]
    },
    "under": {},
    "policy": None,
    "strength": "black_box",
    "blame": "product",
    "witnesses": ["candidate", "ledger"],
    "remarks": [],
}
SILENT: dict[str, Any] = {
    "code": "",
    "policy": None,
    "layer": "text",
    "strength": None,
    "blame": None,
    "remarks": [],
    "under": {},
    "declared": None,
    "due": None,
    "scenarios": [],
    "selected": True,
}


def record(folder: Path, *, run_id: str = "run-0007") -> Path:
    """Writes the run as the harness would."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / EVENTS_FILE).open("wb") as file:
        stream = Stream(file)
        stream.write("run", **{**HEADER, "run_id": run_id})
        opening = {"id": "s1", "name": "別の現場の元請", "feature": "", "article": "2", "rows": ["A2-2-03"]}
        stream.write("scenario", **opening, world_reading={})
        stream.write("step", scenario="s1", index=0, keyword="もし", text="見る", type="when")
        answer = {"status": "answered", "value": {}}
        stream.write("call", scenario="s1", who="candidate", op="view", args={}, answer=answer)
        stream.write("claim", **CLAIM)
        stream.write("scenario_end", scenario="s1", outcome="finished", detail={})
        for row in load_register().rows:
            told = TOLD.get(row.id, {"verdict": "untested", "code": "untested.no_scenario"})
            said = {**SILENT, "reason": told.get("code", ""), **told}
            stream.write("verdict", row=row.id, scored=row.scored, **said)
        stream.end(exit=1, counts={})
    return folder


def subject_of(run: Path, *, whole: bool = False) -> Subject:
    """A run's subject; a form of its telling rows alone is filled in as one of all rows is, and sooner."""
    register = load_register()
    decided = deciding.load(run, register)
    report = Report.read(run / EVENTS_FILE, register)
    return Subject(
        report=report
        if whole
        else replace(report, rows=tuple(row for row in report.rows if row.id in SHORT)),
        register=register,
        exam=load_exam(),
        standings={name: Standing.of(ruled) for name, ruled in decided.rows.items()},
    )


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return record(tmp_path_factory.mktemp("papers") / "run")


@pytest.fixture(scope="session")
def recorded() -> Callable[..., Path]:
    """Records the run once more: `recorded(folder, run_id=...)`."""
    return record


@pytest.fixture(scope="session")
def subject(run: Path) -> Subject:
    return subject_of(run)


@pytest.fixture(scope="session")
def whole(run: Path) -> Subject:
    """The run with all rows of the register."""
    return subject_of(run, whole=True)


@pytest.fixture(scope="session")
def standing_of() -> Callable[[Path], Subject]:
    """A run's subject with the decisions that stand now."""
    return subject_of


@pytest.fixture(scope="session")
def issue() -> Issue:
    return Issue(number="適審第8-7号", on=ISSUED, sealed=Sealed.of(HEADER, HEAD, "ab" * 32))


@pytest.fixture(scope="session")
def papers(subject: Subject, issue: Issue) -> Mapping[Kind, Paper]:
    return {paper.kind: paper for paper in papers_of(subject, issue)}


def spot_of(paper: Paper, column: str, entry: str = "") -> tuple[str, Spot]:
    """Where an input of a paper stands: its sheet, and its spot."""
    return next(
        (grid.name, spot)
        for grid in grids(paper)
        for spot in grid.spots
        if (spot.column, spot.entry) == (column, entry) and spot.role in ("cell", "value")
    )


Written = dict[tuple[str, str], Any]


@pytest.fixture(scope="session")
def fill() -> Callable[[Paper, Path, Written], Path]:
    """Fills a paper in as a person does: `fill(paper, file, {(entry, column): value})`, first-page fields under ""."""

    def filled(paper: Paper, file: Path, written: Written) -> Path:
        file.write_bytes(workbook(paper, ISSUED))
        book = openpyxl.load_workbook(file)
        for (entry, column), value in written.items():
            sheet, spot = spot_of(paper, column, entry)
            book[sheet].cell(spot.row + 1, spot.first + 1).value = value
        book.save(file)
        return file

    return filled


@pytest.fixture(scope="session")
def place() -> Callable[[Paper, str, str], str]:
    """The name of an input's cell: `place(paper, column, entry)`."""

    def named(paper: Paper, column: str, entry: str = "") -> str:
        sheet, spot = spot_of(paper, column, entry)
        return f"{sheet}!{spot.place}"

    return named
