"""One real run and its bundle, made once for all tests of evidence."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ccus_harness import reports, runs
from ccus_harness.evidence import bundle
from ccus_harness.evidence.signing import new_signer
from ccus_harness.messages import catalogue
from ccus_harness.register import load_register
from ccus_harness.seeds import Operation, committed

if TYPE_CHECKING:
    from ccus_harness.evidence.signing import Signer


ROWS = ("A1-03", "A6-03")
SEED = committed(20260413, "ab" * 32, by="審査機関", stated_at="2026-04-01T09:00:00+09:00")


@pytest.fixture(scope="session")
def frozen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reference's profile as its vendor hands it in after freezing the build."""
    source = Path(str(files("ccus_reference"))) / "candidate.toml"
    folder = tmp_path_factory.mktemp("profile")
    for file in source.parent.glob("*.sample.*"):
        (folder / file.name).write_bytes(file.read_bytes())
    added = f"""[candidate.frozen]
at = "2026-04-02T09:00:00+09:00"
seed_commitment = "{SEED.commitment.sha256}"

[operator]"""
    text = source.read_text("utf-8").replace("[operator]", added, 1)
    (folder / "candidate.toml").write_text(text, "utf-8")
    return folder / "candidate.toml"


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory, frozen: Path) -> Path:
    """A finished certification of the reference over two articles, reports and all."""
    out = tmp_path_factory.mktemp("evidence") / "run"
    request = runs.RunRequest(
        target="reference",
        out=out,
        obligations=ROWS,
        seed=SEED.seed,
        profile=frozen,
        operation=Operation(role="reviewer", name="審査機関", seed=SEED),
    )
    for _ in runs.launch(request):
        pass
    reports.write(out, load_register(), catalogue("ja"))
    return out


@pytest.fixture(scope="session")
def failed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A vendor's own run of the same system with a fault in it."""
    out = tmp_path_factory.mktemp("failed") / "run"
    for _ in runs.launch(runs.RunRequest(target="reference:nightly_sync", out=out, obligations=ROWS)):
        pass
    return out


@pytest.fixture(scope="session")
def again(tmp_path_factory: pytest.TempPathFactory, failed: Path) -> Path:
    """Its failed row tried again, with nothing mended."""
    out = tmp_path_factory.mktemp("again") / "run"
    for _ in runs.rerun(failed, out, ["A1-03"]):
        pass
    return out


@pytest.fixture(scope="session")
def signer() -> Signer:
    return new_signer()


@pytest.fixture(scope="session")
def packed(run: Path, signer: Signer) -> bytes:
    return bundle.gathered(run, signer, certified_key=True, holder="審査機関")
