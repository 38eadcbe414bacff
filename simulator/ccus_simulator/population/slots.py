"""Slots: which item takes which of a record's codes, so that no two of its values share one."""

from typing import Final

TEXT_SLOTS: Final = (
    *("t01_name", "t05_address", "t08_emergency_name_relation", "t09_emergency_address"),
    *("t29_training", "t30_awards"),
    *("b01_trade_name", "b06_representative", "b07_address", "b12_registrar_name", "b23_awards"),
    *("b22_main_clients", "b22_main_clients/1", "b22_main_clients/2"),
    *("x_past_firms", "x_past_firms/1"),
)
NUMBER_SLOTS: Final = (
    *("t06_phone_home_mobile", "t10_emergency_phone", "t19_kentaikyo_no", "b05_corporate_no"),
    *("t27_qualifications", "t27_qualifications/1", "t27_qualifications/2", "t27_qualifications/3"),
    *("b20_cinet_code", "b21_ecert_kind_no", "x_email", "x_email/1", "x_kana", "x_kana/1"),
    *("x_face_photo", "x_my_number"),
)
LINE_SLOTS: Final = ("t06_phone_home_mobile/1", "t07_fax", "b08_phone", "x_bank_account", "x_bank_account/1")

TEXT_SLOT: Final = {name: slot for slot, name in enumerate(TEXT_SLOTS)}
NUMBER_SLOT: Final = {name: slot for slot, name in enumerate(NUMBER_SLOTS)}
LINE_SLOT: Final = {name: slot for slot, name in enumerate(LINE_SLOTS)}


def slot_name(item: str, order: int) -> str:
    """Name a slot: the further values of a list item have slots of their own."""
    return f"{item}/{order}" if order else item
