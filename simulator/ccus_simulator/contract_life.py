"""The life of the contract: one table of (state, event) → state, and the diagram drawn from it."""

from typing import Final, Literal

State = Literal["unsigned", "in_force", "disposing", "retaining", "closed"]
Step = Literal["sign", "end", "claim", "lapse", "certify"]

STEPS: Final[dict[tuple[State, Step], State]] = {
    ("unsigned", "sign"): "in_force",
    ("unsigned", "end"): "closed",
    ("in_force", "end"): "disposing",
    ("disposing", "claim"): "retaining",
    ("disposing", "certify"): "closed",
    ("retaining", "lapse"): "disposing",
}
"""Articles 5 and 6: a claim is the proviso of 第6条, a lapse is the end of its conditions."""

LABELS: Final[dict[State | Step, str]] = {
    "unsigned": "締結前",
    "in_force": "有効",
    "disposing": "終了・廃棄中",
    "retaining": "終了・継続保有",
    "closed": "完了",
    "sign": "締結の日",
    "end": "終了（事由を問わない）",
    "claim": "第6条ただし書の主張",
    "lapse": "条件を満たさなくなった",
    "certify": "廃棄証明書の受領",
}
CAUSES: Final = ("満了", "解除", "認定取消", "廃止", "倒産", "その他")


class NoSuchStep(Exception):
    """An event that cannot happen in this state of the contract."""

    def __init__(self, state: State, step: Step) -> None:
        self.state = state
        self.step = step
        super().__init__(state, step)

    def __str__(self) -> str:
        possible = ", ".join(step for state, step in STEPS if state == self.state) or "none"
        return f"{self.step!r} cannot happen in state {self.state!r}; possible here: {possible}."


def after(state: State, step: Step) -> State:
    """Return the state that follows; raises `NoSuchStep`."""
    try:
        return STEPS[state, step]
    except KeyError:
        raise NoSuchStep(state, step) from None


def diagram() -> str:
    """Draw the table as text."""
    lines = (f"{LABELS[state]} ──{LABELS[step]}──▶ {LABELS[to]}" for (state, step), to in STEPS.items())
    return "\n".join(lines)
