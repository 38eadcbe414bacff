"""The end of the agreement (第6条): stop asking, then destroy and certify, or claim the proviso and keep."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ccus_reference import agenda, certificate, emptying, term
from ccus_reference.ccus_client import CcusRefused, CcusUnreachable
from ccus_reference.commitment import keyed
from ccus_reference.jobs import advance
from ccus_reference.moments import parsed, written
from ccus_reference.result import Result

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from ccus_reference.emptying import StoreRecord
    from ccus_reference.store import Provision
    from ccus_reference.tenant import Tenant

NO_KEY: Mapping[str, str] = MappingProxyType({"alg": "hmac-sha256+merkle", "key_id": "none", "key": ""})


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """Why and when the agreement ended, when we learnt it, and whether we claim to keep the data."""

    cause: str
    ended_at: str
    known_at: str
    claim: bool
    conditions: tuple[Mapping[str, Any], ...]

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> End:
        """The end as it was written down."""
        return cls(
            cause=facts["cause"],
            ended_at=facts["ended_at"],
            known_at=facts["known_at"],
            claim=facts["claim"],
            conditions=tuple(facts["conditions"]),
        )


def may_keep(end: End) -> bool:
    """Whether the proviso is claimed and every condition named is met; one gap ends it."""
    return end.claim and bool(end.conditions) and all(c.get("met") is True for c in end.conditions)


def at_once(now: datetime) -> datetime:
    """When to begin with the disposal: now, whatever day it is."""
    return now


def counts_as_end(_end: End) -> bool:
    """Whether this news means that the agreement is over: whatever the cause."""
    return True


def announced(tenant: Tenant, end: End) -> Result:
    """Handles the news of the end: from now on nothing is asked, and the data go or are claimed."""
    if not tenant.behaviour.counts_as_end(end):
        return Result(detail={"state": "in_force"})
    reminded = tenant.ended is not None
    tenant.store.set("ended", tenant.ended or term.RETAINED)  # first of all: no job on the way may ask
    advance(tenant, max(tenant.now, parsed(end.known_at)))
    tenant.store.set("end", asdict(end))
    tenant.note("contract.end", cause=end.cause, dropped=tenant.store.drop_waiting())
    if tenant.behaviour.may_keep(end) and tenant.ended != term.DISPOSED:
        return _retain(tenant, end)
    return begin(tenant, end, reminded=reminded)


def begin(tenant: Tenant, end: End, *, reminded: bool = False) -> Result:
    """Destroys and certifies now, or notes down when; a reminder always means now."""
    at = tenant.now if reminded else tenant.behaviour.begin_disposal(tenant.now)
    if at <= tenant.now:
        return dispose(tenant, end)
    tenant.store.set("ended", term.DISPOSING)
    agenda.put_off(tenant, at, "dispose", end)
    return Result(detail={"state": term.DISPOSING, "due": written(at)})


def _retain(tenant: Tenant, end: End) -> Result:
    tenant.store.erase_after(written(parsed(end.ended_at)))
    receipt = tenant.behaviour.claim(tenant, {"conditions": [dict(c) for c in end.conditions]})
    return Result(
        detail={"state": term.RETAINED, "values": tenant.store.registration_data(), "receipt": receipt}
    )


def dispose(tenant: Tenant, end: End) -> Result:
    """Destroys and certifies, once: asked again it only names the certificate there is."""
    if tenant.ended != term.DISPOSED:
        tenant.store.set("ended", term.DISPOSED)
        tenant.behaviour.dispose(tenant, end)
    return Result(detail=_state(tenant))


def _state(tenant: Tenant) -> dict[str, Any]:
    return {"state": term.DISPOSED, "certificate_id": tenant.store.setting("certificate_id")}


def destroy_then_certify(tenant: Tenant, end: End) -> None:
    """Destroys in every store, looks whether anything is left, and only then signs."""
    provisions, key = tenant.store.provisions(), commitment_key(tenant)
    done = emptied(tenant, provisions, bytes.fromhex(key["key"]))
    certify(tenant, end, provisions, key, done)


def certify(
    tenant: Tenant,
    end: End,
    provisions: list[Provision],
    key: Mapping[str, str],
    done: Sequence[StoreRecord],
) -> None:
    """Signs and submits the certificate; what is put off gets a second one when its time has come."""
    document = tenant.behaviour.worded(certificate.written_out(tenant, end, provisions, key, done))
    document["evidence"] = [certificate.filed(tenant.folder / "disposal-record.json", document)]
    tenant.store.set("certificate_id", document.get("certificate_id"))
    for waiting in {one.due for one in done if one.due is not None}:
        agenda.put_off(tenant, waiting, "supplement", document)
    receipt = tenant.behaviour.submit(tenant, document)
    if receipt is not None:
        tenant.store.set("commitment", None)  # without the key nobody can find out whom a commitment names


def supplement(tenant: Tenant, document: Mapping[str, Any]) -> None:
    """Certifies that what was put off is done now; it takes the place of the first certificate."""
    records = {
        name: emptying.measured(tenant, name)
        for name in (s["store_id"] for s in document["stores"] if s.get("due_at"))
    }
    tenant.behaviour.submit(tenant, certificate.supplemented(tenant, document, records))


def commitment_key(tenant: Tenant) -> Mapping[str, str]:
    """The key CCUS gave for committing to records: learnt with the first request, else asked for now."""
    known = tenant.store.setting("commitment")
    if known is None:
        try:
            known = tenant.ccus.contract().get("commitment")
        except (CcusRefused, CcusUnreachable):
            tenant.note("commitment.unknown")
    return known or NO_KEY


def emptied(tenant: Tenant, provisions: list[Provision], key: bytes) -> list[StoreRecord]:
    """Empties every place in turn; what is named in records that stay becomes a commitment."""
    subjects = {p.subject: f"{p.record_type}|{p.subject}" for p in provisions}
    names = {subject: tenant.behaviour.commitment_of(key, text) for subject, text in subjects.items()}
    steps = [emptying.STEPS[name] for name in emptying.STEPS if name in tenant.behaviour.emptied]
    records = [step(tenant, names) for step in steps]
    tenant.store.forget_subjects(names)
    tenant.note("disposed", subjects=sorted(names.values()))  # proof of whose data went, naming nobody
    tenant.store.take_touched()  # each place was emptied by its own step, or left by a choice of ours
    return records


def keyed_name(key: bytes, name: str) -> str:
    """What stands in a log in the place of an id: without the key nobody finds out whose it was."""
    return keyed(key, name).hex()


def destroy(tenant: Tenant, facts: Mapping[str, Any]) -> None:
    """Empties every place without certifying it."""
    emptied(tenant, tenant.store.provisions(), bytes.fromhex(facts["key"]))


def submit(tenant: Tenant, document: Mapping[str, Any]) -> None:
    """Sends a certificate that lay ready."""
    tenant.send("/v1/certificates", document)


def dispose_as_planned(tenant: Tenant, facts: Mapping[str, Any]) -> None:
    dispose(tenant, End.of(facts))


TASKS: Mapping[str, Callable[[Tenant, Mapping[str, Any]], None]] = MappingProxyType(
    {
        "destroy": destroy,
        "dispose": dispose_as_planned,
        "expire_backups": emptying.expire_backups,
        "submit": submit,
        "supplement": supplement,
    }
)
"""What the end may put off, by name."""
