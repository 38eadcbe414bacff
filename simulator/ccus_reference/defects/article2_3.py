"""第2条3: not telling registration data apart."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ccus_reference import arrivals, reimporting
from ccus_reference.annex1 import TECHNICIAN
from ccus_reference.store import CCUS, USER, Item

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ccus_reference.store import Store
    from ccus_reference.tenant import Tenant
    from ccus_reference.world import World

from ccus_reference.defects.defect import Defect


def fill_the_roster(
    world: World,
    order: Mapping[str, Any],
    let_in: list[tuple[arrivals.Arrival, Mapping[str, Any]]],
    at: str,
) -> list[Item]:
    """Makes records for the firm's whole site roster (作業員名簿) once one of them was provided."""
    items = arrivals.items_of(world, order, let_in, at)
    had = {a.subject for a, _ in let_in}
    rostered = {entry.technician for entry in world.entries if entry.under == order["acting_for"]}
    return items + [
        Item(record_type=TECHNICIAN, subject=t, item="t01_name", origin=CCUS, value=world.labels[t], at=at)
        for t in sorted(rostered - had)
        if had
    ]


def no_mark(origin: str) -> str:
    return "" if origin == CCUS else origin


def same_mark(_origin: str) -> str:
    return CCUS


def on_page_as_ccus(channel: str, mark: str) -> str:
    """The screen says CCUS of everything it shows, whatever the files say."""
    return CCUS if channel == "page" else mark


def for_the_operator_only(channel: str, mark: str) -> str:
    return mark if channel == "dump" else ""


def in_numbers(channel: str, mark: str) -> str:
    """Users see a number that only the operator can read."""
    return _NUMBERS.get(mark, mark) if channel != "dump" else mark


_NUMBERS = {CCUS: "01", USER: "02"}


def not_in_files(channel: str, mark: str) -> str:
    return "" if channel == "file" else mark


def whole_record(store: Store, own: Item) -> None:
    """A flag for the record: whatever is typed into a record from CCUS counts as from CCUS."""
    mixed = any(i.origin == CCUS for i in store.items(own.record_type, own.subject))
    store.keep([replace(own, origin=CCUS) if mixed else own])


def over_it_with_the_mark(store: Store, own: Item) -> None:
    """Where CCUS had provided the item the typed value takes its place and its mark."""
    provided = _provided(store, own)
    store.keep([replace(own, origin=CCUS, provision_id=provided.provision_id) if provided else own])


def over_it(store: Store, own: Item) -> None:
    """The typed value takes the place of the provided one, of which nothing is left."""
    provided = _provided(store, own)
    if provided is not None:
        store.forget_item(provided)
    store.keep([own])


def _provided(store: Store, own: Item) -> Item | None:
    items = store.items(own.record_type, own.subject)
    return next((i for i in items if i.item == own.item and i.origin == CCUS), None)


def stamp_the_form(store: Store, own: Item) -> None:
    """Saving the form stamps every item of it as typed by the user."""
    items = store.items(own.record_type, own.subject)
    for item in items:
        store.forget_item(item)
    store.keep([*(replace(item, origin=USER) for item in items), own])


def as_typed(item: Item) -> Item:
    return replace(item, origin=USER)


def all_as_own(tenant: Tenant, line: reimporting.Line, user: str) -> Item:
    """Whatever stands in the file was brought by the user, so it is taken for the user's own."""
    for item in tenant.store.items(line.record_type, line.subject):
        if item.item == line.item and item.origin == CCUS:
            tenant.store.forget_item(item)
    return reimporting.item_of(tenant, line, USER, user)


def as_the_file_says(tenant: Tenant, line: reimporting.Line, user: str) -> Item:
    """The mark in the file decides, though anybody can write it there."""
    for item in tenant.store.items(line.record_type, line.subject):
        if item.item == line.item and item.value == line.value:
            tenant.store.forget_item(item)
    return reimporting.item_of(tenant, line, line.origin, user)


def marks_as_the_file_says(tenant: Tenant, line: reimporting.Line, user: str) -> Item | None:
    """Of people that CCUS provided the mark in the file decides; nobody else is brought in."""
    known = tenant.store.items(line.record_type, line.subject)
    if all(item.origin != CCUS for item in known):
        return reimporting.own_values_only(tenant, line, user)
    return as_the_file_says(tenant, line, user)


def equal_once(store: Store, items: list[Item]) -> None:
    """An equal value of a user's goes when CCUS provides it."""
    for item in items:
        store.forget_item(replace(item, origin=USER), equal=True)
    store.keep(items)


def users_first(store: Store, items: list[Item]) -> None:
    """An equal value that the user had typed before stays the only one."""
    store.keep([i for i in items if i.value not in _typed(store, i)])


def merge_into_one(store: Store, items: list[Item]) -> None:
    """Merging keeps the user's value and the mark of the record it is merged into."""
    typed = {item: _typed(store, item) for item in items}
    store.keep([replace(item, value=min(own)) if own else item for item, own in typed.items()])


def _typed(store: Store, item: Item) -> set[str]:
    items = store.items(item.record_type, item.subject)
    return {own.value for own in items if own.item == item.item and own.origin == USER}


def without_acquisition(store: Store, items: list[Item]) -> None:
    store.keep([replace(item, provision_id=None, at="") for item in items])


DEFECTS = (
    Defect(
        name="roster_filled",
        row="A2-3-01",
        code="kept.not_provided",
        title_ja="一人の提供で名簿全員分のCCUS由来の記録を作る",
        title_en="makes CCUS-marked records for the whole roster when one was provided",
        change={"items_of": fill_the_roster},
    ),
    Defect(
        name="unmarked",
        row="A2-3-03",
        code="mark.missing",
        drags=(
            "A2-3-04",
            "A2-3-05",
            "A2-3-06",
            "A2-3-08",
            "A2-3-09",
            "A2-3-10",
            "A2-3-11",
            "A2-3-13",
            "A2-3-14",
        ),
        title_ja="CCUS由来の表示がない",
        title_en="shows no mark on data from CCUS",
        change={"mark": no_mark},
    ),
    Defect(
        name="all_marked",
        row="A2-3-07",
        code="mark.false",
        drags=("A2-3-01", "A2-3-04", "A2-3-05", "A2-3-10", "A2-3-11", "A2-3-12", "A2-3-14"),
        title_ja="利用者入力にもCCUS由来の表示を付ける",
        title_en="marks everything as coming from CCUS",
        change={"mark": same_mark},
    ),
    Defect(
        name="routes_in_files",
        row="A2-3-02",
        code="kept.other_route",
        drags=("A2-3-08", "A2-3-14"),
        title_ja="読み込んだファイルの印を信じ、提供されていない者の情報をCCUS由来として持つ",
        title_en="believes the marks in a loaded file and keeps people never provided as from CCUS",
        change={"taken_back": as_the_file_says},
    ),
    Defect(
        name="record_flag",
        row="A2-3-04",
        word="depends",
        code="mark.record_only",
        drags=("A2-3-05", "A2-3-10", "A2-3-14"),
        title_ja="記録に一つの印しかなく、書き足した項目もCCUS由来になる",
        title_en="has one flag for a record, so that what is typed into it counts as from CCUS",
        change={"keep_own": whole_record},
    ),
    Defect(
        name="screen_says_ccus",
        row="A2-3-05",
        code="mark.disagree",
        drags=("A2-3-12",),
        title_ja="画面では何でもCCUS由来と示す",
        title_en="says on the screen that everything comes from CCUS",
        change={"shown_mark": on_page_as_ccus},
    ),
    Defect(
        name="operator_only_marks",
        row="A2-3-05",
        code="mark.disagree",
        drags=("A2-3-06", "A2-3-09", "A2-3-12"),
        title_ja="印は運営者の一覧にだけあり、利用者には見えない",
        title_en="shows marks in the operator's dump only",
        change={"shown_mark": for_the_operator_only},
    ),
    Defect(
        name="form_restamped",
        row="A2-3-08",
        code="mark.lost",
        drags=("A2-3-03", "A2-3-04", "A2-3-05", "A2-3-06", "A2-3-09", "A2-3-10", "A2-3-13", "A2-3-14"),
        title_ja="一項目を保存すると、記録の全項目が利用者入力になる",
        title_en="stamps a whole record as typed by the user when one item is saved",
        change={"keep_own": stamp_the_form},
    ),
    Defect(
        name="copy_unmarked",
        row="A2-3-08",
        code="mark.lost",
        title_ja="別の現場に写すと印が消える",
        title_en="drops the mark when a record is copied",
        change={"copied": as_typed},
    ),
    Defect(
        name="reimport_launders",
        row="A2-3-08",
        code="mark.lost",
        drags=("A2-3-02", "A2-3-14"),
        title_ja="書き出したファイルを読み込み直すと、すべて利用者入力になる",
        title_en="turns its own export into the user's data when it is loaded again",
        change={"taken_back": all_as_own},
    ),
    Defect(
        name="marks_in_numbers",
        row="A2-3-06",
        word="depends",
        code="mark.not_visible",
        drags=("A2-3-05", "A2-3-09"),
        title_ja="利用者に見える印は番号で、運営者にしか読めない",
        title_en="marks what users see with numbers that only the operator can read",
        change={"shown_mark": in_numbers},
    ),
    Defect(
        name="marks_editable",
        row="A2-3-14",
        word="review",
        code="mark.changed_by_user",
        drags=("A2-3-08",),
        title_ja="書き出したファイルで印を書き換えて読み込むと、印が変わる",
        title_en="lets users change marks by editing an export and loading it again",
        change={"taken_back": marks_as_the_file_says},
    ),
    Defect(
        name="files_unmarked",
        row="A2-3-09",
        word="depends",
        code="mark.not_exported",
        title_ja="書き出したファイルに印がない",
        title_en="leaves the marks out of exported files",
        change={"shown_mark": not_in_files},
    ),
    Defect(
        name="edited_keeps_mark",
        row="A2-3-10",
        code="mark.edited_as_ccus",
        drags=("A2-3-04", "A2-3-05", "A2-3-14"),
        title_ja="書き換えた値をCCUSの値として示す",
        title_en="shows an edited value as CCUS's own",
        change={"keep_own": over_it_with_the_mark},
    ),
    Defect(
        name="edit_forgets",
        row="A2-3-10",
        word="depends",
        code="mark.history_lost",
        title_ja="書き換えると、CCUSから得ていたことが残らない",
        title_en="keeps no trace of CCUS's value once it is edited",
        change={"keep_own": over_it},
    ),
    Defect(
        name="equal_kept_once",
        row="A2-3-11",
        word="depends",
        code="mark.origin_dropped",
        title_ja="同じ値なら、利用者の入力を消してCCUS由来だけを残す",
        title_en="drops the user's entry when CCUS provides the same value",
        change={"join": equal_once},
    ),
    Defect(
        name="users_kept_first",
        row="A2-3-11",
        code="mark.ccus_dropped",
        title_ja="同じ値なら、CCUS由来であることを残さない",
        title_en="keeps no CCUS origin when the user had typed the same value",
        change={"join": users_first},
    ),
    Defect(
        name="merged_as_ccus",
        row="A2-3-11",
        code="mark.merged_false",
        title_ja="統合すると、利用者の値がCCUS由来になる",
        title_en="marks the user's value as CCUS's when records are merged",
        change={"join": merge_into_one},
    ),
    Defect(
        name="acquisition_unrecorded",
        row="A2-3-19",
        word="review",
        code="acquisition.unrecorded",
        title_ja="いつ、どの依頼で得たかを残さない",
        title_en="does not keep when and by which request it acquired a record",
        change={"join": without_acquisition},
    ),
)
