"""Pictures that stand in a page as SVG, with the Japanese glyphs they need inside them.

A reader's machine may have no Japanese font, and a picture of empty boxes teaches nothing: each SVG carries
the letters it uses, cut out of the font that is bundled with matplotlib-fontja.
"""

from __future__ import annotations

import base64
import re
from functools import cache
from importlib.util import find_spec
from io import BytesIO, StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import altair as alt
import vl_convert
from fontTools import subset  # pyright: ignore[reportMissingTypeStubs]
from fontTools.ttLib import TTFont  # pyright: ignore[reportMissingTypeStubs]
from markupsafe import Markup

from ccus_harness.showing.bilingual import Both, word
from ccus_harness.showing.flows import flow

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ccus_harness.reports import Report
    from ccus_harness.showing.flows import Act, Flow

FONT = "IPAexGothic"

# Their types say less than they need to; nothing else of them comes in here.
_alt, _vega, _subset, _font = (cast("Any", each) for each in (alt, vl_convert, subset, TTFont))

_TEXT = re.compile(r"<text[^>]*>([^<]*)</text>")


class NoFont(LookupError):
    """The bundled Japanese font is not where matplotlib-fontja should have put it."""

    def __str__(self) -> str:
        return "the font of matplotlib-fontja is missing; install the extra: pip install 'ccus-conformance[notebook]'"


@cache
def font_file() -> Path:
    """The bundled font; the package around it is not imported, for it would set up matplotlib."""
    found = find_spec("matplotlib_fontja")
    folders = (found.submodule_search_locations or ()) if found else ()
    for folder in folders:
        for file in Path(folder).rglob("ipaexg.ttf"):
            _vega.register_font_directory(str(file.parent))
            return file
    raise NoFont


class Picture:
    """A chart as a page shows it."""

    def __init__(self, chart: Any, *, told: Both) -> None:
        font_file()
        self._chart = chart.configure(font=FONT, background="white").configure_view(stroke=None)
        self.told = told

    @property
    def svg(self) -> str:
        """The picture with its own letters, and its meaning for those who cannot see it."""
        written = StringIO()
        self._chart.save(written, format="svg")
        drawn = written.getvalue()
        opening, rest = drawn.split(">", 1)
        said = Markup(' role="img" aria-label="{}">').format(self._words)
        return f"{opening}{said}<style>{face(''.join(_TEXT.findall(drawn)))}</style>{rest}"

    @property
    def png(self) -> bytes:
        written = BytesIO()
        self._chart.save(written, format="png", scale_factor=2)
        return written.getvalue()

    def _repr_mimebundle_(self, **_asked: Any) -> dict[str, str]:
        drawn = self.svg
        body = base64.b64encode(drawn.encode()).decode()
        image = Markup(
            '<figure style="margin:0"><img alt="{}" style="max-width:100%" src="data:image/svg+xml;base64,{}">'
            "<figcaption>{}</figcaption></figure>"
        ).format(self._words, body, self.told)
        return {"image/svg+xml": drawn, "text/html": str(image), "text/plain": self._words}

    @property
    def _words(self) -> str:
        return f"{self.told.ja} / {self.told.en}"


def face(letters: str) -> str:
    """The rule that gives a page exactly these letters of the font."""
    options = _subset.Options(flavor="woff", hinting=False, desubroutinize=True, notdef_outline=True)
    font = _font(font_file(), recalcTimestamp=False)
    cutter = _subset.Subsetter(options=options)
    cutter.populate(text=letters)
    cutter.subset(font)
    font.flavor = "woff"
    written = BytesIO()
    font.save(written)
    body = base64.b64encode(written.getvalue()).decode()
    return f"@font-face{{font-family:{FONT};src:url(data:font/woff;base64,{body}) format('woff')}}"


LANES = (
    Both(ja="利用者の操作", en="User asks"),
    Both(ja="申請システムの答え", en="Candidate answers"),
    Both(ja="CCUSに届いた依頼", en="Request at CCUS"),
    Both(ja="CCUSからの提供", en="Provided by CCUS"),
    Both(ja="申請システムの保有", en="Kept by candidate"),
)
_LANE, _LINE = 150, 74
_NOTHING = Both(ja="なし", en="none")
_SHAPES = {"happened": "circle", "refused": "cross", "nothing": "M-.5-.12H.5V.12H-.5Z"}
_COLOURS = {"happened": "#1f6fb4", "refused": "#b4441f", "nothing": "#777777"}


def requests(*reports: Report, row: str) -> Picture:
    """How far each request got, run by run: a line goes on as long as something happened."""
    flows = [flow(report, row) for report in reports]
    return Picture(_alt.vconcat(*(_panel(each) for each in flows), spacing=26), told=told(*flows))


def told(*flows: Flow) -> Both:
    """The picture in words: what became, in each run, of the request that the row is about."""
    sentences = [_sentence(each) for each in flows]
    return Both(ja="".join(each.ja for each in sentences), en=" ".join(each.en for each in sentences))


def _sentence(shown: Flow) -> Both:
    act, name = shown.judged, word("verdict", shown.row.verdict)
    items, kept = sum(act.provided.values()), sum((act.kept or {}).values())
    who, whom, names = act.user, act.whom, "、".join(act.names)
    if act.names:
        reached = Both(ja=f"{names} の名義で CCUS に届き", en=f"reached CCUS in the name of {names}")
    else:
        reached = Both(ja="CCUS に届かず", en="did not reach CCUS")
    return Both(
        ja=f"{shown.target} では、{who} による {whom.ja} の依頼は {reached.ja}、提供は {items} 項目、保有は {kept} 項目（{name.ja}）。",
        en=f"In {shown.target}, the request of {who} for {whom.en} {reached.en}; {items} items were provided and {kept} kept ({name.en}).",
    )


def _panel(shown: Flow) -> Any:
    verdict = word("verdict", shown.row.verdict)
    title = {
        "text": f"{shown.target}　{shown.row.id} {verdict.ja} ({verdict.en})",
        "anchor": "start",
        "fontSize": 15,
        "offset": 12,
    }
    cells = [cell for place, act in enumerate(shown.acts) for cell in _cells(act, place)]
    acts = len(shown.acts)
    heads = [{"x": lane, "y": 0.4, "ja": each.ja, "en": each.en} for lane, each in enumerate(LANES)]
    layers = [
        _words(_place(heads, acts), "ja", below=-2, size=13, weight="bold"),
        _words(_place(heads, acts), "en", below=14),
        _lines(_place(_onward(cells), acts)),
        _marks(_place(cells, acts)),
        _words(_place(cells, acts), "ja", below=24, size=13),
        _words(_place(cells, acts), "en", below=39),
    ]
    width, height = _LANE * len(LANES), round(_LINE * (acts + 0.6))
    return _alt.layer(*layers).properties(width=width, height=height, title=title)


def _cells(act: Act, place: int) -> Iterator[dict[str, Any]]:
    """One cell for each lane: where it stands, what happened there and the words under it."""
    told = (_asked(act), _answer(act), _reached(act), _items(act.provided), _items(act.kept))
    going = True
    for lane, (state, said) in enumerate(told):
        going = going and state == "happened"
        yield {
            "x": lane,
            "y": place + 1,
            "state": state,
            "ja": said.ja,
            "en": said.en,
            "going": going,
        }


def _asked(act: Act) -> tuple[str, Both]:
    mine = "★ " if act.judged else ""
    return "happened", Both(
        ja=f"{mine}{act.user} が {act.whom.ja} を依頼", en=f"{act.user} asks for {act.whom.en}"
    )


_ANSWERS = {
    "done": ("happened", Both(ja="応じた", en="done")),
    "refused": ("refused", Both(ja="断った", en="refused")),
    "pending": ("nothing", Both(ja="処理待ち", en="pending")),
}


def _answer(act: Act) -> tuple[str, Both]:
    return _ANSWERS.get(act.outcome, ("nothing", word("answer", act.outcome)))


def _reached(act: Act) -> tuple[str, Both]:
    if not act.names:
        return "nothing", Both(ja="届いていない", en="none arrived")
    names = "、".join(act.names)
    if act.accepted:
        return "happened", Both(ja=f"{names} の名義で受付", en=f"accepted as {names}")
    return "refused", Both(ja=f"{names} の名義を拒否", en=f"refused as {names}")


def _items(items: Any) -> tuple[str, Both]:
    if items is None:
        return "nothing", Both(ja="見ていない", en="not looked at")
    if not items:
        return "nothing", _NOTHING
    return "happened", Both(
        ja="、".join(f"{name} の {number} 項目" for name, number in items.items()),
        en=", ".join(f"{number} items of {name}" for name, number in items.items()),
    )


def _place(values: Sequence[dict[str, Any]], acts: int) -> Any:
    """A layer over the given values; lanes go right, acts go down."""
    x = _alt.X("x:Q", axis=None, scale=_alt.Scale(domain=[-0.5, len(LANES) - 0.5], nice=False))
    y = _alt.Y("y:Q", axis=None, scale=_alt.Scale(domain=[acts + 0.7, 0.1], nice=False, zero=False))
    return _alt.Chart(_alt.Data(values=list(values))).encode(x=x, y=y)


def _onward(cells: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The way from each mark to the next, as long as something happened there."""
    reached = [cell for cell in cells if cell["going"] and cell["x"]]
    return [{"x": cell["x"] - 0.92, "to": cell["x"] - 0.08, "y": cell["y"]} for cell in reached]


def _lines(layer: Any) -> Any:
    return layer.mark_rule(strokeWidth=2.5, color=_COLOURS["happened"]).encode(x2="to:Q")


def _marks(layer: Any) -> Any:
    return layer.mark_point(size=170, filled=True, opacity=1, strokeWidth=2.5).encode(
        shape=_alt.Shape("state:N", legend=None, scale=_scale(_SHAPES)),
        color=_alt.Color("state:N", legend=None, scale=_scale(_COLOURS)),
        angle=_alt.condition("datum.state == 'refused'", _alt.value(45), _alt.value(0)),
    )


def _scale(by_state: Mapping[str, str]) -> Any:
    return _alt.Scale(domain=list(by_state), range=list(by_state.values()))


def _words(layer: Any, lang: str, *, below: int, size: int = 11, weight: str = "normal") -> Any:
    return layer.mark_text(dy=below, fontSize=size, fontWeight=weight, color="#222").encode(text=f"{lang}:N")
