"""Tables of routes: which handler answers which method at which path."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

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
    literal: tuple[tuple[int, str], ...] = field(init=False, repr=False)
    named: tuple[tuple[int, str], ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        # Taken apart once: every call is compared with these.
        places = tuple(enumerate(self.pattern))
        object.__setattr__(self, "literal", tuple(p for p in places if not p[1].startswith("{")))
        object.__setattr__(self, "named", tuple((n, p[1:-1]) for n, p in places if p.startswith("{")))

    def parts(self, path: Sequence[str]) -> Mapping[str, str] | None:
        """Return the named parts of a path that fits, or nothing."""
        if len(path) != len(self.pattern):
            return None
        for place, wanted in self.literal:
            if path[place] != wanted:
                return None
        return {name: path[place] for place, name in self.named}


class Routes:
    """A table of routes, in the order in which they are tried."""

    def __init__(self, rows: Iterable[Route]) -> None:
        self._rows = tuple(rows)
        # Every call is looked up here: only the routes of its method and length can be its own.
        self._alike: dict[tuple[str, int], list[Route]] = {}
        for route in self._rows:
            self._alike.setdefault((route.method, len(route.pattern)), []).append(route)

    def __iter__(self) -> Iterator[Route]:
        return iter(self._rows)

    def find(self, method: str, path: Sequence[str]) -> tuple[Route, Mapping[str, str]]:
        """Return the route of a call with the named parts of its path; raises `Refused` when there is none."""
        for route in self._alike.get((method, len(path)), ()):
            parts = route.parts(path)
            if parts is not None:
                return route, parts
        allowed = [route.method for route in self if route.parts(path) is not None]
        if allowed:
            raise Refused("method.not_allowed", allowed=sorted(allowed))
        raise Refused("path.unknown")


Row = tuple[str, str, Guard, Handler] | tuple[str, str, Guard, Handler, Operation]


def routes(*rows: Row) -> Routes:
    """Make a table of routes from rows of method, path, guard, handler and, in a dialect, operation."""
    return Routes(
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
