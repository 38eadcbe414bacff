"""Writes down how one record is written: the rules, followed once, become one straight function.

Following the rules for each record anew took twice as long as doing what they come to. A scribe has names in the
place of values: it notes what is to be done, line by line, and Python makes a function of it. So the rules stay
written once, for one record and for columns of many.
"""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Final

from ccus_simulator.ids import BUSINESS, bulk_id
from ccus_simulator.population import slots
from ccus_simulator.population.codes import GHOST_DIGITS, GHOSTS, MARKER, SPACES
from ccus_simulator.population.draws import BITS, PLACES, Shares
from ccus_simulator.population.hand import Hand

Written = Callable[[Hand, Any], Any]
"""Writes the items of a record, or one text; takes the firms that a world has a technician in, if any."""

_OPERATORS: Final = {
    "add": "+",
    "sub": "-",
    "mul": "*",
    "floordiv": "//",
    "mod": "%",
    "and": "&",
    "or": "|",
    "xor": "^",
    "lt": "<",
    "le": "<=",
    "gt": ">",
    "ge": ">=",
    "eq": "==",
    "ne": "!=",
}
_QUADS: Final = 10_000


class Name:
    """A value that the function will have: what is done with it is noted."""

    __hash__ = None  # pyright: ignore[reportAssignmentType] - two names are never simply equal

    def __init__(self, scribe: "Scribe", name: str) -> None:
        self._scribe = scribe
        self.name = name

    def __bool__(self) -> bool:
        raise TypeError(f"{self.name}: a rule may not branch on a value; use `where`, `when` or `rows`.")


def _noting(sign: str, *, turned: bool) -> Callable[[Any, Any], Any]:
    def note(one: Any, other: Any) -> Any:
        first, second = (other, one) if turned else (one, other)
        scribe: Any = one._scribe  # noqa: SLF001 - its own
        return scribe.noted(f"{scribe.said(first)} {sign} {scribe.said(second)}")

    return note


for _method, _sign in _OPERATORS.items():
    setattr(Name, f"__{_method}__", _noting(_sign, turned=False))
    setattr(Name, f"__r{_method}__", _noting(_sign, turned=True))


class Scribe:
    """A writer of functions."""

    def __init__(self, kind: str, *, bulk: bool) -> None:
        self._places = PLACES[kind]
        self._lines: list[str] = []
        self._indent = " "
        self._count = 0
        self._bases: dict[tuple[int, int], int] = {}
        self._known: dict[str, Any] = {
            "bisect": bisect_right,
            "front": _quads(MARKER, GHOSTS),
            "back": _quads("", GHOSTS),
        }
        self.bulk = bulk
        self.always = True
        self.number: Any = Name(self, "number")
        self.sole_of_world: Any = False if bulk else Name(self, "hand.sole_of_world")
        self.affiliated: Any = Name(self, "affiliated")

    def function(self, given: Mapping[str, Any] | Name) -> Written:
        """Make a function of everything noted, that gives these items, or this text."""
        head = [
            "def write(hand, affiliated):",
            " n, plant, number = hand.drawn, hand.planted.append, hand.number",
        ]
        head += [
            f" {self._base(order)} = hand.base({key[0]}, {key[1]})" for key, order in self._bases.items()
        ]
        whole = given if isinstance(given, Name) else self.struct(**given)
        source = "\n".join([*head, *self._lines, f" return {whole.name}"])
        exec(compile(source, "<the rules of the register>", "exec"), self._known)  # noqa: S102 - our own rules
        return self._known["write"]

    def noted(self, source: str) -> Name:
        """Note a line, and give its value a name."""
        self._count += 1
        self._line(f"v{self._count} = {source}")
        return Name(self, f"v{self._count}")

    def said(self, value: Any) -> str:
        """Say a value in source: by its name, as it stands, or as a thing that the function knows."""
        if isinstance(value, Name):
            return value.name
        if value is None or isinstance(value, (bool, int, str)):
            return repr(value)
        name = f"k{id(value)}"
        self._known[name] = value
        return name

    # The words of `Writer`

    def below(self, name: str, limit: Any) -> Any:
        return self.noted(f"n[{self._places[name]}] * {self.said(limit)} >> {BITS}")

    def chance(self, name: str, per_mille: Any) -> Any:
        return self.noted(f"n[{self._places[name]}] * 1000 >> {BITS} < {self.said(per_mille)}")

    def pick(self, name: str, shares: Shares) -> Any:
        drawn = f"n[{self._places[name]}] * {shares.total} >> {BITS}"
        return self.noted(f"bisect({self.said(shares.bounds)}, {drawn})")

    def at(self, table: Sequence[Any], place: Any) -> Any:
        return (
            self.noted(f"{self.said(table)}[{self.said(place)}]") if isinstance(place, Name) else table[place]
        )

    def where(self, condition: Any, yes: Any, no: Any) -> Any:
        return self.noted(f"{self.said(yes)} if {self.said(condition)} else {self.said(no)}")

    def when(self, condition: Any, value: Callable[[], Any]) -> Any:
        kept = self.noted("None")
        with_value = self._inside(condition, value)
        self._line(f" {kept.name} = {with_value}")
        return kept

    def join(self, *parts: Any) -> Any:
        return self.noted(" + ".join(self.said(part) for part in parts))

    def struct(self, **fields: Any) -> Any:
        return self.noted(f"{{{', '.join(f'{key!r}: {self.said(value)}' for key, value in fields.items())}}}")

    def rows(self, *rows: tuple[Any, Callable[[], Any]]) -> Any:
        listed = self.noted("[]")
        for condition, value in rows:
            self._line(f" {listed.name}.append({self._inside(condition, value)})")
        return listed

    def text(self, item: str, word: Any, *, order: int = 0) -> Any:
        code = self._code(slots.TEXT_SLOT[slots.slot_name(item, order)], len(slots.TEXT_SLOTS), GHOST_DIGITS)
        ghosts = f"front[{code.name} // {_QUADS}] + back[{code.name} % {_QUADS}]"
        return self.plant(item, self.noted(f"{self.said(word)} + {ghosts}"))

    def code(self, item: str, *, order: int = 0) -> Any:
        return self._code(slots.NUMBER_SLOT[slots.slot_name(item, order)], len(slots.NUMBER_SLOTS), 8)

    def digits(self, item: str, *, order: int = 0) -> Any:
        return self._written(self.code(item, order=order), 8)

    def line(self, item: str, *, order: int = 0) -> Any:
        code = self._code(slots.LINE_SLOT[slots.slot_name(item, order)], len(slots.LINE_SLOTS), 7)
        return self._written(code, 7)

    def serial(self, digits: int) -> Any:
        return self._written(self._code(0, 1, digits), digits)

    def serial_block(self, digits: int) -> Any:
        return self.number // SPACES[digits].whole if self.bulk else -1

    def plant(self, item: str, text: Any) -> Any:
        self._line(f"plant((hand.id, {item!r}, {self.said(text)}))")
        return text

    def of_firm(self, rule: Callable[[Any], Any], number: Any) -> Any:
        firm = f"{self.said(bulk_id)}({BUSINESS!r}, {self.said(number)})"
        return self.noted(f"hand.called({self.said(rule_of_firm(rule, bulk=True))}, {firm})")

    def by_hand(self, rule: Callable[..., Any], *given: Any) -> Any:
        return self.noted(f"{self.said(rule)}(hand, {', '.join(map(self.said, given))})")

    def _written(self, code: Name, digits: int) -> Name:
        return self.noted(f'f"{{{code.name}:0{digits}d}}"')

    def _code(self, slot: int, of: int, digits: int) -> Name:
        """Note the permutation of `codes.permuted`."""
        order = self._bases.setdefault((of, digits), len(self._bases))
        a, b, c, d, prime, first, place = self._base(order).split(", ")
        x = self.noted(f"(({place} + {slot}) * {a} + {b}) % {prime}").name
        y = self.noted(f"({x} * {x} % {prime} * {x} % {prime} * {c} + {d}) % {prime}").name
        return self.noted(f"{first} + {y} * {y} % {prime} * {y} % {prime}")

    def _base(self, order: int) -> str:
        return ", ".join(f"{name}{order}" for name in ("a", "b", "c", "d", "prime", "first", "place"))

    def _inside(self, condition: Any, value: Callable[[], Any]) -> str:
        """Note what is done only where the condition holds; the next line belongs there too."""
        self._line(f"if {self.said(condition)}:")
        self._indent += " "
        said = self.said(value())
        self._indent = self._indent[:-1]
        return said

    def _line(self, source: str) -> None:
        self._lines.append(self._indent + source)


@cache
def rule_of_firm(rule: Callable[[Any], Any], *, bulk: bool) -> Callable[[Hand], str]:
    """Follow a rule for a text of a firm, and give the function that writes it."""
    scribe = Scribe(BUSINESS, bulk=bulk)
    write = scribe.function(rule(scribe))
    return lambda hand: write(hand, None)


@cache
def written(
    rule: Callable[[Any, Any], Mapping[str, Any]], kind: str, *, bulk: bool, affiliated: bool
) -> Written:
    """Follow a rule for records of a sort, and give the function that writes them."""
    scribe = Scribe(kind, bulk=bulk)
    return scribe.function(rule(scribe, scribe.affiliated if affiliated else None))


@cache
def _quads(before: str, letters: str) -> tuple[str, ...]:
    """Every group of four digits in the given ten letters."""
    to_letters = str.maketrans("0123456789", letters)
    return tuple([before + f"{number:04d}".translate(to_letters) for number in range(_QUADS)])
