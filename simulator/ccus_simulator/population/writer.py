"""What a record is written with: one set of words for one record and for columns of many.

The rules of the register are written once, in these words. `Scribe` makes of them the function that writes one
record, `Press` writes the same items of thousands of records at once in columns; that both give the same people is
then a matter of these few operations, and a test holds them together.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeAlias

from ccus_simulator.population.draws import Shares

Whole: TypeAlias = Any
"""A whole number, or a column of them."""

Flag: TypeAlias = Any
"""A yes or no, or a column of them; joined by & and |, which are for flags alone, turned by ^ True."""

Text: TypeAlias = Any
"""A text, or a column of them."""

Value: TypeAlias = Any
"""Any JSON value, or a column of them."""


class Writer(Protocol):
    """Draws the choices of a record and puts its values together."""

    @property
    def bulk(self) -> bool:
        """Whether the record belongs to the bulk register, and not to a world."""
        ...

    @property
    def number(self) -> Whole:
        """The number within the id."""
        ...

    @property
    def sole_of_world(self) -> bool:
        """Whether a world keeps this id for a 一人親方."""
        ...

    @property
    def always(self) -> Flag:
        """Yes, for every record."""
        ...

    def below(self, name: str, limit: Whole) -> Whole:
        """Draw a whole number from 0 up to, not including, the limit."""
        ...

    def chance(self, name: str, per_mille: Whole) -> Flag:
        """Draw yes with this many chances in a thousand."""
        ...

    def pick(self, name: str, shares: Shares) -> Whole:
        """Draw the place of a choice by its share."""
        ...

    def at(self, table: Sequence[Any], place: Whole) -> Value:
        """Look up a constant table."""
        ...

    def where(self, condition: Flag, yes: Whole, no: Whole) -> Whole:
        """Choose between two numbers."""
        ...

    def when(self, condition: Flag, value: Callable[[], Value]) -> Value:
        """Give the value where the condition holds, and none elsewhere."""
        ...

    def join(self, *parts: Text) -> Text:
        """Put texts one after the other."""
        ...

    def struct(self, **fields: Value) -> Value:
        """Put values under names."""
        ...

    def rows(self, *rows: tuple[Flag, Callable[[], Value]]) -> Value:
        """List those of the values whose flag holds."""
        ...

    def text(self, item: str, word: Text, *, order: int = 0) -> Text:
        """Write a word that carries the marker and the ghosts of this item: a canary."""
        ...

    def digits(self, item: str, *, order: int = 0) -> Text:
        """Write the eight digits of this item; they alone tell records apart."""
        ...

    def code(self, item: str, *, order: int = 0) -> Whole:
        """Give the same eight digits as a number."""
        ...

    def line(self, item: str, *, order: int = 0) -> Text:
        """Write the seven digits of a number of which a record has few."""
        ...

    def serial(self, digits: int) -> Text:
        """Write the digits of a number of which each record has only one."""
        ...

    def serial_block(self, digits: int) -> Whole:
        """Count how often a serial of so few digits has started anew before this record; -1 in a world."""
        ...

    def plant(self, item: str, text: Text) -> Text:
        """Remember that this text is a canary of the item."""
        ...

    def of_firm(self, rule: "Callable[[Writer], Text]", number: Whole) -> Text:
        """Write a text of a firm of the bulk register by its rule."""
        ...


class Firms(Protocol):
    """The firms that a world has one technician in; they are given with each record, and never in columns."""

    def listed(self, rule: Callable[[Writer], Text], kinds: Mapping[str, str]) -> Value:
        """List each firm's text by the rule and its kind in words."""
        ...

    def first_and_further(self, first: Value, further: Value) -> Value:
        """List one value for the first firm and another for each further one."""
        ...
