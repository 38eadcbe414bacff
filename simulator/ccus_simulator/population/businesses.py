"""The business record: 23 items as a function of seed and id."""

from typing import Any, Final

from ccus_simulator.pools import CONSTRUCTION
from ccus_simulator.population.draws import Draws, Weighted
from ccus_simulator.population.people import FAMILIES, address, home, japanese_name, phone
from ccus_simulator.population.planter import Planter

SOLE: Final = "一人親方"
KINDS: Final = Weighted[str].of({"法人": 480, "個人": 175, SOLE: 345}.items())
KINDS_OF_A_WORLD: Final = Weighted[str].of({"法人": 800, "個人": 200}.items())
LICENSED_PER_MILLE: Final = {"法人": 880, "個人": 400, SOLE: 40}
LICENCE_TRADES: Final = Weighted[str].of((t["name"], t["weight"]) for t in CONSTRUCTION["licence_trades"])
LEGAL_FORM: Final = Weighted[str].of({"株式会社": 82, "有限会社": 14, "合同会社": 4}.items())
SCHEMES: Final = {
    (True, True): "建退共・中退共",
    (True, False): "建退共",
    (False, True): "中退共",
    (False, False): "無",
}
CORPORATE_BASE: Final = "9999"
"""No registry office has this number, so no real 法人番号 has these digits behind its check digit."""


def business_record(planter: Planter) -> dict[str, Any]:
    """Write the 23 items, planting their canaries."""
    draws = planter.draws
    kind = firm_kind(draws)
    return {
        "b01_trade_name": trade_name(planter),
        **_licence(planter, kind),
        "b04_firm_kind": kind,
        "b05_corporate_no": _corporate_no(planter) if kind == "法人" else None,
        "b06_representative": japanese_name(planter, "b06_representative", "男"),
        "b07_address": address(planter, "b07_address"),
        "b08_phone": phone(planter, "b08_phone"),
        "b09_capital": draws.pick("capital", CONSTRUCTION["capitals"]) if kind == "法人" else 0,
        "b10_other_business": _yes(draws.chance("other_business", 296)),
        "b12_registrar_name": japanese_name(planter, "b12_registrar_name", "女", "registrar_"),
        **_insurance(draws, kind),
        **_retirement(planter, kind),
        "b19_rosai_special": _yes(draws.chance("special_kind", 850 if kind == SOLE else 200)),
        "b20_cinet_code": planter.number("b20_cinet_code", "9600") if draws.chance("cinet", 120) else None,
        "b21_ecert_kind_no": _certificate(planter),
        "b22_main_clients": _clients(planter),
        "b23_awards": _awards(planter),
    }


def firm_kind(draws: Draws) -> str:
    """Draw 法人, 個人 or 一人親方; a world says by the id which of its firms are 一人親方."""
    if draws.registry_id.bulk:
        return draws.weighted("kind", KINDS)
    return SOLE if draws.registry_id.sole else draws.weighted("kind", KINDS_OF_A_WORLD)


def trade_name(planter: Planter) -> str:
    """Write the firm's name; only a 法人 has a legal form in it."""
    draws = planter.draws
    family = draws.pick("family", FAMILIES)[0]
    name = planter.text("b01_trade_name", family + draws.pick("word", CONSTRUCTION["firm_words"]))
    if firm_kind(draws) != "法人":
        return name
    form = draws.weighted("form", LEGAL_FORM)
    return f"{form}{name}" if draws.chance("name_order", 600) else f"{name}{form}"


def corporate_number(base: str) -> str:
    """Put the check digit before twelve digits, by the rule of the 法人番号."""
    total = sum(int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(base)))
    return f"{9 - total % 9}{base}"


def _corporate_no(planter: Planter) -> str:
    number = corporate_number(CORPORATE_BASE + planter.digits("b05_corporate_no"))
    return planter.plant("b05_corporate_no", number)


def _licence(planter: Planter, kind: str) -> dict[str, Any]:
    draws = planter.draws
    if not draws.chance("licensed", LICENSED_PER_MILLE[kind]):
        return {"b02_licensed": "無", "b03_licence_no": None, "b11_licence_trades": []}
    office = "00" if draws.chance("minister", 20) else home(draws)["code"]
    number = planter.plant("b03_licence_no", f"{office}-9{planter.serial(5)}")
    return {"b02_licensed": "有", "b03_licence_no": number, "b11_licence_trades": _licence_trades(draws)}


def _licence_trades(draws: Draws) -> list[dict[str, str]]:
    wanted = 1 if draws.chance("licences", 460) else draws.between("licences", 2, 4)
    names = dict.fromkeys(draws.weighted(f"licence_{order}", LICENCE_TRADES) for order in range(wanted))
    special = draws.chance("special_licence", 100)
    return [{"業種": name, "区分": "特定" if special else "一般"} for name in names]


def _insurance(draws: Draws, kind: str) -> dict[str, str]:
    if kind == "法人":
        joined = "有" if draws.chance("insured", 992) else "無"
        return _three(joined, joined, joined)
    if kind == SOLE:
        return _three("適用除外", "適用除外", "適用除外")
    return _three("適用除外", "適用除外", "有" if draws.chance("insured", 950) else "無")


def _three(health: str, pension: str, employment: str) -> dict[str, str]:
    return {
        "b13_health_ins_status": health,
        "b14_pension_status": pension,
        "b15_employment_ins_status": employment,
    }


def _retirement(planter: Planter, kind: str) -> dict[str, Any]:
    draws = planter.draws
    employs = kind != SOLE
    kentaikyo = employs and draws.chance("kentaikyo", 450)
    chutaikyo = employs and draws.chance("chutaikyo", 250)
    item = "b17_kentaikyo_contract_no"
    return {
        "b16_retirement_scheme": SCHEMES[kentaikyo, chutaikyo],
        item: planter.number(item, "99-", digits=6) if kentaikyo else None,
        "b18_chutaikyo": _yes(chutaikyo),
    }


def _certificate(planter: Planter) -> dict[str, str] | None:
    draws = planter.draws
    if not draws.chance("certificate", 100):
        return None
    kind = draws.pick("certificate_kind", CONSTRUCTION["ecert_kinds"])
    return {"種類": kind, "番号": planter.number("b21_ecert_kind_no", "95-")}


def _clients(planter: Planter) -> list[str]:
    return [_client(planter, order) for order in range(planter.draws.between("clients", 1, 3))]


def _client(planter: Planter, order: int) -> str:
    family = planter.draws.pick(f"client_{order}", FAMILIES)[0]
    return f"{planter.text('b22_main_clients', f'{family}建設', order=order)}株式会社"


def _awards(planter: Planter) -> list[str]:
    draws = planter.draws
    if not draws.chance("award_held", 80):
        return []
    return [f"{draws.pick('award', CONSTRUCTION['business_awards'])}（{planter.text('b23_awards')}）"]


def _yes(condition: bool) -> str:  # noqa: FBT001 - it is the value
    return "有" if condition else "無"
