"""What must be true of the checkout itself, whatever the code does."""

from __future__ import annotations

import re
import subprocess
import unicodedata
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

FOLDERS = {"features", "schemas", "simulator", "harness", "notebooks", "tests", "bench", "docs"}
SOURCE_ROOTS = {"harness": {"ccus_harness"}, "simulator": {"ccus_simulator", "ccus_reference"}}

# A name that says nothing collects everything.
SAYS_NOTHING = {"utils", "util", "helpers", "misc", "common"}

# No pattern matches its own text, so this file passes too.
UNWANTED = {
    "an address of a package index": r"\b[p]ypi\.org|python[h]osted|registry\.[n]pmjs|deb\.[d]ebian",
    "a path of somebody's machine": r"(?<![\w.\-/])/(?:home|root|work|Users|opt)/\w",
    "work that was put off": r"\bTODO\b|\bFIXME\b",
}

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FENCED = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)


def tracked() -> list[Path]:
    """The files under version control that are still there."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True)
    files = (Path(name) for name in listing.stdout.split("\0") if name)
    return [file for file in files if (ROOT / file).is_file()]


def text_of(file: Path) -> str:
    """The text of a file; a picture has none."""
    return (ROOT / file).read_bytes().decode("utf-8", errors="ignore")


def pages() -> list[Path]:
    return [file for file in tracked() if file.suffix == ".md"]


def slug(heading: str) -> str:
    """The anchor under which a heading of a page is reached."""
    text = heading.strip().lower().replace(" ", "-")
    return "".join(c for c in text if c in "-_" or unicodedata.category(c)[0] in "LNM")


def anchors(page: Path) -> set[str]:
    prose = FENCED.sub("", page.read_text("utf-8"))
    return {slug(heading) for heading in re.findall(r"^#+ (.*)$", prose, re.MULTILINE)}


def dead_links(page: Path) -> list[str]:
    prose = FENCED.sub("", text_of(page))
    local = [link for link in LINK.findall(prose) if not re.match(r"[a-z]+:", link)]
    return [f"{page}: {link}" for link in local if not reaches(page, link)]


def reaches(page: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = (ROOT / page).parent / path if path else ROOT / page
    if not target.exists():
        return False
    return not anchor or anchor in anchors(target)


@pytest.mark.parametrize("what", UNWANTED)
def test_no_file_holds(what: str) -> None:
    pattern = re.compile(UNWANTED[what])
    found = [f"{file}: {hit.group()}" for file in tracked() for hit in pattern.finditer(text_of(file))]
    assert found == []


def test_every_top_level_folder_is_one_that_the_design_knows() -> None:
    folders = {file.parts[0] for file in tracked() if len(file.parts) > 1}
    assert {folder for folder in folders if not folder.startswith(".")} <= FOLDERS


@pytest.mark.parametrize("folder", SOURCE_ROOTS)
def test_a_source_root_holds_its_packages_and_nothing_else(folder: str) -> None:
    assert {file.parts[1] for file in tracked() if file.parts[0] == folder} == SOURCE_ROOTS[folder]


def test_every_module_says_what_it_is_about() -> None:
    vague = [file for file in tracked() if file.suffix == ".py" and SAYS_NOTHING & {file.stem, *file.parts}]
    assert vague == []


def test_every_link_of_every_page_reaches_something() -> None:
    assert [link for page in pages() for link in dead_links(page)] == []


def test_every_module_that_a_page_tells_to_run_exists() -> None:
    named = {module for page in pages() for module in re.findall(r"python3? -m ([\w.]+)", text_of(page))}
    assert {module for module in named if find_spec(module) is None} == set()


def test_every_make_target_that_a_page_names_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", text_of(Path("Makefile")), re.MULTILINE))
    named = {
        target
        for page in pages()
        for target in re.findall(r"(?:`|^\s*)make ([a-z]+)", text_of(page), re.MULTILINE)
    }
    assert named - targets == set()
