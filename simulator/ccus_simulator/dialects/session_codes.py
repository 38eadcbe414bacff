"""The error codes of the dialect `session`: a letter for who can mend it, and a number, one for each refusal."""

from collections.abc import Mapping
from typing import Final

CODES: Final[Mapping[str, str]] = {
    "client.unknown": "L0101",
    "client.token_invalid": "L0102",
    "user.unknown": "U0201",
    "user.credential_wrong": "U0202",
    "capacity.not_held": "U0203",
    "purpose.not_listed": "U0204",
    "registration.ended": "U0205",
    "delegation.unknown": "U0206",
    "delegation.not_valid": "U0207",
    "delegation.not_allowed": "U0208",
    "subject.not_yours": "T0301",
    "subject.own_record_only": "T0302",
    "business.own_only": "T0303",
    "contract.not_started": "K0401",
    "contract.ended": "K0402",
    "request.collected": "I0501",
    "request.unknown": "I0502",
    "request.not_ready": "I0503",
    "request.refused": "I0504",
    "request.id_reused": "I0505",
    "request.page_unknown": "I0506",
    "document.invalid": "F0601",
    "body.too_large": "F0602",
    "path.unknown": "F0603",
    "method.not_allowed": "F0604",
    "simulator.failed": "S0901",
    "service.failed": "S0902",
    "service.unavailable": "S0903",
    "service.busy": "S0904",
    "inbox.down": "S0905",
}
OTHER: Final = "S0999"
"""What a refusal is called that this dialect has no word for."""


def code(refusal: str) -> str:
    """Return this dialect's word for a refusal of the core."""
    return CODES.get(refusal, OTHER)
