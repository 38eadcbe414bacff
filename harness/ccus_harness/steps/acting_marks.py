"""Steps in which records are edited, copied, exported, altered and loaded again, and looked at with their marks."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from pytest_bdd import parsers, when

from ccus_harness.candidates.envelope import nonsense
from ccus_harness.gate import Stopped
from ccus_harness.instruments.artefacts import ArtefactUnreadable, Layout
from ccus_harness.instruments.tables import Added, Flipped, rewritten
from ccus_harness.steps.acting import edit, request

if TYPE_CHECKING:
    from ccus_harness.case import Case

NAME = "t01_name"
HONEST, BAIT = "自社記録カ", "自社記録オ"
HONEST_ITEM = "t07_fax"


def canary_of(case: Case, label: str, item: str = NAME) -> str:
    """The part of a provided value that no other value holds."""
    return next(c.text for c in case.canaries([case.id(label)]) if c.item == item)


@when(parsers.parse("利用者「{user}」が技能者「{label}」の項目「{item}」に、CCUSと同じ値を先に入力する"))
def type_the_same(case: Case, user: str, label: str, item: str) -> None:
    edit(case, user, label, item, case.registered(label, item))


@when(parsers.parse("利用者「{user}」が技能者「{label}」の記録に「{change}」を行う"))
def transform(case: Case, user: str, label: str, change: str) -> None:
    case.seen["change"] = change
    case.seen["changed"] = _CHANGES[change](case, user, label)


def _neighbour(case: Case, user: str, label: str) -> bool:
    edit(case, user, label, HONEST_ITEM, HONEST)
    return bool(case.seen.get("own"))


def _copy(case: Case, user: str, label: str) -> bool:
    place = {"acting_for": case.firm_of(user), "subject": case.id(label), "to_site": case.id("S1")}
    return case.tell("copy", user=case.id(user), **place).done


def _load_again(case: Case, user: str, label: str) -> bool:
    _ = label
    return load(case, user, exported(case, user))


def _restore(case: Case, user: str, label: str) -> bool:
    _ = user, label
    case.tell("backup")
    return case.tell("restore", backup=None).done


def _request_again(case: Case, user: str, label: str) -> bool:
    edit(case, user, label, HONEST_ITEM, HONEST)
    request(case, user, label)
    return case.seen["acts"][-1].reply.done


_CHANGES = {
    "隣の項目の編集": _neighbour,
    "現場の名簿への複写": _copy,
    "書き出したファイルの再取込": _load_again,
    "控えからの復元": _restore,
    "再度の依頼による統合": _request_again,
}


def exported(case: Case, user: str) -> bytes:
    """The file as the user gets it."""
    reply = case.tell("export", user=case.id(user), acting_for=case.firm_of(user), format="csv")
    return reply.bodies[0][1] if reply.bodies else b""


def load(case: Case, user: str, body: bytes) -> bool:
    """The user loads a file; gives whether the candidate took it."""
    file = {"name": "export.csv", "media_type": "text/csv", "body": base64.b64encode(body).decode()}
    return case.tell("reimport", user=case.id(user), acting_for=case.firm_of(user), file=file).done


def _altered(case: Case, body: bytes, flipped: list[Flipped], added: list[Added]) -> bytes:
    try:
        return rewritten(body, case.layout or Layout(), flipped, added)
    except ArtefactUnreadable as fault:
        raise Stopped("candidate", "export", nonsense(f"export: {fault.reason}")) from fault


@when(
    parsers.parse(
        "利用者「{user}」が、書き出したファイルに技能者「{label}」の自社の値を書き足して読み込ませる"
    )
)
def load_honest(case: Case, user: str, label: str) -> None:
    line = Added(subject=case.id(label), item=HONEST_ITEM, value=HONEST, marked=False)
    case.seen["honest_taken"] = load(case, user, _altered(case, exported(case, user), [], [line]))


@when(
    parsers.parse(
        "利用者「{user}」が、技能者「{label}」の印を書き換え、提供されていない「{other}」をCCUS由来として書き足したファイルを読み込ませる"
    )
)
def load_altered(case: Case, user: str, label: str, other: str) -> None:
    """The registered name of the one provided turns into the user's own, the own value and a stranger into CCUS's."""
    subject = case.id(label)
    flipped = [
        Flipped(subject=subject, value=canary_of(case, label), marked=False),
        Flipped(subject=subject, value=BAIT, marked=True),
    ]
    stranger = Added(subject=case.id(other), item=NAME, value=case.registered(other, NAME), marked=True)
    load(case, user, _altered(case, exported(case, user), flipped, [stranger]))


@when(parsers.parse("利用者「{user}」の画面と書き出したファイルで、技能者「{label}」の値と印を控える"))
def look_at_marks(case: Case, user: str, label: str) -> None:
    case.seen["screen"] = case.view(user, subject=case.id(label)).reply
    case.seen["file"] = exported(case, user)


@when("保有データを、そのままの形で控える")
def take_raw(case: Case) -> None:
    case.seen["raw"] = [body for _, body in case.tell("holdings").bodies]
