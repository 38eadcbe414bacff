"""The run that is told by hand, recorded as a whole one and as one that broke off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ccus_harness.events import EVENTS_FILE
from ccus_harness.reports import Report

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ccus_harness.register import Register


@pytest.fixture(scope="session")
def recorded(
    tmp_path_factory: pytest.TempPathFactory, recording: Callable[..., Path], told_by_hand: dict[str, Any]
) -> Path:
    """The folder of a run that reached its end."""
    return recording(tmp_path_factory.mktemp("run"), told_by_hand)


@pytest.fixture(scope="session")
def broken_off(
    tmp_path_factory: pytest.TempPathFactory, recording: Callable[..., Path], told_by_hand: dict[str, Any]
) -> Path:
    """The folder of a run that was killed before its end line."""
    return recording(tmp_path_factory.mktemp("killed"), told_by_hand, to_the_end=False)


@pytest.fixture(scope="session")
def told(recorded: Path, register: Register) -> Report:
    return Report.read(recorded / EVENTS_FILE, register)
