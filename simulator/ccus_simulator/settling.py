"""Putting on disk what was decided, once for all who wait at the same time."""

import asyncio
from collections.abc import Callable
from typing import Final

from ccus_simulator.core import Simulator

UNAWAITED_SECONDS: Final = 0.05
"""How long the word about what was delivered may wait for a call that has to be written down anyway."""

Then = Callable[[bool], None]
"""Called when everything decided before is on disk, or, with False, when it could not be put there."""


class Settling:
    """The one place of a server where decided things are put on disk; it belongs to the loop that runs it."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self._waiting: list[Then] = []
        self._later = False

    def then(self, call: Then) -> None:
        """Call back once everything decided so far is on disk; whoever waits at the same time shares one write."""
        if not self._waiting:
            # After everybody who is ready now: they come along.
            asyncio.get_running_loop().call_soon(self._settle)
        self._waiting.append(call)

    async def written_down(self) -> bool:
        """Wait until everything decided so far is on disk."""
        settled: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

        def told(on_disk: bool) -> None:  # noqa: FBT001 - the shape of `Then`
            if not settled.cancelled():
                settled.set_result(on_disk)

        self.then(told)
        return await settled

    def later(self) -> None:
        """Put on disk what nobody waits for, unless the next call does it first."""
        if not self._later and not self._simulator.settled:
            self._later = True
            asyncio.get_running_loop().call_later(UNAWAITED_SECONDS, self._settle_unawaited)

    def _settle_unawaited(self) -> None:
        self._later = False
        self._settle()

    def _settle(self) -> None:
        waiting, self._waiting = self._waiting, []
        on_disk = self._simulator.settle()
        for call in waiting:
            call(on_disk)
