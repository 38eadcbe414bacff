"""The life of the contract: one table of (state, event) → state, and the diagram drawn from it."""

from typing import Final, Literal

State = Literal["unsigned", "in_force", "disposing", "retaining", "closed"]
Step = Literal[
    "sign", "end_set", "renew", "note", "end", "claim", "lapse_set", "restore", "lose", "lapse", "certify"
]

STEPS: Final[dict[tuple[State, Step], State]] = {
    ("unsigned", "sign"): "in_force",
    ("unsigned", "end_set"): "unsigned",
    ("unsigned", "end"): "closed",
    ("in_force", "end_set"): "in_force",
    ("in_force", "renew"): "in_force",
    ("in_force", "note"): "in_force",
    ("in_force", "end"): "disposing",
    ("disposing", "claim"): "retaining",
    ("disposing", "certify"): "closed",
    ("retaining", "lose"): "retaining",
    ("retaining", "lapse_set"): "retaining",
    ("retaining", "restore"): "retaining",
    ("retaining", "lapse"): "disposing",
    ("retaining", "certify"): "closed",
}
"""第5条 and 第6条: an end has any cause; a claim is the proviso of 第6条, a lapse the end of its conditions."""

STATES: Final[dict[State, tuple[str, str]]] = {
    "unsigned": ("締結前", "not signed"),
    "in_force": ("有効", "in force"),
    "disposing": ("終了・廃棄中", "ended, disposing"),
    "retaining": ("終了・継続保有", "ended, retaining"),
    "closed": ("完了", "closed"),
}
LABELS: Final[dict[Step, tuple[str, str]]] = {
    "sign": ("締結の日", "day of signing"),
    "end_set": ("終了日の予告", "end announced for a coming moment"),
    "renew": ("認定契約の更新", "certification contract renewed"),
    "note": ("満了以外の事由（満了だけが終了とする解釈）", "another cause, where only expiry ends"),
    "end": ("終了（事由を問わない）", "end, by any cause"),
    "claim": ("第6条ただし書の主張", "claim of the proviso of 第6条"),
    "lapse_set": ("是正期間の開始", "cure period begins"),
    "restore": ("条件の回復", "conditions restored"),
    "lose": ("条件の一つを欠く（一つで足りる解釈）", "one condition lost, where any one is enough"),
    "lapse": ("条件を満たさなくなった", "conditions no longer met"),
    "certify": ("廃棄証明書の受領", "disposal certificate received"),
}
EXPIRY: Final = "満了"
CAUSES: Final = (EXPIRY, "解除", "認定取消", "廃止", "倒産", "その他")


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
    """Draw the table as a Mermaid state diagram; docs/contract-life.md shows it."""
    names = (f"    {state}: {ja}<br/>{en}" for state, (ja, en) in STATES.items())
    arrows = (f"    {state} --> {to}: {LABELS[step][0]}" for (state, step), to in STEPS.items())
    return "\n".join(("stateDiagram-v2", *names, "    [*] --> unsigned", *arrows, "    closed --> [*]"))
