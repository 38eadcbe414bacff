"""One real run and its bundle, made once for all tests of evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ccus_harness import reports, runs
from ccus_harness.evidence import bundle
from ccus_harness.evidence.signing import new_signer
from ccus_harness.messages import catalogue
from ccus_harness.register import load_register

if TYPE_CHECKING:
    from pathlib import Path

    from ccus_harness.evidence.signing import Signer


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of the reference over two articles, reports and all."""
    out = tmp_path_factory.mktemp("evidence") / "run"
    for _ in runs.launch(runs.RunRequest(target="reference", out=out, obligations=("A1-03", "A6-03"))):
        pass
    reports.write(out, load_register(), catalogue("ja"))
    return out


@pytest.fixture(scope="session")
def signer() -> Signer:
    return new_signer()


@pytest.fixture(scope="session")
def packed(run: Path, signer: Signer) -> bytes:
    return bundle.gathered(run, signer, certified_key=True)
