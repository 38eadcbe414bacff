"""The report a reviewer reads: one HTML file that asks nothing of any network.

Both languages are in the file and switched without a script. Everything is autoescaped, and the page's own policy
(CSP) allows no request and no style and script but ours, by their digests: nothing a candidate answered can act.
The script only filters, unfolds and prepares printing; without it the page shows everything just the same.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from ccus_harness.reports import facts, sections, telling
from ccus_harness.reports.calls import excerpt
from ccus_harness.reports.inert import one_line
from ccus_harness.reports.parts import WORDS
from ccus_harness.reports.spoken import SPEAKERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ccus_harness.readings import Reading
    from ccus_harness.reports.model import Report

__all__ = ["text"]

MOST = 200
"""How many lines a table shows whose length a candidate decides."""


def text(report: Report, lang: str, readings: Mapping[str, Reading]) -> str:
    """The page; `lang` is the language it opens in, `readings` say what an open reading asks."""
    style, script = _part("page.css"), _part("page.js")
    matrices, purges = facts.matrices(report), facts.purges(report)
    page: str = (
        _environment()
        .get_template("page.html.j2")
        .render(
            report=report,
            lang=lang,
            style=Markup(style),  # noqa: S704 - our own file, nothing of a candidate is in it
            style_hash=_digest(style),
            script=Markup(script),  # noqa: S704 - likewise
            script_hash=_digest(script),
            words=WORDS,
            readings=readings,
            anchors={story.id: f"s{place}" for place, story in enumerate(report.stories, 1)},
            red_stories=sections.red_stories(report),
            allowance=sections.Allowance(),
            matrices=matrices,
            timelines=sections.timelines(report, matrices, purges[0].story if purges else ""),
            purges=purges,
            questions=facts.questions(report, readings),
            drills=facts.announced(report),
            incidents=facts.unannounced(report),
        )
    )
    # Imports before the page leave empty lines behind.
    return page.lstrip()


def _digest(part: str) -> str:
    return base64.b64encode(hashlib.sha256(part.encode()).digest()).decode()


def _part(name: str) -> str:
    return files("ccus_harness.reports").joinpath("page", name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FunctionLoader(_part),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    ours: dict[str, Any] = {
        **SPEAKERS,
        # What people typed as a decision came by another way than the events, so it is made harmless here.
        "inert": one_line,
        "rerun": telling.rerun,
        "reasons": telling.reasons,
        "excerpt": excerpt,
        "bar": sections.bar,
        "contested": sections.contested,
        "signs": sections.SIGNS,
        "states": facts.STATES,
        "most": MOST,
    }
    environment.globals.update(ours)  # pyright: ignore[reportUnknownMemberType]
    return environment
