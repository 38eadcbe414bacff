"""Claims about the synthetic register: lawful values, unique canaries, the same people for ever."""

import json
from collections.abc import Iterable, Iterator
from datetime import date
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccus_simulator import population
from ccus_simulator.annex1 import KEYS
from ccus_simulator.ids import BUSINESS, TECHNICIAN, NotARegistryId, bulk_id, world_id
from ccus_simulator.pools import CONSTRUCTION
from ccus_simulator.population import businesses

SEEDS = st.integers(0, 2**32)
PEOPLE = st.one_of(
    st.integers(0, 1_749_138).map(lambda n: bulk_id(TECHNICIAN, n)),
    st.builds(world_id, st.just(TECHNICIAN), st.integers(1000, 9_999_999), st.integers(0, 99_999)),
)
FIRMS = st.one_of(
    st.integers(0, 304_313).map(lambda n: bulk_id(BUSINESS, n)),
    st.builds(world_id, st.just(BUSINESS), st.integers(1000, 9_999_999), st.integers(0, 99_999)),
)


def texts(value: Any) -> Iterator[str]:
    """Every text inside a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


@given(SEEDS, PEOPLE)
def test_a_technician_keeps_the_rules_between_items(seed: int, id: str) -> None:  # noqa: A002
    t = population.technician(seed, id, [(bulk_id(BUSINESS, 1), "main"), (bulk_id(BUSINESS, 2), "sub")])
    born = date.fromisoformat(t["t03_birth_date"])
    assert set(t) == KEYS["technician"]
    assert (t["t18_kentaikyo_status"] == "有") == (t["t19_kentaikyo_no"] is not None)
    assert (t["t21_rosai_special"] == "有") == (t["t22_rosai_special_kind"] is not None)
    assert t["t31_nationality"] != "日本" or (t["t32_residence_status"], t["t33_residence_period"]) == (
        None,
        None,
    )
    assert (t["t32_residence_status"] is None) == (t["t33_residence_period"] is None)
    if t["t32_residence_status"] and t["t32_residence_status"]["名称"] == "永住者":
        assert t["t33_residence_period"] == {"期間": "無期限", "満了日": None}
    pairs = list(zip(t["t24_job_major"], t["t25_job_minor"], strict=True))
    trades = {trade["major"]: trade["minors"] for trade in CONSTRUCTION["trades"]}
    assert 1 <= len(pairs) == len(set(pairs)) <= 4
    assert all(minor in trades[major] for major, minor in pairs)
    assert [firm["区分"] for firm in t["t11_affiliated_firms"]] == ["主", "従"]
    assert all(date.fromisoformat(day).year - born.year >= 15 for day in t["t12_hired_on"])
    valid = date.fromisoformat(t["t26_valid_until"])
    assert (valid.month, valid.day) == (born.month, born.day)
    assert valid >= date(2026, 4, 1)
    assert 1 <= t["t28_skill_level"] <= 4


@given(SEEDS, PEOPLE)
def test_a_simple_registration_has_no_detailed_item_and_level_one(seed: int, id: str) -> None:  # noqa: A002
    t = population.technician(seed, id)
    detailed = [
        t[key]
        for key in (
            "t21_rosai_special",
            "t23_health_check_kind_date",
            "t27_qualifications",
            "t29_training",
            "t30_awards",
        )
    ]
    if t["t27_qualifications"] is None:
        assert (detailed, t["t28_skill_level"]) == ([None] * 5, 1)
    else:
        assert None not in detailed
    if t["t28_skill_level"] == 4:
        assert next(iter(t["t27_qualifications"] or []))["分類"] == "登録基幹技能者"


@given(SEEDS, PEOPLE)
def test_health_checks_are_recent_enough_to_count(seed: int, id: str) -> None:  # noqa: A002
    for check in population.technician(seed, id)["t23_health_check_kind_date"] or []:
        days = (date(2026, 4, 1) - date.fromisoformat(check["受診日"])).days
        assert 0 < days <= (3 * 365 if check["種類"] == "じん肺健康診断" else 365)


@given(SEEDS, FIRMS)
def test_a_business_keeps_the_rules_between_items(seed: int, id: str) -> None:  # noqa: A002
    b = population.business(seed, id)
    assert set(b) == KEYS["business"]
    licensed = b["b02_licensed"] == "有"
    assert (b["b03_licence_no"] is not None, bool(b["b11_licence_trades"])) == (licensed, licensed)
    assert not licensed or 0 <= int(b["b03_licence_no"][:2]) <= 47
    corporate = b["b04_firm_kind"] == "法人"
    assert (b["b05_corporate_no"] is not None, b["b09_capital"] > 0) == (corporate, corporate)
    assert (
        not corporate
        or b["b05_corporate_no"] == check_digit(b["b05_corporate_no"][1:]) + b["b05_corporate_no"][1:]
    )
    assert ("建退共" in b["b16_retirement_scheme"]) == (b["b17_kentaikyo_contract_no"] is not None)
    assert ("中退共" in b["b16_retirement_scheme"]) == (b["b18_chutaikyo"] == "有")


def check_digit(base: str) -> str:
    """The published rule again: 9 - Σ Pn·Qn mod 9, Pn the n-th digit from the right."""
    total = 0
    for n in range(1, 13):
        total += int(base[12 - n]) * (1 if n % 2 else 2)
    return str(9 - total % 9)


@pytest.mark.parametrize("number", ["7123456789012", "4011001098993", "7010705000725"])
def test_the_check_digit_is_that_of_published_corporate_numbers(number: str) -> None:
    assert businesses.corporate_number(number[1:]) == number


@given(SEEDS, st.one_of(PEOPLE, FIRMS))
def test_every_canary_stands_verbatim_in_the_record(seed: int, id: str) -> None:  # noqa: A002
    record = population.technician if id.startswith(TECHNICIAN) else population.business
    held = list(texts([record(seed, id), population.extra(seed, id)]))  # noqa: S610
    for canary in population.canaries(seed, id):
        assert any(canary.text in text for text in held)


def test_names_addresses_and_numbers_are_all_canaries() -> None:
    firms = [(world_id(BUSINESS, 1000, 1), "main")]
    id = world_id(TECHNICIAN, 1000, 40)  # noqa: A001
    record = population.technician(7, id, firms)
    planted = [canary.text for canary in population.canaries(7, id, firms)]
    for key in (
        "t01_name",
        "t05_address",
        "t06_phone_home_mobile",
        "t08_emergency_name_relation",
        "t09_emergency_address",
        "t10_emergency_phone",
        "t11_affiliated_firms",
    ):
        assert any(canary in text for text in texts(record[key]) for canary in planted), key
    of_firm = set(population.canaries(7, firms[0][0]))
    assert [c.item for c in population.canaries(7, id, firms) if c in of_firm] == ["b01_trade_name"]


def test_the_firm_of_a_technician_has_the_name_of_its_own_record() -> None:
    firm = world_id(BUSINESS, 1000, 3)
    technician = population.technician(7, world_id(TECHNICIAN, 1000, 1), [(firm, "main")])
    assert technician["t11_affiliated_firms"][0]["名称"] == population.business(7, firm)["b01_trade_name"]


@pytest.mark.slow
def test_no_two_of_twenty_thousand_technicians_share_a_canary() -> None:
    owners: dict[str, population.Canary] = {}
    for number in range(20_000):
        for canary in population.canaries(7, bulk_id(TECHNICIAN, number), ()):
            assert owners.setdefault(canary.text, canary) == canary


def test_no_two_of_two_hundred_neighbouring_worlds_share_a_canary() -> None:
    owners: dict[str, population.Canary] = {}
    for number in range(1000, 1200):
        for kind in (TECHNICIAN, BUSINESS):
            for index in (*range(1, 16), 40):
                for canary in population.canaries(7, world_id(kind, number, index)):
                    assert owners.setdefault(canary.text, canary) == canary


@given(SEEDS, st.one_of(PEOPLE, FIRMS), st.sampled_from(["cp932", "euc_jp", "iso2022_jp", "utf-16", "utf-8"]))
def test_every_record_survives_every_japanese_encoding(seed: int, id: str, encoding: str) -> None:  # noqa: A002
    record = population.technician if id.startswith(TECHNICIAN) else population.business
    text = json.dumps([record(seed, id), population.extra(seed, id)], ensure_ascii=False)  # noqa: S610
    assert text.encode(encoding).decode(encoding) == text


@settings(max_examples=20)
@given(SEEDS, PEOPLE)
def test_a_record_does_not_depend_on_what_was_asked_before(seed: int, id: str) -> None:  # noqa: A002
    first = population.technician(seed, id)
    population.technician(seed + 1, id)
    population.canaries(seed, bulk_id(BUSINESS, 5))
    assert population.technician(seed, id) == first
    assert population.technician(seed + 1, id)["t01_name"] != first["t01_name"]


def test_these_are_the_people_they_always_were() -> None:
    digest = sha256()
    for number in range(500):
        for record in (
            population.technician(7, bulk_id(TECHNICIAN, number)),
            population.business(7, bulk_id(BUSINESS, number)),
        ):
            digest.update(json.dumps(record, ensure_ascii=False, sort_keys=True).encode())
    assert digest.hexdigest() == "21a4369b10bfbe592eafadb3b554f573a64eb37f14e83d37f711160dcda8797e"


def _share(held: Iterable[bool]) -> float:
    return sum(held) / 3000


def test_the_register_looks_like_the_published_figures() -> None:
    people = [population.technician(7, bulk_id(TECHNICIAN, n)) for n in range(3000)]
    firms = [population.business(7, bulk_id(BUSINESS, n)) for n in range(3000)]
    assert 0.08 <= _share(p["t31_nationality"] != "日本" for p in people) <= 0.12
    assert 0.02 <= _share(p["t02_sex"] == "女" for p in people) <= 0.06
    assert 0.07 <= _share(p["t05_address"].startswith("東京都") for p in people) <= 0.13
    assert 0.87 <= _share(p["t28_skill_level"] == 1 for p in people) <= 0.94
    assert 0.31 <= _share(f["b04_firm_kind"] == "一人親方" for f in firms) <= 0.38


@pytest.mark.parametrize("text", ["", "99", "9900000000000x", "96000000000000", "９９000000000001"])
def test_what_is_no_registry_id_has_no_record(text: str) -> None:
    with pytest.raises(NotARegistryId, match="14 digits"):
        population.technician(7, text)
    with pytest.raises(NotARegistryId):
        population.technician(7, bulk_id(BUSINESS, 1))
