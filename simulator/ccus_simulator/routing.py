"""Tables of routes: which handler answers which method at which path."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ccus_simulator.call import Guard, Handler
from ccus_simulator.faults.catalogue import Operation
from ccus_simulator.refusals import Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One line of a dispatch table."""

    method: str
    pattern: tuple[str, ...]
    guard: Guard
    handler: Handler
    operation: Operation | None = None
    """What a client does here, named alike in every dialect, so that faults know it."""

    def parts(self, path: Sequence[str]) -> Mapping[str, str] | None:
        """Return the named parts of a path that fits, or nothing."""
        if len(path) != len(self.pattern):
            return None
        pairs = list(zip(self.pattern, path, strict=True))
        if any(wanted != given for wanted, given in pairs if not wanted.startswith("{")):
            return None
        return {wanted[1:-1]: given for wanted, given in pairs if wanted.startswith("{")}


Row = tuple[str, str, Guard, Handler] | tuple[str, str, Guard, Handler, Operation]


def routes(*rows: Row) -> tuple[Route, ...]:
    """Make a table of routes from rows of method, path, guard, handler and, in a dialect, operation."""
    return tuple(
        Route(
            method=row[0],
            pattern=segments(row[1]),
            guard=row[2],
            handler=row[3],
            operation=row[4] if len(row) == 5 else None,
        )
        for row in rows
    )


def segments(path: str) -> tuple[str, ...]:
    return tuple(path.strip("/").split("/"))


def find(table: Iterable[Route], method: str, path: Sequence[str]) -> tuple[Route, Mapping[str, str]]:
    """Return the route of a call with the named parts of its path; raises `Refused` when there is none."""
    fitting = [(route, parts) for route in table if (parts := route.parts(path)) is not None]
    for route, parts in fitting:
        if route.method == method:
            return route, parts
    if fitting:
        raise Refused("method.not_allowed", allowed=sorted(route.method for route, _ in fitting))
    raise Refused("path.unknown")
