"""Writes down how one record is written: the rules, followed once, become one straight function.

Following the rules for each record anew takes many times as long as doing what they come to. A scribe has names in
the place of values: it notes what is to be done, line by line, and Python makes a function of it. So the rules stay
written once, for one record and for columns of many.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import product
from typing import Any, Final

from ccus_simulator.ids import (
    BUSINESS,
    FIRST_SOLE,
    FIRST_WORLD_NUMBER,
    FURTHER_SOLE,
    INDEXES_PER_WORLD,
    SEAT,
    parse_id,
)
from ccus_simulator.population import slots
from ccus_simulator.population.codes import GHOST_DIGITS, GHOSTS, MARKER, SPACES
from ccus_simulator.population.draws import BITS, Shares, least, least_of
from ccus_simulator.population.opening import Opening
from ccus_simulator.population.script import Script

Written = Callable[..., Any]
"""Writes the items of a record, or one text.

It takes the seed, the id as bytes, the number in the id, the firms that a world has a technician in, and what to
give the canaries to; the last two only where they are asked for.
"""

_OPERATORS: Final = {
    "add": "+",
    "sub": "-",
    "mul": "*",
    "floordiv": "//",
    "mod": "%",
    "and": "and",
    "or": "or",
    "xor": "^",
    "lt": "<",
    "le": "<=",
    "gt": ">",
    "ge": ">=",
    "eq": "==",
    "ne": "!=",
}
_AT_A_TIME: Final = 3
FIRM_NAMES_AT_HAND: Final = 4096


class Name:
    """A value that the function will have: what is done with it is noted."""

    __hash__ = None  # pyright: ignore[reportAssignmentType] - two names are never simply equal

    def __init__(self, scribe: "Scribe", name: str, parts: tuple[Any, ...] = ()) -> None:
        self._scribe = scribe
        self.name = name
        self.parts = parts

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
    """A writer of functions: of such as write a record, or of such as name its canaries while they do."""

    def __init__(self, kind: str, *, bulk: bool, plants: bool = False) -> None:
        self.bulk = bulk
        self.always = True
        self.number: Any = Name(self, "number")
        self._plants = plants
        self._script = Script()
        self._opening = Opening(kind, bulk=bulk)
        self._none_at_first: set[str] = set()
        self._known: dict[str, Any] = {"bisect": bisect_right}

    @property
    def sole_of_world(self) -> Any:
        if self.bulk:
            return False
        index = self.number % INDEXES_PER_WORLD
        return (index >= FIRST_SOLE) & (index < SEAT) | (index >= FURTHER_SOLE)

    def function(self, given: Mapping[str, Any] | Name) -> Written:
        """Make a function of everything noted, that gives these items, or this text."""
        opening = self._opening.lines() + (["owner = id.decode()"] if self._plants else [])
        if isinstance(given, Name):
            self._script.step(f"return {given.name}")
        else:
            opening.append("record = blank()")
            self._record(given)
        head = [
            "def write(seed, id, number, affiliated=None, plant=None):",
            *(f" {line}" for line in opening),
        ]
        return self._script.function(head, {**self._known, **self._opening.known()})

    def noted(self, source: str) -> Name:
        """Note a value, and give it a name."""
        return Name(self, self._script.value(source))

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
        return self.noted(f"{self._opening.draw(name)} * {self.said(limit)} >> {BITS}")

    def chance(self, name: str, per_mille: Any) -> Any:
        if isinstance(per_mille, Name):
            return self.noted(f"{self._opening.draw(name)} * 1000 >> {BITS} < {per_mille.name}")
        return self.noted(f"{self._opening.draw(name)} < {least(per_mille, 1000)}")

    def pick(self, name: str, shares: Shares) -> Any:
        return self.noted(f"bisect({self.said(least_of(shares))}, {self._opening.draw(name)})")

    def at(self, table: Sequence[Any], place: Any) -> Any:
        return (
            self.noted(f"{self.said(table)}[{self.said(place)}]") if isinstance(place, Name) else table[place]
        )

    def where(self, condition: Any, yes: Any, no: Any) -> Any:
        return self.noted(f"{self.said(yes)} if {self.said(condition)} else {self.said(no)}")

    def when(self, condition: Any, value: Callable[[], Any]) -> Any:
        kept = self._script.variable("None")
        self._none_at_first.add(kept)
        with self._script.inside(f"if {self.said(condition)}"):
            self._script.step(f"{kept} = {self.said(value())}")
        return Name(self, kept)

    def join(self, *parts: Any) -> Any:
        flat = tuple([one for part in parts for one in _parts(part)])
        source = "".join([f"{{{one.name}}}" if isinstance(one, Name) else _literal(one) for one in flat])
        return Name(self, self._script.value(f"f'''{source}'''"), flat)

    def struct(self, **fields: Any) -> Any:
        source = ", ".join(f"{key!r}: {self.said(value)}" for key, value in fields.items())
        return Name(self, self._script.new(f"{{{source}}}"))

    def rows(self, *rows: tuple[Any, Callable[[], Any]]) -> Any:
        certain = [self.said(value()) for condition, value in rows[:1] if condition is True]
        listed = self._script.variable(f"[{', '.join(certain)}]")
        for condition, value in rows[len(certain) :]:
            with self._script.inside(f"if {self.said(condition)}"):
                self._script.step(f"{listed}.append({self.said(value())})")
        return Name(self, listed)

    def text(self, item: str, word: Any, *, order: int = 0) -> Any:
        slot = slots.TEXT_SLOT[slots.slot_name(item, order)]
        code = self._code(slot, len(slots.TEXT_SLOTS), GHOST_DIGITS)
        return self.plant(item, self.join(word, MARKER, *self._groups(code, GHOST_DIGITS, GHOSTS)))

    def code(self, item: str, *, order: int = 0) -> Any:
        return self._code(slots.NUMBER_SLOT[slots.slot_name(item, order)], len(slots.NUMBER_SLOTS), 8)

    def digits(self, item: str, *, order: int = 0) -> Any:
        return self.join(*self._groups(self.code(item, order=order), 8))

    def line(self, item: str, *, order: int = 0) -> Any:
        code = self._code(slots.LINE_SLOT[slots.slot_name(item, order)], len(slots.LINE_SLOTS), 7)
        return self.join(*self._groups(code, 7))

    def serial(self, digits: int) -> Any:
        return self.join(*self._groups(self._code(0, 1, digits), digits))

    def serial_block(self, digits: int) -> Any:
        return self.number // SPACES[digits].whole if self.bulk else -1

    def plant(self, item: str, text: Any) -> Any:
        if self._plants:
            self._script.step(f"plant((owner, {item!r}, {self.said(text)}))")
        return text

    def of_firm(self, rule: Callable[[Any], Any], number: Any) -> Any:
        write, said = self.said(rule_of_firm(rule, bulk=True, plants=self._plants)), self.said(number)
        plant = ", plant=plant" if self._plants else ""
        return self.noted(f"{write}(seed, b'{BUSINESS}%012d' % {said}, {said}{plant})")

    # The words of `Firms`

    def listed(self, rule: Callable[[Any], Any], kinds: Mapping[str, str]) -> Any:
        called = self.said(_asked_for if self._plants else _asked_before)
        given = f"{self.said(rule)}, seed, business{', plant' if self._plants else ''}"
        firms = self._script.variable("[]")
        with self._script.inside("for business, kind in affiliated"):
            name = f"{called}({given})"
            self._script.step(f"{firms}.append({{'名称': {name}, '区分': {self.said(kinds)}[kind]}})")
        return Name(self, firms)

    def first_and_further(self, first: Any, further: Any) -> Any:
        more = f"[{self.said(further)}] * (len(affiliated) - 1)"
        return Name(self, self._script.new(f"[{self.said(first)}] + {more} if affiliated else []"))

    # How it is done

    def _record(self, given: Mapping[str, Any]) -> None:
        """Put the items into the copy of a record that has every key already."""
        blank = {key: None if isinstance(value, Name) else value for key, value in given.items()}
        self._known["blank"] = blank.copy
        for key, value in given.items():
            place = f"record[{key!r}]"
            if isinstance(value, Name) and value.name in self._none_at_first:
                self._script.keep(value.name, place)
            elif isinstance(value, Name):
                self._script.step(f"{place} = {value.name}")
        self._script.step("return record")

    def _groups(self, code: Name, digits: int, letters: str = "0123456789") -> Iterator[Name]:
        """Write the digits of a code, or letters in their place, a few at a time from small tables.

        Tables of four digits mean fewer steps, but they crowd each other out of the processor's near memory.
        """
        for last in reversed(range(0, digits, _AT_A_TIME)):
            rest = self.noted(f"{code.name} // {10**last}") if last else code
            first = last + _AT_A_TIME >= digits
            group = rest if first else self.noted(f"{rest.name} % {10**_AT_A_TIME}")
            table = _groups_of(digits - last if first else _AT_A_TIME, letters)
            yield self.noted(f"{self.said(table)}[{group.name}]")

    def _code(self, slot: int, of: int, digits: int) -> Name:
        """Note the permutation of `codes.permuted`; what is reduced again later is not reduced before."""
        step, order = self._opening.first_step(slot, of, digits)
        x, prime = self.noted(step).name, self._opening.prime(digits)
        y = self.noted(f"({x} * {x} * {x} % {prime} * c{order} + d{order}) % {prime}").name
        code = f"{y} * {y} * {y} % {prime}"
        return self.noted(code if self.bulk else f"zero{order} + {code}")


def written(
    rule: Callable[[Any, Any], Mapping[str, Any]], kind: str, *, bulk: bool, named: bool, plants: bool
) -> Written:
    """Follow a rule for records of a sort, and give the function that writes them."""
    scribe = Scribe(kind, bulk=bulk, plants=plants)
    return scribe.function(rule(scribe, scribe if named else None))


@cache
def rule_of_firm(rule: Callable[[Any], Any], *, bulk: bool, plants: bool = False) -> Written:
    """Follow a rule for a text of a firm, and give the function that writes it."""
    scribe = Scribe(BUSINESS, bulk=bulk, plants=plants)
    return scribe.function(rule(scribe))


def _asked_for(rule: Callable[[Any], Any], seed: int, business: str, plant: Any = None) -> str:
    """Write a text of a firm; its canary is the firm's wherever it stands, so a hit leads to the firm."""
    number = parse_id(business).number
    write = rule_of_firm(rule, bulk=number < FIRST_WORLD_NUMBER, plants=plant is not None)
    return write(seed, business.encode(), number, plant=plant)


_asked_before: Final = lru_cache(maxsize=FIRM_NAMES_AT_HAND)(_asked_for)


def _parts(part: Any) -> tuple[Any, ...]:
    """Take a text apart that was joined itself: all parts are joined at once."""
    return part.parts if isinstance(part, Name) and part.parts else (part,)


def _literal(text: str) -> str:
    """Write a text so that it may stand between the marks of a formatted one."""
    return repr(text)[1:-1].replace("{", "{{").replace("}", "}}")


@cache
def _groups_of(digits: int, letters: str) -> tuple[str, ...]:
    """Every group of so many digits in the given ten letters."""
    return tuple(["".join(group) for group in product(letters, repeat=digits)])
