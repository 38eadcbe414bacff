"""Faults by name: what CCUS can be made to do wrong, so that a candidate's answer to it can be seen."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedFault:
    """One wrong behaviour of CCUS, and what shows that it has set in."""

    name: str
    ja: str
    seen_by: str


EXTRA_FIELDS: Final = "extra_fields"
ANSWERS_AFTER_END: Final = "answers_after_end"

CATALOGUE: Final = {
    fault.name: fault
    for fault in (
        NamedFault(
            name=EXTRA_FIELDS,
            ja="別紙1にない項目（メール、顔写真、マイナンバー、口座、過去の所属、カナ）を付けて提供する",
            seen_by="provision.collected の items に x_ で始まる項目がある",
        ),
        NamedFault(
            name=ANSWERS_AFTER_END,
            ja="契約が終了しても提供を止めない",
            seen_by="終了後の at を持つ provision.collected がある",
        ),
    )
}
