"""The technician record: 34 items as a function of seed, id and the firms the technician belongs to."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final

from ccus_simulator.ids import BUSINESS, bulk_id
from ccus_simulator.pools import CONSTRUCTION
from ccus_simulator.population.businesses import trade_name
from ccus_simulator.population.days import (
    REFERENCE_DAY,
    age,
    before,
    birthday,
    first_birthday_after,
    years_later,
)
from ccus_simulator.population.draws import Draws, Weighted
from ccus_simulator.population.people import GIVEN, address, japanese_name, phone
from ccus_simulator.population.planter import Planter

Affiliated = Sequence[tuple[str, str]]
"""The firms of a technician: (business id, "main" or "sub")."""

REGISTERED_BUSINESSES: Final = 304_314
OLDEST: Final = 75
AGES: Final = Weighted[tuple[int, int]].of(
    {(18, 29): 12, (30, 39): 16, (40, 49): 22, (50, 54): 14, (55, 64): 22, (65, OLDEST): 14}.items()
)
BLOOD: Final = Weighted[str].of({"A": 36, "O": 28, "B": 20, "AB": 9, "不明": 7}.items())
LEVELS: Final = Weighted[int].of({1: 80, 2: 6, 3: 6, 4: 8}.items())
YOUNGEST_OF_LEVEL: Final = {1: 15, 2: 21, 3: 25, 4: 28}
HEALTH_KINDS: Final = Weighted[tuple[str, str]].of(
    {
        ("有", "協会けんぽ"): 620,
        ("有", "健康保険組合"): 80,
        ("適用除外", "建設国保"): 200,
        ("有", "国民健康保険"): 50,
    }.items()
)
TRADES: Final = Weighted[tuple[str, tuple[str, ...]]].of(
    ((trade["major"], tuple(trade["minors"])), trade["weight"]) for trade in CONSTRUCTION["trades"]
)
NATIONALITIES: Final = Weighted[dict[str, Any]].of((n, n["weight"]) for n in CONSTRUCTION["nationalities"])
STATUSES: Final = {
    name: Weighted[dict[str, Any]].of((status, status["weight"]) for status in statuses)
    for name, statuses in CONSTRUCTION["statuses"].items()
}
DAYS_OF_PERIOD: Final = {"6月": 182, "1年": 365, "2年": 730, "3年": 1095, "5年": 1826}
KIND_LABELS: Final[dict[str, str]] = {"main": "主", "sub": "従"}
TRADE_NAME: Final = "b01_trade_name"


def technician_record(planter: Planter, affiliated: Affiliated | None) -> dict[str, Any]:
    """Write the 34 items, planting their canaries; without firms given, those of the bulk register."""
    draws = planter.draws
    born = _birth(draws)
    sex = "女" if draws.chance("sex", 40) else "男"
    firms = home_firms(draws) if affiliated is None else affiliated
    nationality = draws.weighted("nationality", NATIONALITIES) if draws.chance("foreign", 100) else None
    return {
        "t01_name": _name(planter, sex, nationality),
        "t02_sex": sex,
        "t03_birth_date": born.isoformat(),
        "t04_blood_type": draws.weighted("blood", BLOOD),
        "t05_address": address(planter, "t05_address"),
        **_phones(planter),
        **_emergency(planter),
        **_employment(planter, born, firms),
        **_insurance(draws),
        **_mutual_aid(planter),
        **_trades(draws),
        "t26_valid_until": _valid_until(draws, born).isoformat(),
        **_career(planter, born),
        **_residence(draws, nationality),
        "t34_card_issue_count": 2 if draws.chance("reissued", 80) else 1,
    }


def home_firms(draws: Draws) -> Affiliated:
    """Draw the firms of a technician of the bulk register; one of a world has only those it is given."""
    if not draws.registry_id.bulk or draws.chance("firms", 30):
        return ()
    main = bulk_id(BUSINESS, draws.below("firm", REGISTERED_BUSINESSES))
    second = bulk_id(BUSINESS, draws.below("second_firm", REGISTERED_BUSINESSES))
    if draws.chance("firms", 60) and second != main:
        return ((main, "main"), (second, "sub"))
    return ((main, "main"),)


def is_detailed(draws: Draws) -> bool:
    """Draw 詳細型 or 簡略型; a 一人親方 of a world is always registered in detail."""
    return draws.registry_id.sole or draws.chance("detailed", 500)


def is_sole(draws: Draws) -> bool:
    """Draw whether the technician is a 一人親方."""
    return draws.chance("sole", 60) if draws.registry_id.bulk else draws.registry_id.sole


def _birth(draws: Draws) -> date:
    youngest, oldest = draws.weighted("age", AGES)
    latest = years_later(REFERENCE_DAY, -youngest)
    earliest = years_later(REFERENCE_DAY, -oldest - 1) + timedelta(days=1)
    born = earliest + timedelta(days=draws.below("birthday", (latest - earliest).days + 1))
    return born.replace(day=28) if (born.month, born.day) == (2, 29) else born


def _name(planter: Planter, sex: str, nationality: dict[str, Any] | None) -> str:
    if nationality is None:
        return japanese_name(planter, "t01_name", sex)
    draws = planter.draws
    words = draws.pick("family", nationality["families"])
    given = planter.text("t01_name", draws.pick("given", CONSTRUCTION["foreign_given"]))
    return " ".join([*words, given])


def _phones(planter: Planter) -> dict[str, Any]:
    item, draws = "t06_phone_home_mobile", planter.draws
    phones = [{"種別": "携帯", "番号": phone(planter, item)}]
    if draws.chance("home_phone", 350):
        phones.append({"種別": "自宅", "番号": phone(planter, item, order=1)})
    return {item: phones, "t07_fax": phone(planter, "t07_fax") if draws.chance("fax", 150) else None}


def _emergency(planter: Planter) -> dict[str, Any]:
    item, draws = "t08_emergency_name_relation", planter.draws
    sex = draws.pick("emergency_sex", tuple(GIVEN))
    relations = {"男": ("父", "子", "兄弟姉妹", "祖父母"), "女": ("母", "配偶者", "子", "その他")}[sex]
    return {
        item: {
            "氏名": japanese_name(planter, item, sex, "emergency_"),
            "続柄": draws.pick("relation", relations),
        },
        "t09_emergency_address": address(planter, "t09_emergency_address", "emergency_"),
        "t10_emergency_phone": phone(planter, "t10_emergency_phone"),
    }


def _employment(planter: Planter, born: date, firms: Affiliated) -> dict[str, Any]:
    return {
        "t11_affiliated_firms": [
            {"名称": _firm_name(planter, business), "区分": KIND_LABELS[kind]} for business, kind in firms
        ],
        "t12_hired_on": [_hired(planter.draws, born, order).isoformat() for order in range(len(firms))],
    }


def _firm_name(planter: Planter, business: str) -> str:
    # The name is the firm's canary, wherever it stands: a hit leads to the firm, not to one of its people.
    firm = Planter(Draws(planter.draws.seed, business))
    name = trade_name(firm)
    planter.planted.extend(firm.planted)
    return name


def _hired(draws: Draws, born: date, order: int) -> date:
    earliest = birthday(born, born.year + 18)
    days = max((REFERENCE_DAY - earliest).days, 1)
    return earliest + timedelta(days=draws.below("hired_second" if order else "hired", days))


def _insurance(draws: Draws) -> dict[str, Any]:
    if is_sole(draws):
        health, kind, pension, pension_kind, employment = ("有", "国民健康保険", "有", "国民年金", "適用除外")
    elif draws.chance("insured", 950):
        health, kind = draws.weighted("health_kind", HEALTH_KINDS)
        pension, pension_kind, employment = ("有", "厚生年金", "有")
    else:
        health, kind, pension, pension_kind, employment = ("無", None, "無", None, "無")
    return {
        "t13_health_ins_status": health,
        "t14_health_ins_kind": kind,
        "t15_pension_status": pension,
        "t16_pension_kind": pension_kind,
        "t17_employment_ins_status": employment,
    }


def _mutual_aid(planter: Planter) -> dict[str, Any]:
    draws = planter.draws
    kentaikyo = draws.chance("kentaikyo", 300)
    special = _special_insurance(draws) if is_detailed(draws) else (None, None)
    return {
        "t18_kentaikyo_status": "有" if kentaikyo else "無",
        "t19_kentaikyo_no": planter.number("t19_kentaikyo_no", "98-") if kentaikyo else None,
        "t20_chutaikyo": "有" if draws.chance("chutaikyo", 120) else "無",
        "t21_rosai_special": special[0],
        "t22_rosai_special_kind": special[1],
        "t23_health_check_kind_date": _health_checks(draws) if is_detailed(draws) else None,
    }


def _special_insurance(draws: Draws) -> tuple[str, str | None]:
    if is_sole(draws):
        return "有", "一人親方"
    return ("有", "中小事業主等") if draws.chance("special_kind", 40) else ("無", None)


def _health_checks(draws: Draws) -> list[dict[str, str]]:
    kinds = CONSTRUCTION["health_checks"]
    checks = [_check(draws.pick("check_kind", kinds["general"]), draws.below("check_day", 365))]
    if draws.chance("special_check", 250):
        special = draws.pick("special_check", kinds["special"])
        checks.append(_check(special, draws.below("special_check_day", 365)))
    if draws.chance("dust_check_day", 60):
        checks.append(_check(kinds["pneumoconiosis"], draws.below("dust_check_day", 3 * 365)))
    return checks


def _check(kind: str, days_ago: int) -> dict[str, str]:
    return {"種類": kind, "受診日": before(days_ago + 1).isoformat()}


def _trades(draws: Draws) -> dict[str, Any]:
    wanted = (1, 1, 1, 1, 1, 1, 2, 2, 3, 4)[draws.below("trades", 10)]
    pairs: dict[tuple[str, str], None] = {}
    for order in range(wanted):
        major, minors = draws.weighted(f"trade_{order}", TRADES)
        pairs[major, draws.pick(f"minor_{order}", minors)] = None
    return {"t24_job_major": [major for major, _ in pairs], "t25_job_minor": [minor for _, minor in pairs]}


def _valid_until(draws: Draws, born: date) -> date:
    if draws.chance("documents", 20):
        return first_birthday_after(born, years_later(before(draws.between("issued", 1, 700)), 2))
    issued = before(draws.between("issued", 1, 2500))
    years = 14 if age(born, issued) >= 60 else 9
    return first_birthday_after(born, years_later(issued, years))


def _career(planter: Planter, born: date) -> dict[str, Any]:
    draws = planter.draws
    if not is_detailed(draws):
        return {"t27_qualifications": None, "t28_skill_level": 1, "t29_training": None, "t30_awards": None}
    level = _level(draws, born)
    return {
        "t27_qualifications": _qualifications(planter, level),
        "t28_skill_level": level,
        "t29_training": _training(planter),
        "t30_awards": _awards(planter),
    }


def _level(draws: Draws, born: date) -> int:
    drawn, lived = draws.weighted("level", LEVELS), age(born, REFERENCE_DAY)
    return max(level for level, youngest in YOUNGEST_OF_LEVEL.items() if level <= drawn and youngest <= lived)


def _qualifications(planter: Planter, level: int) -> list[dict[str, str]]:
    draws = planter.draws
    held: dict[str, tuple[str, int]] = {}
    if level == 4:
        held[draws.pick("foreman", CONSTRUCTION["foreman_qualifications"])] = (
            "登録基幹技能者",
            draws.below("qualified_foreman", 2000),
        )
    for order in range(draws.between("qualifications", 0, 3)):
        group = draws.pick(f"qualification_{order}", CONSTRUCTION["qualifications"])
        days_ago = draws.below(f"qualified_{order}", 2000)
        held.setdefault(
            draws.pick(f"qualification_name_{order}", group["names"]), (group["category"], days_ago)
        )
    return [
        _qualification(planter, order, name, category, days_ago)
        for order, (name, (category, days_ago)) in enumerate(held.items())
    ]


def _qualification(planter: Planter, order: int, name: str, category: str, days_ago: int) -> dict[str, str]:
    return {
        "分類": category,
        "名称": name,
        "番号": planter.number("t27_qualifications", "96-", order=order),
        "取得日": before(days_ago + 1).isoformat(),
    }


def _training(planter: Planter) -> list[dict[str, str]]:
    draws = planter.draws
    if not draws.chance("training_held", 300):
        return []
    name = draws.pick("training", CONSTRUCTION["training"])
    finished = before(draws.between("training_day", 1, 1800)).isoformat()
    return [{"名称": f"{name}（{planter.text('t29_training', '会場')}）", "修了日": finished}]


def _awards(planter: Planter) -> list[dict[str, str]]:
    draws = planter.draws
    if not draws.chance("award_held", 50):
        return []
    name = draws.pick("award", CONSTRUCTION["technician_awards"])
    awarded = before(draws.between("award_day", 1, 1800)).isoformat()
    return [{"名称": f"{name}（{planter.text('t30_awards', '第')}）", "受賞日": awarded}]


def _residence(draws: Draws, nationality: dict[str, Any] | None) -> dict[str, Any]:
    if nationality is None:
        return {"t31_nationality": "日本", "t32_residence_status": None, "t33_residence_period": None}
    status = draws.weighted("status", STATUSES[nationality["statuses"]])
    code = {"コード": status["code"], "名称": status["name"]} if status["code"] else None
    return {
        "t31_nationality": nationality["name"],
        "t32_residence_status": code,
        "t33_residence_period": _period(draws, status) if code else None,
    }


def _period(draws: Draws, status: dict[str, Any]) -> dict[str, str | None]:
    period = draws.pick("period", status["periods"])
    if period not in DAYS_OF_PERIOD:
        return {"期間": period, "満了日": None}
    left = draws.between("stay", 31, DAYS_OF_PERIOD[period])
    return {"期間": period, "満了日": (REFERENCE_DAY + timedelta(days=left)).isoformat()}
