"""Steps in which the contract begins, ends or is cut short, and in which a clock is wrong."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pytest_bdd import given, parsers, when

from ccus_harness.case import Reply
from ccus_harness.gate import Stopped
from ccus_harness.observations import Act
from ccus_harness.steps.acting import END_OF_DAY, WORLDS

if TYPE_CHECKING:
    from ccus_harness.case import Case

HOUR = timedelta(hours=1)


@given(parsers.parse("「{name}」世界があり、契約は翌日に締結される"))
def build_unsigned(case: Case, name: str) -> None:
    start = datetime.fromisoformat(case.gate.ask("clock", "start", {}))
    tomorrow = (start + timedelta(days=1)).date()
    case.build(WORLDS[name], contract={"signed_on": tomorrow.isoformat()})
    case.seen["start"] = datetime.fromisoformat(f"{tomorrow.isoformat()}T00:00:00+09:00")


@given(parsers.parse("「{name}」世界があり、CCUSは依頼の処理に{hours:d}時間かける"))
def build_slow(case: Case, name: str, hours: int) -> None:
    case.build(WORLDS[name], processing_seconds=hours * 3600)


@given(
    parsers.parse("「{name}」世界があり、CCUSは依頼の処理に{hours:d}時間かけ、契約は{days:d}日後に満了する")
)
def build_slow_ending(case: Case, name: str, hours: int, days: int) -> None:
    last = _day(case, days)
    case.build(WORLDS[name], contract={"ends_on": last}, processing_seconds=hours * 3600)
    _ends(case, last)


@given(parsers.parse("「{name}」世界があり、契約は{days:d}日後に満了する"))
def build_ending_soon(case: Case, name: str, days: int) -> None:
    last = _day(case, days)
    case.build(WORLDS[name], contract={"ends_on": last})
    _ends(case, last)


@given(parsers.parse("「{name}」世界があり、中途の終了は「{reading}」と読む"))
def build_under_reading(case: Case, name: str, reading: str) -> None:
    parameter, _, option = reading.partition("=")
    case.build(WORLDS[name], readings={parameter: option})


def _day(case: Case, days: int) -> str:
    start = datetime.fromisoformat(case.gate.ask("clock", "start", {}))
    return (start + timedelta(days=days)).date().isoformat()


def _ends(case: Case, last: str) -> None:
    case.seen["end"] = datetime.fromisoformat(f"{last}T00:00:00+09:00") + END_OF_DAY["24:00"]


@when(parsers.parse("締結の日の始まりから{seconds:d}秒後まで時が進む"))
def until_signed(case: Case, seconds: int) -> None:
    case.advance(case.seen["start"] + timedelta(seconds=seconds) - case.now)


@when(parsers.parse("認定契約が改められ、契約の終わりが{days:d}日早まる"))
def cut_short(case: Case, days: int) -> None:
    case.seen["end"] -= timedelta(days=days)
    case.simulator("contract", event="end", cause="満了", at=case.seen["end"].isoformat())


@when(parsers.parse("申請システムの時計が止まったまま、CCUSの時計だけが満了の{hours:d}時間後まで進む"))
def only_ccus_moves(case: Case, hours: int) -> None:
    case.simulator("clock", to=(case.seen["end"] + HOUR * hours).isoformat())


@when(parsers.parse("{days:d}日が過ぎる"))
def days_pass(case: Case, days: int) -> None:
    case.advance(timedelta(days=days))


@when(parsers.parse("利用者「{user}」が技能者「{label}」の登録情報を依頼し、CCUSの処理を待たない"))
def request_without_waiting(case: Case, user: str, label: str) -> None:
    before = len(case.ledger())
    answer = case.try_tell(
        "request",
        user=case.id(user),
        acting_for=case.firm_of(user),
        capacity="business",
        technicians=[case.id(label)],
        own_business=False,
        purpose="safety_documents",
    )
    if answer.status not in ("answered", "pending"):
        raise Stopped("candidate", "request", answer)
    nothing = Reply(outcome="pending", reason=None, bodies=(), detail={})
    reply = Reply.of(answer.value) if answer.status == "answered" else nothing
    ledger = case.ledger()
    case.seen["ledger_length"] = len(ledger)
    act = Act(user=user, labels=(label,), reply=reply, gained=tuple(ledger[before:]))
    case.seen.setdefault("acts", []).append(act)
