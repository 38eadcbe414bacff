"""The business record: 23 items as a function of seed and id."""

from typing import Any, Final

from ccus_simulator.pools import CONSTRUCTION
from ccus_simulator.population.draws import Shares
from ccus_simulator.population.people import FAMILIES, FEMALE, MALE, address, home, japanese_name, line
from ccus_simulator.population.picks import distinct
from ccus_simulator.population.register import is_sole_firm
from ccus_simulator.population.writer import Flag, Text, Value, Whole, Writer

CORPORATION, INDIVIDUAL, SOLE = range(3)
KINDS: Final = ("法人", "個人", "一人親方")
CORPORATE_PER_MILLE: Final = 733
CORPORATE_PER_MILLE_OF_A_WORLD: Final = 800
LICENSED_PER_MILLE: Final = (880, 400, 40)
LICENCES: Final = Shares.of((425, 192, 192, 191))
"""One to four drawn; a little less than the published 46 % have one, for two of the drawn may be the same."""

LICENCE_TRADES: Final = Shares.of(trade["weight"] for trade in CONSTRUCTION["licence_trades"])
LICENCE_NAMES: Final = tuple(trade["name"] for trade in CONSTRUCTION["licence_trades"])
LICENCE_CLASSES: Final = ("一般", "特定")
LEAST_CAPITAL_OF_SPECIAL: Final = 20_000_000
CAPITALS: Final = tuple(capital["yen"] for capital in CONSTRUCTION["capitals"])
CAPITAL: Final = Shares.of(capital["weight"] for capital in CONSTRUCTION["capitals"])
OFFICES: Final = tuple(f"{office:02d}-" for office in range(48))
LEADING_DIGITS: Final = ("5", "6", "7", "8", "9")
"""The highest numbers of licences are far below these; the first belongs to worlds."""

LEGAL_FORM: Final = Shares.of((82, 14, 4))
LEGAL_FORMS: Final = ("株式会社", "有限会社", "合同会社", "")
NO_FORM: Final = 3
FIRM_WORDS: Final = tuple(CONSTRUCTION["firm_words"])
SCHEMES: Final = ("無", "中退共", "建退共", "建退共・中退共")
CERTIFICATE_KINDS: Final = tuple(CONSTRUCTION["ecert_kinds"])
AWARDS: Final = tuple(f"{award}（" for award in CONSTRUCTION["business_awards"])
YES_NO: Final = ("無", "有")
DIGITS: Final = tuple("0123456789")
CORPORATE_BASE: Final = 9999
"""No registry office has this number, so no real 法人番号 has these digits behind its check digit."""


def business_items(w: Writer) -> dict[str, Value]:
    """Write the 23 items, planting their canaries."""
    kind = firm_kind(w)
    corporate = kind == CORPORATION
    capital = w.where(corporate, w.at(CAPITALS, w.pick("capital", CAPITAL)), 0)
    licensed = w.chance("licensed", w.at(LICENSED_PER_MILLE, kind))
    return {
        "b01_trade_name": trade_name(w),
        "b02_licensed": yes(w, licensed),
        "b03_licence_no": w.when(licensed, lambda: _licence_no(w)),
        "b04_firm_kind": w.at(KINDS, kind),
        "b05_corporate_no": w.when(corporate, lambda: corporate_no(w)),
        "b06_representative": japanese_name(w, "b06_representative", MALE),
        "b07_address": address(w, "b07_address"),
        "b08_phone": line(w, "b08_phone"),
        "b09_capital": capital,
        "b10_other_business": yes(w, w.chance("other_business", 296)),
        "b11_licence_trades": _licence_trades(w, licensed, capital),
        "b12_registrar_name": japanese_name(w, "b12_registrar_name", FEMALE, "registrar_"),
        **_insurance(w, kind),
        **_retirement(w, kind),
        "b19_rosai_special": yes(
            w, w.where(kind == SOLE, w.chance("special_insurance", 850), w.chance("special_insurance", 200))
        ),
        "b20_cinet_code": w.when(w.chance("cinet", 120), lambda: _cinet_code(w)),
        "b21_ecert_kind_no": w.when(w.chance("certificate", 100), lambda: _certificate(w)),
        "b22_main_clients": _clients(w),
        "b23_awards": _awards(w),
    }


def firm_kind(w: Writer) -> Whole:
    """Draw 法人, 個人 or 一人親方; a world says by the id which of its firms are 一人親方."""
    corporate = w.chance("kind", CORPORATE_PER_MILLE if w.bulk else CORPORATE_PER_MILLE_OF_A_WORLD)
    return w.where(is_sole_firm(w), SOLE, w.where(corporate, CORPORATION, INDIVIDUAL))


def trade_name(w: Writer) -> Text:
    """Write the firm's name; only a 法人 has a legal form in it."""
    family = w.at(FAMILIES, w.below("family", len(FAMILIES)))
    name = w.join(family, w.at(FIRM_WORDS, w.below("word", len(FIRM_WORDS))))
    form = w.where(firm_kind(w) == CORPORATION, w.pick("form", LEGAL_FORM), NO_FORM)
    first = w.chance("name_order", 600)
    before = w.at(LEGAL_FORMS, w.where(first, form, NO_FORM))
    after = w.at(LEGAL_FORMS, w.where(first, NO_FORM, form))
    return w.join(before, w.text("b01_trade_name", name), after)


def check_digit(base: Whole) -> Whole:
    """Compute the digit before twelve digits, by the rule of the 法人番号: every second digit counts twice.

    The sum is only wanted modulo 9, where a number is as much as its digits together.
    """
    return 9 - (base + sum(base // 10**place % 10 for place in range(1, 12, 2))) % 9


def corporate_no(w: Writer) -> Text:
    item = "b05_corporate_no"
    check = w.at(DIGITS, check_digit(CORPORATE_BASE * 10**8 + w.code(item)))
    return w.plant(item, w.join(check, str(CORPORATE_BASE), w.digits(item)))


def yes(w: Writer, condition: Flag) -> Text:
    return w.at(YES_NO, w.where(condition, 1, 0))


def _licence_no(w: Writer) -> Text:
    office = w.where(w.chance("minister", 20), 0, home(w) + 1)
    leading = w.at(LEADING_DIGITS, w.serial_block(5) + 1)
    return w.plant("b03_licence_no", w.join(w.at(OFFICES, office), leading, w.serial(5)))


def _licence_trades(w: Writer, licensed: Flag, capital: Whole) -> Value:
    wanted = w.where(licensed, 1 + w.pick("licences", LICENCES), 0)
    special = w.chance("special_licence", 450) & (capital >= LEAST_CAPITAL_OF_SPECIAL)
    level = w.at(LICENCE_CLASSES, w.where(special, 1, 0))
    trades = [w.pick(f"licence_{order}", LICENCE_TRADES) for order in range(4)]
    return w.rows(
        *(
            (kept, lambda trade=trade: w.struct(業種=w.at(LICENCE_NAMES, trade), 区分=level))
            for kept, trade in distinct(w, trades, wanted)
        )
    )


_INSURED: Final = {
    "b13_health_ins_status": ("無", "有", "適用除外", "適用除外", "適用除外"),
    "b14_pension_status": ("無", "有", "適用除外", "適用除外", "適用除外"),
    "b15_employment_ins_status": ("無", "有", "無", "有", "適用除外"),
}
"""By case: a corporation without and with insurance, an individual without and with, a 一人親方."""


def _insurance(w: Writer, kind: Whole) -> dict[str, Value]:
    of_corporation = w.where(w.chance("insured", 992), 1, 0)
    of_individual = w.where(w.chance("insured", 950), 3, 2)
    case = w.where(kind == SOLE, 4, w.where(kind == CORPORATION, of_corporation, of_individual))
    return {key: w.at(words, case) for key, words in _INSURED.items()}


def _retirement(w: Writer, kind: Whole) -> dict[str, Value]:
    employs = kind != SOLE
    kentaikyo = employs & w.chance("kentaikyo", 450)
    chutaikyo = employs & w.chance("chutaikyo", 250)
    item = "b17_kentaikyo_contract_no"
    return {
        "b16_retirement_scheme": w.at(SCHEMES, kentaikyo * 2 + chutaikyo),
        item: w.when(kentaikyo, lambda: w.plant(item, w.join("99-", w.serial(6)))),
        "b18_chutaikyo": yes(w, chutaikyo),
    }


def _cinet_code(w: Writer) -> Text:
    return w.plant("b20_cinet_code", w.join("9600", w.digits("b20_cinet_code")))


def _certificate(w: Writer) -> Value:
    item = "b21_ecert_kind_no"
    kind = w.at(CERTIFICATE_KINDS, w.below("certificate_kind", len(CERTIFICATE_KINDS)))
    return w.struct(種類=kind, 番号=w.plant(item, w.join("95-", w.digits(item))))


def _clients(w: Writer) -> Value:
    wanted = w.below("clients", 3)
    return w.rows(*((wanted >= order, lambda order=order: _client(w, order)) for order in range(3)))


def _client(w: Writer, order: int) -> Text:
    family = w.at(FAMILIES, w.below(f"client_{order}", len(FAMILIES)))
    return w.join(w.text("b22_main_clients", w.join(family, "建設"), order=order), "株式会社")


def _awards(w: Writer) -> Value:
    def award() -> Any:
        name = w.at(AWARDS, w.below("award", len(AWARDS)))
        return w.join(name, w.text("b23_awards", ""), "）")

    return w.rows((w.chance("awarded", 80), award))
