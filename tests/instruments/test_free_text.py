"""Claims about free text: addresses and ids are found in it, what belongs there is not (A2-1-08)."""

from __future__ import annotations

import pytest

from ccus_harness.instruments.free_text import smuggled


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("連絡先 m1@ccus-sim.example 99000100100001", ["m1@ccus-sim.example", "99000100100001"]),
        ("ｍ１＠ccus-sim．example", ["m1@ccus-sim.example"]),
        ("９９０００１００１００００１", ["99000100100001"]),
    ],
)
def test_an_address_or_an_id_is_found_in_any_width(text: str, found: list[str]) -> None:
    assert smuggled(text) == found


@pytest.mark.parametrize(
    "text", ["", "安全衛生責任者教育 2020-04-01", "三浦建設株式会社", "第12345回 表彰 20200401"]
)
def test_names_dates_and_short_numbers_are_left_alone(text: str) -> None:
    assert smuggled(text) == []
