"""The gate at collection: what pytest-bdd would lose, shadow or skip in silence stops the run here."""

from __future__ import annotations

import inspect
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gherkin.errors import ParserException
from gherkin.parser import Parser
from gherkin.pickles.compiler import Compiler
from pytest_bdd import parsers
from pytest_bdd.compat import get_fixture_names, getfixturedefs
from pytest_bdd.scenario import scenario_wrapper_template_registry
from pytest_bdd.steps import step_function_context_registry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    import pytest
    from pytest_bdd.parser import Scenario, Step
    from pytest_bdd.steps import StepFunctionContext

    from ccus_harness.register import Register

ROW_IN_STEP = re.compile(r"^【(?P<row>[A-Z0-9-]+)】")
_FULL_WIDTH = re.compile(
    r"^\s*(機能|フィーチャ|背景|シナリオ|シナリオアウトライン|シナリオテンプレート?|例|サンプル|ルール)：|^\s*[＠＃｜]"
)
_ROW = re.compile(r"^[A-Z0-9]+(-[0-9]+)+$")

STEP_MODULES = "ccus_harness."
"""Step definitions of these modules must all be used; a plugin's own are not ours to judge."""

BASIC = "基本"
ORDER_TAGS = {"自己検査": -1, "時計": 1, "終了": 2, "最後": 3}
"""When a scenario runs: the simulator proves itself first, then no clock, clock moves, contract ends (design §4.3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """One scenario as it will run: its stable id, its text, and the rows it must claim."""

    id: str
    item: pytest.Item
    scenario: Scenario
    feature: str
    rows: tuple[str, ...]
    order: int
    world_reading: Mapping[str, str]
    always: bool = False
    """Runs whatever was selected: without it the simulator is no witness."""


class FaultyFeatures(Exception):
    """The feature files or steps are not sound; `faults` lists all that was found."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


def collected(items: Iterable[pytest.Item]) -> list[Collected]:
    """The items as scenarios, rendered with their example, in the order in which they run."""
    found = [_collected(item) for item in items]
    return sorted(found, key=lambda c: (c.order, c.feature, c.scenario.line_number, c.id))


def _collected(item: pytest.Item) -> Collected:
    template = scenario_wrapper_template_registry[item.obj]  # type: ignore[attr-defined]
    callspec = getattr(item, "callspec", None)
    example: dict[str, str] = callspec.params["_pytest_bdd_example"] if callspec else {}
    scenario = template.render(example)
    feature = scenario.feature.rel_filename.rsplit("/", 1)[-1].removesuffix(".feature")
    tags = scenario.tags | scenario.feature.tags
    variant = "[" + ",".join(example.values()) + "]" if example else ""
    readings = dict([cell.split("=", 1)]) if (cell := example.get("読み")) else {}
    return Collected(
        id=f"{feature}/{scenario.name}{variant}",
        item=item,
        scenario=scenario,
        feature=scenario.feature.name,
        rows=tuple(sorted(tag for tag in tags if _ROW.match(tag))),
        order=max((ORDER_TAGS[tag] for tag in tags if tag in ORDER_TAGS), default=0, key=abs),
        world_reading=readings,
        always=BASIC in tags,
    )


def check(found: Sequence[Collected], features: Path, register: Register, session: pytest.Session) -> None:
    """Raises `FaultyFeatures` with every trap that is found (toolbox: silent traps of pytest-bdd)."""
    faults = [
        *_files(features, len(found)),
        *_tags(found, register),
        *_steps(found, session),
        *_identities(found),
    ]
    if faults:
        raise FaultyFeatures(faults)


def _files(features: Path, collected_count: int) -> Iterator[str]:
    expected = 0
    for path in sorted(features.rglob("*.feature")):
        text = path.read_text(encoding="utf-8")
        if text.startswith("\ufeff"):
            yield f"{path.name}: begins with a byte order mark"
            continue
        for number, written in enumerate(text.splitlines(), 1):
            if _FULL_WIDTH.match(written):
                yield f"{path.name}:{number}: full-width punctuation makes this line vanish"
        try:
            document: Any = Parser().parse(text)
        except ParserException as fault:
            yield f"{path.name}: {fault}"
            continue
        compile_all: Any = Compiler().compile
        pickles: list[Any] = compile_all({**document, "uri": path.name})
        expected += len(pickles)
        names = Counter(_scenario_names(document["feature"]))
        yield from (
            f"{path.name}: two scenarios are named {name!r}" for name, times in names.items() if times > 1
        )
    if expected != collected_count:
        yield f"the feature files hold {expected} scenarios, {collected_count} were collected"


def _scenario_names(holder: Mapping[str, Any]) -> Iterator[str]:
    for child in holder["children"]:
        if "scenario" in child:
            yield child["scenario"]["name"]
        elif "rule" in child:
            yield from _scenario_names(child["rule"])


def _tags(found: Sequence[Collected], register: Register) -> Iterator[str]:
    for case in found:
        spoken = {match["row"] for step in case.scenario.steps if (match := ROW_IN_STEP.match(step.name))}
        if spoken != set(case.rows):
            yield f"{case.id}: tags {sorted(case.rows)} but steps judge {sorted(spoken)}"
        for row in case.rows:
            if row not in register.by_id:
                yield f"{case.id}: the register has no row {row}"
        for step in case.scenario.steps:
            if step.type == "then" and not ROW_IN_STEP.match(step.name):
                yield f"{case.id}: a judging step names no row: {step.name}"
            if step.type != "then" and ROW_IN_STEP.match(step.name):
                yield f"{case.id}: a row is named outside a judging step: {step.name}"
            if "<" in step.name:
                yield f"{case.id}: a placeholder has no example: {step.name}"


def _steps(found: Sequence[Collected], session: pytest.Session) -> Iterator[str]:
    used: set[int] = set()
    definitions = _Definitions(session)
    for case in found:
        for step in case.scenario.steps:
            matching = definitions.of(case.item, step)
            used.update(map(id, matching))
            if not matching:
                yield f"{case.id}: no step definition: {step.name}"
            if len(matching) > 1:
                yield f"{case.id}: {len(matching)} step definitions match: {step.name}"
    for marker, context in list(step_function_context_registry.items()):
        if not context.step_func.__module__.startswith(STEP_MODULES):
            continue
        if inspect.iscoroutinefunction(context.step_func):
            yield f"async step would never run: {context.parser.name}"
        if id(marker) not in used:
            yield f"unused step definition: {context.parser.name}"


class _Definitions:
    """Which step definitions pytest-bdd would find for a step: those that its item sees and that match it.

    Nothing stands between an item and its module that could hold fixtures, so one look for each module will do;
    pytest-bdd itself looks through all fixtures for every step.
    """

    def __init__(self, session: pytest.Session) -> None:
        self._manager: Any = session._fixturemanager  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - as pytest-bdd does
        self._visible: dict[object, list[tuple[str, Any, StepFunctionContext]]] = {}
        self._matching: dict[tuple[object, str, str], list[Any]] = {}

    def of(self, item: pytest.Item, step: Step) -> list[Any]:
        key = (item.parent, step.type, step.name)
        if key not in self._matching:
            self._matching[key] = [
                function
                for beginning, function, context in self._seen_by(item)
                if step.name.startswith(beginning) and _fits(context, step)
            ]
        return self._matching[key]

    def _seen_by(self, item: pytest.Item) -> list[tuple[str, Any, StepFunctionContext]]:
        if item.parent not in self._visible:
            functions = [
                definition.func
                for name in get_fixture_names(self._manager)
                for definition in getfixturedefs(self._manager, name, item) or ()
                if definition.func in step_function_context_registry
            ]
            contexts = [(function, step_function_context_registry[function]) for function in functions]
            self._visible[item.parent] = [(_beginning(c.parser), function, c) for function, c in contexts]
        return self._visible[item.parent]


def _beginning(parser: parsers.StepParser) -> str:
    """With what a step has to begin to be worth matching; nothing when the kind of parser does not tell."""
    literal = type(parser) in (parsers.string, parsers.parse)
    return parser.name.partition("{")[0] if literal else ""


def _fits(context: StepFunctionContext, step: Step) -> bool:
    return context.type in (None, step.type) and bool(context.parser.is_matching(step.name))


def _identities(found: Sequence[Collected]) -> Iterator[str]:
    times = Counter(case.id for case in found)
    yield from (f"two scenarios have the id {name}" for name, count in times.items() if count > 1)
