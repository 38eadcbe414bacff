"""Rules of 第1条 that CCUS can be made to forget: a simulator that does not keep its own side."""

from collections.abc import Mapping
from typing import Final

from ccus_simulator.state import WorldState

ADMITS_ANYBODY: Final = "admits_anybody"
PROVIDES_OTHERS: Final = "provides_others"
LENDS_FIRMS: Final = "lends_firms"
PROVIDES_COLLEAGUES: Final = "provides_colleagues"
HANDS_OVER_TWICE: Final = "hands_over_twice"
SERVES_THE_ENDED: Final = "serves_the_ended"
IGNORES_HIDING: Final = "ignores_hiding"

_REFUSALS: Final[Mapping[str, str]] = {
    "client.unknown": ADMITS_ANYBODY,
    "subject.not_yours": PROVIDES_OTHERS,
    "capacity.not_held": LENDS_FIRMS,
    "subject.own_record_only": PROVIDES_COLLEAGUES,
    "request.collected": HANDS_OVER_TWICE,
    "registration.ended": SERVES_THE_ENDED,
}
"""Which refusal is not given under which fault."""

FORGETTING: Final = frozenset({*_REFUSALS.values(), IGNORES_HIDING})


def forgets(state: WorldState, refusal: str | None) -> bool:
    """Whether CCUS has been made to forget the rule behind this refusal."""
    return _REFUSALS.get(refusal or "") in state.faults
