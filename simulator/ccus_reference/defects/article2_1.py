"""第2条1: keeping more than Annex 1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ccus_reference import annex1, pages
from ccus_reference.defects.defect import Defect
from ccus_reference.store import CCUS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ccus_reference.store import Store

THIRD_PERSONS = frozenset(
    {
        "t08_emergency_name_relation",
        "t09_emergency_address",
        "t10_emergency_phone",
        "b06_representative",
        "b12_registrar_name",
        "b22_main_clients",
    }
)


def as_it_came(_record_type: str, items: Mapping[str, Any]) -> dict[str, Any]:
    return dict(items)


def with_the_photo(record_type: str, items: Mapping[str, Any]) -> dict[str, Any]:
    photo = {key: value for key, value in items.items() if key == "x_face_photo"}
    return {**annex1.listed_items(record_type, items), **photo}


def with_what_a_next_version_adds(_record_type: str, items: Mapping[str, Any]) -> dict[str, Any]:
    """Takes whatever is named as items are named, so that nothing new is missed."""
    return {key: value for key, value in items.items() if key[:1] in "tb" and key[1:3].isdigit()}


YES_OR_NO = ("t13_health_ins_status", "t17_employment_ins_status", "t21_rosai_special")


def exempt_is_no(record_type: str, items: Mapping[str, Any]) -> dict[str, Any]:
    """Knows only yes and no: what is exempt or not registered becomes a no."""
    listed = annex1.listed_items(record_type, items)
    return {
        key: "無" if value == "適用除外" or (value is None and key in YES_OR_NO) else value
        for key, value in listed.items()
    }


def with_the_id(record_type: str, subject: str) -> str:
    return f"{pages.heading(record_type, subject)} {subject}"


def third_persons_stay(store: Store) -> None:
    """Erases a person's own items and forgets the relatives named beside them."""
    others = [i for i in store.items() if i.item in THIRD_PERSONS and i.origin == CCUS]
    store.erase_registration_data()
    store.keep(others)


DEFECTS = (
    Defect(
        name="free_text_unread",
        row="A2-1-08",
        code="review.smuggled_kept",
        word="review",
        title_ja="自由記述に紛れ込んだメールアドレスやIDを、そのまま保存して見せる",
        title_en="keeps and shows e-mail addresses and ids that were written into free text",
        change={"listed_items": annex1.items_of_the_list},
    ),
    Defect(
        name="photo_kept",
        row="A2-1-05",
        code="whitelist.picture_kept",
        drags=("A2-1-02",),
        title_ja="送られてきた顔写真を保存する",
        title_en="keeps the face photograph that was sent along",
        change={"listed_items": with_the_photo},
    ),
    Defect(
        name="next_version_kept",
        row="A2-1-07",
        code="whitelist.grown",
        title_ja="CCUSの様式に増えた項目を、そのまま保存する",
        title_en="stores a new item of CCUS's form as it comes",
        change={"listed_items": with_what_a_next_version_adds},
    ),
    Defect(
        name="exempt_is_no",
        row="A2-1-10",
        code="inconclusive.states_mixed",
        word="inconclusive",
        title_ja="適用除外や未登録を無として保存する",
        title_en="stores exempt and not registered as no",
        change={"listed_items": exempt_is_no},
    ),
    Defect(
        name="ids_shown",
        row="A2-1-04",
        code="whitelist.identifier_shown",
        title_ja="鍵としてだけ使うと申告したIDを画面に出す",
        title_en="prints ids that are declared to be keys only",
        change={"heading": with_the_id},
    ),
    Defect(
        name="third_persons_stay",
        row="A2-1-11",
        code="third_person.left",
        drags=("A6-03", "A6-04", "A6-13", "A6-19"),
        title_ja="廃棄で緊急連絡先や代表者名を消し忘れる",
        title_en="forgets emergency contacts and representatives in disposal",
        change={"erase": third_persons_stay},
    ),
    Defect(
        name="raw_archive",
        row="A2-1-02",
        code="whitelist.extra_kept",
        drags=("A2-1-05", "A2-1-07"),
        title_ja="受信した内容を別紙1で絞らずそのまま保存する",
        title_en="keeps an answer as it came, items outside Annex 1 included",
        change={"listed_items": as_it_came},
    ),
)
