"""Items outside 別紙1 that CCUS must never provide; the fault `extra_fields` adds them to a record."""

from base64 import b64encode
from typing import Any, Final

from ccus_simulator.ids import TECHNICIAN
from ccus_simulator.population.hand import Hand
from ccus_simulator.population.people import FAMILIES, FAMILIES_READ

KANA_DIGITS: Final = str.maketrans("0123456789", "アカサタナハマヤラワ")
EXTRA_KEYS: Final = ("x_email", "x_face_photo", "x_my_number", "x_bank_account", "x_past_firms", "x_kana")


def extra_items(hand: Hand) -> dict[str, Any]:
    """Write the forbidden items, each a canary; those of a person only for a technician."""
    of_a_person = hand.kind == TECHNICIAN
    # A technician and a business may have the same number: each needs its own slots.
    order = 0 if of_a_person else 1
    account = "x_bank_account"
    shared = {
        "x_email": _email(hand, order),
        account: hand.plant(account, f"9999-999-{hand.line(account, order=order)}"),
        "x_kana": _kana(hand, order),
    }
    if not of_a_person:
        return shared
    return {
        **shared,
        "x_face_photo": _face_photo(hand),
        "x_my_number": hand.plant("x_my_number", f"8888{hand.digits('x_my_number')}"),
        "x_past_firms": _past_firms(hand),
    }


def _email(hand: Hand, order: int) -> str:
    return hand.plant("x_email", f"m{hand.digits('x_email', order=order)}@ccus-sim.example")


def _kana(hand: Hand, order: int) -> str:
    family = FAMILIES_READ[hand.below("family", len(FAMILIES_READ))]
    given = hand.plant("x_kana", "ムヌ" + hand.digits("x_kana", order=order).translate(KANA_DIGITS))
    return f"{family}　{given}"


def _face_photo(hand: Hand) -> str:
    picture = f"CCUS-SIM synthetic face {hand.digits('x_face_photo')}"
    return hand.plant("x_face_photo", b64encode(picture.encode()).decode())


def _past_firms(hand: Hand) -> list[str]:
    names = [FAMILIES[hand.below(f"past_{order}", len(FAMILIES))] for order in range(2)]
    return [
        hand.text("x_past_firms", f"旧{name}組", order=order)
        for order, name in enumerate(names[: 1 + hand.below("past", 2)])
    ]
