"""The fixture `ccus` for the tests of vendors: a simulated CCUS in process, one world for each test."""

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator

    from ccus_simulator.mocking import Ccus


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line(
        "markers",
        "ccus(world, seed, dialect): the world file that the fixture `ccus` opens, its seed, and how CCUS speaks",
    )


@pytest.fixture
def ccus(request: pytest.FixtureRequest) -> "Generator[Ccus]":
    """A simulated CCUS in process; `@pytest.mark.ccus(world="standard", seed=7)` chooses its world."""
    # Whoever does not use the fixture does not pay for the import.
    from ccus_simulator.mocking import mocked  # noqa: PLC0415

    node: pytest.Item = request.node
    marker = node.get_closest_marker("ccus")
    options: dict[str, Any] = dict(marker.kwargs) if marker else {}
    with mocked(**options) as opened:
        yield opened
