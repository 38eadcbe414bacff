"""Steps in which signs of incidents and later news reach the operator. Every one of them is a drill."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from pytest_bdd import parsers, when

from ccus_harness.observations import Told

if TYPE_CHECKING:
    from ccus_harness.case import Case

ACTORS = {
    "甲の従業者": "kou_employee",
    "利用事業者": "tei_firm",
    "委託先": "contractor",
    "社外の者": "outsider",
    "不明の者": "unknown",
}
NATURES = {"漏えい": "leak", "目的外利用": "purpose_misuse", "見せ過ぎ": "scope_violation"}
NEWS = {
    "原因が分かった": {"kind": "facts", "text": "利用者の端末から認証情報が盗まれていた。"},
    "乙が協議に応じ、止めることに合意した": {"kind": "consultation", "text": "直ちに止める。"},
    "対応がすべて終わった": {"kind": "closed", "text": "利用者の端末から認証情報が盗まれていた。"},
}
FIRST = "最初"
"""What a drill is called that has no other beside it."""


def deliver(case: Case, name: str, subjects: list[str], **facts: Any) -> None:
    """Hands a sign to the help desk now. T0 is this moment, which is ours; what the operator answers is only noted."""
    told: dict[str, Told] = case.seen.setdefault("told", {})
    token = told[name].token if name in told else f"ENSHU-{case.number:07d}-{len(told) + 1}"
    incident: dict[str, Any] = {
        "token": token,
        "nature": "leak",
        "delivered_at": case.now.isoformat(),
        "delivered_to": "help_desk",
        "drill": True,
        "subjects": subjects,
        "path": None,
        "actor": "kou_employee",
        **facts,
    }
    reply = case.tell("announce", kind="incident", incident=incident)
    said = Told(
        token=token, at=case.now, taken=reply.outcome in ("done", "pending"), detail=dict(reply.detail)
    )
    if name in told:
        case.seen.setdefault("news", {})[name, incident["news"]["kind"]] = said
    else:
        told[name] = said
        case.seen.setdefault("signs", {})[name] = incident


@when(parsers.parse("甲の窓口に、技能者「{labels}」の{nature}を知らせる演習の合図が届く"))
def tell(case: Case, labels: str, nature: str) -> None:
    deliver(case, FIRST, case.ids(labels), nature=NATURES[nature])


@when(
    parsers.parse(
        "甲の窓口に、{actor}が起こした技能者「{labels}」の漏えいを知らせる演習の合図「{name}」が届く"
    )
)
def tell_by(case: Case, actor: str, labels: str, name: str) -> None:
    deliver(case, name, case.ids(labels), actor=ACTORS[actor])


@when(
    parsers.parse(
        "甲の窓口に、技能者「{label}」の項目「{item}」だけの漏えいを知らせる演習の合図「{name}」が届く"
    )
)
def tell_one_item(case: Case, label: str, item: str, name: str) -> None:
    deliver(case, name, case.ids(label), items=[item])


@when(
    parsers.parse(
        "甲の窓口に、技能者「{labels}」の、暗号化された控えの漏えいを知らせる演習の合図「{name}」が届く"
    )
)
def tell_encrypted(case: Case, labels: str, name: str) -> None:
    deliver(case, name, case.ids(labels), protection="encrypted")


@when(parsers.parse("甲の窓口に、技能者「{labels}」の漏えいの疑いを知らせる演習の合図「{name}」が届く"))
def tell_suspected(case: Case, labels: str, name: str) -> None:
    deliver(case, name, case.ids(labels), status="suspected")


@when(
    parsers.parse(
        "甲の窓口に、利用者が書き出した技能者「{labels}」の表の漏えいを知らせる演習の合図「{name}」が届く"
    )
)
def tell_outside(case: Case, labels: str, name: str) -> None:
    deliver(case, name, case.ids(labels), place="outside", actor="unknown")


@when(
    parsers.parse(
        "甲の窓口に、技能者「{labels}」を見せてよくない事業者に見せたことを知らせる演習の合図「{name}」が届く"
    )
)
def tell_overview(case: Case, labels: str, name: str) -> None:
    deliver(case, name, case.ids(labels), nature="scope_violation")


@when(
    parsers.parse(
        "甲の窓口に、「{user}」の認証情報から技能者「{labels}」が漏えいしていると知らせる演習の合図が届く"
    )
)
def tell_leaking_account(case: Case, user: str, labels: str) -> None:
    path = {"kind": "account", "account": case.id(user)}
    deliver(case, FIRST, case.ids(labels), path=path, actor="outsider")


@when(parsers.parse("時計が{day}の{clock}に進む"))
def until(case: Case, day: str, clock: str) -> None:
    case.advance(datetime.fromisoformat(f"{day}T{clock}:00+09:00") - case.now)


@when(parsers.parse("{hours:d}時間が過ぎる"))
def hours_pass(case: Case, hours: int) -> None:
    case.advance(timedelta(hours=hours))


@when(parsers.parse("甲に、その事故について「{news}」と知らせる"))
def tell_more(case: Case, news: str) -> None:
    name = FIRST if FIRST in case.seen["told"] else next(iter(case.seen["told"]))
    first: dict[str, Any] = case.seen["signs"][name]
    facts = {key: first[key] for key in ("nature", "path", "actor")}
    deliver(case, name, first["subjects"], **facts, news=NEWS[news])
