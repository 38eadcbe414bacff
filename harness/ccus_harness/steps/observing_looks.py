"""Steps in which users look at people and firms, each look kept with the world as it stood."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_bdd import parsers, when

from ccus_harness.case import Reply
from ccus_harness.looks import Look, looks_of, world_of

if TYPE_CHECKING:
    from ccus_harness.case import Case, View


def note(case: Case, view: View, label: str, *, acting: str | None = "", channel: str = "screen") -> Look:
    """Keeps whether anything of a technician stood in what a user got; `acting` is a firm's label, None for no firm."""
    look = looked(case, view, label, acting=acting, channel=channel)
    looks_of(case).append(look)
    return look


def looked(case: Case, view: View, label: str, *, acting: str | None = "", channel: str = "screen") -> Look:
    """What a user got as a look at a technician, with the world as it stands now."""
    firm = case.firm_of(view.user) if acting == "" else (case.id(acting) if acting else None)
    world, subject = world_of(case), case.id(label)
    return Look(
        user=view.user,
        label=label,
        subject=subject,
        viewer=world.acting(case.id(view.user), firm if _is_member(case, view.user) else None),
        world=world,
        at=case.now,
        shown=view.shows(subject),
        items=frozenset(item for owner, item in view.items if owner == subject),
        acting="-" if acting is None else acting,
        channel=channel,
    )


def _is_member(case: Case, user: str) -> bool:
    return any(a["label"] == user and a["role"] == "member" for a in case.document["accounts"])


@when(parsers.parse("「{users}」が「{labels}」を見て、見えたかどうかを控える"))
def look_each(case: Case, users: str, labels: str) -> None:
    for user in users.split("、"):
        for label in labels.split("、"):
            note(case, case.view(user, subject=case.id(label)), label)


@when("すべての利用者がすべての技能者を見て、見えたかどうかを控える")
def look_all(case: Case) -> None:
    people = [row["label"] for row in case.document["technicians"]]
    for account in case.document["accounts"]:
        if len(account["businesses"]) > 1:
            continue  # whoever stands for several firms looks as each of them, in a step of its own
        for label in people:
            note(case, case.view(account["label"], subject=case.id(label)), label)


@when(
    parsers.parse(
        "二社に属する「{user}」が、「{firms}」のそれぞれとして、また、どの社とも決めずに「{labels}」を見て、見えたかどうかを控える"
    )
)
def look_as_each(case: Case, user: str, firms: str, labels: str) -> None:
    for firm in (*firms.split("、"), None):
        acting_for = case.id(firm) if firm else None
        for label in labels.split("、"):
            view = case.view(user, subject=case.id(label), acting_for=acting_for)
            note(case, view, label, acting=firm)


@when(parsers.parse("「{users}」が「{firm}」の事業者情報を見て、見えたかどうかを控える"))
def look_at_firm(case: Case, users: str, firm: str) -> None:
    case.seen["firm_views"] = {
        user: case.view(user, "business", subject=case.id(firm)) for user in users.split("、")
    }


@when("申請システムの閲覧の記録を調べる")
def read_view_log(case: Case) -> None:
    answer = case.try_tell("view_log")
    case.seen["view_log"] = Reply.of(answer.value) if answer.status == "answered" else None
