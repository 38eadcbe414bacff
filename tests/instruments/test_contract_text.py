"""What a contract's text leaves open is seen where it stands, and only where it stands."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ccus_harness.cli import app
from ccus_harness.instruments import contract_text
from ccus_harness.register import load_register

ROOT = Path(__file__).parents[2]
SAMPLE = (ROOT / "simulator/ccus_reference/contract.sample.txt").read_text(encoding="utf-8")
NUMBERS = [f"D{n:02}" for n in range(1, 31)]
KNOWN = [d["id"] for d in json.loads((ROOT / "schemas/text-defects.json").read_text("utf-8"))["defects"]]


def ids(text: str) -> list[str]:
    return [defect.id for defect in contract_text.defects(text)]


def test_every_fault_of_the_text_has_its_rule_and_every_number_of_the_register_is_one() -> None:
    assert KNOWN == NUMBERS
    assert {d for row in load_register().rows for d in row.text_defects} <= set(NUMBERS)


def test_the_sample_shows_all_but_the_other_spelling_of_a_name() -> None:
    assert ids(SAMPLE) == [number for number in NUMBERS if number != "D04"]


def test_a_wrong_reference_is_named_with_the_article_that_was_meant() -> None:
    (first, *_) = contract_text.defects(SAMPLE)
    assert first.seen == (
        "第7条: 第5条(契約終了後の措置) → 見出しは第6条",
        "第7条: 第7条(管轄裁判所) → 見出しは第8条",
    )


def test_what_is_not_named_as_surviving_is_listed() -> None:
    (found,) = (d for d in contract_text.defects(SAMPLE) if d.id == "D02")
    assert [text.split("(")[0] for text in found.seen] == ["第1条", "第2条", "第3条", "第9条"]


@pytest.mark.parametrize(
    ("number", "before", "after"),
    [
        (
            "D01",
            "第5条（契約終了後の措置）及び第7条（管轄裁判所）",
            "第6条（契約終了後の措置）及び第8条（管轄裁判所）",
        ),
        ("D03", "「参照システム", "参照システム"),
        ("D12", "入場した又はしている現場の", "入場した又は入場予定の現場の"),
        ("D18", "直ちに乙へ通知し", "直ちに（1時間以内に）乙へ通知し"),
        ("D22", "認定契約の満了まで", "認定契約の満了又は解除の時まで"),
        ("D23", "直ちに廃棄して", "控えを含め直ちに廃棄して"),
        ("D29", "所属事業者名（従たる含む）", "所属事業者名"),
    ],
)
def test_a_fault_that_was_mended_is_seen_no_more(number: str, before: str, after: str) -> None:
    assert before in SAMPLE
    assert number in ids(SAMPLE)
    assert number not in ids(SAMPLE.replace(before, after))


def test_the_width_of_digits_brackets_and_spaces_hides_nothing() -> None:
    wide = SAMPLE.replace("第7条（", "第 ７ 条（").replace("第1条（", "第 1 条(")
    assert ids(wide) == ids(SAMPLE)


def test_a_text_without_articles_shows_no_fault_of_an_article() -> None:
    assert ids("契約書ではない文章") == []


def test_blanks_of_a_template_are_found_and_a_filled_text_has_none() -> None:
    assert contract_text.blanks(SAMPLE) == []
    assert len(contract_text.blanks("〇〇〇〇株式会社（以下「甲」という。）は、●年●月●日付けで")) == 4


def test_a_shifted_or_lost_item_of_the_annex_is_missed() -> None:
    assert contract_text.missing_items(SAMPLE) == []
    shifted = SAMPLE.replace("20\t中退共加入有無", "20\tCI-Netコード")
    assert contract_text.missing_items(shifted) == ["technician 20 中退共加入有無"]


@pytest.mark.parametrize("name", ["contract.sample.txt", "candidate.toml"])
def test_the_command_lists_the_faults_of_a_text_or_of_the_one_a_profile_names(name: str) -> None:
    said = CliRunner().invoke(app, ["lint-contract", str(ROOT / "simulator/ccus_reference" / name), "--json"])
    assert said.exit_code == 0, said.output
    told = json.loads(said.stdout)
    assert [defect["id"] for defect in told["defects"]] == ids(SAMPLE)
    assert told["blanks"] == []


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    said = CliRunner().invoke(app, ["lint-contract", str(tmp_path / "none.txt"), "--lang", "en"])
    assert said.exit_code == 2
    assert "none.txt cannot be read" in said.stderr
