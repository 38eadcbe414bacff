"""Steps in which the operator keeps data after the end, and in which what allows it changes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pytest_bdd import given, parsers, when

from ccus_harness import endings
from ccus_harness.instruments.periods import due
from ccus_harness.observations import Moment
from ccus_harness.readings import load_policy
from ccus_harness.steps.acting import WORLDS, announce_end

if TYPE_CHECKING:
    from ccus_harness.case import Case

CURE = timedelta(days=30)
"""The cure period of the reading that grants one."""

UNKNOWN = ({"id": "条件1", "ja": "条件の一覧が渡されていない"},)
"""What stands in the place of conditions that nobody supplied: the claim can be made, no row rests on it."""


@given(parsers.parse("「{name}」世界があり、継続保有の条件の一覧がある"))
def build_with_conditions(case: Case, name: str) -> None:
    listed = [{"ref": one["id"], "ja": one["ja"]} for one in _conditions(case)]
    case.build(WORLDS[name], retention_conditions=listed)
    case.seen["conditions"] = [one["id"] for one in endings.conditions(case.profile)]


@given(parsers.parse("「{name}」世界があり、継続保有の条件の一覧があり、欠けた時の扱いは「{reading}」と読む"))
def build_with_cure(case: Case, name: str, reading: str) -> None:
    build_with_conditions(case, name)
    case.seen["cure"] = CURE if reading.endswith("=cure_period") else timedelta()


def _conditions(case: Case) -> list[Any]:
    return endings.conditions(case.profile) or list(UNKNOWN)


def _stated(case: Case, *, lacking: int = 0) -> list[dict[str, Any]]:
    """The conditions as the operator states them, the first `lacking` of them not met."""
    return [
        {"ref": one["id"], "met": place >= lacking, "evidence": one.get("evidence", "演習用の証拠")}
        for place, one in enumerate(_conditions(case))
    ]


@when(parsers.parse("契約が「{cause}」で終了し、甲は一覧の条件をすべて満たすとして継続保有を申し出る"))
def end_retaining_listed(case: Case, cause: str) -> None:
    announce_end(case, cause, {"claim": True, "conditions": _stated(case)})


@when(parsers.parse("{days:d}日後に、一覧の条件をすべて満たし続けていることを甲に知らせる"))
def still_met(case: Case, days: int) -> None:
    case.advance(timedelta(days=days))
    case.tell("retain", at=case.now.isoformat(), conditions=_stated(case))


@when("一覧の最初の条件を欠いたことを、乙と甲に知らせる")
def one_lapses(case: Case) -> None:
    until = case.now + case.seen["cure"]
    first = _stated(case)[0]["ref"]
    if _claimed(case):
        case.simulator("contract", event="lapse", ref=first, at=until.isoformat())
    case.tell("retain", at=case.now.isoformat(), conditions=_stated(case, lacking=1))
    case.seen["lapsed_at"] = until


def _claimed(case: Case) -> bool:
    """Whether the Fund took a claim: nothing can lapse that was never claimed."""
    moves = [entry["body"] for entry in case.ledger() if entry["kind"] == "contract.event"]
    return any(body["to"] == "retaining" for body in moves)


@when(parsers.parse("主たる保存先の上限の時刻に、利用者「{user}」が技能者「{label}」の登録情報を見る"))
def view_at_the_cap(case: Case, user: str, label: str) -> None:
    cap = load_policy()["disposal.within.primary"].cap
    case.advance(due(case.seen["lapsed_at"], str(cap)) - case.now)
    case.seen["view_after_lapse"] = case.view(user, subject=case.id(label))
    case.seen["held_after_lapse"] = case.holdings()


@when("すべての上限を過ぎた時刻に、保存先と乙の受付を調べる")
def look_after_all_caps(case: Case) -> None:
    policies = ("disposal.within.backup", "disposal.certificate_within", "disposal.within.secondary")
    ends = [due(case.seen["lapsed_at"], str(load_policy()[name].cap)) for name in policies]
    case.seen["watch_began"] = case.seen["lapsed_at"]
    case.advance(max(ends) - case.now)
    inbox = tuple(case.simulator("inbox")["items"])
    case.seen["watch"] = [Moment(at=case.now, scan=case.scan(case.subjects()), inbox=inbox)]


@when(parsers.parse("契約が終わった後に、技能者「{label}」が現場「{place}」に「{firm}」の下で入場する"))
def enters_late(case: Case, label: str, place: str, firm: str) -> None:
    case.tell(
        "enter",
        technician=case.id(label),
        site=case.id(place),
        under=case.id(firm),
        at=case.now.isoformat(),
        known_at=None,
    )
