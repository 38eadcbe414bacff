"""What holds of every notebook: it is in step with its source, runs as it is, and shows what a person can read."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

NOT_HERE = "the extra `notebook` is not installed"
nbformat = pytest.importorskip("nbformat", reason=NOT_HERE)
for needed in ("jupytext", "nbclient", "nbconvert", "ipykernel", "altair", "vl_convert", "great_tables"):
    pytest.importorskip(needed, reason=NOT_HERE)

from ccus_harness.showing import pages  # noqa: E402 - only where the extra is installed

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.notebooks.conftest import Ran

FOLDER = Path(__file__).parents[2] / "notebooks"
WANTED = [
    "00_first_run",
    "01_the_contract",
    "02_vendor_precheck",
    "03_reviewer_dossier",
    "04_provenance_and_purge",
    "05_scope",
    "06_find_the_defect",
]


def code_of(source: Path) -> str:
    return "\n".join(cell.source for cell in pages.read(source).cells if cell.cell_type == "code")


def test_there_are_the_notebooks_that_the_readme_tells_of() -> None:
    assert [source.stem for source in sorted(FOLDER.glob("*.py"))] == WANTED


def test_a_notebook_is_what_its_source_says(source: Path) -> None:
    assert source.with_suffix(".ipynb").read_text(encoding="utf-8") == pages.kept(source)


def test_a_notebook_is_kept_without_outputs_so_that_its_changes_can_be_read(source: Path) -> None:
    written = nbformat.read(source.with_suffix(".ipynb"), as_version=4)
    cells = [cell for cell in written.cells if cell.cell_type == "code"]
    assert [cell.source for cell in cells if cell.outputs or cell.execution_count] == []


def test_a_notebook_holds_prose_and_calls_but_no_logic(source: Path) -> None:
    logic = r"^.*\b(?:if|for|while|def|class|try|with|lambda)\b.*"
    assert re.findall(logic, code_of(source), re.MULTILINE) == []


def test_a_notebook_has_its_parameters_in_one_cell(source: Path) -> None:
    cells = pages.read(source).cells
    assert len([cell for cell in cells if "parameters" in cell.metadata.get("tags", [])]) == 1


def test_every_text_of_a_notebook_stands_in_both_languages(source: Path) -> None:
    prose = [cell.source for cell in pages.read(source).cells if cell.cell_type == "markdown"]
    alone = [text for text in prose if not (re.search("[ぁ-ん]", text) and re.search(r"\b[a-z]{3,}\b", text))]
    assert alone == []


def test_no_prose_tells_a_number_that_only_a_run_can_know(source: Path) -> None:
    prose = "\n".join(cell.source for cell in pages.read(source).cells if cell.cell_type == "markdown")
    counted = r"[0-9]+ ?(?:件|行が|人|シナリオ|rows|scenarios|records|items)"
    assert re.findall(counted, prose) == []


@pytest.mark.slow
def test_a_notebook_runs_without_an_error_or_a_warning(source: Path, ran: Callable[[str], Ran]) -> None:
    found = ran(source.stem).outputs
    assert found
    assert [each for each in found if each.output_type == "error" or each.get("name") == "stderr"] == []


@pytest.mark.slow
def test_a_notebook_ends_its_bars_full(source: Path, ran: Callable[[str], Ran]) -> None:
    bars = [html for html in ran(source.stem).shown("text/html") if "ccus-progress" in html]
    assert bars
    for bar in bars:
        ((done, planned),) = re.findall(r"(\d+)/(\d+) シナリオ", bar)
        assert (done == planned, "終わりました" in bar) == (True, True)


@pytest.mark.slow
def test_every_picture_brings_every_letter_it_uses(source: Path, ran: Callable[[str], Ran]) -> None:
    assert [picture.lacking for picture in ran(source.stem).pictures() if picture.lacking] == []


@pytest.mark.slow
def test_under_every_picture_stands_a_sentence_in_both_languages(
    source: Path, ran: Callable[[str], Ran]
) -> None:
    figures = [html for html in ran(source.stem).shown("text/html") if "<figure" in html]
    assert len(figures) == len(ran(source.stem).pictures()) > 0
    for figure in figures:
        ja, _, en = figure.partition("<figcaption>")[2].partition('<span lang="en"')
        assert re.search(r"[ぁ-ん].*。", ja)
        assert re.search(r"[a-z]{3,}", en)


@pytest.mark.slow
def test_no_word_in_a_picture_is_too_small_to_read(source: Path, ran: Callable[[str], Ran]) -> None:
    sizes = [
        size
        for svg in ran(source.stem).shown("image/svg+xml")
        for size in re.findall(r'font-size="(\d+)', svg)
    ]
    assert min(int(size) for size in sizes) >= 11


@pytest.mark.slow
def test_the_page_of_a_notebook_fetches_nothing_and_brings_its_letters(
    source: Path, ran: Callable[[str], Ran]
) -> None:
    page = pages.page(ran(source.stem).notebook, source.stem)
    assert re.findall(r"""<(?:link|img|iframe)\b[^>]*\b(?:src|href)=["'](?!data:)[^"'#]""", page) == []
    assert re.findall(r"url\((?!data:|[\"']?data:)[^)]*//", page) == []
    assert "@font-face" in page
    assert "<script" not in page


def test_a_page_that_would_fetch_is_not_made() -> None:
    cell = nbformat.v4.new_markdown_cell('<img src="https://example.com/picture.png">')
    with pytest.raises(pages.AsksOutside, match=r"example\.com"):
        pages.page(nbformat.v4.new_notebook(cells=[cell]), "outside")


def test_without_the_extra_the_notebooks_are_skipped_and_say_so() -> None:
    """As on a machine that lacks one of its packages."""
    hidden = "import sys; sys.modules['nbclient'] = None; import pytest; sys.exit(pytest.main(sys.argv[1:]))"
    options = ["-p", "no:cacheprovider", "-rs", "--no-header", "-q"]
    done = subprocess.run(
        [sys.executable, "-c", hidden, str(Path(__file__).parent), *options],
        capture_output=True,
        check=False,
        text=True,
    )
    assert "the extra `notebook` is not installed" in done.stdout, done.stdout + done.stderr
    assert " failed" not in done.stdout
