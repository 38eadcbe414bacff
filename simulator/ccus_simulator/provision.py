"""The rules of 第1条 and 第5条: who may ask CCUS for what, as decisions that name their reason."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Literal

from msgspec import Struct

from ccus_simulator.annex1 import RecordType
from ccus_simulator.contract_life import State
from ccus_simulator.ids import TECHNICIAN
from ccus_simulator.refusals import CATALOGUE
from ccus_simulator.registry import Account, Delegation, World

Capacity = Literal["business", "technician"]
SubjectStatus = Literal["processing", "provided", "refused"]

PURPOSES: Final = ("safety_documents", "entry_management", "work_history")
"""A sample of the purposes of the joint use; the real list stands in the privacy policy of CCUS."""


class Ask(Struct, frozen=True, kw_only=True):
    """A request of a user, as it came over the wire, without the credential."""

    request_id: str
    user: str
    acting_for: str | None
    capacity: Capacity
    purpose: str
    technicians: tuple[str, ...] | Literal["all"]
    own_business: bool
    businesses: tuple[str, ...]
    delegation: str | None = None

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> "Ask":
        subjects = body["subjects"]
        technicians = subjects.get("technicians", ())
        return cls(
            request_id=body["request_id"],
            user=body["user"]["account"],
            acting_for=body.get("acting_for"),
            capacity=body["capacity"],
            purpose=body["purpose"],
            technicians="all" if technicians == "all" else tuple(technicians),
            own_business=subjects.get("own_business", False),
            businesses=tuple(subjects.get("businesses", ())),
            delegation=body.get("delegation"),
        )

    def for_ledger(self) -> dict[str, Any]:
        named = {"delegation": self.delegation} if self.delegation else {}
        return {
            "request_id": self.request_id,
            "user": self.user,
            "acting_for": self.acting_for,
            "capacity": self.capacity,
            "purpose": self.purpose,
            **named,
        }


class Subject(Struct, frozen=True, kw_only=True):
    """One record that was asked for, and what became of it."""

    record_type: RecordType
    id: str | None
    status: SubjectStatus
    reason: str | None = None
    provision_id: str | None = None

    def decided(self, reason: str | None, provision_id: str | None) -> "Subject":
        """Return the subject with what became of it: a reason, or the number of its provision."""
        return Subject(
            record_type=self.record_type,
            id=self.id,
            status="refused" if reason else "provided",
            reason=reason,
            provision_id=provision_id,
        )

    def for_ledger(self) -> dict[str, Any]:
        return {
            "record_type": self.record_type,
            "id": self.id,
            "status": self.status,
            "reason": self.reason,
            "obligation": CATALOGUE[self.reason].obligation if self.reason else None,
            "provision_id": self.provision_id,
        }

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> "Subject":
        return cls(
            record_type=body["record_type"],
            id=body["id"],
            status=body["status"],
            reason=body["reason"],
            provision_id=body["provision_id"],
        )


def term_refusal(state: State) -> str | None:
    """第5条, 第6条: nothing before the signing, nothing after the end, whatever its cause."""
    if state == "in_force":
        return None
    return "contract.not_started" if state == "unsigned" else "contract.ended"


def user_refusal(world: World, ask: Ask, at: datetime, *, credential_right: bool) -> str | None:
    """第1条 本文: the request is a user's own, in a capacity the user holds, for a purpose of the joint use."""
    account = world.accounts.get(ask.user)
    if account is None:
        return "user.unknown"
    if not credential_right:
        return "user.credential_wrong"
    refusal = _registration_refusal(world, ask) or _capacity_refusal(world, account, ask, at)
    return refusal or (None if ask.purpose in PURPOSES else "purpose.not_listed")


def decide(world: World, ask: Ask, at: datetime) -> tuple[Subject, ...]:
    """第1条(1)(2): what each subject of an admissible request gets, judged at this moment."""
    of_technicians = _of_business if ask.capacity == "business" else _of_technician
    return of_technicians(world, ask, at)


def still_affiliated(
    world: World, capacity: Capacity, acting_for: str | None, subject: Subject, at: datetime
) -> bool:
    """第1条(1): whether the technician of a firm's request belongs to the firm at this moment."""
    if capacity == "technician" or acting_for is None or subject.record_type == "business" or not subject.id:
        return True
    return world.affiliated(subject.id, acting_for, at)


def delegation_used(world: World, ask: Ask, at: datetime) -> str | None:
    """代行: the registration under which an admitted request is made for somebody else, or nothing."""
    account = world.accounts[ask.user]
    if ask.acting_for is None or ask.acting_for in account.businesses:
        return None
    return next((d.id for d in _registered(world, account, ask) if d.holds(at)), None)


def _registration_refusal(world: World, ask: Ask) -> str | None:
    account = world.accounts[ask.user]
    asking = {account.id, ask.acting_for, account.technician if ask.acting_for is None else None}
    return "registration.ended" if world.ended & asking else None


def _capacity_refusal(world: World, account: Account, ask: Ask, at: datetime) -> str | None:
    if account.role != "member":
        return "capacity.not_held"
    if ask.capacity == "technician" and ask.acting_for is None:
        return None if account.technician is not None else "capacity.not_held"
    if ask.capacity == "business" and ask.acting_for in account.businesses:
        return None if ask.acting_for in world.users else "capacity.not_held"
    return _delegation_refusal(world, account, ask, at)


def _delegation_refusal(world: World, account: Account, ask: Ask, at: datetime) -> str | None:
    """第1条, reading request.delegate: somebody acts for a user who registered that in CCUS, or nobody does."""
    registered = _registered(world, account, ask)
    if not registered:
        return "delegation.unknown" if ask.delegation else "capacity.not_held"
    if world.readings.delegate == "none":
        return "delegation.not_allowed"
    return None if any(d.holds(at) for d in registered) else "delegation.not_valid"


def _registered(world: World, account: Account, ask: Ask) -> tuple[Delegation, ...]:
    principal = ask.acting_for or ""
    # A firm acts through its users, a technician in person: the principal has to be of the claimed sort.
    if ask.capacity == "business" and principal not in world.users:
        return ()
    if ask.capacity == "technician" and not principal.startswith(TECHNICIAN):
        return ()
    known = world.delegations_to(account, principal)
    return tuple(d for d in known if ask.delegation in {None, d.id})


def _of_business(world: World, ask: Ask, at: datetime) -> tuple[Subject, ...]:
    firm = ask.acting_for or ""
    named = world.staff_of(firm, at) if ask.technicians == "all" else ask.technicians
    subjects = [
        _subject("technician", person, None if world.affiliated(person, firm, at) else "subject.not_yours")
        for person in named
    ]
    if ask.own_business or firm in ask.businesses:
        subjects.append(_subject("business", firm))
    subjects += [
        _subject("business", other, "business.own_only") for other in ask.businesses if other != firm
    ]
    return tuple(dict.fromkeys(subjects))


def _of_technician(world: World, ask: Ask, at: datetime) -> tuple[Subject, ...]:  # noqa: ARG001 - the same shape as for a business
    own = ask.acting_for or world.accounts[ask.user].technician or ""
    named = (own,) if ask.technicians == "all" else ask.technicians
    people = (
        _subject("technician", person, None if person == own else "subject.own_record_only")
        for person in named
    )
    firm = (_subject("business", None, "subject.own_record_only"),) if ask.own_business else ()
    firms = (_subject("business", other, "subject.own_record_only") for other in ask.businesses)
    return (*people, *firm, *firms)


def _subject(record_type: RecordType, id: str | None, reason: str | None = None) -> Subject:  # noqa: A002 - the word of the registry
    return Subject(
        record_type=record_type, id=id, status="refused" if reason else "processing", reason=reason
    )
