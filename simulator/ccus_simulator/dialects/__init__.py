"""The dialects of CCUS: those that come with the simulator, and those that other packages put in.

No official format is public, so the wire is a plug-in over the core. A package offers a dialect as an entry
point of the group `ccus_simulator.dialects`; its name there is the name by which a world chooses it.
"""

from collections.abc import Mapping
from functools import cache
from typing import Final

from ccus_simulator.dialects import oauth_json, session_csv
from ccus_simulator.dialects.port import Dialect

__all__ = ["DEFAULT", "GROUP", "Dialect", "UnknownDialect", "dialect", "known"]

GROUP: Final = "ccus_simulator.dialects"
DEFAULT: Final = "json"
BUILT_IN: Final[Mapping[str, Dialect]] = {"json": oauth_json.DIALECT, "session": session_csv.DIALECT}


class UnknownDialect(Exception):
    """No dialect of this name is installed; it carries the names that are."""

    def __init__(self, name: str, valid: tuple[str, ...]) -> None:
        self.name = name
        self.valid = valid
        super().__init__(name, valid)

    def __str__(self) -> str:
        names = "、".join(self.valid)
        return f"方言「{self.name}」はありません。{names} から選ぶか、その方言のパッケージを入れてください。"


@cache
def known() -> tuple[str, ...]:
    """Return the names of all dialects that are installed."""
    from importlib.metadata import entry_points  # noqa: PLC0415 - as below

    return tuple(sorted({*BUILT_IN, *(point.name for point in entry_points(group=GROUP))}))


@cache
def dialect(name: str) -> Dialect:
    """Return the dialect of a name; what came with the simulator cannot be replaced."""
    if name in BUILT_IN:
        return BUILT_IN[name]
    from importlib.metadata import entry_points  # noqa: PLC0415 - who speaks what is built in does not wait for it

    for point in entry_points(group=GROUP, name=name):
        return point.load()
    raise UnknownDialect(name, known())
