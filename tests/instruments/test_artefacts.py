"""A table of holdings is read as the layout says, and whatever is wrong in it is data, not an accident."""

from __future__ import annotations

import contextlib
import csv
import gzip
import io
import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccus_harness.annex1 import load_annex1
from ccus_harness.instruments import artefacts
from ccus_harness.instruments.artefacts import ArtefactUnreadable, HeldItem, Layout, held_items, seen_items
from ccus_simulator import population

HEADER = ["種別", "ID", "項目", "値", "出所"]
T1 = "99012340000001"
F1 = "98012340000001"


def table(*rows: list[str], header: list[str] = HEADER, encoding: str = "utf-8") -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([header, *rows])
    return out.getvalue().encode(encoding)


def codes(data: bytes, layout: Layout | None = None) -> list[str]:
    return [fault.code for fault in held_items(data, layout).faults]


def test_a_line_is_a_held_item_under_its_annex_key() -> None:
    held = held_items(
        table(
            ["技能者", T1, "氏名", "山田", "CCUS"],
            ["事業者", F1, "健康保険加入有無/適用除外", "加入", "利用者入力"],
            ["技能者", T1, "あだ名", "ヤマ", ""],
        )
    )
    assert held.faults == ()
    assert held.items == (
        HeldItem(record_type="technician", id=T1, item="t01_name", label="氏名", value="山田", marked=True),
        HeldItem(
            record_type="business",
            id=F1,
            item="b13_health_ins_status",
            label="健康保険加入有無/適用除外",
            value="加入",
            marked=False,
        ),
        HeldItem(record_type="technician", id=T1, item=None, label="あだ名", value="ヤマ", marked=None),
    )


def test_every_label_of_annex_1_is_known_to_the_default_layout() -> None:
    japanese = {"technician": "技能者", "business": "事業者"}
    items = load_annex1().items
    held = held_items(table(*([japanese[one.record_type], "1", one.label_ja, "v", "CCUS"] for one in items)))
    assert [row.item for row in held.items] == [one.key for one in items]
    assert len(held.items) == 57


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_byte_order_mark_is_no_part_of_the_header(encoding: str) -> None:
    assert held_items(table(["技能者", T1, "氏名", "山田", "CCUS"], encoding=encoding)).items[0].id == T1


def test_the_declared_encoding_is_used() -> None:
    data = table(["技能者", T1, "氏名", "髙橋①", "CCUS"], encoding="cp932")
    assert held_items(data, Layout(encoding="cp932")).items[0].value == "髙橋①"
    with pytest.raises(ArtefactUnreadable, match="column"):
        held_items(data)


def test_a_byte_outside_the_encoding_is_a_fault_of_its_line() -> None:
    data = table(["技能者", T1, "氏名", "山田", "CCUS"]) + b"\x80,\xff"
    held = held_items(data)
    assert [(fault.line, fault.code) for fault in held.faults] == [(3, "not_in_encoding"), (3, "short_line")]
    assert len(held.items) == 1


def test_the_candidate_may_name_columns_labels_and_marks_its_own_way() -> None:
    layout = Layout(
        delimiter="\t",
        columns={"record_type": "type", "id": "key", "item": "field", "value": "val", "origin": "src"},
        record_types={"worker": "technician"},
        labels={("technician", "name"): "t01_name"},
        marked=frozenset({"linked"}),
        unmarked=frozenset({"typed"}),
    )
    data = b"extra\ttype\tkey\tfield\tval\tsrc\n-\tworker\t9\tname\tx\tlinked\n"
    assert held_items(data, layout).items == (
        HeldItem(record_type="technician", id="9", item="t01_name", label="name", value="x", marked=True),
    )


def test_an_unknown_origin_is_neither_marked_nor_unmarked() -> None:
    data = table(["技能者", T1, "氏名", "山田", "多分CCUS"])
    assert held_items(data).items[0].marked is None
    assert codes(data) == ["origin_unknown"]


def test_all_faults_come_at_once() -> None:
    data = table(
        ["職人", T1, "氏名", "山田", "CCUS"],
        ["技能者", T1],
        [],
        ["技能者", T1, "氏名", "山田", "?"],
        header=[*HEADER, "値"],
    )
    assert codes(data) == ["doubled_column", "record_type_unknown", "short_line", "origin_unknown"]


def test_formula_cells_stay_text_and_lose_their_guard() -> None:
    rows = {
        "'=1+1": "=1+1",
        '="0123"': "0123",
        '=HYPERLINK("http://x","y")': '=HYPERLINK("http://x","y")',
        "'+81-3": "+81-3",
        "'山田": "'山田",
    }
    held = held_items(table(*(["技能者", "'" + T1, "氏名", cell, "CCUS"] for cell in rows)))
    assert [item.value for item in held.items] == list(rows.values())
    assert {item.id for item in held.items} == {T1}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no_header"),
        (b"\n\n", "no_header"),
        (b",,,,\n", "no_header"),
        ("種別,ID,項目,値\n".encode(), "column_missing"),
        (b"\x00" * 100, "column_missing"),
        (b'{"not": "csv"}', "column_missing"),
        (gzip.compress(b"x", mtime=0), "column_missing"),
    ],
)
def test_an_artefact_of_which_nothing_can_be_read_says_why(data: bytes, reason: str) -> None:
    with pytest.raises(ArtefactUnreadable) as raised:
        held_items(data)
    assert raised.value.reason == reason
    assert str(raised.value)


@pytest.mark.parametrize("encoding", ["klingon", "zlib", "undefined"])
def test_an_encoding_that_is_none_is_named(encoding: str) -> None:
    with pytest.raises(ArtefactUnreadable, match=encoding):
        held_items(table(), Layout(encoding=encoding))


def test_a_table_is_cut_at_the_limits_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    row = ["技能者", T1, "氏名", "山田", "CCUS"]
    monkeypatch.setattr(artefacts, "MOST_ROWS", 10)
    held = held_items(table(*([row] * 20)))
    assert (len(held.items), held.whole) == (10, False)
    monkeypatch.setattr(artefacts, "LARGEST", 100)
    with pytest.raises(ArtefactUnreadable, match="bytes"):
        held_items(table(*([row] * 20)))


def test_a_cell_beyond_the_limit_ends_the_table_and_says_so() -> None:
    row = ["技能者", T1, "氏名", "山田", "CCUS"]
    held = held_items(table(row, ["技能者", T1, "氏名", "x" * 200_000, "CCUS"], row))
    assert (len(held.items), held.whole) == (1, False)


def test_faults_are_bounded() -> None:
    assert len(codes(table(*([["?"]] * 5_000)))) == artefacts.MOST_FAULTS + 1


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=300), st.sampled_from(["utf-8", "cp932", "utf-16", "euc_jp"]))
def test_no_bytes_raise_anything_else(noise: bytes, encoding: str) -> None:
    layout = replace(Layout(), encoding=encoding)
    for data in (noise, table(encoding=encoding) + noise):
        with contextlib.suppress(ArtefactUnreadable):
            held_items(data, layout)


def test_a_view_shows_the_items_whose_canaries_stand_in_it() -> None:
    canaries = population.canaries(7, T1)
    by_item = {canary.item: canary.text for canary in canaries}
    page = (
        f"<p>{by_item['t01_name']}</p><script>{json.dumps({'tel': by_item['t10_emergency_phone']})}</script>"
    )
    assert seen_items(page.encode(), "text/html", canaries) == {
        (T1, "t01_name"),
        (T1, "t10_emergency_phone"),
    }
    assert seen_items(b"<p>no such person</p>", "text/html", canaries) == frozenset()
