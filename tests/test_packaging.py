"""The wheel holds what the packages need, and works where no checkout is."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import sysconfig
import tomllib
import venv
from dataclasses import dataclass
from importlib.metadata import packages_distributions
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
PACKAGES = (Path("harness/ccus_harness"), Path("simulator/ccus_simulator"), Path("simulator/ccus_reference"))
OUR_NAMES = {package.name for package in PACKAGES}
EXTRA_OF = {"notebook": PACKAGES[0] / "showing", "papers": PACKAGES[0] / "papers"}
"""The parts of the judge that need an extra, by its name."""
DATA = {kind: f"ccus_harness/_data/{kind}" for kind in ("features", "schemas", "notebooks")}

# What the benchmarks compare us with; whoever measures installs it, and the project never needs it.
MEASURED_AGAINST = {"fastapi", "mimesis"}


def files_under(folder: Path | str) -> list[Path]:
    """What the build sees under a folder: everything that version control does not ignore."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", str(folder)]
    listing = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True)
    return [Path(name) for name in listing.stdout.split("\0") if name and (ROOT / name).is_file()]


def expected_names() -> set[str]:
    code = {
        file.relative_to(package.parent).as_posix() for package in PACKAGES for file in files_under(package)
    }
    data = {
        f"{inside}/{file.relative_to(folder).as_posix()}"
        for folder, inside in DATA.items()
        for file in files_under(folder)
    }
    return code | data


def imported_names(sources: list[Path]) -> Iterator[str]:
    """Every outermost module name that these sources import."""
    for node in (node for source in sources for node in ast.walk(ast.parse((ROOT / source).read_bytes()))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def imported_distributions(extra: str | None = None) -> set[str]:
    """What is imported by the part that needs an extra, or by all that needs none."""
    code = [file for package in PACKAGES for file in files_under(package) if file.suffix == ".py"]
    return foreign_distributions([file for file in code if extra_of(file) == extra])


def extra_of(file: Path) -> str | None:
    return next((extra for extra, part in EXTRA_OF.items() if file.is_relative_to(part)), None)


def foreign_distributions(sources: list[Path]) -> set[str]:
    foreign = set(imported_names(sources)) - OUR_NAMES - {"tests", "conftest"} - sys.stdlib_module_names
    providers = packages_distributions()
    return {canonicalize_name(name) for module in foreign for name in providers.get(module, [module])}


def declared_distributions(extra: str | None = None) -> set[str]:
    texts = PROJECT["optional-dependencies"][extra] if extra else PROJECT["dependencies"]
    return {canonicalize_name(Requirement(text).name) for text in texts}


def pinned_versions() -> dict[str, str]:
    pins = re.findall(
        r"^([\w.-]+)(?:\[[^]]*\])?==([^ ;]+)", (ROOT / "constraints.txt").read_text("utf-8"), re.MULTILINE
    )
    return {canonicalize_name(name): version for name, version in pins}


def pinned_well(requirement: Requirement, pinned: dict[str, str]) -> bool:
    version = pinned.get(canonicalize_name(requirement.name))
    return version is not None and requirement.specifier.contains(version)


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """The wheel, installed in an environment of its own."""

    bin: Path
    empty: Path

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run an installed program in an empty folder, with nothing of this session in its environment."""
        environment = {
            key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "PYTEST"))
        }
        program = [str(self.bin / command[0]), *command[1:]]
        return subprocess.run(
            program, cwd=self.empty, env=environment, capture_output=True, check=False, text=True, timeout=300
        )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    done = subprocess.run(build, capture_output=True, check=False, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    with ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def installation(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    home = tmp_path_factory.mktemp("installed")
    venv.create(home / "venv")
    python = home / "venv" / "bin" / "python"
    borrow_dependencies(home / "venv")
    install = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(python),
        "install",
        "--no-index",
        "--no-deps",
        str(wheel),
    ]
    done = subprocess.run(install, capture_output=True, check=False, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    (home / "empty").mkdir()
    return Installation(bin=python.parent, empty=home / "empty")


def borrow_dependencies(environment: Path) -> None:
    """Let an environment see the dependencies of this one, but not the checkout.

    Downloading them again would test the network. A folder named in a .pth is searched for modules, while the
    .pth files inside it are not read: so the editable install of the checkout stays out of sight.
    """
    (site,) = environment.glob("lib/python*/site-packages")
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")


def test_every_import_is_a_declared_dependency() -> None:
    assert imported_distributions() - declared_distributions() == set()


@pytest.mark.parametrize("extra", EXTRA_OF)
def test_what_only_a_part_needs_is_its_extra(extra: str) -> None:
    declared = declared_distributions() | declared_distributions(extra)
    assert imported_distributions(extra) - declared == set()


def test_every_declared_dependency_is_imported() -> None:
    assert declared_distributions() - imported_distributions() == set()


def test_every_import_of_a_test_is_pinned() -> None:
    sources = [
        file
        for folder in ("tests", "bench", "notebooks")
        for file in files_under(folder)
        if file.suffix == ".py"
    ]
    beside = {canonicalize_name(file.stem) for file in sources}
    assert foreign_distributions(sources) - set(pinned_versions()) - beside - MEASURED_AGAINST == set()


def test_every_declared_dependency_is_pinned_at_a_version_it_allows() -> None:
    pinned = pinned_versions()
    extras = chain.from_iterable(PROJECT["optional-dependencies"].values())
    declared = map(Requirement, chain(PROJECT["dependencies"], extras))
    assert [str(each) for each in declared if not pinned_well(each, pinned)] == []


@pytest.mark.slow
def test_the_wheel_holds_the_packages_and_their_data_and_nothing_else(names: set[str]) -> None:
    assert {name for name in names if ".dist-info/" not in name} == expected_names()


@pytest.mark.slow
def test_the_wheel_puts_no_generic_name_among_the_installed_packages(names: set[str]) -> None:
    outermost = {name.partition("/")[0] for name in names if ".dist-info/" not in name}
    assert outermost == OUR_NAMES


@pytest.mark.slow
def test_the_wheel_carries_the_licence(names: set[str]) -> None:
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


@pytest.mark.slow
def test_the_installed_package_is_the_one_from_the_wheel(installation: Installation) -> None:
    done = installation.run("python", "-c", "import ccus_harness; print(ccus_harness.__file__)")
    assert str(installation.bin.parent) in done.stdout, done.stderr


@pytest.mark.slow
def test_the_installed_command_knows_its_version(installation: Installation) -> None:
    done = installation.run("ccus-conformance", "--version")
    assert (done.returncode, PROJECT["version"] in done.stdout) == (0, True), done.stderr


@pytest.mark.slow
def test_the_installed_command_lists_the_obligations(installation: Installation) -> None:
    done = installation.run("ccus-conformance", "obligations")
    assert (done.returncode, "A2-2-03" in done.stdout) == (0, True), done.stderr


@pytest.mark.slow
def test_the_installed_command_judges_the_reference(installation: Installation) -> None:
    done = installation.run("ccus-conformance", "run", "reference", "--obligation", "A2-2-03", "--out", "run")
    assert done.returncode == 0, done.stdout + done.stderr
    (results,) = (installation.empty / "run").rglob("results.json")
    rows = {row["id"]: row["verdict"] for row in json.loads(results.read_text("utf-8"))["rows"]}
    assert rows["A2-2-03"] == "satisfied"
