"""Claims about values: each item holds what it may hold, and each rule between items is kept by every record.

The schema beside this file and the rules below are written from what is published about the items, not from the
generator: that both agree is the claim.
"""

import json
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from ccus_simulator import population
from ccus_simulator.ids import BUSINESS, TECHNICIAN, bulk_id, world_id
from ccus_simulator.pools import CONSTRUCTION

Record = Mapping[str, Any]
Rule = Callable[[Record], bool]

TODAY: Final = date(2026, 4, 1)
DETAILED_ONLY: Final = (
    "t21_rosai_special",
    "t22_rosai_special_kind",
    "t23_health_check_kind_date",
    "t27_qualifications",
    "t29_training",
    "t30_awards",
)
MINORS: Final = {trade["major"]: trade["minors"] for trade in CONSTRUCTION["trades"]}
LONGEST: Final = {"6月": 184, "1年": 366, "2年": 731, "3年": 1096, "5年": 1827}
SCHEMA: Final = json.loads(Path(__file__).with_name("annex1_values.schema.json").read_text(encoding="utf-8"))


def born(t: Record) -> date:
    return date.fromisoformat(t["t03_birth_date"])


def simple(t: Record) -> bool:
    """簡略型: nothing of what only 詳細型 registers."""
    return t["t27_qualifications"] is None


def days_ago(text: str) -> int:
    return (TODAY - date.fromisoformat(text)).days


def status(t: Record) -> str | None:
    return t["t32_residence_status"] and t["t32_residence_status"]["名称"]


def implies(condition: object, consequence: object) -> bool:
    return bool(consequence) or not condition


def birthday_after(birth: date, day: date) -> date:
    this_year = birth.replace(year=day.year)
    return this_year if this_year > day else birth.replace(year=day.year + 1)


def valid_by_the_birthday_rule(t: Record) -> bool:
    """Some day of issue in the past gives exactly this day: 9, 14 or 2 years and on to the next birthday."""
    until = date.fromisoformat(t["t26_valid_until"])
    birth = born(t)
    for years, oldest, ages in ((9, 10, range(60)), (14, 15, range(60, 120)), (2, 3, range(120))):
        first, last = until.year - oldest, until.year - years
        for year in range(first, last + 1):
            for month in range(1, 13):
                issued = date(year, month, 1)
                age = year - birth.year - ((month, 1) < (birth.month, birth.day))
                fits = issued <= TODAY and age in ages
                if fits and birthday_after(birth, issued.replace(year=year + years)) == until:
                    return True
    return False


OF_TECHNICIANS: Final[dict[str, Rule]] = {
    "nobody works before fifteen": lambda t: (TODAY - born(t)).days >= 15 * 365,
    "nobody is born on 29 February, so that every year has the birthday": lambda t: (
        (born(t).month, born(t).day) != (2, 29)
    ),
    "hired at fifteen at the earliest, and in the past": lambda t: all(
        born(t).replace(year=born(t).year + 15) <= date.fromisoformat(day) < TODAY
        for day in t["t12_hired_on"]
    ),
    "one day of hiring for each firm": lambda t: len(t["t12_hired_on"]) == len(t["t11_affiliated_firms"]),
    "at most one 主たる所属, named first": lambda t: (
        [firm["区分"] for firm in t["t11_affiliated_firms"]] in ([], ["主"], ["主", "従"])
    ),
    "医療保険 無 has no kind, any other has one": lambda t: (
        (t["t13_health_ins_status"] == "無") == (t["t14_health_ins_kind"] is None)
    ),
    "適用除外 of health insurance is that of 建設国保": lambda t: implies(
        t["t13_health_ins_status"] == "適用除外", t["t14_health_ins_kind"] == "建設国保"
    ),
    "pension 無 has no kind, any other has one": lambda t: (
        (t["t15_pension_status"] == "無") == (t["t16_pension_kind"] is None)
    ),
    "建退共 有 has the number, 無 has none": lambda t: (
        (t["t18_kentaikyo_status"] == "有") == (t["t19_kentaikyo_no"] is not None)
    ),
    "労災特別加入 有 has its kind, 無 has none": lambda t: (
        (t["t21_rosai_special"] == "有") == (t["t22_rosai_special_kind"] is not None)
    ),
    "a 一人親方 has no employment insurance": lambda t: implies(
        t["t22_rosai_special_kind"] == "一人親方", t["t17_employment_ins_status"] == "適用除外"
    ),
    "簡略型 has no item of 詳細型": lambda t: implies(
        simple(t), all(t[key] is None for key in DETAILED_ONLY)
    ),
    "詳細型 has all its lists, be they empty": lambda t: implies(
        not simple(t), all(t[key] is not None for key in DETAILED_ONLY if key != "t22_rosai_special_kind")
    ),
    "簡略型 has level 1": lambda t: implies(simple(t), t["t28_skill_level"] == 1),
    "level 4 is held with 登録基幹技能者, and only there": lambda t: (
        (t["t28_skill_level"] == 4)
        == any(q["分類"] == "登録基幹技能者" for q in t["t27_qualifications"] or [])
    ),
    "a level needs its years": lambda t: (
        (TODAY - born(t)).days // 365 >= {1: 15, 2: 21, 3: 25, 4: 28}[t["t28_skill_level"]]
    ),
    "no qualification twice": lambda t: (
        len({q["名称"] for q in t["t27_qualifications"] or []}) == len(t["t27_qualifications"] or [])
    ),
    "health checks are those of the last year, じん肺 of the last three": lambda t: all(
        0 < days_ago(check["受診日"]) <= (3 * 366 if check["種類"] == "じん肺健康診断" else 366)
        for check in t["t23_health_check_kind_date"] or []
    ),
    "職種: as many large as small classes": lambda t: len(t["t24_job_major"]) == len(t["t25_job_minor"]),
    "職種: each small class belongs to its large one": lambda t: all(
        minor in MINORS[major] for major, minor in zip(t["t24_job_major"], t["t25_job_minor"], strict=True)
    ),
    "職種: no pair twice": lambda t: (
        len(set(zip(t["t24_job_major"], t["t25_job_minor"], strict=True))) == len(t["t24_job_major"])
    ),
    "有効期限 is a birthday": lambda t: t["t26_valid_until"][5:] == t["t03_birth_date"][5:],
    "有効期限 follows from a day of issue": valid_by_the_birthday_rule,
    "有効期限 has not passed": lambda t: date.fromisoformat(t["t26_valid_until"]) >= TODAY,
    "a Japanese has neither status nor period": lambda t: implies(
        t["t31_nationality"] == "日本", status(t) is None
    ),
    "status and period come together; a 特別永住者 has neither": lambda t: (
        (t["t32_residence_status"] is None) == (t["t33_residence_period"] is None)
    ),
    "永住者 is 無期限, and nobody else": lambda t: (
        (status(t) == "永住者") == (t["t33_residence_period"] == {"期間": "無期限", "満了日": None})
    ),
    "a period ends within its length": lambda t: implies(
        status(t) not in (None, "永住者"),
        0
        < -days_ago((t["t33_residence_period"] or {}).get("満了日") or "2026-04-02")
        <= LONGEST.get((t["t33_residence_period"] or {}).get("期間", ""), 10**6),
    ),
    "技能実習 and 特定技能1号 stay within their longest period": lambda t: implies(
        status(t) in ("技能実習1号ロ", "技能実習2号ロ", "技能実習3号ロ", "特定技能1号"),
        (t["t33_residence_period"] or {}).get("期間") in ("6月", "1年", "2年"),
    ),
}

OF_BUSINESSES: Final[dict[str, Rule]] = {
    "only a 法人 has a 法人番号": lambda b: (
        (b["b04_firm_kind"] == "法人") == (b["b05_corporate_no"] is not None)
    ),
    "only a 法人 has capital": lambda b: (b["b04_firm_kind"] == "法人") == (b["b09_capital"] > 0),
    "the 法人番号 has its check digit": lambda b: (
        b["b05_corporate_no"] is None or check_digit(b["b05_corporate_no"]) == b["b05_corporate_no"][0]
    ),
    "許可 無 has neither number nor trades, 有 has both": lambda b: (
        [b["b02_licensed"] == "有"] * 2 == [b["b03_licence_no"] is not None, bool(b["b11_licence_trades"])]
    ),
    "no licensed trade twice": lambda b: (
        len({t["業種"] for t in b["b11_licence_trades"]}) == len(b["b11_licence_trades"])
    ),
    "特定 needs a capital of twenty million yen": lambda b: implies(
        any(t["区分"] == "特定" for t in b["b11_licence_trades"]), b["b09_capital"] >= 20_000_000
    ),
    "a legal form stands in the name of a 法人 alone": lambda b: (
        (b["b04_firm_kind"] == "法人")
        == any(form in b["b01_trade_name"] for form in ("株式会社", "有限会社", "合同会社"))
    ),
    "建退共 has its contract number": lambda b: (
        ("建退共" in b["b16_retirement_scheme"]) == (b["b17_kentaikyo_contract_no"] is not None)
    ),
    "中退共 says the same twice": lambda b: (
        ("中退共" in b["b16_retirement_scheme"]) == (b["b18_chutaikyo"] == "有")
    ),
    "a 一人親方 employs nobody": lambda b: implies(
        b["b04_firm_kind"] == "一人親方",
        b["b15_employment_ins_status"] == "適用除外" and b["b16_retirement_scheme"] == "無",
    ),
}


def check_digit(number: str) -> str:
    """The published rule: 9 - Σ Pn·Qn mod 9, Pn the n-th digit from the right, Qn 1 for odd and 2 for even n."""
    return str(9 - sum(int(number[13 - n]) * (1 if n % 2 else 2) for n in range(1, 13)) % 9)


def faults(kind: str, record: Record) -> list[str]:
    """What a record breaks: faults against the schema, then names of rules."""
    validator = Draft202012Validator(
        {"$ref": f"#/$defs/{kind}", "$defs": SCHEMA["$defs"]},
        format_checker=Draft202012Validator.FORMAT_CHECKER,
    )
    rules = OF_TECHNICIANS if kind == "technician" else OF_BUSINESSES
    against_schema = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(record)]  # pyright: ignore[reportUnknownMemberType]
    return against_schema or [name for name, rule in rules.items() if not rule(record)]


SEEDS = st.integers(0, 2**32)
AFFILIATED = [(bulk_id(BUSINESS, 1), "main"), (bulk_id(BUSINESS, 2), "sub")]


@given(SEEDS, st.integers(0, 1_749_999))
def test_every_technician_of_the_register_is_valid(seed: int, number: int) -> None:
    assert faults("technician", population.technician(seed, bulk_id(TECHNICIAN, number))) == []


@given(SEEDS, st.integers(1000, 9_999_999), st.integers(0, 99_998))
def test_every_technician_of_a_world_is_valid(seed: int, world: int, index: int) -> None:
    record = population.technician(seed, world_id(TECHNICIAN, world, index), AFFILIATED)
    assert faults("technician", record) == []


@given(SEEDS, st.integers(0, 304_999))
def test_every_business_of_the_register_is_valid(seed: int, number: int) -> None:
    assert faults("business", population.business(seed, bulk_id(BUSINESS, number))) == []


@given(SEEDS, st.integers(1000, 9_999_999), st.integers(0, 99_998))
def test_every_business_of_a_world_is_valid(seed: int, world: int, index: int) -> None:
    assert faults("business", population.business(seed, world_id(BUSINESS, world, index))) == []


def test_a_thousand_neighbours_of_each_kind_are_valid() -> None:
    for number in range(1000):
        assert faults("technician", population.technician(7, bulk_id(TECHNICIAN, number))) == []
        assert faults("business", population.business(7, bulk_id(BUSINESS, number))) == []


BROKEN: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "簡略型 has level 1": ("simple", {"t28_skill_level": 2}),
    "簡略型 has no item of 詳細型": ("simple", {"t21_rosai_special": "無"}),
    "建退共 有 has the number, 無 has none": (
        "simple",
        {"t18_kentaikyo_status": "有", "t19_kentaikyo_no": None},
    ),
    "労災特別加入 有 has its kind, 無 has none": (
        "detailed",
        {"t21_rosai_special": "有", "t22_rosai_special_kind": None},
    ),
    "level 4 is held with 登録基幹技能者, and only there": ("detailed", {"t28_skill_level": 4}),
    "a Japanese has neither status nor period": (
        "simple",
        {"t31_nationality": "日本", "t32_residence_status": {"コード": "S20", "名称": "永住者"}},
    ),
    "有効期限 is a birthday": ("simple", {"t26_valid_until": "2031-02-03"}),
    "職種: each small class belongs to its large one": (
        "simple",
        {"t24_job_major": ["左官"], "t25_job_minor": ["とび工"]},
    ),
    "hired at fifteen at the earliest, and in the past": (
        "simple",
        {"t03_birth_date": "1990-05-05", "t12_hired_on": ["2004-05-05"]},
    ),
    "at most one 主たる所属, named first": (
        "simple",
        {"t11_affiliated_firms": [{"名称": "甲社", "区分": "主"}, {"名称": "乙社", "区分": "主"}]},
    ),
}


@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_record_is_seen(rule: str) -> None:
    sort, change = BROKEN[rule]
    people = (population.technician(7, bulk_id(TECHNICIAN, number)) for number in range(1000))
    wanted = next(p for p in people if simple(p) == (sort == "simple") and p["t28_skill_level"] == 1)
    assert rule in faults("technician", wanted | change)


def test_a_broken_business_is_seen() -> None:
    firm = next(
        b for b in (population.business(7, bulk_id(BUSINESS, n)) for n in range(99)) if b["b05_corporate_no"]
    )
    number = firm["b05_corporate_no"]
    other = str(int(number[0]) % 9 + 1)
    assert faults("business", firm | {"b05_corporate_no": other + number[1:]}) == [
        "the 法人番号 has its check digit"
    ]
    assert faults("business", firm | {"b04_firm_kind": "個人"}) == [
        "only a 法人 has a 法人番号",
        "only a 法人 has capital",
        "a legal form stands in the name of a 法人 alone",
    ]
