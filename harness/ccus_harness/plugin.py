"""The pytest plugin of one run: gives each scenario its case and its gate, and writes what happens as events."""

from __future__ import annotations

import hashlib
import traceback
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest

from ccus_harness import collection
from ccus_harness.case import Case
from ccus_harness.gate import Call, Gate, Stopped
from ccus_harness.locator import data
from ccus_harness.verdicts import Claim, Course, Word

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence

    from pytest_bdd.parser import Scenario, Step

    from ccus_harness.claims import Judge, Predicate
    from ccus_harness.collection import Collected
    from ccus_harness.events import Stream
    from ccus_harness.gate import Asker
    from ccus_harness.instruments.artefacts import Layout
    from ccus_harness.register import Register
    from ccus_harness.verdicts import Outcome, Strength

BLOCK = 500
"""The simulator's canaries never meet within an aligned block of so many world numbers."""

FIRST_BLOCK = 2
BLOCKS = 19_000

PREFLIGHT = "preflight"
PREFLIGHT_AGAIN = BLOCK * (FIRST_BLOCK + BLOCKS)
"""Beyond the blocks of all seeds: there the worlds of a preflight that had to begin again are built."""


def first_world(seed: int) -> int:
    """The number of the first world of a run: the start of a block that the seed picks."""
    digest = hashlib.sha256(str(seed).encode()).digest()
    return BLOCK * (FIRST_BLOCK + int.from_bytes(digest[:8], "big") % BLOCKS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tape:
    """What an earlier run left of one scenario: its calls, whether it came to an end, and which attempt it was."""

    calls: tuple[Call, ...] = ()
    ended: bool = False
    pending: bool = False
    attempt: int = 1


@dataclass(kw_only=True)
class Run:
    """What all scenarios of one run share."""

    stream: Stream
    register: Register
    judge: Judge
    asker: Asker | None
    tapes: Mapping[str, Tape]
    seed: int
    selected: frozenset[str]
    layout: Layout | None
    profile: Mapping[str, Any]
    dialect: str
    receipts: Sequence[Mapping[str, Any]] = ()
    """What a reviewer entered by hand about the drills of this run."""
    claims: list[Claim] = field(default_factory=list[Claim])
    courses: list[Course] = field(default_factory=list[Course])
    places: dict[str, int] = field(default_factory=dict[str, int])
    worlds: dict[str, int] = field(default_factory=dict[str, int])
    broken: str = ""

    def tape(self, scenario: str) -> Tape:
        """The tape to start from: what a resume finds unfinished starts in a new world, a pending one goes on.

        That holds for scenarios without a line on the tape too: their worlds may be ahead of it.
        """
        taped = self.tapes.get(scenario, Tape())
        if taped.ended or taped.pending or self.asker is None or not self.tapes:
            return taped
        return Tape(attempt=taped.attempt + 1)

    def world_number(self, scenario: str) -> int:
        """The number of a scenario's own world: its place among all scenarios, and beyond them for a new attempt.

        The place does not depend on what was selected; preflight, which comes before all, has place 0.
        """
        attempts_before = self.tape(scenario).attempt - 1
        if scenario == PREFLIGHT and attempts_before:
            return PREFLIGHT_AGAIN + attempts_before  # how many scenarios there are is not known yet
        return (
            first_world(self.seed) + self.places.get(scenario, 0) + attempts_before * (len(self.places) + 1)
        )

    def gate(self, scenario: str) -> Gate:
        def record(call: Call) -> None:
            self.stream.write(
                "call",
                scenario=scenario,
                who=call.who,
                op=call.op,
                args=call.args,
                answer=call.answer.document(),
            )

        taped = self.tape(scenario)
        return Gate(taped.calls, None if taped.ended else self.asker, record)

    def case(self, scenario: str) -> Case:
        return Case(
            scenario=scenario,
            gate=self.gate(scenario),
            seed=self.seed,
            number=self.world_number(scenario),
            layout=self.layout,
            profile=self.profile,
            dialect=self.dialect,
            receipts=self.receipts,
            finished_worlds=dict(self.worlds),
        )


class JudgingFault(Exception):
    """A step broke the rules of judging: ours to mend."""


class RunPlugin:
    """Drives pytest for one run; never lets pytest decide a verdict."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.by_item: dict[str, Collected] = {}
        self._scenario: Collected | None = None
        self._step: Step | None = None
        self._index = 0
        self._case: Case | None = None

    # -- collection ------------------------------------------------------------------------------

    def pytest_configure(self, config: pytest.Config) -> None:
        config.option.tbstyle = "native"  # nobody reads pytest's own tracebacks, and making them takes long

    @pytest.hookimpl(tryfirst=True)
    def pytest_bdd_apply_tag(self, tag: str, function: Callable[..., object]) -> bool:
        pytest.mark.rows(tag)(function)
        return True

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, session: pytest.Session, items: list[pytest.Item]) -> None:
        found = collection.collected(items)
        collection.check(found, data("features"), self.run.register, session)
        self.run.places.update({case.id: place for place, case in enumerate(sorted(found, key=_id), 1)})
        chosen = [case for case in found if _is_wanted(case, self.run.selected)]
        self.by_item = {case.item.nodeid: case for case in chosen}
        items[:] = [case.item for case in chosen]
        self.run.stream.write("plan", scenarios=len(chosen))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.run.broken = str(report.longrepr)

    # -- one scenario ----------------------------------------------------------------------------

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        case = self.by_item[item.nodeid]
        self._scenario, self._index, self._step, self._case = case, 0, None, None
        self.run.stream.write(
            "scenario",
            id=case.id,
            name=case.scenario.name,
            feature=case.feature,
            rows=list(case.rows),
            world_reading=dict(case.world_reading),
            attempt=self.run.tape(case.id).attempt,
        )
        return (yield)

    @pytest.fixture
    def case(self) -> Case:
        assert self._scenario is not None  # noqa: S101 - pytest asks for it inside a scenario
        self._case = self.run.case(self._scenario.id)
        return self._case

    @pytest.fixture
    def claim(self) -> Callable[..., None]:
        return self._claim

    def pytest_bdd_before_step(self, scenario: Scenario, step: Step) -> None:  # noqa: ARG002 - named by pytest-bdd
        assert self._scenario is not None  # noqa: S101
        self._step = step
        self.run.stream.write(
            "step",
            scenario=self._scenario.id,
            index=self._index,
            keyword=step.keyword.strip(),
            text=step.name,
            type=step.type,
        )
        self._index += 1
        if self._case is None:
            return
        if step.type == "then":
            self._case.settle()
        self._case.gate.closed = step.type == "then"

    def _claim(
        self,
        predicate: Predicate,
        *,
        shown: Mapping[str, Any] | None = None,
        strength: Strength = "black_box",
        witnesses: Sequence[str] = (),
        remarks: Sequence[str] = (),
    ) -> None:
        """Claims the row that the current judging step names; never raises for what the candidate did."""
        scenario, step = self._scenario, self._step
        match = collection.ROW_IN_STEP.match(step.name) if step else None
        if scenario is None or match is None:
            raise JudgingFault("a claim outside a judging step")
        claim = self.run.judge.claim(
            match["row"],
            scenario.id,
            predicate,
            world_reading=scenario.world_reading,
            strength=strength,
            remarks=tuple(remarks),
        )
        if claim.finding.word is Word.violated:
            ours = scenario.order < 0 or not self.run.register.by_id[claim.row].scored
            claim = replace(claim, blame="suite" if ours else "product")
        self.run.claims.append(claim)
        self.run.stream.write(
            "claim",
            scenario=claim.scenario,
            row=claim.row,
            word=claim.finding.word.name,
            code=claim.finding.code,
            policy=claim.finding.policy,
            under={key: [f.word.name, f.code] for key, f in sorted(claim.under.items())},
            shown=dict(shown or {}),
            strength=claim.strength,
            blame=claim.blame,
            witnesses=list(witnesses),
            remarks=list(claim.remarks),
        )

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, object, object]:
        report = yield
        if call.when == "call" or (call.when == "setup" and call.excinfo is not None):
            self._ended(self.by_item[item.nodeid], call.excinfo.value if call.excinfo else None)
        return report

    def _ended(self, scenario: Collected, fault: BaseException | None) -> None:
        fault = fault or self._last_look()
        if fault is None and self._case is not None and self._case.gate.unused:
            fault = JudgingFault(f"{self._case.gate.unused} taped calls were not asked for")
        outcome, detail = _outcome(fault)
        if outcome == "finished" and self._case is not None and self._case.settled_at is not None:
            self.run.worlds[self._case.world] = self._case.settled_at
        self.run.courses.append(
            Course(
                scenario=scenario.id,
                rows=scenario.rows,
                outcome=outcome,
                detail=detail,
                world_reading=scenario.world_reading,
            )
        )
        self.run.stream.write("scenario_end", scenario=scenario.id, outcome=outcome, detail=dict(detail))
        if scenario.order < 0 and self._self_check_failed(scenario):
            pytest.exit("the simulator did not prove its own side", returncode=0)

    def _last_look(self) -> BaseException | None:
        """Reads the ledger of a finished world once more: what it holds now came in time, what comes later did not."""
        if self._case is None or not self._case.document:
            return None
        self._case.gate.closed = False
        try:
            self._case.ledger()
        except Exception as fault:  # noqa: BLE001 - however it fails, it is how the scenario ended
            return fault
        return None

    def _self_check_failed(self, scenario: Collected) -> bool:
        own = [claim for claim in self.run.claims if claim.scenario == scenario.id]
        proven = {claim.row for claim in own if claim.finding.word is Word.satisfied}
        if proven == set(scenario.rows):
            return False
        self.run.broken = "self_check"
        return True


def _is_wanted(case: Collected, selected: frozenset[str]) -> bool:
    """Whether a scenario speaks of a selected row; a self-check runs for every row of its articles."""
    if case.order < 0:
        return case.always or not {_article(row) for row in case.rows}.isdisjoint(
            _article(row) for row in selected
        )
    return not selected.isdisjoint(case.rows)


def _article(row: str) -> str:
    return row.partition("-")[0]


def _id(case: Collected) -> str:
    return case.id


def _outcome(fault: BaseException | None) -> tuple[Outcome, dict[str, str]]:
    """How a scenario ended, in the words of the event stream; whatever is unforeseen is our error."""
    if fault is None:
        return "finished", {}
    if not isinstance(fault, Stopped):
        place = traceback.extract_tb(fault.__traceback__)[-1]
        where = f"{place.filename.rsplit('/', 1)[-1]}:{place.lineno}"
        return "error", {"blame": "suite", "fault": f"{type(fault).__name__}: {fault}"[:2000], "where": where}
    answer = fault.answer
    said = {"who": fault.who, "op": fault.op, "blame": answer.blame or "product"}
    if answer.status == "pending":
        return "pending", {**said, "due": answer.due or ""}
    if answer.status == "unsupported":
        return "unsupported", {**said, "capability": answer.capability}
    return "candidate_failed", {**said, "fault": answer.fault}
