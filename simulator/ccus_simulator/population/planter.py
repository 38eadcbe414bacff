"""Plants canaries: writes the identifying values of a record and remembers each that it wrote."""

from dataclasses import dataclass
from typing import Final

from ccus_simulator.population.codes import GHOST_DIGITS, code_of, ghosts
from ccus_simulator.population.draws import Draws

SLOTS: Final = 40

TEXT_SLOTS: Final = (
    *("t01_name", "t05_address", "t08_emergency_name_relation", "t09_emergency_address"),
    *("t29_training", "t30_awards"),
    *("b01_trade_name", "b06_representative", "b07_address", "b12_registrar_name", "b23_awards"),
    *("b22_main_clients", "b22_main_clients/1", "b22_main_clients/2"),
    *("x_past_firms", "x_past_firms/1"),
)
NUMBER_SLOTS: Final = (
    *("t06_phone_home_mobile", "t06_phone_home_mobile/1", "t07_fax", "t10_emergency_phone"),
    *("t19_kentaikyo_no", "b05_corporate_no", "b08_phone", "b17_kentaikyo_contract_no"),
    *("t27_qualifications", "t27_qualifications/1", "t27_qualifications/2", "t27_qualifications/3"),
    *("b20_cinet_code", "b21_ecert_kind_no", "x_email", "x_email/1", "x_kana", "x_kana/1"),
    *("x_bank_account", "x_bank_account/1", "x_face_photo", "x_my_number"),
)
_TEXT_SLOT: Final = {name: slot for slot, name in enumerate(TEXT_SLOTS)}
_NUMBER_SLOT: Final = {name: slot for slot, name in enumerate(NUMBER_SLOTS)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """A text that stands in one item of one record and nowhere else."""

    id: str
    item: str
    text: str


class Planter:
    """Writes the canaries of one record."""

    __slots__ = ("draws", "planted")

    def __init__(self, draws: Draws) -> None:
        self.draws = draws
        self.planted: list[Canary] = []

    def text(self, item: str, word: str = "", *, order: int = 0) -> str:
        """Write a word that carries the marker and the ghosts of this item."""
        slot = _TEXT_SLOT[_slot_name(item, order)]
        return self.plant(item, word + ghosts(self._code(slot, SLOTS, GHOST_DIGITS)))

    def number(self, item: str, prefix: str, *, order: int = 0, digits: int = 8) -> str:
        """Write a number that begins with a prefix nobody was ever given."""
        return self.plant(item, prefix + self.digits(item, order=order, digits=digits))

    def digits(self, item: str, *, order: int = 0, digits: int = 8) -> str:
        """Give the bare digits of this item, for a text that the caller plants itself."""
        slot = _NUMBER_SLOT[_slot_name(item, order)]
        return f"{self._code(slot, SLOTS, digits):0{digits}d}"

    def serial(self, digits: int) -> str:
        """Give a number of which each record has only one: all digits tell records apart."""
        return f"{self._code(0, 1, digits):0{digits}d}"

    def plant(self, item: str, text: str) -> str:
        self.planted.append(Canary(id=self.draws.id, item=item, text=text))
        return text

    def _code(self, slot: int, slots: int, digits: int) -> int:
        draws = self.draws
        return code_of(draws.seed, draws.registry_id, slot=slot, slots=slots, digits=digits)


def _slot_name(item: str, order: int) -> str:
    return f"{item}/{order}" if order else item
