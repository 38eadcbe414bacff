"""The reports of a run: each is a pure function of its events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ccus_harness.deciding import ATTACHED, FILE, load
from ccus_harness.events import EVENTS_FILE
from ccus_harness.readings import load_readings
from ccus_harness.reports import cucumber, cucumber_html, earl, html, junit, results
from ccus_harness.reports.model import IncompleteRun, NotPrepared, Report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from ccus_harness.messages import Catalogue
    from ccus_harness.register import Register

__all__ = [
    "DEFAULT",
    "FORMATS",
    "Format",
    "IncompleteRun",
    "NotPrepared",
    "Report",
    "Written",
    "read",
    "write",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A form that a report can take: the name of its file, and what stands in it."""

    file: str
    text: Callable[[Report, Catalogue], str]


FORMATS: Mapping[str, Format] = {
    "html": Format(
        file="report.html", text=lambda report, words: html.text(report, words.lang, load_readings())
    ),
    "junit": Format(file="junit.xml", text=junit.text),
    "earl": Format(file="earl.jsonld", text=lambda report, _words: earl.text(report)),
    "cucumber": Format(file="cucumber.ndjson", text=cucumber.text),
    "cucumber-html": Format(file="cucumber.html", text=cucumber_html.text),
    # Last, so that results.json stands only beside reports that were finished.
    "json": Format(file="results.json", text=lambda report, _words: results.text(report)),
}
"""Every form by its name, in the order they are written."""

DEFAULT = ("html", "junit", "earl", "json")
"""What every run gets; the others are for whoever asks for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Where the reports of a run lie, by the name of their form."""

    files: Mapping[str, Path]

    @property
    def html(self) -> Path:
        return self.files["html"]

    @property
    def junit(self) -> Path:
        return self.files["junit"]

    @property
    def results(self) -> Path:
        return self.files["json"]


def read(run: Path, register: Register) -> Report:
    """The report of the run in this folder, with what people decided on it.

    Raises as `Report.of` does, and `Undecidable` when the decisions do not belong to the run.
    """
    report = Report.read(run / EVENTS_FILE, register)
    return report.beside(load(run, register)) if (run / ATTACHED / FILE).is_file() else report


def write(
    run: Path, register: Register, words: Catalogue, formats: Iterable[str] = DEFAULT
) -> tuple[Report, Written]:
    """Builds reports of the run in the folder `run` from its events; raises as `read` does."""
    report, chosen = read(run, register), frozenset(formats)
    files = {name: run / each.file for name, each in FORMATS.items() if name in chosen}
    for name, path in files.items():
        results.put(path, FORMATS[name].text(report, words))
    return report, Written(files=files)
