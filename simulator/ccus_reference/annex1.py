"""Annex 1 as this system reads it: the closed list of items it may take and keep."""

from __future__ import annotations

import re
import unicodedata
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Mapping

TECHNICIAN = "technician"
BUSINESS = "business"
KINDS: Mapping[str, str] = MappingProxyType({TECHNICIAN: "技能者", BUSINESS: "事業者"})
"""How users are told which sort of record they see."""

TECHNICIAN_ITEMS: Mapping[str, str] = MappingProxyType(
    {
        "t01_name": "氏名",
        "t02_sex": "性別",
        "t03_birth_date": "生年月日",
        "t04_blood_type": "血液型",
        "t05_address": "住所",
        "t06_phone_home_mobile": "電話番号自宅・携帯",
        "t07_fax": "FAX番号",
        "t08_emergency_name_relation": "緊急連絡先氏名・続柄",
        "t09_emergency_address": "緊急連絡先住所",
        "t10_emergency_phone": "緊急連絡先電話番号",
        "t11_affiliated_firms": "所属事業者名（従たる含む）",
        "t12_hired_on": "雇用年月日",
        "t13_health_ins_status": "健康保険加入有無/適用除外",
        "t14_health_ins_kind": "健康保険種類",
        "t15_pension_status": "年金保険加入有無/適用除外",
        "t16_pension_kind": "年金保険種類",
        "t17_employment_ins_status": "雇用保険加入有無/適用除外",
        "t18_kentaikyo_status": "建退共加入状況",
        "t19_kentaikyo_no": "建退共被共済者番号",
        "t20_chutaikyo": "中退共加入有無",
        "t21_rosai_special": "労災特別加入有無",
        "t22_rosai_special_kind": "労災特別加入保険種類",
        "t23_health_check_kind_date": "受診健康診断種類と受診日",
        "t24_job_major": "職種（大分類）",
        "t25_job_minor": "職種（小分類）",
        "t26_valid_until": "有効期限",
        "t27_qualifications": "保有資格",
        "t28_skill_level": "技能ランク（レベル）",
        "t29_training": "研修受講履歴",
        "t30_awards": "表彰等",
        "t31_nationality": "国籍",
        "t32_residence_status": "在留資格コード",
        "t33_residence_period": "在留期間",
        "t34_card_issue_count": "カード発行回数",
    }
)
BUSINESS_ITEMS: Mapping[str, str] = MappingProxyType(
    {
        "b01_trade_name": "商号又は名称",
        "b02_licensed": "建設業許可の有無",
        "b03_licence_no": "許可番号",
        "b04_firm_kind": "法人・個人・一人親方区分",
        "b05_corporate_no": "法人番号",
        "b06_representative": "代表者名",
        "b07_address": "所在地住所",
        "b08_phone": "電話番号",
        "b09_capital": "資本金",
        "b10_other_business": "建設業以外の事業の有無",
        "b11_licence_trades": "許可業種",
        "b12_registrar_name": "登録責任者名",
        "b13_health_ins_status": "健康保険加入有無/適用除外",
        "b14_pension_status": "年金保険加入有無/適用除外",
        "b15_employment_ins_status": "雇用保険加入有無/適用除外",
        "b16_retirement_scheme": "退職金共済加入状況",
        "b17_kentaikyo_contract_no": "建退共共済契約者番号",
        "b18_chutaikyo": "中退共加入有無",
        "b19_rosai_special": "労災保険特別加入",
        "b20_cinet_code": "CI-Netコード",
        "b21_ecert_kind_no": "電子証明書の種類と番号",
        "b22_main_clients": "主要取引先",
        "b23_awards": "表彰",
    }
)
SENSITIVE = frozenset(
    {
        "t04_blood_type",
        "t23_health_check_kind_date",
        "t31_nationality",
        "t32_residence_status",
        "t33_residence_period",
    }
)
"""Items that raise the grade of an incident: health, blood type, nationality, residence."""

ITEMS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {TECHNICIAN: TECHNICIAN_ITEMS, BUSINESS: BUSINESS_ITEMS}
)


def label(record_type: str, item: str) -> str:
    """The Japanese label of an item; an item without one is called by its key."""
    return ITEMS[record_type].get(item, item)


FREE_TEXT = frozenset({"t29_training", "t30_awards", "b22_main_clients"})
"""Items whose names anybody may write."""

_FOREIGN = re.compile(r"\S+@\S+\.\S+|\d{14}")
"""An e-mail address or a registry id: neither has a place in a name."""


def listed_items(record_type: str, items: Mapping[str, Any]) -> dict[str, Any]:
    """What may be kept of an arrived record: the items that Annex 1 lists, without what was smuggled into them."""
    return {
        item: without_smuggled(item, value) for item, value in items_of_the_list(record_type, items).items()
    }


def items_of_the_list(record_type: str, items: Mapping[str, Any]) -> dict[str, Any]:
    """The items that Annex 1 lists for this type of record, as they came."""
    return {item: value for item, value in items.items() if item in ITEMS[record_type]}


def without_smuggled(item: str, value: Any) -> Any:
    """The entries of a free text that carry no e-mail address and no id; other items are left as they are."""
    if item not in FREE_TEXT or not isinstance(value, list):
        return value
    entries = cast("list[Any]", value)
    return [entry for entry in entries if not _FOREIGN.search(unicodedata.normalize("NFKC", str(entry)))]
