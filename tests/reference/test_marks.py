"""Marks through what users do with records, and what the system notices by itself."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Bench, Envelope


def who(bench: Bench, user: str) -> dict[str, Any]:
    account = bench.user(user)
    return {"user": account["id"], "acting_for": next(iter(account["businesses"]), None)}


def load(bench: Bench, user: str, text: str | bytes) -> Envelope:
    body = text.encode() if isinstance(text, str) else text
    file = {"name": "x.csv", "media_type": "text/csv", "body": base64.b64encode(body).decode()}
    return bench.do("reimport", **who(bench, user), file=file)


def test_loading_the_own_export_again_changes_nothing(standard: Bench) -> None:
    standard.request("u_f2", "T1")
    standard.edit("u_f2", "T1", "t30_awards", "自社の表彰")
    before = standard.holdings()
    answer = load(standard, "u_f2", standard.export("u_f2").body)

    assert answer.detail["taken"] == 1
    assert standard.holdings() == before


def test_a_file_adds_own_values_only_to_own_people(standard: Bench) -> None:
    line = "技能者,{},FAX番号,030,利用者入力\r\n"
    text = "種別,ID,項目,値,出所\r\n" + line.format(standard.id("T1")) + line.format(standard.id("T4"))
    answer = load(standard, "u_f2", text)

    assert (answer.detail["taken"], answer.detail["passed_over"]) == (1, 1)
    assert standard.held("T4") == []


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"a,b\r\n1,2\r\n", b'"'])
def test_a_file_of_another_form_is_refused(standard: Bench, body: bytes) -> None:
    assert load(standard, "u_f2", body).outcome == "refused"


def test_a_copy_carries_its_marks_and_goes_at_the_end(standard: Bench) -> None:
    standard.request("u_f2", "T1")
    place = {"subject": standard.id("T1"), "to_site": standard.id("S2")}
    assert standard.do("copy", **who(standard, "u_f2"), **place).outcome == "done"
    assert standard.do("copy", **who(standard, "u_f4"), **place).outcome == "refused"

    names = [row["出所"] for row in standard.held("T1") if row["項目"] == "氏名"]
    assert names == ["CCUS", "CCUS"]
    standard.end()
    assert standard.held("T1") == []


def test_the_dump_tells_by_which_provision_a_value_came(standard: Bench) -> None:
    standard.request("u_f2", "T1")
    standard.edit("u_f2", "T1", "t30_awards", "自社の表彰")

    (provided,) = standard.fund.ledger("provision.collected")
    told = {(row["出所"], row["提供番号"], row["依頼番号"]) for row in standard.holdings()}
    assert told == {("CCUS", provided["provision_id"], provided["request_id"]), ("利用者入力", "", "")}


def test_a_mass_download_raises_one_alert(standard: Bench) -> None:
    standard.request("u_f2", "T1")
    for _ in range(12):
        standard.export("u_f2")

    raised = standard.do("detections").detail["detections"]
    assert [one["kind"] for one in raised] == ["mass_download"]


def test_repeated_looks_at_other_firms_people_raise_an_alert(standard: Bench) -> None:
    standard.request("u_f2", "T1")
    for _ in range(6):
        standard.view("u_f6", "record", "T1")

    raised = standard.do("detections").detail["detections"]
    assert [one["kind"] for one in raised] == ["refused_access"]
