"""A run or a bundle opened for a reviewer: whether it is whole, what was found, and what people decide."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from markupsafe import Markup

from ccus_harness import deciding
from ccus_harness.deciding import Given
from ccus_harness.evidence import bundle as bundles
from ccus_harness.evidence import signing, verifying
from ccus_harness.instruments.periods import JST
from ccus_harness.readings import load_readings
from ccus_harness.register import load_register
from ccus_harness.reports import Report, telling
from ccus_harness.reports.facts import questions
from ccus_harness.reports.inert import inert_text
from ccus_harness.showing.bilingual import EN, JA, Both, both, same, stacked, text, word
from ccus_harness.showing.judging import as_announced, judged_in
from ccus_harness.showing.tables import Table, shown_word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ccus_harness.deciding import Decisions, Ruled
    from ccus_harness.events import Event
    from ccus_harness.evidence.verifying import Step
    from ccus_harness.reports.facts import Question
    from ccus_harness.reports.parts import Row


class NotIntact(AssertionError):
    """A bundle is not what was signed, or its verdicts do not follow from its record: there is nothing to read in it."""

    def __init__(self, steps: Sequence[Step]) -> None:
        super().__init__(steps)
        self.steps = tuple(steps)

    def __str__(self) -> str:
        bad = [step for step in self.steps if step.state == "bad"]
        said = "; ".join(
            words.text(f"verify.{step.code}", where=step.where) for step in bad for words in (JA, EN)
        )
        return inert_text(said)


class NoRecord(FileNotFoundError):
    """Nothing that can be opened stands where the page was told to look."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self.path = path

    def __str__(self) -> str:
        return (
            f"{self.path} は実行のフォルダでも一束の証拠でもありません。"
            f" / {self.path} is neither the folder of a run nor a bundle."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """What was opened: the steps of its verification, the run, and the decisions that came with it."""

    steps: tuple[Step, ...]
    report: Report
    decisions: Decisions


def opened(path: str | Path) -> Dossier:
    """The run in a bundle or in a folder, verified and derived again; raises `NotIntact` or `NoRecord`."""
    found = Path(path)
    if (found / bundles.EVENTS).is_file():
        return opened_bytes(bundles.gathered(found, signing.new_signer(), certified_key=False))
    if not found.is_file():
        raise NoRecord(found)
    return opened_bytes(found.read_bytes())


def opened_bytes(packed: bytes) -> Dossier:
    steps, members = verifying.integrity(packed)
    steps = [*steps, *(verifying.derivation(members) if members else ())]
    if any(step.state == "bad" and step.code not in _STILL_READABLE for step in steps):
        raise NotIntact(steps)
    told: list[Event] = [json.loads(line) for line in members[bundles.EVENTS].splitlines()]
    register = load_register()
    return Dossier(steps=tuple(steps), report=Report.of(told, register), decisions=_decisions(members, told))


_STILL_READABLE = ("other_suite",)
"""What another version of the suite made cannot be derived again here, but nothing in it was changed."""


def _decisions(members: Mapping[str, bytes], told: list[Event]) -> Decisions:
    kept = bundles.attached(members)
    digests = {name: bundles.digest(body) for name, body in kept.items()}
    found = deciding.found_in(told)
    return deciding.parse(kept.get(deciding.FILE, b""), found, load_register(), digests)


def dossier(source: str = "", *, example: str, rows: Sequence[str], decided: str = "") -> Dossier:
    """The run or bundle at `source`; where none is given, an example is made, decided and packed here and now."""
    if source:
        return opened(source)
    with TemporaryDirectory(prefix="ccus-notebook-") as folder:
        run = Path(folder) / "run"
        as_announced(judged_in(run, example, rows=rows))
        if decided:
            now = datetime.now(JST)
            deciding.record(run, [_example_of(decided, now)], load_register(), now)
        return opened_bytes(bundles.gathered(run, signing.new_signer(), certified_key=False))


def _example_of(row: str, now: datetime) -> Given:
    reason = "対策の一覧と規程を見た（見本） / list of measures and rules were read (example)"
    return Given(row=row, word="satisfied", by="審査 一子", date=f"{now:%Y-%m-%d}", reason=reason)


def verified(opened: Dossier) -> Table:
    """What was looked at to find out whether the evidence is whole, and what that does not show."""
    title = Both(ja="証拠は作られた時のままか", en="Is the evidence as it was made?")
    head = (Both(ja="結果", en="Result"), Both(ja="確かめたこと", en="What was looked at"))
    lines = [
        (word("verify", step.state), text(f"verify.{step.code}", where=inert_text(step.where)))
        for step in opened.steps
    ]
    return Table("verified", title, head, lines, widths=(14, 86))


def red(report: Report) -> Table | Both:
    """Every row that was not kept: what is expected, what was seen, what comes next, and whose it is."""
    if not report.red:
        return both(lambda words: words.text("report.no_red"))
    title = both(lambda words: telling.headline(report, words)[1])
    keys = ("report.row", "report.word", "report.expected", "report.seen", "report.next", "report.blame")
    lines = [_red(row) for row in report.red]
    return Table("red", title, [text(key) for key in keys], lines, widths=(9, 12, 22, 27, 20, 10))


def _red(row: Row) -> tuple[Both | Markup, ...]:
    ja, en = telling.findings(row, JA), telling.findings(row, EN)
    told = [
        stacked(
            Both(ja=getattr(one, part), en=getattr(other, part)) for one, other in zip(ja, en, strict=True)
        )
        for part in ("expected", "seen", "next")
    ]
    reason = both(lambda words: telling.reason(row, words))
    told = told if ja else [stacked([reason]), stacked([reason]), Markup("－")]
    return same(row.id), shown_word(row.verdict), *told, word("blame", row.blame)


def looked_at(report: Report, row: str = "") -> str:
    """The row to look at closely: the given one, else the first that was not kept, else the first that was tried."""
    tried = [each for each in report.rows if each.selected and each.scenarios and each.claims]
    red = [each for each in tried if each.red]
    return row or next((each.id for each in (*red, *tried)), "")


def for_people(opened: Dossier) -> Table | Both:
    """The rows that a machine leaves to people: its word, theirs, who gave it when and why."""
    ruled = [each for each in opened.decisions.rows.values() if each.waits or each.decision]
    if not ruled:
        return _NOTHING_LEFT
    waiting = sum(each.decision is None for each in ruled)
    title = Both(
        ja=f"人が決める {len(ruled)} 行（うち判断を待つもの {waiting} 行）",
        en=f"{len(ruled)} rows that people decide, {waiting} of them still waiting",
    )
    head = (text("report.row"), text("report.obligation"), _MACHINE, _PEOPLE, _BY, text("report.reason"))
    rows = {row.id: row for row in opened.report.rows}
    lines = [_ruled(each, rows[each.row]) for each in ruled]
    return Table("decisions", title, head, lines, widths=(8, 34, 12, 12, 14, 20))


_NOTHING_LEFT = Both(
    ja="この実行には、人が決める行はありません。", en="Nothing in this run is left to people."
)
_MACHINE = Both(ja="機械の判定", en="Machine")
_PEOPLE = Both(ja="人の判断", en="People")
_BY = Both(ja="判断した人と日", en="By whom, when")
_WAITS = Both(ja="判断を待つ", en="waiting")
_NOBODY = Both(ja="－", en="－")


def _ruled(ruled: Ruled, row: Row) -> tuple[Both | Markup | str, ...]:
    demand = both(lambda words: row.text(words.lang))
    if ruled.decision is None:
        return ruled.row, demand, shown_word(ruled.machine), _WAITS, _NOBODY, _why(row)
    given = ruled.decision
    people = same(inert_text("、".join(given.people)))
    by = stacked([people, same(given.date)])
    return ruled.row, demand, shown_word(ruled.machine), shown_word(given.word), by, inert_text(given.reason)


def _why(row: Row) -> Both:
    return both(lambda words: telling.reason(row, words) or words.word("meaning", row.verdict))


def for_the_parties(report: Report) -> Table | Both:
    """第9条: the readings on which a word of this run hangs, as numbered questions."""
    pressing = [each for each in questions(report, load_readings()) if each.pressing]
    if not pressing:
        return _NO_QUESTION
    title = Both(ja=f"第9条の協議事項 {len(pressing)} 件", en=f"{len(pressing)} questions under Article 9")
    head = (_NUMBER, text("report.question"), _DECLARED, _TURNS)
    lines = [_question(each) for each in pressing]
    return Table("questions", title, head, lines, widths=(8, 44, 22, 26))


_NO_QUESTION = Both(
    ja="この実行には、読み方で判定が変わる行はありません。", en="No word of this run hangs on a reading."
)
_NUMBER = Both(ja="番号", en="No.")
_DECLARED = Both(ja="申告した読み方", en="Declared")
_TURNS = Both(ja="ほかの読み方なら", en="Under another")


def _question(asked: Question) -> tuple[Both | Markup | str, ...]:
    declared = asked.meanings.get(asked.declared)
    meant = Both(ja=declared.ja, en=declared.en) if declared else same(asked.declared)
    turns = [
        both(lambda words, turn=turn: f"{turn.row}: {words.word('verdict', turn.word)} ({turn.option})")
        for turn in asked.turns
    ]
    return str(asked.number), Both(ja=asked.text.ja, en=asked.text.en), meant, stacked(turns)
