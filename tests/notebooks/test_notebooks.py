"""The notebooks run as they are, show what they promise, and stop where a promise no longer holds."""

from __future__ import annotations

import base64
import io
import os
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

NOT_HERE = "the extra `notebook` is not installed"
nbformat = pytest.importorskip("nbformat", reason=NOT_HERE)
jupytext = pytest.importorskip("jupytext", reason=NOT_HERE)
nbclient = pytest.importorskip("nbclient", reason=NOT_HERE)
traitlets = pytest.importorskip("traitlets.config", reason=NOT_HERE)
for needed in ("ipykernel", "altair", "vl_convert", "great_tables", "pandas", "fontTools"):
    pytest.importorskip(needed, reason=NOT_HERE)

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDER = Path(__file__).parents[2] / "notebooks"
SOURCES = sorted(FOLDER.glob("*.py"))
FIRST = FOLDER / "00_first_run.py"
CELL_SECONDS = 180


def notebook(source: Path) -> Any:
    return jupytext.read(source)


def given(notebook: Any, **parameters: str) -> Any:
    """The notebook with other parameters, put in after those of the cell that is tagged for it."""
    (place,) = (n for n, cell in enumerate(notebook.cells) if "parameters" in cell.metadata.get("tags", []))
    lines = "\n".join(f"{name} = {value!r}" for name, value in parameters.items())
    notebook.cells.insert(place + 1, nbformat.v4.new_code_cell(lines))
    return notebook


def execute(notebook: Any, folder: Path) -> Any:
    """Runs every cell in a kernel of its own, in a folder of its own, where every warning of ours is an error."""
    with TemporaryDirectory(prefix="ccus-") as sockets:
        client = nbclient.NotebookClient(
            notebook,
            timeout=CELL_SECONDS,
            config=local(sockets),
            resources={"metadata": {"path": str(folder)}},
        )
        # The kernel's own start-up is not ours to judge, so the filter names our package only.
        client.execute(env={**os.environ, "PYTHONWARNINGS": "error:::ccus_harness"})
    return notebook


def local(sockets: str) -> Any:
    """A kernel over TCP warns that nothing is encrypted; over sockets in a folder of our own nothing need be.

    Their place must be short, for the system limits it, and whole, for the kernel works in another folder.
    """
    return traitlets.Config({"AsyncKernelManager": {"transport": "ipc", "ip": f"{sockets}/kernel"}})


def outputs(notebook: Any) -> list[Any]:
    return [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]


def shown(notebook: Any, kind: str) -> list[str]:
    """What the cells display of one media type, in order."""
    return [output.data[kind] for output in outputs(notebook) if kind in output.get("data", {})]


def printed(notebook: Any) -> str:
    return "".join(output.text for output in outputs(notebook) if output.output_type == "stream")


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The first notebook, run once as it is."""
    return execute(notebook(FIRST), tmp_path_factory.mktemp("first"))


@pytest.fixture(scope="module")
def table_of(ran: Any) -> Callable[[str], str]:
    """A table of the first notebook by its name."""

    def find(name: str) -> str:
        (found,) = (html for html in shown(ran, "text/html") if f'id="ccus-{name}"' in html)
        return found

    return find


@pytest.fixture(scope="module")
def picture(ran: Any) -> ET.Element:
    """The one picture of the first notebook."""
    (svg,) = shown(ran, "image/svg+xml")
    return ET.fromstring(svg)  # noqa: S314 - we have just drawn it


def test_there_are_notebooks() -> None:
    assert FIRST in SOURCES


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_a_notebook_and_its_source_hold_the_same_cells(source: Path) -> None:
    written = nbformat.read(source.with_suffix(".ipynb"), as_version=4)
    told = [(cell.cell_type, cell.source, cell.metadata.get("tags")) for cell in written.cells]
    assert told == [(c.cell_type, c.source, c.metadata.get("tags")) for c in notebook(source).cells]


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_a_notebook_is_kept_without_outputs_so_that_its_changes_can_be_read(source: Path) -> None:
    written = nbformat.read(source.with_suffix(".ipynb"), as_version=4)
    cells = [cell for cell in written.cells if cell.cell_type == "code"]
    assert [cell.source for cell in cells if cell.outputs or cell.execution_count] == []


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_a_notebook_holds_prose_and_calls_but_no_logic(source: Path) -> None:
    code = "\n".join(cell.source for cell in notebook(source).cells if cell.cell_type == "code")
    assert re.findall(r"^\s*(?:if|for|while|def|class|try|with|lambda)\b.*", code, re.MULTILINE) == []


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_every_text_of_a_notebook_stands_in_both_languages(source: Path) -> None:
    prose = [cell.source for cell in notebook(source).cells if cell.cell_type == "markdown"]
    alone = [text for text in prose if not (re.search("[ぁ-ん]", text) and re.search(r"\b[a-z]{3,}\b", text))]
    assert alone == []


@pytest.mark.slow
def test_the_first_notebook_runs_without_an_error_or_a_warning(ran: Any) -> None:
    bad = [each for each in outputs(ran) if each.output_type == "error" or each.get("name") == "stderr"]
    assert bad == []


@pytest.mark.slow
def test_progress_is_plain_lines_that_count_the_scenarios(ran: Any) -> None:
    lines = re.findall(r"^\[(\d+)/(\d+)\] .+: \S+$", printed(ran), re.MULTILINE)
    first = [int(place) for place, total in lines if total == lines[0][1]]
    assert first[: int(lines[0][1])] == list(range(1, int(lines[0][1]) + 1))
    assert not set(printed(ran)) & {"\r", "\x1b"}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["counts", "verdicts", "evidence", "findings"])
def test_the_first_notebook_shows_the_table(table_of: Callable[[str], str], name: str) -> None:
    assert table_of(name).count("<tr>") > 1


@pytest.mark.slow
def test_the_verdicts_name_the_row_that_is_looked_at_with_its_word(table_of: Callable[[str], str]) -> None:
    row = table_of("verdicts").partition(">A1-07<")[2].partition("</tr>")[0]
    assert ("適合" in row, "satisfied" in row) == (True, True)


@pytest.mark.slow
@pytest.mark.parametrize(
    "told",
    [
        "u_p1 が T3 の登録情報を依頼",
        "依頼できる対象がありません。",
        "u_f2 の名義で T1 の依頼を受付、T1 の 34 項目を提供",
        "T1 の 34 項目",
    ],
    ids=["asked", "answered", "provided", "kept"],
)
def test_the_evidence_tells_what_was(table_of: Callable[[str], str], told: str) -> None:
    assert told in table_of("evidence")


@pytest.mark.slow
def test_the_finding_is_told_with_what_each_run_saw(table_of: Callable[[str], str]) -> None:
    html = table_of("findings")
    assert "u_p1 の操作による T3 の提供: なし" in html
    assert "u_p1 の操作による T3 の提供: あり（依頼の名義 u_f3" in html


@pytest.mark.slow
def test_the_picture_says_in_words_what_its_marks_say(picture: ET.Element) -> None:
    words = {text.text for text in picture.iter("{http://www.w3.org/2000/svg}text")}
    assert {"断った", "届いていない", "u_f3 の名義で受付", "T3 の 34 項目", "★ u_p1 が T3 を依頼"} <= words


@pytest.mark.slow
def test_the_picture_brings_every_letter_it_uses(picture: ET.Element) -> None:
    from fontTools.ttLib import TTFont  # noqa: PLC0415 - only where the extra is installed

    style = next(picture.iter("{http://www.w3.org/2000/svg}style")).text or ""
    font = TTFont(io.BytesIO(base64.b64decode(style.partition("base64,")[2].partition(")")[0])))
    letters = {ord(letter) for text in picture.itertext() for letter in text if text != style}
    assert {chr(letter) for letter in letters - set(font.getBestCmap() or ())} == set()


@pytest.mark.slow
def test_the_sentence_under_the_picture_tells_it_in_both_languages(ran: Any, picture: ET.Element) -> None:
    sentence = shown(ran, "text/markdown")[-1]
    assert "u_f3 の名義で CCUS に届き" in sentence
    assert "in the name of u_f3" in sentence
    assert (picture.get("aria-label") or "").startswith(sentence.partition("\n")[0])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("parameters", "fault"),
    [
        ({"defect": "nightly_sync"}, "NoContrast"),
        ({"row": "A1-21"}, "NotTried"),
        ({"target": "reference:no_such_defect"}, "SetUpFault"),
    ],
    ids=["a defect that keeps the row", "a row that was not tried", "a target that is not there"],
)
def test_the_first_notebook_stops_loudly_on(parameters: dict[str, str], fault: str, tmp_path: Path) -> None:
    with pytest.raises(nbclient.exceptions.CellExecutionError) as stopped:
        execute(given(notebook(FIRST), **parameters), tmp_path)
    assert stopped.value.ename == fault


def test_a_run_that_is_not_as_announced_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    from ccus_harness.showing import NotAsAnnounced, judging  # noqa: PLC0415 - only where the extra is installed

    monkeypatch.setattr(judging, "defects", lambda: {"prime_refresh": {"row": "A1-11", "drags": []}})
    with pytest.raises(NotAsAnnounced, match="A1-07"):
        judging.judge("reference:prime_refresh", obligation="A1-07")


def test_without_the_extra_the_notebooks_are_skipped_and_say_so() -> None:
    """As on a machine that lacks one of its packages."""
    hidden = "import sys; sys.modules['nbclient'] = None; import pytest; sys.exit(pytest.main(sys.argv[1:]))"
    options = ["-p", "no:cacheprovider", "-rs", "--no-header", "-q"]
    done = subprocess.run(
        [sys.executable, "-c", hidden, str(Path(__file__)), *options],
        capture_output=True,
        check=False,
        text=True,
    )
    assert "the extra `notebook` is not installed" in done.stdout, done.stdout + done.stderr
    assert " failed" not in done.stdout
