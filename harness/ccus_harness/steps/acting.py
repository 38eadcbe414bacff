"""Steps in which somebody acts: worlds, users, the Fund, the operator, time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from pytest_bdd import given, parsers, when

from ccus_harness.observations import Act

if TYPE_CHECKING:
    from ccus_harness.case import Case

WORLDS = {"標準": "standard", "入り組んだ": "tangled", "小さな": "tiny"}
FAULTS = {
    "別紙1にない項目を混ぜて送る": "extra_fields",
    "次の版の様式で新しい項目を送る": "schema_growth",
    "自由記述にメールアドレスとIDを書き込んで送る": "smuggled_text",
    "頼まれていない者の記録も送る": "unsolicited",
    "契約の終了後も提供を止めない": "answers_after_end",
    "契約の始まる前から提供する": "answers_before_start",
}
END_OF_DAY = {"24:00": timedelta(days=1), "00:00": timedelta()}


@given(parsers.re("「(?P<name>[^」]+)」の?世界がある"))
def build(case: Case, name: str) -> None:
    case.build(WORLDS[name])


@given(parsers.parse("模擬CCUSだけに「{name}」世界がある"))
def build_without_candidate(case: Case, name: str) -> None:
    case.build(WORLDS[name], candidate=False)


@given(parsers.parse("「{name}」の世界があり、契約は{day}に満了し、その時点は「{reading}」と読む"))
def build_ending(case: Case, name: str, day: str, reading: str) -> None:
    instant = reading.removeprefix("term.instant=")
    case.build(WORLDS[name], contract={"ends_on": day, "instant": instant})
    case.seen["end"] = datetime.fromisoformat(f"{day}T00:00:00+09:00") + END_OF_DAY[instant]


@given(parsers.parse("CCUSが{behaviour}状態にある"))
@when(parsers.parse("CCUSが{behaviour}状態になる"))
def misbehave(case: Case, behaviour: str) -> None:
    case.simulator("fault", name=FAULTS[behaviour])


def _request(case: Case, user: str, labels: str, **args: Any) -> None:
    before: int = case.seen.get("ledger_length", 0)
    reply = case.request(user, case.ids(labels) if labels else [], **args)
    ledger = case.ledger()
    case.seen["ledger_length"] = len(ledger)
    act = Act(user=user, labels=tuple(labels.split("、")), reply=reply, gained=tuple(ledger[before:]))
    case.seen.setdefault("acts", []).append(act)


@when(parsers.parse("利用者「{user}」が技能者「{labels}」の登録情報を依頼する"))
def request(case: Case, user: str, labels: str) -> None:
    _request(case, user, labels)


@when(parsers.parse("{who}の利用者「{user}」が、自社に所属しない技能者「{label}」の登録情報を依頼する"))
def request_foreign(case: Case, user: str, label: str) -> None:
    _request(case, user, label)


@when(parsers.parse("技能者の利用者「{user}」が技能者の資格で「{label}」の登録情報を依頼する"))
def request_as_technician(case: Case, user: str, label: str) -> None:
    _request(case, user, label, capacity="technician")


@when(parsers.parse("技能者の利用者「{user}」が技能者の資格で所属事業者の事業者情報を依頼する"))
def request_employer(case: Case, user: str) -> None:
    _request(case, user, "", capacity="technician", own_business=True)


@when(
    parsers.parse("利用者「{user}」が技能者「{label}」の項目「{item}」に自社で調べた値「{value}」を入力する")
)
def edit(case: Case, user: str, label: str, item: str, value: str) -> None:
    reply = case.tell(
        "edit",
        user=case.id(user),
        acting_for=case.firm_of(user),
        subject=case.id(label),
        item=item,
        value=value,
    )
    if reply.done:
        case.seen.setdefault("own", []).append((case.id(label), item, value))


@when(parsers.parse("利用者が何も依頼しないまま{days:d}日が過ぎる"))
def idle(case: Case, days: int) -> None:
    before = len(case.ledger())
    jobs: list[Any] = []
    for _ in range(days):
        said: Any = case.advance(timedelta(days=1)).detail.get("jobs")
        jobs.extend(cast("list[Any]", said) if isinstance(said, list) else [])
    ledger = case.ledger()
    case.seen["idle"] = ledger[before:]
    case.seen["idle_jobs"] = jobs
    case.seen["ledger_length"] = len(ledger)


@when(parsers.parse("満了の{amount:d}{unit}前まで時が進む"))
def until_before_end(case: Case, amount: int, unit: str) -> None:
    case.advance(case.seen["end"] - _UNITS[unit] * amount - case.now)


@when(parsers.parse("満了の{amount:d}{unit}後まで時が進む"))
def until_after_end(case: Case, amount: int, unit: str) -> None:
    case.advance(case.seen["end"] + _UNITS[unit] * amount - case.now)


_UNITS = {"時間": timedelta(hours=1), "秒": timedelta(seconds=1)}


@when(parsers.parse("乙が契約を「{cause}」で終了させる"))
def end_by_fund(case: Case, cause: str) -> None:
    case.simulator("contract", event="end", cause=cause, at=case.now.isoformat())


def announce_end(case: Case, cause: str, retention: dict[str, Any]) -> None:
    """The contract ends by the Fund's doing, and the operator is told at once."""
    end_by_fund(case, cause)
    at = case.now.isoformat()
    end = {"cause": cause, "ended_at": at, "known_at": at, "retention": retention}
    case.seen.update(end=case.now, cause=cause)
    case.seen["end_announced"] = case.tell("announce", kind="contract_end", end=end)


@when(parsers.parse("契約が「{cause}」で終了し、甲に知らされる"))
def end(case: Case, cause: str) -> None:
    announce_end(case, cause, {"claim": False, "conditions": []})


@when(parsers.parse("契約が「{cause}」で終了し、甲は条件を満たすとして継続保有を申し出る"))
def end_retaining(case: Case, cause: str) -> None:
    condition = {"ref": "認定契約第13条2項（見本）", "met": True, "evidence": "演習用の見本の証拠"}
    announce_end(case, cause, {"claim": True, "conditions": [condition]})
