"""The words of a verdict, their order, and how the claims of a run become one word per obligation."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import TYPE_CHECKING, Literal

from ccus_harness.register import BREACH_LAYERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ccus_harness.register import Obligation, Register

PolicyWord = Literal["met", "missed"]
Strength = Literal["attested", "inspected", "black_box", "white_box"]
Blame = Literal["set_up", "network", "product", "suite"]

STRENGTHS: tuple[Strength, ...] = ("attested", "inspected", "black_box", "white_box")


class Word(IntEnum):
    """A verdict word; the greater, the graver (design §5)."""

    not_applicable = 0
    satisfied = 1
    attested = 2
    review = 3
    depends = 4
    untested = 5
    inconclusive = 6
    error = 7
    violated = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a predicate decides: a word, the code that says why, and how a policy number fared."""

    word: Word
    code: str = ""
    policy: PolicyWord | None = None


SATISFIED = Finding(word=Word.satisfied)


def violated(code: str) -> Finding:
    return Finding(word=Word.violated, code=code)


def untested(code: str) -> Finding:
    return Finding(word=Word.untested, code=code)


def inconclusive(code: str) -> Finding:
    return Finding(word=Word.inconclusive, code=code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What one step says about one row, under the declared readings and under each other option.

    `under` maps ``parameter=option`` to the finding under that option; ``declared`` is always there.
    """

    row: str
    scenario: str
    finding: Finding
    under: Mapping[str, Finding]
    world_reading: Mapping[str, str] = field(default_factory=dict[str, str])
    strength: Strength = "black_box"
    blame: Blame | None = None
    remarks: tuple[str, ...] = ()


Outcome = Literal["finished", "candidate_failed", "unsupported", "pending", "error", "not_run"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How one scenario went: the rows it should have claimed and why it stopped, if it did."""

    scenario: str
    rows: tuple[str, ...]
    outcome: Outcome
    detail: Mapping[str, str] = field(default_factory=dict[str, str])
    world_reading: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The word of one obligation in one run, and everything a reader asks beside it."""

    row: str
    word: Word
    code: str = ""
    policy: PolicyWord | None = None
    strength: Strength | None = None
    blame: Blame | None = None
    remarks: tuple[str, ...] = ()
    under: Mapping[str, str] = field(default_factory=dict[str, str])
    declared: Word | None = None
    scenarios: tuple[str, ...] = ()
    due: str | None = None
    selected: bool = True
    scored: bool = True


_UNREACHED: Mapping[Outcome, tuple[Word, str]] = {
    "candidate_failed": (Word.inconclusive, "inconclusive.candidate_failed"),
    "pending": (Word.inconclusive, "inconclusive.pending"),
    "unsupported": (Word.untested, "untested.capability"),
    "not_run": (Word.untested, "untested.not_run"),
    "error": (Word.error, "error.suite"),
    "finished": (Word.error, "error.claim_missing"),
}


def unreached(row: str, course: Course) -> Claim:
    """The claim that a row takes when its scenario stopped before reaching it (design §4.5)."""
    word, code = _UNREACHED[course.outcome]
    finding = Finding(word=word, code=code)
    blame = course.detail.get("blame")
    return Claim(
        row=row,
        scenario=course.scenario,
        finding=finding,
        under={"declared": finding},
        world_reading=course.world_reading,
        blame=blame if blame in ("set_up", "network", "product", "suite") else None,
    )


def _gravest(findings: Iterable[Finding]) -> Finding:
    return max(findings, key=lambda finding: (finding.word, finding.policy == "missed"))


def _policy(claims: Iterable[Claim]) -> PolicyWord | None:
    words = {claim.finding.policy for claim in claims}
    if "missed" in words:
        return "missed"
    return "met" if "met" in words else None


def _world_key(claim: Claim) -> str:
    return ";".join(f"{name}={option}" for name, option in sorted(claim.world_reading.items()))


def _options(claims: Sequence[Claim], declared: Mapping[str, str]) -> tuple[Finding, dict[str, Word]]:
    """The declared finding of a row, and its word under every other option that was looked at.

    A world reading is an option that the world was built with, so only the claims of the declared
    option speak for the row; the others say how it would read.
    """
    own = [c for c in claims if all(declared.get(k) == v for k, v in c.world_reading.items())]
    others = [c for c in claims if c not in own]
    own = own or list(claims)
    keys = {key for claim in own for key in claim.under} - {"declared"}
    words = {key: max(claim.under.get(key, claim.finding).word for claim in own) for key in keys}
    for claim in others:
        key = _world_key(claim)
        words[key] = max(words.get(key, Word.not_applicable), claim.finding.word)
    return _gravest(claim.finding for claim in own), words


def judge_row(row: Obligation, claims: Sequence[Claim], declared: Mapping[str, str]) -> Verdict:
    """One obligation's verdict from all claims about it; the gravest word wins, then readings and layer."""
    finding, options = _options(claims, declared)
    word = finding.word
    code = finding.code
    remarks = tuple(dict.fromkeys(remark for claim in claims for remark in claim.remarks))
    judged = {Word.satisfied, Word.violated, Word.depends}
    if word in judged and any(other != word and other in judged for other in options.values()):
        word = Word.depends
    if word is Word.violated and row.layer not in BREACH_LAYERS:
        word, remarks = Word.review, (*remarks, f"layer.{row.layer}")
    if word.name not in row.words:
        remarks = (*remarks, f"word_not_in_closed_set.{word.name}")
        word, code = Word.error, "error.closed_set"
    looked: list[Strength] = [claim.strength for claim in claims if claim.finding.word in judged]
    blames: list[Blame] = [claim.blame for claim in claims if claim.finding == finding and claim.blame]
    return Verdict(
        row=row.id,
        word=word,
        code=code,
        policy=_policy(claims),
        strength=min(looked, key=STRENGTHS.index) if looked else None,
        blame=blames[0] if blames else ("product" if finding.word is Word.violated else None),
        remarks=remarks,
        under={key: word.name for key, word in sorted(options.items())},
        declared=finding.word if word is Word.depends else None,
        scenarios=tuple(dict.fromkeys(claim.scenario for claim in claims)),
        scored=row.scored,
    )


def fold(
    register: Register,
    claims: Sequence[Claim],
    courses: Sequence[Course],
    *,
    declared: Mapping[str, str],
    selected: frozenset[str],
) -> list[Verdict]:
    """One verdict for each of the register's rows, in the register's order."""
    by_row: dict[str, list[Claim]] = {}
    for claim in claims:
        by_row.setdefault(claim.row, []).append(claim)
    reached = {(claim.scenario, claim.row) for claim in claims}
    dues = {
        row: course.detail.get("due")
        for course in courses
        if course.outcome == "pending"
        for row in course.rows
    }
    for course in courses:
        for row in course.rows:
            if (course.scenario, row) not in reached:
                by_row.setdefault(row, []).append(unreached(row, course))
    verdicts: list[Verdict] = []
    for row in register.rows:
        chosen = row.id in selected
        if row.id in by_row and chosen:
            verdict = judge_row(row, by_row[row.id], declared)
            if verdict.word is Word.inconclusive and dues.get(row.id):
                verdict = replace(verdict, due=dues[row.id])
        else:
            verdict = _unclaimed(row, selected=chosen)
        verdicts.append(verdict)
    return verdicts


def _unclaimed(row: Obligation, *, selected: bool) -> Verdict:
    """The verdict of a row that no scenario of this run speaks of, with the reason."""
    if "N" in row.method:
        word, code = Word.not_applicable, "not_applicable.not_judged"
    elif not selected:
        word, code = Word.untested, "untested.not_selected"
    elif not row.machine:
        word, code = Word.untested, "untested.needs_person"
    else:
        word, code = Word.untested, "untested.no_scenario"
    return Verdict(row=row.id, word=word, code=code, selected=selected, scored=row.scored)


EXIT_OK, EXIT_VIOLATED, EXIT_SET_UP, EXIT_OPEN, EXIT_ERROR = 0, 1, 2, 3, 4


def exit_status(register: Register, verdicts: Iterable[Verdict]) -> int:
    """The process exit status of a run: 1 violated, 4 error, 3 open machine rows, else 0 (design §5)."""
    words = [(verdict, register.by_id[verdict.row]) for verdict in verdicts if verdict.selected]
    if any(verdict.word is Word.violated for verdict, _ in words):
        return EXIT_VIOLATED
    if any(verdict.word is Word.error for verdict, _ in words):
        return EXIT_ERROR
    open_words = (Word.inconclusive, Word.untested)
    if any(verdict.word in open_words and row.machine for verdict, row in words):
        return EXIT_OPEN
    return EXIT_OK
