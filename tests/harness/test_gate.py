"""The gate: live, replay and resume are one mechanism."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ccus_harness.gate import Answer, Call, Closed, Diverged, Gate, Stopped

if TYPE_CHECKING:
    from collections.abc import Mapping


class Counter:
    """A world whose answers depend on how often it was asked."""

    def __init__(self, *answers: Answer) -> None:
        self.asked: list[str] = []
        self.answers = list(answers)

    def __call__(self, who: str, op: str, args: Mapping[str, Any]) -> Answer:
        self.asked.append(op)
        return self.answers.pop(0) if self.answers else Answer(value=len(self.asked))


def nobody(who: str, op: str, args: Mapping[str, Any]) -> Answer:
    raise AssertionError(f"{who}.{op} was asked although everything is on the tape")


def live(world: Counter, *ops: str) -> list[Call]:
    tape: list[Call] = []
    gate = Gate([], world, tape.append)
    for op in ops:
        gate.try_ask("candidate", op, {"n": 1})
    return tape


def test_a_replay_gives_the_same_answers_and_contacts_nobody() -> None:
    tape = live(Counter(), "request", "view")
    again: list[Call] = []
    gate = Gate(tape, None, again.append)
    assert [gate.ask("candidate", "request", {"n": 1}), gate.ask("candidate", "view", {"n": 1})] == [1, 2]
    assert again == tape
    assert gate.unused == 0


def test_a_resume_plays_what_is_taped_and_asks_for_the_rest() -> None:
    tape = live(Counter(), "request", "view")
    world = Counter()
    gate = Gate(tape[:1], world)
    assert gate.ask("candidate", "request", {"n": 1}) == 1
    assert gate.ask("candidate", "view", {"n": 1}) == 1
    assert world.asked == ["view"]


def test_a_step_that_asks_something_else_than_the_tape_holds_is_our_fault() -> None:
    tape = live(Counter(), "request")
    with pytest.raises(Diverged):
        Gate(tape, None).ask("candidate", "view", {"n": 1})
    with pytest.raises(Diverged):
        Gate(tape, None).ask("candidate", "request", {"n": 2})


def test_a_replay_that_runs_past_the_end_of_the_tape_is_our_fault() -> None:
    gate = Gate(live(Counter(), "request"), None)
    gate.ask("candidate", "request", {"n": 1})
    with pytest.raises(Diverged):
        gate.ask("candidate", "view", {"n": 1})


def test_taped_calls_that_nobody_asked_for_are_counted() -> None:
    gate = Gate(live(Counter(), "request", "view"), None)
    gate.ask("candidate", "request", {"n": 1})
    assert gate.unused == 1


def test_a_judging_step_cannot_contact_the_world() -> None:
    gate = Gate([], Counter())
    gate.closed = True
    with pytest.raises(Closed):
        gate.ask("candidate", "view", {})


@pytest.mark.parametrize(
    "answer",
    [
        Answer(status="unanswered", fault="hung", blame="product"),
        Answer(status="unsupported", capability="restore"),
        Answer(status="pending", due="2026-05-01T00:00:00+09:00"),
    ],
)
def test_an_answer_that_is_none_stops_the_scenario_and_is_on_the_tape(answer: Answer) -> None:
    tape: list[Call] = []
    with pytest.raises(Stopped) as stopped:
        Gate([], Counter(answer), tape.append).ask("candidate", "restore", {})
    assert stopped.value.answer == answer
    with pytest.raises(Stopped):
        Gate(tape, None).ask("candidate", "restore", {})


def test_a_pending_answer_is_asked_again_on_resume_but_not_on_replay() -> None:
    tape: list[Call] = []
    with pytest.raises(Stopped):
        Gate([], Counter(Answer(status="pending", due="later")), tape.append).ask("candidate", "advance", {})
    world = Counter(Answer(value="now"))
    assert Gate(tape, world).ask("candidate", "advance", {}) == "now"
    assert world.asked == ["advance"]
    with pytest.raises(Stopped):
        Gate(tape, None).ask("candidate", "advance", {})


def test_what_is_judged_live_is_what_a_replay_will_see() -> None:
    world = Counter(Answer(value={"items": ("a", "b")}))
    assert Gate([], world).ask("candidate", "view", {}) == {"items": ["a", "b"]}


def test_a_full_tape_is_enough_even_where_somebody_could_be_asked() -> None:
    gate = Gate(live(Counter(), "request"), nobody)
    assert gate.ask("candidate", "request", {"n": 1}) == 1
