"""Claims about the synthetic register: lawful values, unique canaries, the same people for ever."""

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccus_simulator import population
from ccus_simulator.ids import (
    BUSINESS,
    FURTHER_SOLE,
    TECHNICIAN,
    NotARegistryId,
    bulk_id,
    parse_id,
    world_id,
)
from ccus_simulator.population import businesses, codes, slots
from ccus_simulator.population.codes import SPACES
from ccus_simulator.population.register import BUSINESSES, TECHNICIANS
from ccus_simulator.population.scribe import rule_of_firm
from ccus_simulator.population.script import Script

SEEDS = st.integers(0, 2**32)
PEOPLE = st.one_of(
    st.integers(0, 1_749_999).map(lambda n: bulk_id(TECHNICIAN, n)),
    st.builds(world_id, st.just(TECHNICIAN), st.integers(1000, 9_999_999), st.integers(0, 99_999)),
)
FIRMS = st.one_of(
    st.integers(0, 304_999).map(lambda n: bulk_id(BUSINESS, n)),
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


@pytest.mark.parametrize("number", ["7123456789012", "4011001098993", "7010705000725"])
def test_the_check_digit_is_that_of_published_corporate_numbers(number: str) -> None:
    assert str(businesses.check_digit(int(number[1:]))) == number[0]


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


def test_no_two_records_of_one_large_world_share_a_canary() -> None:
    owners: dict[str, population.Canary] = {}
    for kind in (TECHNICIAN, BUSINESS):
        for index in (*range(1, 400), *range(FURTHER_SOLE, FURTHER_SOLE + 100)):
            for canary in population.canaries(7, world_id(kind, 4321, index)):
                assert owners.setdefault(canary.text, canary) == canary


@pytest.mark.parametrize("prime", [SPACES[5].whole, SPACES[5].half])
def test_no_code_is_given_twice(prime: int) -> None:
    key = codes.key_of(7, "bulk|0", prime, 1)
    assert {codes.permuted(key, prime, value) for value in range(prime)} == set(range(prime))


@pytest.mark.parametrize("space", SPACES.values(), ids=str)
def test_the_spaces_of_codes_are_primes_that_can_be_cubed(space: codes.Space) -> None:
    for prime, limit in ((space.whole, 10**space.digits), (space.half, 10**space.digits // 2)):
        assert prime < limit - 1
        assert prime % 3 == 2
        assert all(prime % divisor for divisor in range(2, int(prime**0.5) + 1))


@pytest.mark.parametrize(
    ("last", "slot_count", "digits"),
    [
        (TECHNICIANS - 1, len(slots.TEXT_SLOTS), 8),
        (TECHNICIANS - 1, len(slots.NUMBER_SLOTS), 8),
        (TECHNICIANS - 1, len(slots.LINE_SLOTS), 7),
        (BUSINESSES - 1, 1, 6),
    ],
)
def test_the_whole_register_shares_one_permutation(last: int, slot_count: int, digits: int) -> None:
    first, final = (codes.block_of(n, SPACES[digits], slot_count).name for n in (0, last))
    assert first == final


@given(
    st.integers(1000, 9_999_999), st.integers(0, 99_999), st.sampled_from([(16, 8), (5, 7), (1, 6), (1, 5)])
)
def test_neighbours_stand_in_the_same_block(world: int, index: int, sort: tuple[int, int]) -> None:
    of, digits = sort
    number = int(world_id(TECHNICIAN, world, index)[2:])
    first, further = codes.neighbours(number)
    of_first, own = (codes.block_of(n, SPACES[digits], of) for n in (first, number))
    assert (of_first.name, of_first.prime, of_first.first) == (own.name, own.prime, own.first)
    assert own.place - of_first.place == further


def test_licence_numbers_never_repeat() -> None:
    numbers = [
        population.business(7, bulk_id(BUSINESS, n))["b03_licence_no"] for n in range(0, BUSINESSES, 61)
    ]
    given = [number for number in numbers if number]
    assert len(set(given)) == len(given) > 2000


def test_nobody_has_the_numbers_that_are_left_out() -> None:
    assert SPACES[8].whole <= 99_999_997
    assert 50_000_000 + SPACES[8].half <= 99_999_997


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
    assert digest.hexdigest() == "8034b75e431b13b195a066e8b84122ac9219dddc291463f7599ffed2f3ba9bcb"


@pytest.mark.parametrize("text", ["", "99", "9900000000000x", "96000000000000", "９９000000000001"])
def test_what_is_no_registry_id_has_no_record(text: str) -> None:
    with pytest.raises(NotARegistryId, match="14 digits"):
        population.technician(7, text)
    with pytest.raises(NotARegistryId):
        population.technician(7, bulk_id(BUSINESS, 1))


@given(SEEDS, st.one_of(PEOPLE, FIRMS), st.booleans())
def test_asking_for_canaries_changes_no_record(seed: int, id: str, named: bool) -> None:  # noqa: A002, FBT001
    firms = [(world_id(BUSINESS, 1000, 1), "main"), (bulk_id(BUSINESS, 3), "sub")] if named else None
    of_person = id.startswith(TECHNICIAN)
    record = population.technician(seed, id, firms) if of_person else population.business(seed, id)
    known = parse_id(id)
    write = population._writer(known.kind, known.bulk, named, plants=True)
    assert write(seed, id.encode(), known.number, firms, list[Any]().append) == record


@given(SEEDS, st.integers(1000, 9_999_999), st.integers(0, 99_999))
def test_the_id_of_a_world_says_who_is_a_sole_proprietor(seed: int, world: int, index: int) -> None:
    id = world_id(BUSINESS, world, index)  # noqa: A001
    assert (population.business(seed, id)["b04_firm_kind"] == "一人親方") == parse_id(id).sole


def test_a_value_that_nobody_uses_is_not_worked_out() -> None:
    script = Script()
    script.value("1 // 0")
    once = script.value("1 // given")
    with script.inside("if given"):
        script.step(f"return {once}")
    write = script.function(["def write(given):"], {})
    assert (write(1), write(0)) == (1, None)


def test_a_value_is_worked_out_once_however_often_it_is_noted() -> None:
    asked: list[int] = []
    script = Script()
    both = script.value(f"{script.value('ask(7)')} + {script.value('ask(7)')}")
    script.step(f"return {both}")
    assert script.function(["def write():"], {"ask": lambda n: asked.append(n) or n})() == 14
    assert asked == [7]


def test_two_rows_that_are_alike_are_not_one() -> None:
    def rule(w: Any) -> Any:
        return w.rows((w.always, lambda: w.struct(種類="甲")), (w.number >= 0, lambda: w.struct(種類="甲")))

    one, other = rule_of_firm(rule, bulk=True)(7, b"98000000000001", 1)
    assert (one, one is other) == (other, False)


def test_a_rule_that_branches_on_a_value_is_refused_when_it_is_followed() -> None:
    def branching(w: Any) -> Any:
        return "old" if w.below("word", 10) > 5 else "young"

    with pytest.raises(TypeError, match="where"):
        rule_of_firm(branching, bulk=True)


def test_what_a_rule_does_not_reach_is_not_planted() -> None:
    def rule(w: Any) -> Any:
        return w.when(w.below("kind", 2) == 1, lambda: w.text("b07_address", "町"))

    written: list[tuple[str | None, int]] = []
    for number in range(40):
        planted: list[Any] = []
        write = rule_of_firm(rule, bulk=True, plants=True)
        text = write(7, bulk_id(BUSINESS, number).encode(), number, plant=planted.append)
        written.append((text, len(planted)))
    assert [count for _, count in written] == [int(text is not None) for text, _ in written]
    assert {count for _, count in written} == {0, 1}
