"""Each notebook is run once in a session, and every test reads what that one run left."""

from __future__ import annotations

import base64
import fcntl
import io
import json
import lzma
import os
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

from ccus_harness.register import load_register
from ccus_harness.reports import Report

NOT_HERE = "the extra `notebook` is not installed"
NEEDED = (
    "nbformat",
    "jupytext",
    "nbclient",
    "nbconvert",
    "ipykernel",
    "altair",
    "vl_convert",
    "great_tables",
    "pandas",
    "fontTools",
)
SVG = "{http://www.w3.org/2000/svg}"
FOLDER = Path(__file__).parents[2] / "notebooks"
RECORDED = Path(__file__).parents[1] / "reports" / "recorded" / "runs"

if TYPE_CHECKING:
    from collections.abc import Callable


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for a `source` is about every notebook."""
    if "source" in metafunc.fixturenames:
        sources = sorted(FOLDER.glob("*.py"))
        metafunc.parametrize("source", sources, ids=[source.stem for source in sources])


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A notebook as its one run left it."""

    notebook: Any

    @property
    def outputs(self) -> list[Any]:
        cells = [cell for cell in self.notebook.cells if cell.cell_type == "code"]
        return [output for cell in cells for output in cell.outputs]

    def shown(self, kind: str) -> list[str]:
        """What the cells display of one media type, in order."""
        return [output.data[kind] for output in self.outputs if kind in output.get("data", {})]

    @property
    def printed(self) -> str:
        return "".join(output.text for output in self.outputs if output.output_type == "stream")

    @property
    def told(self) -> str:
        """Everything that is shown as text, tables and figures included."""
        return "\n".join([*self.shown("text/html"), *self.shown("text/markdown"), self.printed])

    def table(self, name: str) -> str:
        """The one table of that name."""
        (found,) = (html for html in self.shown("text/html") if f'id="ccus-{name}"' in html)
        return found

    def tables(self) -> list[str]:
        found = (re.search(r'id="ccus-([\w.-]+)"', html) for html in self.shown("text/html"))
        return [each[1] for each in found if each]

    def pictures(self) -> list[Drawn]:
        return [Drawn(svg=svg) for svg in self.shown("image/svg+xml")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A picture as it stands in a page."""

    svg: str

    @property
    def root(self) -> ET.Element:
        return ET.fromstring(self.svg)  # noqa: S314 - we have just drawn it

    @property
    def words(self) -> set[str]:
        return {text.text or "" for text in self.root.iter(f"{SVG}text")}

    @property
    def lacking(self) -> set[str]:
        """The letters that the picture uses and does not bring."""
        from fontTools.ttLib import TTFont  # noqa: PLC0415 - only where the extra is installed

        style = next(self.root.iter(f"{SVG}style")).text or ""
        font = TTFont(io.BytesIO(base64.b64decode(style.partition("base64,")[2].partition(")")[0])))
        letters = {ord(letter) for word in self.words for letter in word}
        return {chr(letter) for letter in letters - set(font.getBestCmap() or ())}


@pytest.fixture(scope="session")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Ran]:
    """Runs a notebook once, however many processes share the tests; every warning of ours is an error."""
    for name in NEEDED:
        pytest.importorskip(name, reason=NOT_HERE)
    import nbformat  # noqa: PLC0415 - only where the extra is installed

    from ccus_harness.showing import pages  # noqa: PLC0415 - likewise

    own = tmp_path_factory.getbasetemp()
    shared = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "shared_notebooks"
    shared.mkdir(exist_ok=True)
    # The kernel's own start-up is not ours to judge, so the filter names our package only.
    warned = {"PYTHONWARNINGS": "error:::ccus_harness"}

    def run(name: str) -> Ran:
        out = shared / f"{name}.ipynb"
        with out.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not out.exists():
                done = pages.execute(pages.read(FOLDER / out.with_suffix(".py").name), shared, warned)
                nbformat.write(done, out)
        return Ran(notebook=nbformat.read(out, as_version=4))

    return run


@pytest.fixture(scope="session")
def told() -> Callable[[str], list[dict[str, Any]]]:
    """The events of a real run that was recorded once, so that nothing has to be run for what only reads it."""

    @cache
    def read(name: str) -> list[dict[str, Any]]:
        with lzma.open(RECORDED / f"{name}.jsonl.xz", "rt", encoding="utf-8") as lines:
            return [json.loads(line) for line in lines]

    return read


@pytest.fixture(scope="session")
def recorded(told: Callable[[str], list[dict[str, Any]]]) -> Callable[[str], Report]:
    """The report of a recorded run."""
    return cache(lambda name: Report.of(told(name), load_register()))
