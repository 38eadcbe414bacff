"""The gate at collection: every silent trap of pytest-bdd stops the run with a sentence."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

from ccus_harness import collection
from ccus_harness.register import load_register

if TYPE_CHECKING:
    from collections.abc import Sequence

SOUND = """\
# language: ja
機能: 第2条
  @A2-2-03
  シナリオ: 一つ目
    前提 世界がある
    もし 何かをする
    ならば 【A2-2-03】見られない
"""

STEPS = """\
from pytest_bdd import given, parsers, scenarios, then, when
@given("世界がある")
def _a(): ...
@when("何かをする")
def _b(): ...
@then(parsers.parse("【{row}】見られない"))
def _c(): ...
scenarios(".")
"""


class Gate:
    """Runs the collection gate in a pytest of its own and keeps what it found."""

    def __init__(self, features: pytest.Pytester) -> None:
        self.features = features
        self.faults: Sequence[str] = ()
        self.found = 0

    @pytest.hookimpl(tryfirst=True)
    def pytest_bdd_apply_tag(self, tag: str, function: object) -> bool:
        return True

    def pytest_collection_modifyitems(self, session: pytest.Session, items: list[pytest.Item]) -> None:
        found = collection.collected(items)
        self.found = len(found)
        try:
            collection.check(found, self.features.path, load_register(), session)
        except collection.FaultyFeatures as fault:
            self.faults = fault.faults


@pytest.fixture
def faults(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch):  # noqa: ANN201 - a function
    monkeypatch.setattr(collection, "STEP_MODULES", "test_steps")
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # as in a run, and they take long to load

    def run(feature: str, steps: str = STEPS) -> Sequence[str]:
        pytester.path.joinpath("a.feature").write_text(feature, encoding="utf-8")
        pytester.path.joinpath("test_steps.py").write_text(textwrap.dedent(steps), encoding="utf-8")
        gate = Gate(pytester)
        options = ("-ppytest_bdd.plugin", "--import-mode=importlib")
        pytester.inline_run("--collect-only", *options, plugins=[gate])
        assert gate.found
        return gate.faults

    return run


def test_sound_features_pass(faults) -> None:  # noqa: ANN001
    assert faults(SOUND) == ()


@pytest.mark.parametrize(
    ("feature", "said"),
    [
        (SOUND + SOUND[SOUND.index("  @A2-2-03") :], "two scenarios are named"),
        (SOUND.replace("機能: 第2条\n", "機能: 第2条\n  シナリオ：消える\n"), "full-width"),
        (SOUND.replace("もし 何かをする", "もし 知らないことをする"), "no step definition"),
        (SOUND.replace("@A2-2-03", "@A2-2-04"), "tags"),
        (SOUND.replace("@A2-2-03\n", "@A2-2-03 @A2-2-05\n"), "tags"),
        (SOUND.replace("A2-2-03", "A9-99"), "no row A9-99"),
        (SOUND.replace("世界がある", "【A2-2-03】世界がある"), "outside a judging step"),
        (
            SOUND.replace("シナリオ:", "シナリオアウトライン:").replace("何かをする", "<物>をする"),
            "no example",
        ),
    ],
)
def test_a_trap_in_the_features_is_named(faults, feature: str, said: str) -> None:  # noqa: ANN001
    assert any(said in fault for fault in faults(feature)), faults(feature)


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        (STEPS.replace("def _b", "async def _b"), "async step"),
        (STEPS + '@when(parsers.parse("何か{x}する"))\ndef _d(x): ...\n', "2 step definitions match"),
        (STEPS + '@when("だれも使わない")\ndef _d(): ...\n', "unused step"),
        (STEPS.replace('parsers.parse("【{row}】見られない")', '"見られない"'), "no step definition"),
    ],
)
def test_a_trap_in_the_steps_is_named(faults, steps: str, said: str) -> None:  # noqa: ANN001
    assert any(said in fault for fault in faults(SOUND, steps)), faults(SOUND, steps)


def test_all_faults_are_told_at_once(faults) -> None:  # noqa: ANN001
    broken = SOUND.replace("A2-2-03", "A9-99").replace("何かをする", "知らないことをする")
    assert len(faults(broken)) >= 2
