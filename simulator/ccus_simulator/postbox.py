"""The Fund's post: what comes in by e-mail is receipted like any other letter, and answered by mail."""

from dataclasses import dataclass
from typing import Any, Final

from ccus_simulator import counter, faults
from ccus_simulator.counter import Receipt
from ccus_simulator.faults.drawing import Chance, draw
from ccus_simulator.mail import Mail
from ccus_simulator.state import WorldState
from ccus_simulator.types import Event

DOMAIN: Final = "ccus-simulator.invalid"
"""No such domain can exist: a mail that leaves the machine by mistake reaches nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What is said to the sender's mail server, and what has to be written down before."""

    code: int
    text: str
    events: tuple[Event, ...] = ()


TOO_LARGE: Final = Reply(code=552, text="5.3.4 message too large or too complex")
FAILED: Final = Reply(code=451, text="4.3.0 the simulator could not write this down: send again")
NOBODY: Final = Reply(code=550, text="5.1.1 no such mailbox in this simulated CCUS")


def address(world: str) -> str:
    """Return the address of the Fund in a world."""
    return f"{world}@{DOMAIN}"


def world_of(recipient: str) -> str | None:
    """Return the world that an address names, or nothing."""
    local, _, domain = recipient.rpartition("@")
    return local if local and domain.lower() == DOMAIN else None


def receive(state: WorldState, mail: Mail, envelope_sender: str) -> Reply:
    """Take in a mail: a receipt in any case, a fault list for a bad letter, unless the inbox is down."""
    down = draw(state, Chance(name=faults.INBOX_DOWN, operation=mail.kind))
    if down.fires:
        text = "4.3.0 the Fund's inbox is down (simulated): send again until it arrives"
        return Reply(code=451, text=text, events=down.events)
    facts = {**mail.facts(), "envelope_from": envelope_sender}
    received = counter.receive_letter(state, mail.kind, mail.document, mail.faults, facts)
    reply = _reply(state, mail, envelope_sender, received.result)
    text = f"2.0.0 received as {received.result.receipt_id}"
    return Reply(code=250, text=text, events=(*down.events, *received.events, *reply))


def _reply(state: WorldState, mail: Mail, to: str, receipt: Receipt) -> tuple[Event, ...]:
    # A mail without a sender is itself an automatic one: answering it would go round and round.
    if not to:
        return ()
    body: dict[str, Any] = {
        "receipt_id": receipt.receipt_id,
        "from": address(state.world.name),
        "to": to,
        "subject": f"Re: {mail.subject}"[:200],
        "in_reply_to": mail.message_id,
        "message_id": f"<{receipt.receipt_id}@{DOMAIN}>",
        "text": _text(receipt),
    }
    return (Event(world=state.world.name, at=state.now, kind="mail.replied", body=body),)


def _text(receipt: Receipt) -> str:
    lines = [
        "（模擬 CCUS）受け取りました。 / (simulated CCUS) Your letter has been received.",
        f"受付番号 {receipt.receipt_id}、受付日時 {receipt.received_at}",
    ]
    if receipt.faults:
        lines.append("次の点を直して送り直してください。 / Please mend this and send again:")
        lines.extend(f"  {fault}" for fault in receipt.faults)
    return "\n".join(lines)
