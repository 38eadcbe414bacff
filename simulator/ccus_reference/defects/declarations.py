"""What is declared before any test: blanks, gaps, and things that are not as they are declared."""

from __future__ import annotations

from ccus_reference.defects.defect import Defect

DEFECTS = (
    Defect(
        name="contract_unfilled",
        row="PRE-01",
        code="contract.blank",
        title_ja="認定契約の締結日を空欄のまま締結する",
        title_en="signs with the date of the certification contract left blank",
        profile={"contract": {"nintei_signed_on": ""}},
    ),
    Defect(
        name="old_name_signed",
        row="PRE-06",
        word="review",
        code="review.names_differ",
        title_ja="登記と異なる旧い名称で締結する",
        title_en="signs under a former name that is not the registered one",
        profile={"contract": {"parties": {"operator": {"name": "旧模擬運営株式会社"}}}},
    ),
    Defect(
        name="unmapped_kept",
        row="A2-1-03",
        word="review",
        code="review.map_incomplete",
        title_ja="対応表にない欄も受け取ると申告する",
        title_en="declares that it keeps fields that are not in its map",
        profile={"whitelist": {"unmapped": "keep"}},
    ),
    Defect(
        name="items_as_metadata",
        row="A2-1-06",
        word="review",
        code="review.metadata_overlap",
        title_ja="別紙1の項目を、登録情報でない付随情報として申告する",
        title_en="declares an item of Annex 1 as metadata and no registration data",
        profile={"metadata": [{"name": "氏名", "purpose": "表示に使う"}]},
    ),
    Defect(
        name="sensitive_untagged",
        row="A2-1-12",
        word="review",
        code="review.untagged",
        title_ja="健康診断の区分を付けていない",
        title_en="leaves health examinations without a tag",
        profile={"sensitive": {"t23_health_check_kind_date": ""}},
    ),
    Defect(
        name="means_misdeclared",
        row="A2-3-13",
        word="review",
        code="review.means",
        drags=("A2-3-03", "A2-3-04", "A2-3-05", "A2-3-06", "A2-3-08", "A2-3-09", "A2-3-10", "A2-3-11"),
        title_ja="申告した印が、実際の印と違う",
        title_en="declares another mark than the one it uses",
        profile={"mark": {"ccus": ["取得済"], "page_ccus": "「取得済」"}},
    ),
    Defect(
        name="standard_of_next_year",
        row="A2-5-02",
        word="review",
        code="review.standard_not_in_force",
        title_ja="まだ効力のない運用基準に従っていると申告する",
        title_en="declares an operating standard that is not in force yet",
        profile={
            "files": {"lists.operating_standard": {"document": {"in_force_from": "2027-04-01"}}},
        },
    ),
    Defect(
        name="second_employers_shown",
        row="ANX-04",
        word="depends",
        code="scope.secondary_employer",
        drags=("A2-2-25",),
        title_ja="元請には見せないと申告した所属事業者名を、元請に見せる",
        title_en="shows prime contractors the employers that it declares hidden from them",
        profile={"hidden_items": {"prime": ["t11_affiliated_firms"]}},
    ),
)
