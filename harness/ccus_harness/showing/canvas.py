"""A sheet to draw on in pixels: boxes, lines, marks and words, put together as one chart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast

import altair as alt

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# Its types say less than they need to; nothing else of it comes in here.
_alt = cast("Any", alt)

INK, FAINT = "#222222", "#666666"
DISC, CROSS, BAR, DIAMOND, TRIANGLE = "circle", "cross", "M-.5-.12H.5V.12H-.5Z", "diamond", "triangle-up"

Align = Literal["left", "center", "right"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lettering:
    """How words are written."""

    size: int = 13
    bold: bool = False
    align: Align = "left"
    colour: str = INK


PLAIN = Lettering()
SMALL = Lettering(size=11, colour=FAINT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stroke:
    """How a line is drawn."""

    width: float = 1.5
    colour: str = "#777777"
    dashed: bool = False


THIN = Stroke()


class Sheet:
    """What was drawn so far; later things lie above earlier ones of their kind, words above all."""

    def __init__(self, width: float, height: float) -> None:
        self.width = width
        self.height = height
        self._boxes: dict[Stroke, list[dict[str, Any]]] = {}
        self._lines: dict[Stroke, list[dict[str, Any]]] = {}
        self._marks: dict[tuple[str, str, int], list[dict[str, Any]]] = {}
        self._words: dict[Lettering, list[dict[str, Any]]] = {}

    def box(self, at: tuple[float, float], size: tuple[float, float], fill: str, edge: Stroke = THIN) -> None:
        (x, y), (wide, high) = at, size
        placed = {"x": x, "y": y, "to": x + wide, "down": y + high, "fill": fill}
        self._boxes.setdefault(edge, []).append(placed)

    def line(self, begin: tuple[float, float], end: tuple[float, float], stroke: Stroke = THIN) -> None:
        placed = {"x": begin[0], "y": begin[1], "to": end[0], "down": end[1]}
        self._lines.setdefault(stroke, []).append(placed)

    def mark(self, at: tuple[float, float], shape: str, colour: str, size: int = 150) -> None:
        self._marks.setdefault((shape, colour, size), []).append({"x": at[0], "y": at[1]})

    def write(self, at: tuple[float, float], words: str, how: Lettering = PLAIN) -> None:
        self._words.setdefault(how, []).append({"x": at[0], "y": at[1], "words": words})

    @property
    def words(self) -> list[str]:
        """Every word on the sheet."""
        return [each["words"] for written in self._words.values() for each in written]

    def chart(self) -> Any:
        layers = [
            *(self._box_layer(edge, boxes) for edge, boxes in self._boxes.items()),
            *(self._line_layer(stroke, lines) for stroke, lines in self._lines.items()),
            *(self._mark_layer(how, marks) for how, marks in self._marks.items()),
            *(self._word_layer(how, words) for how, words in self._words.items()),
        ]
        return _alt.layer(*layers).properties(width=round(self.width), height=round(self.height))

    def _over(self, values: Sequence[Mapping[str, Any]], *, ends: bool) -> Any:
        scales = {
            "x": _alt.Scale(domain=[0, self.width], nice=False, zero=False),
            "y": _alt.Scale(domain=[self.height, 0], nice=False, zero=False),
        }
        x, y = (getattr(_alt, name.upper())(f"{name}:Q", axis=None, scale=scales[name]) for name in scales)
        more = {"x2": "to:Q", "y2": "down:Q"} if ends else {}
        return _alt.Chart(_alt.Data(values=list(values))), {"x": x, "y": y, **more}

    def _box_layer(self, edge: Stroke, boxes: Sequence[Mapping[str, Any]]) -> Any:
        chart, places = self._over(boxes, ends=True)
        dash = {"strokeDash": [4, 3]} if edge.dashed else {}
        drawn = chart.mark_rect(stroke=edge.colour, strokeWidth=edge.width, cornerRadius=4, **dash)
        return drawn.encode(fill=_alt.Fill("fill:N", scale=None, legend=None), **places)

    def _line_layer(self, stroke: Stroke, lines: Sequence[Mapping[str, Any]]) -> Any:
        chart, places = self._over(lines, ends=True)
        dash = {"strokeDash": [4, 3]} if stroke.dashed else {}
        return chart.mark_rule(strokeWidth=stroke.width, color=stroke.colour, **dash).encode(**places)

    def _mark_layer(self, how: tuple[str, str, int], marks: Sequence[Mapping[str, Any]]) -> Any:
        shape, colour, size = how
        chart, places = self._over(marks, ends=False)
        angle = 45 if shape == CROSS else 0
        return chart.mark_point(
            shape=shape, color=colour, size=size, filled=True, opacity=1, angle=angle
        ).encode(**places)

    def _word_layer(self, how: Lettering, words: Sequence[Mapping[str, Any]]) -> Any:
        chart, places = self._over(words, ends=False)
        weight = "bold" if how.bold else "normal"
        return chart.mark_text(
            fontSize=how.size, fontWeight=weight, align=how.align, baseline="middle", color=how.colour
        ).encode(text="words:N", **places)
