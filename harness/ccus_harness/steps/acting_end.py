"""Steps around the end: own entries before it, news of it, drills after it, and retention with its conditions."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from pytest_bdd import given, parsers, when

from ccus_harness.case import View
from ccus_harness.instruments.periods import due
from ccus_harness.observations import Kept, Moment
from ccus_harness.readings import load_policy
from ccus_harness.steps.acting import WORLDS, edit, end_by_fund
from ccus_harness.steps.observing import PHONE_ITEM
from ccus_harness.watching import instants

if TYPE_CHECKING:
    from ccus_harness.case import Case

TABLET = "tablet-1"
YEAR_END = (12, 25, 18)
"""A day from which the last days of the year, on which many offices are closed, are near."""


@given(parsers.parse("「{name}」世界があり、終了時の扱いは「{reading}」と読む"))
def build_reading(case: Case, name: str, reading: str) -> None:
    """The simulator has no part in this reading; the judging step follows it."""
    case.build(WORLDS[name])
    case.seen["reading"] = reading


# -- before the end ------------------------------------------------------------------------------


@when(parsers.parse("利用者「{user}」が技能者「{label}」の電話番号を、CCUSの値と同じまま自ら入力し直す"))
def type_the_same(case: Case, user: str, label: str) -> None:
    number = next(c.text for c in case.canaries([case.id(label)]) if c.item == PHONE_ITEM)
    edit(case, user, label, PHONE_ITEM, number)
    case.seen.setdefault("typed_the_same", []).append((case.id(label), PHONE_ITEM))


@when("廃棄前に申請システムが保有するデータを調べる")
def keep_before(case: Case) -> None:
    case.seen["kept_before"] = Kept(holdings=case.holdings(), scan=None)


@when(parsers.parse("利用者「{user}」が端末を同期して見る"))
def sync(case: Case, user: str) -> None:
    case.seen.setdefault("device", {})["before"] = _device(case, user, "sync")


@when(parsers.parse("利用者「{user}」が終わった後の端末を、接続しないまま開き、次に同期して見る"))
def device_after(case: Case, user: str) -> None:
    looks = case.seen.setdefault("device", {})
    looks["offline"] = _device(case, user, "show")
    looks["after"] = _device(case, user, "sync")


def _device(case: Case, user: str, action: str) -> View:
    reply = case.tell(
        "device", user=case.id(user), acting_for=case.firm_of(user), action=action, device=TABLET
    )
    return View(user=user, reply=reply, items=case.items_in(reply))


# -- the end and its news ------------------------------------------------------------------------


@when("年末の12月25日18時まで時が進む")
def until_year_end(case: Case) -> None:
    month, day, hour = YEAR_END
    case.advance(case.now.replace(month=month, day=day, hour=hour, minute=0, second=0) - case.now)


@when(parsers.parse("契約が「{cause}」で終了し、{days:d}日後に甲に知らされる"))
def end_known_later(case: Case, cause: str, days: int) -> None:
    end_by_fund(case, cause)
    case.seen.update(end=case.now, cause=cause)
    ended_at = case.now.isoformat()
    case.advance(timedelta(days=days))
    end: dict[str, Any] = {
        "cause": cause,
        "ended_at": ended_at,
        "known_at": case.now.isoformat(),
        "retention": {"claim": False, "conditions": []},
    }
    case.seen["end_announced"] = case.tell("announce", kind="contract_end", end=end)


# -- after the end -------------------------------------------------------------------------------


@when("残っている最も古い控えを戻し、保有するデータを調べる")
def restore(case: Case) -> None:
    before = _kept(case)
    reply = case.tell("restore", backup=None)
    case.seen.setdefault("restores", []).append({"before": before, "reply": reply, "kept": _kept(case)})


def _kept(case: Case) -> Kept:
    return Kept(holdings=case.holdings(), scan=case.scan(case.subjects()))


@when("二次的な保存先の上限の時刻に、保存先と乙の受付を調べる")
def look_at_the_cap(case: Case) -> None:
    case.seen["watch_began"] = case.now
    cap = load_policy()["disposal.within.secondary"].cap
    case.advance(due(case.now, str(cap)) - case.now)
    case.seen["watch"] = [_looked(case)]


@when("証明書の目安のすべての時刻まで、乙の受付を見守る")
def watch_certificates(case: Case) -> None:
    start = case.now
    case.seen["watch_began"] = start
    case.seen["watch"] = [
        Moment(at=at, inbox=tuple(case.simulator("inbox")["items"]))
        for at in instants(start, "disposal.certificate_within")
        if _reached(case, at)
    ]


def _reached(case: Case, at: datetime) -> bool:
    if at > case.now:
        case.advance(at - case.now)
    return True


def _looked(case: Case) -> Moment:
    return Moment(at=case.now, scan=case.scan(case.subjects()), inbox=tuple(case.simulator("inbox")["items"]))


@when("証拠として残る記録に、IDやそのハッシュ値がないかを調べる")
def traces_in_logs(case: Case) -> None:
    answer = case.gate.try_ask("stores", "traces", {"world": case.world, "subjects": case.subjects()})
    found: Any = answer.value if answer.status == "answered" else None
    case.seen["traces"] = found
