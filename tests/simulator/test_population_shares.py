"""Claims about distributions: a fixed sample of the register has the published shares, as far as chance allows.

Each expected share is the published figure (or the declared guess where none is published), written here a second
time. Five standard deviations are allowed, and what a rule between items takes away is said beside the figure.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache
from math import sqrt
from typing import Any, Final

import pytest

from ccus_simulator import population
from ccus_simulator.ids import BUSINESS, TECHNICIAN, bulk_id
from ccus_simulator.population.register import BUSINESSES, TECHNICIANS

Record = Mapping[str, Any]
SAMPLE: Final = 6_000
DEVIATIONS: Final = 5


@cache
def people() -> tuple[Record, ...]:
    step = TECHNICIANS // SAMPLE
    return tuple(population.technician(7, bulk_id(TECHNICIAN, number * step)) for number in range(SAMPLE))


@cache
def firms() -> tuple[Record, ...]:
    step = BUSINESSES // SAMPLE
    return tuple(population.business(7, bulk_id(BUSINESS, number * step)) for number in range(SAMPLE))


def age(t: Record) -> int:
    year, month, day = map(int, t["t03_birth_date"].split("-"))
    return 2026 - year - ((month, day) > (4, 1))


def foreign(t: Record) -> bool:
    return t["t31_nationality"] != "日本"


def detailed(t: Record) -> bool:
    return t["t27_qualifications"] is not None


def sole(b: Record) -> bool:
    return b["b04_firm_kind"] == "一人親方"


def status_group(t: Record) -> str:
    name = (t["t32_residence_status"] or {}).get("名称", "特別永住者")
    groups = {"技能実習": "training", "特定技能": "skilled", "技術": "expert", "特定活動": "designated"}
    return next((group for start, group in groups.items() if name.startswith(start)), _settled(name))


def _settled(name: str) -> str:
    return "other" if name in {"家族滞在", "留学"} else "settled"


OF_PEOPLE: Final[dict[str, tuple[float, Callable[[Record], bool]]]] = {
    "women": (0.04, lambda t: t["t02_sex"] == "女"),
    "foreign": (0.10, foreign),
    "簡略型": (0.50, lambda t: not detailed(t)),
    "level 1": (0.90, lambda t: t["t28_skill_level"] == 1),
    "level 2": (0.03, lambda t: t["t28_skill_level"] == 2),
    "level 3": (0.03, lambda t: t["t28_skill_level"] == 3),
    "level 4": (0.04, lambda t: t["t28_skill_level"] == 4),
    "一人親方 by their pension": (0.06, lambda t: t["t16_pension_kind"] == "国民年金"),
    "three insurances": (0.95 * 0.94, lambda t: t["t17_employment_ins_status"] == "有"),
    "建退共": (0.30, lambda t: t["t18_kentaikyo_status"] == "有"),
    "中退共": (0.12, lambda t: t["t20_chutaikyo"] == "有"),
    "a fax": (0.15, lambda t: t["t07_fax"] is not None),
    "a line at home": (0.35, lambda t: len(t["t06_phone_home_mobile"]) == 2),
    "no firm": (0.03 * 0.94, lambda t: not t["t11_affiliated_firms"]),
    "two firms": (0.031 * 0.97, lambda t: len(t["t11_affiliated_firms"]) == 2),
    "one 職種": (0.60 + 0.2 * 0.014, lambda t: len(t["t24_job_major"]) == 1),
    "内装工 first": (0.045 / 1.128, lambda t: t["t24_job_major"][0] == "内装工"),
    "a card issued again": (0.08, lambda t: t["t34_card_issue_count"] == 2),
    "training, of all": (0.15, lambda t: bool(t["t29_training"])),
    "an award, of all": (0.025, lambda t: bool(t["t30_awards"])),
    "適用除外 with 建設国保": (0.94 * 0.95 * 0.211, lambda t: t["t13_health_ins_status"] == "適用除外"),
    "under thirty": (0.12 + 0.08 * 0.5, lambda t: age(t) < 30),
    "fifty-five and over": (0.36 - 0.08 * 0.36, lambda t: age(t) >= 55),
    "sixty and over": (0.24 - 0.08 * 0.24, lambda t: age(t) >= 60),
}
OF_FIRMS: Final[dict[str, tuple[float, Callable[[Record], bool]]]] = {
    "一人親方": (0.345, sole),
    "法人": (0.48, lambda b: b["b04_firm_kind"] == "法人"),
    "個人": (0.175, lambda b: b["b04_firm_kind"] == "個人"),
    "side business": (0.296, lambda b: b["b10_other_business"] == "有"),
    "licensed": (0.48 * 0.88 + 0.175 * 0.4 + 0.345 * 0.04, lambda b: b["b02_licensed"] == "有"),
    "three insurances, of all": (0.48 * 0.992, lambda b: b["b13_health_ins_status"] == "有"),
    "a capital of 300 million and more": (0.48 * 0.006, lambda b: b["b09_capital"] >= 300_000_000),
    "建退共": (0.655 * 0.45, lambda b: b["b17_kentaikyo_contract_no"] is not None),
    "a CI-NET code": (0.12, lambda b: b["b20_cinet_code"] is not None),
    "a certificate": (0.10, lambda b: b["b21_ecert_kind_no"] is not None),
}


def near(expected: float, found: float, sample: int) -> bool:
    return abs(found - expected) <= DEVIATIONS * sqrt(expected * (1 - expected) / sample)


@pytest.mark.parametrize("name", OF_PEOPLE)
def test_the_share_of_technicians_is_as_published(name: str) -> None:
    expected, holds = OF_PEOPLE[name]
    assert near(expected, sum(map(holds, people())) / SAMPLE, SAMPLE), name


@pytest.mark.parametrize("name", OF_FIRMS)
def test_the_share_of_businesses_is_as_published(name: str) -> None:
    expected, holds = OF_FIRMS[name]
    assert near(expected, sum(map(holds, firms())) / SAMPLE, SAMPLE), name


def test_more_than_half_of_the_licensed_firms_have_several_licences() -> None:
    licensed = [b for b in firms() if b["b11_licence_trades"]]
    several = sum(len(b["b11_licence_trades"]) > 1 for b in licensed) / len(licensed)
    assert near(0.54, several, len(licensed))


def test_a_tenth_of_the_licensed_firms_may_take_the_largest_contracts() -> None:
    licensed = [b for b in firms() if b["b11_licence_trades"]]
    special = sum(b["b11_licence_trades"][0]["区分"] == "特定" for b in licensed) / len(licensed)
    assert 0.05 < special < 0.13


def chi_square(expected: Mapping[str, float], found: Counter[str]) -> float:
    """The statistic of the sample against shares that sum to one."""
    sample = sum(found.values())
    assert abs(sum(expected.values()) - 1) < 1e-9
    assert set(found) <= set(expected)
    return sum((found[name] - share * sample) ** 2 / (share * sample) for name, share in expected.items())


def rough_bound(groups: int) -> float:
    """Five standard deviations above the mean of a chi-square of so many groups."""
    degrees = groups - 1
    return degrees + DEVIATIONS * sqrt(2 * degrees)


PREFECTURES: Final = {"東京都": 98, "神奈川県": 73, "大阪府": 72, "埼玉県": 68, "愛知県": 62, "鳥取県": 4}


@pytest.mark.parametrize("prefecture", PREFECTURES)
def test_people_live_where_the_figures_say(prefecture: str) -> None:
    found = sum(t["t05_address"].startswith(prefecture) for t in people()) / SAMPLE
    assert near(PREFECTURES[prefecture] / 1021, found, SAMPLE)


NATIONALITIES: Final = {
    "ベトナム": 0.428,
    "インドネシア": 0.162,
    "フィリピン": 0.112,
    "中国": 0.091,
    "ミャンマー": 0.044,
    "ブラジル": 0.028,
    "ネパール": 0.013,
    "タイ": 0.012,
    "韓国": 0.010,
    "ペルー": 0.009,
    "other": 0.091,
}


def test_foreign_technicians_come_from_where_the_figures_say() -> None:
    found = Counter(
        name if name in NATIONALITIES else "other"
        for name in (t["t31_nationality"] for t in people() if foreign(t))
    )
    assert chi_square(NATIONALITIES, found) <= rough_bound(len(NATIONALITIES))


STATUSES: Final = {"training": 0.428, "skilled": 0.295, "expert": 0.067, "designated": 0.053, "other": 0.006}


def test_statuses_of_residence_are_mixed_as_declared() -> None:
    """The published mix of 2023, moved from 技能実習 towards 特定技能 as the years since have done."""
    found = Counter(status_group(t) for t in people() if foreign(t))
    expected = STATUSES | {"settled": 1 - sum(STATUSES.values())}
    assert chi_square(expected, found) <= rough_bound(len(expected))


def test_trainees_are_young() -> None:
    assert all(age(t) < 45 for t in people() if foreign(t) and status_group(t) == "training")


def test_a_sole_proprietor_belongs_to_the_firm_of_one_and_no_two_to_the_same() -> None:
    owners: Counter[str] = Counter()
    named = {population.business(7, bulk_id(BUSINESS, n))["b01_trade_name"]: n for n in range(300)}
    for number in range(50 * 30):
        record = population.technician(7, bulk_id(TECHNICIAN, number))
        if record["t16_pension_kind"] == "国民年金":
            firm, *_ = record["t11_affiliated_firms"]
            owners[firm["名称"]] += 1
    assert len(owners) == 90
    assert set(owners.values()) == {1}
    assert all(sole(population.business(7, bulk_id(BUSINESS, named[name]))) for name in owners)
