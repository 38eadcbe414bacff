"""What the pages tell a reader is so."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from typer.main import get_command

from ccus_harness import cli

ROOT = Path(__file__).parents[1]
READMES = ("README.md", "README.ja.md")
PAGES = [ROOT / name for name in READMES] + sorted((ROOT / "docs").rglob("*.md"))
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
SOURCE_ROOTS = ("harness", "simulator")

SHELL_BLOCK = re.compile(r"^```(?:sh|console|bash|shell)\n(.*?)^```", re.DOTALL | re.MULTILINE)
SAMPLE = re.compile(r"^```text\n(.*?)^```", re.DOTALL | re.MULTILINE)
IN_LINE = re.compile(r"`(ccus-conformance [^`]+)`")
COMMANDS = get_command(cli.app).commands  # pyright: ignore[reportAttributeAccessIssue]
OWN_OPTIONS = {"--help", "--version"}


def commands_of(page: Path) -> list[list[str]]:
    """Each `ccus-conformance …` of a page, as its words."""
    text = page.read_text("utf-8")
    lines = [line.removeprefix("$ ") for block in SHELL_BLOCK.findall(text) for line in block.splitlines()]
    told = [line for line in lines if line.startswith("ccus-conformance ")] + IN_LINE.findall(text)
    return [shlex.split(line, comments=True)[1:] for line in told]


def fault_of(words: list[str]) -> str | None:
    """Why the command line would not know these words."""
    name = words[0]
    if name.startswith("-"):
        return None if name in OWN_OPTIONS else f"no option {name}"
    if name not in COMMANDS:
        return f"no command {name}"
    command = COMMANDS[name]
    if (inner := getattr(command, "commands", None)) is not None:
        if len(words) < 2 or words[1] not in inner:
            return f"{name} has no command {' '.join(words[1:2])}"
        command = inner[words[1]]
    known = {option for parameter in command.params for option in parameter.opts} | OWN_OPTIONS
    unknown = [word for word in words if word.startswith("--") and word.partition("=")[0] not in known]
    return f"{name} has no {' '.join(unknown)}" if unknown else None


def without_language(words: list[str]) -> list[str]:
    return words[: words.index("--lang")] if "--lang" in words else words


def sample_of(page: Path) -> list[str]:
    """The lines that a page shows as printed by the command."""
    lines = [line.strip() for block in SAMPLE.findall(page.read_text("utf-8")) for line in block.splitlines()]
    assert lines, f"{page.name} shows no sample"
    return lines


def ccus_conformance(*words: str) -> str:
    """What the command prints, however it ends."""
    command = [sys.executable, "-m", "ccus_harness", *words]
    return subprocess.run(command, capture_output=True, check=False, text=True, timeout=300).stdout


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run that both READMEs show."""
    folder = tmp_path_factory.mktemp("sample") / "run"
    (shown,) = (
        words for words in commands_of(ROOT / "README.ja.md") if words[:2] == ["run", "reference:any_prime"]
    )
    ccus_conformance(*shown, "--out", str(folder))
    return folder


def packages() -> set[str]:
    """Every package folder, as its path from the root."""
    found = (init.parent for root in SOURCE_ROOTS for init in (ROOT / root).rglob("__init__.py"))
    return {folder.relative_to(ROOT).as_posix() for folder in found}


def named_folders(page: Path) -> set[str]:
    """Every folder of the source roots that a page names in code marks."""
    named = re.findall(r"`((?:harness|simulator)/[\w/]+?)/?`", page.read_text("utf-8"))
    return {name for name in named if "." not in name}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_of_a_page_is_one_that_the_command_line_knows(page: Path) -> None:
    assert [fault for words in commands_of(page) if (fault := fault_of(words))] == []


def test_the_readme_shows_the_main_job() -> None:
    assert ["run", "reference"] in [words[:2] for words in commands_of(ROOT / "README.md")]


def test_both_readmes_tell_the_same_commands() -> None:
    english, japanese = (sorted(map(without_language, commands_of(ROOT / name))) for name in READMES)
    assert english == japanese


@pytest.mark.slow
@pytest.mark.parametrize(("name", "language"), [("README.md", "en"), ("README.ja.md", "ja")])
def test_the_sample_of_a_readme_is_what_the_command_prints(recorded: Path, name: str, language: str) -> None:
    told = ccus_conformance("report", str(recorded), "--lang", language)
    assert [line for line in sample_of(ROOT / name) if line not in told] == []


def test_both_readmes_have_the_same_sections() -> None:
    english, japanese = (
        re.findall(r"^#+ ", (ROOT / name).read_text("utf-8"), re.MULTILINE) for name in READMES
    )
    assert english == japanese


def test_the_architecture_page_names_every_package_and_no_other() -> None:
    assert named_folders(ROOT / "ARCHITECTURE.md") == packages()


def test_every_module_that_the_architecture_page_names_exists() -> None:
    named = re.findall(r"`(\w+\.py)`", (ROOT / "ARCHITECTURE.md").read_text("utf-8"))
    assert [name for name in named if not (ROOT / "harness" / "ccus_harness" / name).exists()] == []


def test_the_changelog_opens_with_the_current_version() -> None:
    first = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert first is not None
    assert first.group(1) == VERSION
