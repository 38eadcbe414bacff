from __future__ import annotations

import pytest

from ccus_harness.instruments.artefacts import ArtefactUnreadable, Layout, held_items
from ccus_harness.instruments.tables import Added, Flipped, rewritten

TABLE = "種別,ID,項目,値,出所\r\n技能者,1,氏名,甲田,CCUS\r\n技能者,1,住所,乙町,利用者入力\r\n技能者,2,氏名,甲田,CCUS\r\n"


def test_only_the_named_value_of_the_named_person_turns_round() -> None:
    body = rewritten(TABLE.encode(), Layout(), [Flipped(subject="1", value="甲田", marked=False)], [])
    assert [held.marked for held in held_items(body).items] == [False, False, True]


def test_a_line_is_added_under_the_label_of_its_item() -> None:
    one = Added(subject="9", item="t01_name", value="丙川", marked=True)
    (added,) = held_items(rewritten(TABLE.encode(), Layout(), [], [one])).items[3:]
    assert (added.id, added.item, added.value, added.marked) == ("9", "t01_name", "丙川", True)


def test_another_layout_is_kept() -> None:
    columns = {"record_type": "kind", "id": "no", "item": "name", "value": "text", "origin": "from"}
    layout = Layout(
        encoding="cp932", columns=columns, record_types={"T": "technician"}, marked=frozenset({"C"})
    )
    body = "from,text,name,no,kind,more\r\nC,甲田,氏名,1,T,x\r\n".encode("cp932")
    one = Added(subject="9", item="t01_name", value="丙川", marked=True)
    first, second = held_items(rewritten(body, layout, [], [one]), layout).items
    assert (first.marked, second.marked, second.id) == (True, True, "9")


@pytest.mark.parametrize("body", [b"", b"a,b\r\n", b"\xff\xff"])
def test_a_table_without_the_columns_is_named(body: bytes) -> None:
    with pytest.raises(ArtefactUnreadable):
        rewritten(body, Layout(), [], [])
