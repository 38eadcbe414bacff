"""The one gate through which a scenario meets the world; everything that passes is taped in order.

Three modes are one mechanism: *live* is an empty tape and someone to ask, *replay* a full tape and
nobody to ask, *resume* a partial tape and someone to ask (design §4.4).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ccus_harness.verdicts import Blame

Status = Literal["answered", "unanswered", "pending", "unsupported"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back through the gate.

    `value` is JSON. `fault` names what went wrong when nobody answered, `blame` whose it is, `due`
    when a pending answer can be asked for again, `capability` what the candidate lacks.
    """

    status: Status = "answered"
    value: Any = None
    fault: str = ""
    blame: Blame | None = None
    due: str | None = None
    capability: str = ""

    def document(self) -> dict[str, Any]:
        """This answer as it stands on the tape: only what is set."""
        parts = {
            "value": self.value,
            "fault": self.fault,
            "blame": self.blame,
            "due": self.due,
            "capability": self.capability,
        }
        return {"status": self.status, **{key: part for key, part in parts.items() if part not in (None, "")}}

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Answer:
        return cls(**document)


class Asker(Protocol):
    """Whoever can be asked live: it performs one operation and always comes back with an answer."""

    def __call__(self, who: str, op: str, args: Mapping[str, Any]) -> Answer: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One contact with the world as the tape keeps it."""

    who: str
    op: str
    args: Mapping[str, Any]
    answer: Answer

    @property
    def key(self) -> str:
        return json.dumps([self.who, self.op, self.args], sort_keys=True, ensure_ascii=False)


class GateFault(Exception):
    """The step code broke a rule of the gate: ours to mend, never the candidate's."""


class Diverged(GateFault):
    """The step code asked for something that the tape does not hold at this place."""

    def __init__(self, place: int, taped: str, asked: str) -> None:
        super().__init__(f"call {place}: the tape holds {taped[:300]}, the step asked {asked[:300]}")
        self.place = place


class Closed(GateFault):
    """A judging step (ならば) tried to contact the world."""


class Stopped(Exception):
    """The scenario cannot go on; the rows it did not reach take their word from `answer`."""

    def __init__(self, who: str, op: str, answer: Answer) -> None:
        super().__init__(
            f"{who}.{op}: {answer.status} {answer.fault or answer.capability or answer.due or ''}"
        )
        self.who = who
        self.op = op
        self.answer = answer


class Gate:
    """Passes a scenario's calls to the world, or answers them from the tape.

    `record` is told every call, taped or live, so that a replay writes the same stream.
    """

    def __init__(
        self, tape: Sequence[Call], asker: Asker | None, record: Callable[[Call], None] = lambda _call: None
    ) -> None:
        self._tape = list(tape)
        self._asker = asker
        self._record = record
        self._place = 0
        self.closed = False

    def ask(self, who: str, op: str, args: Mapping[str, Any]) -> Any:
        """The value of an answered call; raises `Stopped` for every other status."""
        answer = self.try_ask(who, op, args)
        if answer.status != "answered":
            raise Stopped(who, op, answer)
        return answer.value

    def try_ask(self, who: str, op: str, args: Mapping[str, Any]) -> Answer:
        """Like `ask`, for steps that go on without the answer when the candidate lacks the operation."""
        if self.closed:
            raise Closed(f"{who}.{op} was asked in a judging step")
        call = self._taped(who, op, args) or self._live(who, op, args)
        self._place += 1
        self._record(call)
        return call.answer

    def _taped(self, who: str, op: str, args: Mapping[str, Any]) -> Call | None:
        if self._place >= len(self._tape):
            return None
        taped = self._tape[self._place]
        asked = Call(who=who, op=op, args=args, answer=taped.answer)
        if taped.key != asked.key:
            raise Diverged(self._place, taped.key, asked.key)
        # Only what a scenario stopped at is asked again; a step that went on did not wait for the answer.
        stopped_here = taped.answer.status == "pending" and self._place == len(self._tape) - 1
        return None if stopped_here and self._asker is not None else taped

    def _live(self, who: str, op: str, args: Mapping[str, Any]) -> Call:
        if self._asker is None:
            raise Diverged(self._place, "nothing more", f"{who}.{op}")
        answer = self._asker(who, op, args)
        # What is judged is what a replay will see: the JSON of the answer, nothing that only lives in memory.
        return Call(who=who, op=op, args=args, answer=Answer.of(json.loads(json.dumps(answer.document()))))

    @property
    def live(self) -> bool:
        """Whether there is somebody to ask, and so something to wait for."""
        return self._asker is not None

    @property
    def unused(self) -> int:
        """How many taped calls the steps did not ask for; not zero after a whole replay is a fault of ours."""
        return max(0, len(self._tape) - self._place)
