"""From a user's wish to kept registration data: plan, ask CCUS, take in what is permitted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from ccus_reference import arrivals, asking, noticing
from ccus_reference.annex1 import TECHNICIAN
from ccus_reference.ccus_client import CcusRefused, CcusUnreachable
from ccus_reference.moments import parsed, written
from ccus_reference.result import Result
from ccus_reference.store import Asked, Provision
from ccus_reference.term import Standing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from ccus_reference.arrivals import Arrival
    from ccus_reference.asking import Order, Wish
    from ccus_reference.tenant import Tenant

OPEN_STATES = frozenset({"in_force"})
NOT_REACHED = "CCUSに接続できませんでした。時間をおいて依頼してください。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """What became of one order: how it stands, when to come back, why not."""

    status: str
    due: str | None = None
    reason: str | None = None
    refused: tuple[str, ...] = ()


def request(tenant: Tenant, wish: Wish) -> Result:
    """Does what a user asked: records the wish, asks CCUS where that is permitted, keeps what arrives."""
    seq = tenant.store.add_request(_ledger_row(tenant, wish))
    result = _granted(tenant, wish, seq)
    tenant.store.close_request(seq, result.outcome, result.reason)
    tenant.note("request", request=seq, user=wish.user, outcome=result.outcome)
    return result


def _granted(tenant: Tenant, wish: Wish, seq: int) -> Result:
    try:
        wish = _admitted(tenant, wish)
    except asking.MayNotAsk as no:
        return Result(outcome="refused", reason=no.reason)
    plan = _plan(tenant, wish)
    placed = [place(tenant, order, seq, n) for n, order in enumerate(plan.orders, 1)]
    not_had = (*plan.left_out, *(name for one in placed for name in one.refused))
    tenant.store.keep(tenant.behaviour.trace_of_refused(not_had))
    return _outcome(placed, seq, len(not_had))


def _admitted(tenant: Tenant, wish: Wish) -> Wish:
    """The wish as it may go out; raises `MayNotAsk` with the reason when it may not."""
    rules, world = tenant.behaviour, tenant.world
    account = rules.known(world, wish.user)
    if account is None or not rules.is_user(account):
        raise asking.MayNotAsk("この利用者は登録情報の提供を依頼できません。")
    purpose = rules.purpose(wish.purpose)
    if purpose is None:
        raise asking.MayNotAsk("この利用目的では依頼できません。")
    own: Wish | None = replace(wish, purpose=purpose)
    if not asking.holds_capacity(world, account, wish):
        own = rules.delegated(world, account, own, tenant.now) if wish.capacity == "business" else None
    if own is None:
        raise asking.MayNotAsk("この立場では依頼できません。")
    reason = term_refusal(tenant)
    if reason is not None:
        raise asking.MayNotAsk(reason)
    return own


def _plan(tenant: Tenant, wish: Wish) -> asking.Plan:
    decide = tenant.behaviour.as_technician if wish.capacity == "technician" else tenant.behaviour.as_business
    return decide(tenant.world, wish, tenant.now)


def _outcome(placed: Sequence[Placed], seq: int, refused: int) -> Result:
    detail = {"request": seq, "subjects_refused": refused}
    waiting = [one.due for one in placed if one.status == "processing" and one.due]
    if waiting:
        return Result(outcome="pending", reason="CCUSで処理中です。", due=max(waiting), detail=detail)
    if any(one.status == "collected" for one in placed):
        return Result(detail=detail)
    why = next((one.reason for one in placed if one.reason), None)
    return Result(outcome="refused", reason=why or "依頼できる対象がありません。", detail=detail)


def _ledger_row(tenant: Tenant, wish: Wish) -> dict[str, Any]:
    """Who asked, for whom, to what end, when. Whom it was about stands only in orders really sent."""
    return {
        "at": written(tenant.now),
        "user": wish.user,
        "acting_for": wish.acting_for,
        "capacity": wish.capacity,
        "purpose": wish.purpose,
        "subjects": -1 if wish.technicians is None else len(wish.technicians),
    }


def term_refusal(tenant: Tenant, rule: Callable[[Standing], str | None] | None = None) -> str | None:
    """Why the agreement forbids asking now; CCUS is asked only when our own calendar allows it."""
    refusal = rule or tenant.behaviour.term_refusal
    ours = Standing(at=tenant.now, contract=tenant.world.contract, ended=tenant.ended)
    return refusal(ours) or refusal(_with_registry(tenant, ours))


def _with_registry(tenant: Tenant, ours: Standing) -> Standing:
    try:
        said = tenant.ccus.contract()
    except (CcusRefused, CcusUnreachable):
        return ours  # the order itself will be refused or fail; no need to guess here
    tenant.store.set("commitment", said.get("commitment"))
    return Standing(
        at=ours.at,
        contract=ours.contract,
        ended=ours.ended,
        registry_now=_moment(said.get("now")),
        registry_end=_moment(said.get("ends_at")),
        registry_open=said.get("state") in OPEN_STATES,
    )


def _moment(text: Any) -> datetime | None:
    try:
        return parsed(text)
    except (TypeError, ValueError):
        return None


def place(tenant: Tenant, order: Order, seq: int, number: int) -> Placed:
    """Sends one order and takes in the answer when there already is one."""
    body = _body(tenant, order, f"r{seq:06d}-{number}")
    try:
        answer = tenant.ccus.ask(body)
    except CcusRefused as no:
        return Placed(status="refused", reason=no.text or no.code, refused=order.technicians)
    except CcusUnreachable as fault:
        tenant.note("ccus.unreachable", order=body["request_id"], why=fault.why)
        return Placed(status="failed", reason=NOT_REACHED)
    kept_body = {**body, "user": {"account": order.user}}
    asked = Asked(
        order_id=body["request_id"],
        request=seq,
        body=kept_body,
        status=answer["status"],
        ready_at=written(_moment(answer.get("ready_at")) or tenant.now),
    )
    tenant.store.add_asked(asked)
    return _placed(tenant, asked, answer)


def _placed(tenant: Tenant, asked: Asked, answer: Mapping[str, Any]) -> Placed:
    refused = tuple(_refused(answer["subjects"]))
    if asked.status == "ready":
        return collect(tenant, asked, refused)
    refusal: Any = answer.get("refusal")
    why = str(cast("dict[str, Any]", refusal).get("ja")) if isinstance(refusal, dict) else None
    return Placed(status=asked.status, due=asked.ready_at, reason=why, refused=refused)


def _refused(subjects: Iterable[Any]) -> Iterator[str]:
    """The technicians that CCUS refused."""
    for subject in subjects:
        said = cast("dict[str, Any]", subject) if isinstance(subject, dict) else {}
        if said.get("status") == "refused" and said.get("record_type") == TECHNICIAN:
            yield str(said.get("id"))


def _body(tenant: Tenant, order: Order, request_id: str) -> dict[str, Any]:
    account = tenant.world.accounts.get(order.user) or tenant.world.left[order.user]
    credential = account.credential
    return {
        "request_id": request_id,
        "user": {"account": order.user, "credential": credential},
        "acting_for": order.acting_for,
        "capacity": order.capacity,
        "purpose": order.purpose,
        "subjects": {"technicians": list(order.technicians), "own_business": order.own_business},
    }


def collect(tenant: Tenant, asked: Asked, refused: tuple[str, ...] = ()) -> Placed:
    """Fetches the records of an order that is ready and keeps what may be kept."""
    reason = term_refusal(tenant, tenant.behaviour.late_arrival)
    if reason is not None:
        tenant.store.move_asked(asked.order_id, "dropped")
        return Placed(status="dropped", reason=reason, refused=refused)
    try:
        records = tenant.ccus.provisions(asked.order_id)
    except CcusRefused as no:
        return _not_collected(tenant, asked, no)
    except CcusUnreachable as fault:
        tenant.note("ccus.unreachable", order=asked.order_id, why=fault.why)
        tenant.behaviour.after_failure(tenant, fault.heard)
        tenant.store.move_asked(asked.order_id, "processing", written(tenant.now))
        return Placed(status="processing", due=written(tenant.now), reason=NOT_REACHED, refused=refused)
    take_in(tenant, asked, arrivals.read(records))
    return Placed(status="collected", refused=refused)


def _not_collected(tenant: Tenant, asked: Asked, no: CcusRefused) -> Placed:
    if no.status == 425:
        ready_at = _ready_at(tenant, asked)
        tenant.store.move_asked(asked.order_id, "processing", ready_at)
        return Placed(status="processing", due=ready_at)
    tenant.store.move_asked(asked.order_id, "refused")
    return Placed(status="refused", reason=no.text or no.code)


def _ready_at(tenant: Tenant, asked: Asked) -> str:
    """When to come back, as CCUS says now; when it says nothing usable, at the next chance."""
    try:
        said = _moment(tenant.ccus.progress(asked.order_id).get("ready_at"))
    except (CcusRefused, CcusUnreachable):
        said = None
    return written(said or tenant.now)


def take_in(tenant: Tenant, asked: Asked, found: Sequence[Arrival]) -> None:
    """Keeps the arrived records as a whole: every kept value stands beside the provision it came from."""
    acting_for = asked.body["acting_for"] or ""
    roster = frozenset(tenant.world.roster(acting_for, tenant.now))
    rules = tenant.behaviour
    kept = [
        a
        for a in found
        if rules.asked_for(asked.body, a) and rules.still_ours(tenant.world, asked.body, a, roster)
    ]
    let_in = [(a, tenant.behaviour.listed_items(a.record_type, a.items)) for a in kept]
    at = written(tenant.now)
    with tenant.store.together():
        tenant.store.move_asked(asked.order_id, "collected")
        for a in found:
            tenant.store.add_provision(_provision(asked, a, at, kept=a in kept))
        for a in kept:
            rules.make_way(tenant.store, a.record_type, a.subject)
        rules.join(tenant.store, rules.items_of(tenant.world, asked.body, let_in, at))
    if len(kept) < len(found):
        noticing.happened(tenant, noticing.UNSOLICITED, asked.order_id)
    more = rules.logged(kept)
    tenant.note("provision", order=asked.order_id, kept=len(kept), turned_away=len(found) - len(kept), **more)
    rules.after_arrival(tenant, kept)


def _provision(asked: Asked, arrival: Arrival, at: str, *, kept: bool) -> Provision:
    return Provision(
        provision_id=arrival.provision_id,
        order_id=asked.order_id,
        record_type=arrival.record_type,
        subject=arrival.subject,
        provided_at=arrival.provided_at,
        acquired_at=at,
        kept=kept,
        items=arrival.listed(),
    )
