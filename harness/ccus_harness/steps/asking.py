"""Steps in which somebody asks for registration data in a capacity, for a purpose, or under a delegation."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pytest_bdd import given, parsers, when

from ccus_harness.case import Reply
from ccus_harness.observations import Wished

if TYPE_CHECKING:
    from ccus_harness.case import Case

WORLDS = {"標準": "standard", "小さな": "tiny"}
PURPOSE = "safety_documents"

READ_BY_CCUS = (
    "request.affiliation_at",
    "request.delegate",
    "request.refresh",
    "whitelist.disclosure_choice",
)
"""World readings that the simulated CCUS itself obeys; under the others only the judgement differs."""

HIDDEN = ("t05_address", "t06_phone_home_mobile")


@given(parsers.parse("「{name}」の世界があり、「{reading}」と読む"))
def build_reading(case: Case, name: str, reading: str) -> None:
    case.build(WORLDS[name], **_read(reading))


@given(parsers.parse("処理に1時間かかる「{name}」の世界があり、「{reading}」と読む"))
def build_slow(case: Case, name: str, reading: str) -> None:
    case.build(WORLDS[name], processing_seconds=3600, **_read(reading))


def _read(reading: str) -> dict[str, Any]:
    name, option = reading.split("=")
    return {"readings": {name: option}} if name in READ_BY_CCUS else {}


@given(parsers.parse("CCUSは、離れた技能者「{label}」を確かめずに提供する"))
def keeps_leavers(case: Case, label: str) -> None:
    case.simulator("fault", name="keeps_leavers", subjects=[case.id(label)])


def ask(case: Case, user: str, wish: Wished) -> Wished:
    """Sends the wish as `user`, and keeps it with the reply and with what the ledger gained by it."""
    before: int = case.seen.get("ledger_length", 0)
    reply = case.tell(
        "request",
        user=case.labels.get(user, user),
        acting_for=wish.acting_for,
        capacity=wish.capacity,
        technicians="all" if wish.everybody else list(wish.technicians),
        own_business=wish.own_business,
        purpose=wish.purpose,
    )
    ledger = case.ledger()
    case.seen["ledger_length"] = len(ledger)
    told = wish.told(reply, tuple(ledger[before:]))
    case.seen.setdefault("wishes", []).append(told)
    return told


def _as_business(case: Case, user: str, labels: str = "", **more: Any) -> Wished:
    firm = case.firm_of(user) if user in case.labels else None
    technicians = tuple(case.ids(labels)) if labels else ()
    wish = Wished(
        user=user, account=case.labels.get(user, user), acting_for=firm, technicians=technicians, **more
    )
    return ask(case, user, wish)


@when(parsers.parse("「{user}」が事業者の立場で技能者「{labels}」を「{purpose}」のために依頼する"))
def ask_for(case: Case, user: str, labels: str, purpose: str) -> None:
    _as_business(case, user, labels, purpose=purpose)


@when(parsers.parse("「{user}」が自社の技能者全員を依頼する"))
def ask_for_all(case: Case, user: str) -> None:
    _as_business(case, user, everybody=True)


@when(parsers.parse("「{user}」が事業者の立場で自社の事業者情報を依頼する"))
@when(parsers.parse("依頼できない「{user}」が自社の事業者情報を依頼する"))
def ask_for_own_firm(case: Case, user: str) -> None:
    _as_business(case, user, own_business=True)


@when(parsers.parse("「{user}」が「{firm}」の名を使ってその事業者情報を依頼する"))
def ask_for_other_firm(case: Case, user: str, firm: str) -> None:
    wish = Wished(user=user, account=case.id(user), acting_for=case.id(firm), own_business=True)
    ask(case, user, wish)


@when(parsers.parse("依頼できない「{user}」が技能者「{label}」を依頼する"))
def ask_without_right(case: Case, user: str, label: str) -> None:
    _as_business(case, user, label)


@when(parsers.parse("登録のない者が技能者「{label}」を依頼する"))
def ask_as_nobody(case: Case, label: str) -> None:
    _as_business(case, f"u_nobody-{case.number:07d}", label)


@when(parsers.parse("一人親方「{user}」が事業者の立場で技能者「{label}」と自社の事業者情報を依頼する"))
def ask_as_sole_firm(case: Case, user: str, label: str) -> None:
    _as_business(case, user, label, own_business=True)


def _as_technician(case: Case, user: str, **more: Any) -> None:
    wish = Wished(user=user, account=case.id(user), acting_for=None, capacity="technician", **more)
    ask(case, user, wish)


@when(parsers.parse("一人親方本人「{user}」が技能者の立場で技能者「{label}」を依頼する"))
def ask_as_sole_person(case: Case, user: str, label: str) -> None:
    _as_technician(case, user, technicians=(case.id(label),))


@when(parsers.parse("一人親方本人「{user}」が技能者の立場で自社の事業者情報を依頼する"))
def ask_as_person_for_firm(case: Case, user: str) -> None:
    _as_technician(case, user, own_business=True)


@when(parsers.parse("代行者「{user}」が「{firm}」に代わって技能者「{label}」を依頼する"))
def ask_for_principal(case: Case, user: str, firm: str, label: str) -> None:
    wish = Wished(user=user, account=case.id(user), acting_for=case.id(firm), technicians=(case.id(label),))
    ask(case, user, wish)


@when(parsers.parse("「{firm}」が「{user}」への委任をCCUSと申請システムに記録する"))
def record_delegation(case: Case, firm: str, user: str) -> None:
    case.simulator(
        "registry",
        change="delegation.began",
        id=f"D-{case.number:07d}",
        principal=case.id(firm),
        delegate=case.id(user),
    )
    said = {"business": case.id(firm), "account": case.id(user), "from": case.now.isoformat(), "to": None}
    case.seen["delegation"] = case.tell("delegate", **said)


@when(parsers.parse("利用者「{user}」が退会する"))
def leave(case: Case, user: str) -> None:
    case.seen["left"] = case.tell("account", account=case.id(user), change="leave")


@when(parsers.parse("事業者「{firm}」のCCUS登録が切れる"))
def registration_ends(case: Case, firm: str) -> None:
    case.simulator("registry", change="registration.ended", id=case.id(firm))


@when(parsers.parse("技能者「{label}」が「{firm}」を離れる"))
def affiliation_ends(case: Case, label: str, firm: str) -> None:
    _affiliation(case, label, firm, "end")


@when(parsers.parse("技能者「{label}」が「{firm}」に入る"))
def affiliation_begins(case: Case, label: str, firm: str) -> None:
    _affiliation(case, label, firm, "begin")


def _affiliation(case: Case, label: str, firm: str, change: str) -> None:
    """Both sides learn of it: a candidate that is told nothing cannot be blamed for what it does not know."""
    pair = {"technician": case.id(label), "business": case.id(firm)}
    began = change == "begin"
    case.simulator("registry", change="affiliation.began" if began else "affiliation.ended", **pair)
    affiliation = {**pair, "kind": "main"}
    case.tell("relate", change=change, at=case.now.isoformat(), affiliation=affiliation, link=None)


@when("CCUSの処理が終わる時刻になる")
def an_hour(case: Case) -> None:
    before: int = case.seen.get("ledger_length", 0)
    case.advance(timedelta(hours=1))
    ledger = case.ledger()
    case.seen["later"] = ledger[before:]
    case.seen["ledger_length"] = len(ledger)


@when(parsers.parse("CCUSの提供が「{place}」で切れる状態で、「{user}」が技能者「{label}」を依頼する"))
def broken_answer(case: Case, place: str, user: str, label: str) -> None:
    name = "truncated" if place == "truncated" else "cut"
    how = {"operations": ["provisions"], **({} if name == "truncated" else {"at": place})}
    case.simulator("fault", name=name, **how)
    wish = _as_business(case, user, label)
    case.simulator("mend", name=name)
    case.seen.setdefault("broken", []).append((label, wish))


@when(parsers.parse("技能者「{label}」がCCUSで住所と電話番号を非開示にする"))
def hide_items(case: Case, label: str) -> None:
    case.simulator("registry", change="disclosure.changed", technician=case.id(label), items=list(HIDDEN))


@when(
    parsers.parse("利用者「{user}」が、まだ依頼していない技能者「{label}」を記録・一覧・検索・件数で見て回る")
)
def look_around(case: Case, user: str, label: str) -> None:
    before = len(case.ledger())
    subject = case.id(label)
    looked = [
        case.view(user, "record", subject=subject),
        case.view(user, "business", subject=case.firm_of(user)),
    ]
    looked += [case.view(user, "list")]
    looked += [case.view(user, what, query=subject) for what in ("search", "count")]
    ledger = case.ledger()
    case.seen["looked"] = len(looked)
    case.seen["while_looking"] = ledger[before:]
    case.seen["ledger_length"] = len(ledger)


@when("申請システムの送信先を確かめる")
def egress(case: Case) -> None:
    case.seen.setdefault("egress", []).append(case.tell("egress").detail.get("hosts"))


@when("依頼と閲覧の記録を受け取る")
def records(case: Case) -> None:
    """A candidate that cannot hand them out only lacks that evidence."""
    for name in ("audit_log", "view_log"):
        answer = case.try_tell(name)
        case.seen[name] = Reply.of(answer.value) if answer.status == "answered" else None
    case.seen["verified"] = case.simulator("verify")
