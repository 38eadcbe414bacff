"""The parts of the page that are more than a list of rows: matrices, timelines, and how much of a call is shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any

from ccus_harness.reports import facts
from ccus_harness.reports.calls import Excerpt, excerpt
from ccus_harness.reports.exchanges import Telling, exchanges
from ccus_harness.reports.parts import WORDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ccus_harness.reports.exchanges import Exchange
    from ccus_harness.reports.facts import Cell, Matrix, Moment
    from ccus_harness.reports.model import Report
    from ccus_harness.reports.parts import Row, Story, Tally

__all__ = ["SIGNS", "Allowance", "Line", "bar", "contested", "red_stories", "timelines"]

SIGNS: Mapping[str, str] = {
    "over": "×",
    "open_seen": "△",
    "open_unseen": "▽",
    "hidden": "□",
    "seen": "○",
    "kept": "・",
}
"""The sign of each state of a cell, in letters that every Japanese font has."""

BAR_WIDTH = 160


def bar(tally: Tally) -> list[tuple[str, float, float]]:
    """The words of a tally as the pieces of a bar: word, where it begins, how wide it is."""
    pieces: list[tuple[str, float, float]] = []
    start = 0.0
    for word in WORDS:
        width = BAR_WIDTH * tally.count(word) / tally.selected if tally.selected else 0.0
        if width:
            pieces.append((word, round(start, 2), round(width, 2)))
        start += width
    return pieces


def red_stories(report: Report) -> dict[str, list[tuple[Story, bool]]]:
    """The stories of each red row, and whether it is the first row to tell them: a story is told in full once."""
    told: set[str] = set()
    found: dict[str, list[tuple[Story, bool]]] = {}
    for row in report.red:
        stories = _telling_first(row, report)
        found[row.id] = [(story, story.id not in told) for story in stories]
        told |= {story.id for story in stories}
    return found


def _telling_first(row: Row, report: Report) -> list[Story]:
    """The stories of a row, those that gave it its word before those that did not."""
    guilty = {claim.scenario for claim in row.telling}
    return sorted(report.stories_of(row), key=lambda story: story.id not in guilty)


# -- how much of a call is shown ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One call as the page shows it: its sentences, and what was sent and came back as far as there is room."""

    exchange: Exchange
    sent: Excerpt
    received: Excerpt


@dataclass(slots=True, kw_only=True)
class Allowance:
    """How many characters of raw calls a page may hold: what a candidate sends decides no size of ours.

    The stories of red rows are shown at length while there is room, all others by the beginning of an answer.
    """

    left: int = 1_200_000
    red: int = 6_000
    other: int = 260
    _told: dict[str, dict[int, Exchange]] = field(default_factory=dict[str, "dict[int, Exchange]"])

    def calls(self, story: Story, calls: Sequence[Any], *, red: bool) -> list[Shown]:
        told = self._told.get(story.id)
        if told is None:
            told = self._told[story.id] = exchanges(story)
        return [self._shown(told[call.n], red=red) for call in calls if call.n in told]

    def _shown(self, each: Exchange, *, red: bool) -> Shown:
        call, nothing = each.call, Excerpt(text="", left_out=0)
        sent = received = nothing
        answer: Any = call.answer.get("value") if list(call.answer) == ["value"] else call.answer
        if red and (not each.plain or call.op == "world"):
            sent = excerpt(call.args, longest=self.red // 6)
        if each.same is None and (red or not each.plain):
            received = excerpt(answer, longest=self._longest(each, red=red))
        self.left -= len(sent.text) + len(received.text)
        return Shown(exchange=each, sent=sent, received=received)

    def _longest(self, each: Exchange, *, red: bool) -> int:
        longest = self.red // (4 if each.plain else 1) if red else self.other
        return min(longest, max(self.left, 0))


# -- scope ------------------------------------------------------------------------------------------------


def contested(matrix: Matrix) -> dict[str, list[Cell]]:
    """The cells that hang on a reading, by the option that turns them; under none where only several together do."""
    found: dict[str, list[Cell]] = {}
    for cell in matrix.cells:
        if cell.state in ("open_seen", "open_unseen"):
            for option in cell.decisive.under or ("",):
                found.setdefault(option, []).append(cell)
    return dict(sorted(found.items(), key=lambda each: (not each[0], each[0])))


# -- time -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a timeline: when, in which lane, and the sentence; `times` of the same until `until`."""

    at: str
    n: int
    lane: str
    kind: str
    said: Telling
    outcome: str
    times: int
    until: str


_LANES = {"answered": "candidate", "kept": "stores"}


def timelines(report: Report, matrices: Iterable[Matrix], first: str = "") -> list[tuple[Story, list[Line]]]:
    """The timeline of every scenario in which time passed, the contract ended or a sign was handed over.

    The scenario named `first` stands first, the others in the order of the run.
    """
    looks = {matrix.story: [look for cell in matrix.cells for look in cell.looks] for matrix in matrices}
    told = [(story, facts.timeline(story, looks.get(story.id, ()))) for story in report.stories]
    lines = [(story, list(_lines(moments))) for story, moments in told if _passed(moments)]
    return sorted(lines, key=lambda each: each[0].id != first)


def _passed(moments: Sequence[Moment]) -> bool:
    kinds = {each.kind for each in moments}
    return len({each.at for each in moments if each.at}) > 1 or bool(kinds & {"announced", "ended"})


def _lines(moments: Iterable[Moment]) -> Iterator[Line]:
    """Looks into the stores and the like that say the same again and again are told once, with the last time."""
    for _, same in groupby(moments, key=_repeated):
        those = list(same)
        first, last = those[0], those[-1]
        yield Line(
            at=first.at,
            n=first.n,
            lane=_LANES.get(first.witness, "fund"),
            kind=first.kind,
            said=_said(first),
            outcome=first.outcome,
            times=len(those),
            until=last.at if last.at != first.at else "",
        )


def _repeated(moment: Moment) -> tuple[Any, ...]:
    if moment.kind in ("scan", "view", "export", "holdings"):
        return (moment.kind, moment.who, moment.whom, moment.how, moment.outcome, moment.count, moment.note)
    return (moment,)


_WORDED: Mapping[str, str] = {
    "view": "look_how",
    "change": "change_how",
    "ended": "contract_event",
    "fault": "fault_how",
}
"""In which group of the catalogue the manner of a moment is a word."""


def _said(moment: Moment) -> Telling:
    values = {
        "who": moment.who,
        "whom": ["＊" if one == "*" else one for one in moment.whom],
        "how": moment.how,
        "count": moment.count,
        "note": moment.note,
    }
    groups = {"how": _WORDED[moment.kind]} if moment.kind in _WORDED else {}
    return Telling(key=f"moment.{_variant(moment)}", values=values, fallback=moment.kind, groups=groups)


def _variant(moment: Moment) -> str:
    match moment.kind:
        case "view" if moment.note == "leaked":
            return "view_leaked"
        case "view" | "change" if not moment.whom:
            return f"{moment.kind}_bare"
        case "announced" | "notice":
            return f"{moment.kind}_{moment.how}"
        case "scan":
            return "scan_unread" if moment.count is None else "scan" if moment.count else "scan_none"
        case _:
            return moment.kind
