"""Steps in which something is looked at: views, lists, holdings, stores, ledger, inbox, each through the gate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_bdd import parsers, when

from ccus_harness.observations import Kept, Moment, Probe, reduced
from ccus_harness.watching import instants

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from ccus_harness.case import Case, View

PHONE_ITEM = "t06_phone_home_mobile"
NO_SUCH_PHONES = ("03099999998", "03099999997")
"""Numbers of the reserved range that the population leaves out."""


@when(parsers.parse("所属事業者の利用者「{user}」が技能者「{label}」の登録情報を見る"))
@when(parsers.parse("技能者本人の利用者「{user}」が技能者「{label}」の登録情報を見る"))
def view(case: Case, user: str, label: str) -> None:
    case.seen.setdefault("views", {})[user, label] = case.view(user, subject=case.id(label))


@when(parsers.parse("「{users}」がそれぞれ技能者「{labels}」の登録情報を見る"))
def view_each(case: Case, users: str, labels: str) -> None:
    for user in users.split("、"):
        for label in labels.split("、"):
            view(case, user, label)


@when(parsers.parse("「{users}」がそれぞれ一覧を見る"))
def list_each(case: Case, users: str) -> None:
    case.seen["lists"] = {user: case.view(user, "list") for user in users.split("、")}


@when(parsers.parse("利用者「{user}」がデータを書き出す"))
def export(case: Case, user: str) -> None:
    case.seen["export"] = case.export(user)


@when("CCUSの台帳を確かめる")
def ledger(case: Case) -> None:
    case.seen["ledger"] = case.ledger()
    case.seen["commitment"] = case.simulator("commitment")


@when("乙の受付を確かめる")
def inbox(case: Case) -> None:
    case.seen["inbox"] = case.simulator("inbox")["items"]


@when("終わった世界の台帳をすべて読み直す")
def ledgers_again(case: Case) -> None:
    case.seen["late"] = {
        world: case.gate.ask("simulator", "ledger", {"world": world, "from": length + 1})["entries"]
        for world, length in case.finished_worlds.items()
    }


@when("申請システムが保有するデータを調べる")
def keep(case: Case) -> None:
    holdings = case.holdings()
    case.seen["kept"] = Kept(holdings=holdings, scan=case.scan(case.subjects()))


def _text(view: View, *asked: str) -> str:
    """A view reduced to what may be compared: outcome and text, without the words that were asked for."""
    bodies = b"\n".join(body for _, body in view.reply.bodies)
    return reduced(view.reply.outcome, view.reply.reason or "", bodies, asked)


@when(
    parsers.parse(
        "「{user}」が技能者「{label}」を記録・検索・件数で探した答えを、発行されていないIDの答えと並べて控える"
    )
)
def probe_ids(case: Case, user: str, label: str) -> None:
    wanted = (case.id(label), case.absent(), case.absent(1))
    answers: dict[str, tuple[str, str, str]] = {}
    for what in ("record", "search", "count"):
        argument = "subject" if what == "record" else "query"
        views = [case.view(user, what, **{argument: subject}) for subject in wanted]
        first, second, third = (_text(v, subject) for v, subject in zip(views, wanted, strict=True))
        answers[what] = (first, second, third)
    probe = Probe(user=user, label=label, answers=answers)
    case.seen.setdefault("probes", []).append(probe)


@when(
    parsers.parse(
        "「{users}」がそれぞれ技能者「{label}」の電話番号で検索と件数を試し、存在しない番号の答えと並べて控える"
    )
)
def probe_phone(case: Case, users: str, label: str) -> None:
    known = {canary.item: canary.text for canary in case.canaries([case.id(label)])}
    wanted = (known[PHONE_ITEM], *NO_SUCH_PHONES)
    for user in users.split("、"):
        answers: dict[str, tuple[str, str, str]] = {}
        for what in ("search", "count"):
            views = [case.view(user, what, query=number) for number in wanted]
            first, second, third = (_text(v, number) for v, number in zip(views, wanted, strict=True))
            answers[what] = (first, second, third)
            if case.id(label) in {owner for owner, _ in views[0].items}:
                case.seen.setdefault("found_by_phone", set()).add((user, label))
        case.seen.setdefault("probes", []).append(Probe(user=user, label=label, answers=answers))


@when("判定用目安のすべての時刻まで、乙の受付を見守る")
def watch_inbox(case: Case) -> None:
    case.seen["watch"] = [
        Moment(at=at, inbox=tuple(case.simulator("inbox")["items"]))
        for at in _moments(case, "incident.notice_within")
    ]


@when(parsers.parse("公開された「{user}」の認証情報で技能者「{label}」を見てみる"))
def try_leak(case: Case, user: str, label: str) -> None:
    case.seen["leak_before"] = case.view(user, subject=case.id(label), credential="leaked")


@when(
    parsers.parse("判定用目安のすべての時刻に、公開された「{user}」の認証情報で技能者「{label}」を見てみる")
)
def try_leak_again(case: Case, user: str, label: str) -> None:
    case.seen["watch"] = [
        Moment(at=at, view=case.view(user, subject=case.id(label), credential="leaked"))
        for at in _moments(case, "incident.stop_within")
    ]


@when("廃棄前の保存先を調べる")
def scan_before(case: Case) -> None:
    case.seen["before"] = case.scan(case.subjects())


@when("判定用目安のすべての時刻に、保存先と乙の受付を調べる")
def watch_disposal(case: Case) -> None:
    case.seen["watch"] = [
        Moment(at=at, scan=case.scan(case.subjects()), inbox=tuple(case.simulator("inbox")["items"]))
        for at in _moments(
            case,
            "disposal.within.primary",
            "disposal.within.secondary",
            "disposal.within.backup",
            "disposal.certificate_within",
        )
    ]


def _moments(case: Case, *policies: str) -> Iterator[datetime]:
    """Moves both clocks through every number that any option or cap names; yields each instant when it is reached."""
    start = case.now
    case.seen["watch_began"] = start
    for at in instants(start, *policies):
        if at > case.now:
            case.advance(at - case.now)
        yield at
