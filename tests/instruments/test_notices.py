from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from ccus_harness.instruments import notices

HOSTILE: list[Any] = [
    None,
    7,
    "text",
    [],
    ["leak"],
    {"nature": 7},
    {"data": {"items": "t01_name"}},
    {"data": []},
]


def letter(document: Any, at: str = "2026-04-18T02:00:00+09:00", kind: str = "notice") -> notices.Letter:
    return {"kind": kind, "received_at": at, "document": document, "faults": []}


WHOLE = {
    "token": "D-1",
    "nature": ["leak"],
    "data": {"items": ["t01_name"], "technicians": {"min": 1, "max": 2, "exact": None}},
    "cause": {"state": "known", "text": "盗まれた"},
    "prevention": {"text": "毎月確かめる"},
    "measures": {"recovery": ["削除を求めた"]},
}


def without(part: str) -> dict[str, Any]:
    return {key: value for key, value in WHOLE.items() if key != part}


def test_only_a_notice_that_echoes_the_token_is_about_the_drill() -> None:
    inbox = [letter(WHOLE), letter(WHOLE, kind="certificate"), letter({**WHOLE, "token": "D-2"})]
    assert notices.of_token(inbox, "D-1") == inbox[:1]


def test_a_token_in_free_text_of_a_late_bad_letter_counts_too() -> None:
    inbox = [letter("事故の報告。符号 D-1")]
    assert notices.of_token(inbox, "D-1") == inbox


def test_the_first_receipt_counts_by_the_clock_of_the_fund() -> None:
    early, late = "2026-04-18T02:00:00+09:00", "2026-04-17T18:00:00+00:00"
    assert notices.received([letter(WHOLE, late), letter(WHOLE, early)]) == datetime.fromisoformat(early)
    assert notices.received([]) is None


def test_the_nature_is_read_as_a_text_or_a_list() -> None:
    assert notices.naming([letter({"nature": "leak"})], ["leak"])
    assert not notices.naming([letter({"nature": ["loss"]})], ["leak"])


def test_a_whole_notice_lacks_nothing() -> None:
    assert notices.lacking_content(letter(WHOLE), {"items": ["t01_name"]}) == []
    assert notices.lacking_at_close(WHOLE) == []


def test_an_item_that_was_told_and_is_not_passed_on_is_missed() -> None:
    assert notices.lacking_content(letter(WHOLE), {"items": ["t06_phone_home_mobile"]}) == ["$.data.items"]


@pytest.mark.parametrize(
    ("part", "missed"), [("cause", "$.cause"), ("data", "$.data"), ("prevention", "$.prevention")]
)
def test_a_closing_report_needs_cause_extent_and_prevention(part: str, missed: str) -> None:
    assert notices.lacking_at_close(without(part)) == [missed]


def test_a_cause_under_investigation_closes_nothing() -> None:
    pending = {**WHOLE, "cause": {"state": "under_investigation", "text": "調査中"}}
    assert notices.lacking_at_close(pending) == ["$.cause"]


@pytest.mark.parametrize("document", HOSTILE, ids=repr)
def test_a_letter_of_any_form_is_read_without_fault(document: Any) -> None:
    item = letter(document)
    notices.naming([item], ["leak"])
    assert "$.data.technicians" in notices.lacking_content(item, {})
    assert len(notices.lacking_at_close(document)) == 3
    assert notices.recovery_of([item]) == []
    assert notices.moment(document, "timeline", "aware_at") is None


def test_a_time_without_offset_cannot_be_placed() -> None:
    assert notices.moment({"aware_at": "2026-04-18T02:00:00"}, "aware_at") is None
    assert notices.moment({"aware_at": "2026-04-18T02:00:00+09:00"}, "aware_at") is not None
