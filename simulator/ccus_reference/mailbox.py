"""The Fund's mailbox: a letter goes there as an e-mail with its document attached, and SMTP says whether it arrived."""

from __future__ import annotations

import json
import smtplib
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ccus_reference.ccus_road import CcusUnreachable

if TYPE_CHECKING:
    from collections.abc import Mapping

SECONDS = 10.0
SENDER = "kou@candidate.invalid"
SUBJECT = "漏えい等の通知"
TEXT = "漏えい等について、添付のとおり通知します。\n"
CHARSET = "iso-2022-jp"
"""What Japanese mail programs have always written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """Where the Fund takes e-mail in one world: a server (smtp://host:port) and an address."""

    server: str
    address: str

    def send(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """Mails a document; gives what the Fund's server said when it took it, or raises `CcusUnreachable`."""
        place = urlsplit(self.server)
        try:
            with smtplib.SMTP(place.hostname or "", place.port or 25, timeout=SECONDS) as server:
                server.ehlo()
                for step in (server.mail(SENDER), server.rcpt(self.address)):
                    _accepted(*step)
                return {"accepted": _accepted(*server.data(self._written(document)))}
        except (OSError, smtplib.SMTPException) as fault:
            raise CcusUnreachable(why=type(fault).__name__) from fault

    def _written(self, document: Mapping[str, Any]) -> bytes:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = SENDER, self.address, SUBJECT
        message["Message-ID"] = f"<{document['notice_id']}@candidate.invalid>"
        message.set_content(TEXT, charset=CHARSET)
        attached = json.dumps(document, ensure_ascii=False).encode()
        message.add_attachment(attached, maintype="application", subtype="json", filename="notice.json")
        return message.as_bytes(policy=SMTP)


def _accepted(code: int, said: bytes) -> str:
    if code != 250:
        raise CcusUnreachable(why=f"SMTP {code}")
    return said.decode("ascii", "replace")
