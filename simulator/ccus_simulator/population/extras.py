"""Items outside 別紙1 that CCUS must never provide; the fault `extra_fields` adds them to a record."""

from base64 import b64encode
from typing import Any, Final

from ccus_simulator.ids import TECHNICIAN
from ccus_simulator.population.people import FAMILIES
from ccus_simulator.population.planter import Planter

KANA_DIGITS: Final = str.maketrans("0123456789", "アカサタナハマヤラワ")
EXTRA_KEYS: Final = ("x_email", "x_face_photo", "x_my_number", "x_bank_account", "x_past_firms", "x_kana")


def extra_record(planter: Planter) -> dict[str, Any]:
    """Write the forbidden items, each a canary; those of a person only for a technician."""
    of_a_person = planter.draws.registry_id.kind == TECHNICIAN
    # A technician and a business may have the same number: each needs its own slots.
    order = 0 if of_a_person else 1
    shared = {
        "x_email": _email(planter, order),
        "x_bank_account": planter.number("x_bank_account", "9999-999-", order=order, digits=7),
        "x_kana": _kana(planter, order),
    }
    if not of_a_person:
        return shared
    return {
        **shared,
        "x_face_photo": _face_photo(planter),
        "x_my_number": planter.number("x_my_number", "8888"),
        "x_past_firms": _past_firms(planter),
    }


def _email(planter: Planter, order: int) -> str:
    return planter.plant("x_email", f"m{planter.digits('x_email', order=order)}@ccus-sim.example")


def _kana(planter: Planter, order: int) -> str:
    family = planter.draws.pick("family", FAMILIES)[1]
    given = planter.plant("x_kana", "ムヌ" + planter.digits("x_kana", order=order).translate(KANA_DIGITS))
    return f"{family}　{given}"


def _face_photo(planter: Planter) -> str:
    picture = f"CCUS-SIM synthetic face {planter.digits('x_face_photo')}"
    return planter.plant("x_face_photo", b64encode(picture.encode()).decode())


def _past_firms(planter: Planter) -> list[str]:
    draws = planter.draws
    return [
        planter.text("x_past_firms", f"旧{draws.pick(f'past_{order}', FAMILIES)[0]}組", order=order)
        for order in range(draws.between("past", 1, 2))
    ]
