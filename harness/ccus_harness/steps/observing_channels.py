"""Steps in which data leaves the screen: files, printing, programs, devices, links, mails and reports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_bdd import parsers, when

from ccus_harness.case import Reply, View
from ccus_harness.steps.observing_looks import note
from ccus_harness.watching import instants

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from ccus_harness.case import Case

DEVICE = "phone-1"
OUTSIDE = "somebody@elsewhere.example"


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """One channel tried at one instant."""

    channel: str
    at: datetime
    shown: bool


def _try(case: Case, user: str, channel: str, op: str, args: Mapping[str, Any]) -> View | None:
    """What a channel gives, or nothing where the candidate lacks it; what it lacks is remembered."""
    answer = case.try_tell(op, **args)
    if answer.status != "answered":
        lacking: list[str] = case.seen.setdefault("lacking", [])
        if channel not in lacking:
            lacking.append(channel)
        return None
    reply = Reply.of(answer.value)
    return View(user=user, reply=reply, items=case.items_in(reply))


def _device(case: Case, user: str, action: str) -> View | None:
    args = {"user": case.id(user), "acting_for": case.firm_of(user), "action": action, "device": DEVICE}
    return _try(case, user, "device", "device", args)


@when(
    parsers.parse(
        "「{users}」が「{labels}」を、書き出し・印刷・プログラム・端末で受け取り、見えたかどうかを控える"
    )
)
def receive_elsewhere(case: Case, users: str, labels: str) -> None:
    for user in users.split("、"):
        whole = {"export": case.export(user), "device": _device(case, user, "sync")}
        for label in labels.split("、"):
            subject = case.id(label)
            single = {
                channel: _try(
                    case, user, channel, "view", case.looking(user, subject=subject, channel=channel)
                )
                for channel in ("print", "api")
            }
            for channel, view in {**whole, **single}.items():
                if view is not None:
                    note(case, view, label, channel=channel)


def _share(case: Case, user: str, label: str, form: str, to: str | None) -> Reply:
    return case.tell(
        "share",
        user=case.id(user),
        acting_for=case.firm_of(user),
        subject=case.id(label),
        form=form,
        to=to,
    )


def _fetch(case: Case, handle: str, user: str | None) -> View:
    reply = case.tell("fetch", handle=handle, user=case.id(user) if user else None)
    return View(user=user or "", reply=reply, items=case.items_in(reply))


def _handle(reply: Reply) -> str:
    return str(reply.detail.get("handle") or "")


@when(
    parsers.parse(
        "「{user}」が「{label}」の共有リンクを、「{to}」あてと宛先なしで作り、「{users}」と利用者でない者が開いて、見えたかどうかを控える"
    )
)
def share_link(case: Case, user: str, label: str, to: str, users: str) -> None:
    outside: list[View] = []
    for recipient in (case.id(to), None):
        shared = _share(case, user, label, "link", recipient)
        if not (shared.done and _handle(shared)):
            continue
        for opener in users.split("、"):
            note(case, _fetch(case, _handle(shared), opener), label, channel="link")
        outside.append(_fetch(case, _handle(shared), None))
    case.seen["outside"] = outside
    case.seen["shared"] = label


@when(parsers.parse("「{user}」が「{label}」の情報を、利用者でない宛先にメールで送ろうとする"))
def mail_outside(case: Case, user: str, label: str) -> None:
    reply = _share(case, user, label, "mail", OUTSIDE)
    outside: list[View] = case.seen["outside"]
    outside.append(View(user="", reply=reply, items=case.items_in(reply)))
    if reply.done and _handle(reply):
        outside.append(_fetch(case, _handle(reply), None))


@when(parsers.parse("「{user}」が「{label}」の帳票を作って「{to}」に渡し、「{opener}」が開く"))
def make_report(case: Case, user: str, label: str, to: str, opener: str) -> None:
    case.seen["report_of"] = label
    case.seen["report"] = _handle(_share(case, user, label, "file", case.id(to)))
    case.seen["report_before"] = _fetch(case, case.seen["report"], opener)


@when(parsers.parse("閲覧権の喪失が及ぶ上限の時間の後に、「{opener}」が同じ帳票をもう一度開く"))
def open_report_again(case: Case, opener: str) -> None:
    case.advance(instants(case.now, "scope.revocation_lag")[-1] - case.now)
    case.seen["report_after"] = _fetch(case, case.seen["report"], opener)


@when(parsers.parse("「{user}」が「{label}」を画面と端末で受け取り、「{to}」が共有リンクで受け取る"))
def receive_before(case: Case, user: str, label: str, to: str) -> None:
    case.seen["channels_of"] = label
    views = {"screen": case.view(user, subject=case.id(label)), "device": _device(case, user, "sync")}
    args = {"acting_for": case.firm_of(user), "subject": case.id(label), "form": "link", "to": case.id(to)}
    shared = _try(case, user, "link", "share", {"user": case.id(user), **args})
    case.seen["link"] = _handle(shared.reply) if shared else ""
    if case.seen["link"]:
        views["link"] = _opened(case, to)
    case.seen["channels_before"] = {channel: view for channel, view in views.items() if view}


def _opened(case: Case, user: str) -> View | None:
    return _try(case, user, "link", "fetch", {"handle": case.seen["link"], "user": case.id(user)})


@when(
    parsers.parse(
        "判定用目安のすべての時刻に、「{user}」の画面と接続しない端末、「{to}」の共有リンクをもう一度試す"
    )
)
def receive_after(case: Case, user: str, to: str) -> None:
    label: str = case.seen["channels_of"]
    start = case.seen["watch_began"] = case.now
    tries: list[Try] = []
    for at in instants(start, "scope.revocation_lag"):
        if at > case.now:
            case.advance(at - case.now)
        views: dict[str, View | None] = {"screen": case.view(user, subject=case.id(label))}
        if "device" in case.seen["channels_before"]:
            views["device"] = _device(case, user, "show")
        if case.seen["link"]:
            views["link"] = _opened(case, to)
        tries += [
            Try(channel=channel, at=at, shown=view.shows(case.id(label)))
            for channel, view in views.items()
            if view is not None
        ]
    case.seen["channels_after"] = tries
