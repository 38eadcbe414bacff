"""The register and Annex 1: complete, corrected, closed, and in words of our own."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from ccus_harness.annex1 import RECORD_TYPES, Item, RecordType, Structure, load_annex1
from ccus_harness.documents import DocumentFaults, load, validate
from ccus_harness.locator import DataNotFoundError, data
from ccus_harness.readings import load_policy, load_readings
from ccus_harness.register import ALWAYS, NotARowId, article_key, load_register, row_key
from ccus_simulator.population import business, technician

SCHEMAS = data("schemas")
AGREEMENT = Path(__file__).parents[2] / "shared" / "contract" / "agreement.txt"
REGISTER = load_register()
ROW = REGISTER.by_id

JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龠]")
OUTSIDE_THE_SCORE = [
    "PRE-03",
    "PRE-05",
    "PRE-06",
    "A1-01",
    "A2-1-01",
    "A2-5-02",
    "A3-01",
    "A3-02",
    "A4-01",
    "A4-02",
    "A4-03",
    "A6-01",
    "A6-10",
    "A7-01",
    "A7-03",
    "A8-01",
    "A9-01",
    "A9-02",
    "SIG-01",
    "ANX-01",
    "ANX-02",
    "ANX-03",
]


def document(name: str) -> dict[str, Any]:
    return json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the data documents that a test may break."""
    for name in ("register", "annex1", "readings", "policy"):
        shutil.copy(SCHEMAS / f"{name}.json", tmp_path)
    return tmp_path


def rewrite(folder: Path, name: str, broken: dict[str, Any]) -> None:
    (folder / f"{name}.json").write_text(json.dumps(broken, ensure_ascii=False), encoding="utf-8")


def faults_of_register(folder: Path, broken: dict[str, Any]) -> dict[str, list[str]]:
    rewrite(folder, "register", broken)
    with pytest.raises(DocumentFaults) as caught:
        load_register(folder)
    found: dict[str, list[str]] = {}
    for fault in caught.value.faults:
        found.setdefault(fault.path, []).append(fault.text)
    return found


def test_there_are_175_obligations_and_a_machine_can_judge_153() -> None:
    assert len(REGISTER.rows) == 175
    assert len(REGISTER.machine) == 153


def test_the_severities_are_those_of_the_table_with_five_corrected() -> None:
    corrected = {"A2-2-06": "C", "A2-1-02": "C", "A1-18": "C", "A6-02": "C", "A6-20": "m"}
    assert Counter(row.severity for row in REGISTER.rows) == {"C": 42, "M": 76, "m": 44, "i": 13}
    before = Counter(corrected.get(row.id, row.severity) for row in REGISTER.rows)
    assert before == {"C": 46, "M": 72, "m": 45, "i": 12}


@pytest.mark.parametrize(
    ("row", "severity"),
    [("A2-2-06", "i"), ("A2-1-02", "M"), ("A1-18", "M"), ("A6-02", "M"), ("A6-20", "M"), ("A2-2-19", "C")],
)
def test_a_corrected_severity_stands(row: str, severity: str) -> None:
    assert ROW[row].severity == severity


def test_rows_that_judge_the_text_or_ourselves_stand_outside_the_score() -> None:
    assert {row.id for row in REGISTER.rows if not row.scored} == set(OUTSIDE_THE_SCORE)


def test_rows_of_one_bug_hang_under_one_parent() -> None:
    assert {row.id: row.parent for row in REGISTER.rows if row.parent} == {
        **dict.fromkeys(["A2-2-03", "A2-2-04", "A2-2-05", "A2-2-16", "A2-2-17", "A2-2-22"], "A2-2-01"),
        **dict.fromkeys(["A2-4-06", "A2-4-07", "A2-4-08", "A2-4-12"], "A2-4-05"),
        "A6-21": "A6-19",
    }
    assert [row.id for row in REGISTER.children("A6-19")] == ["A6-21"]


def test_retention_runs_the_tests_of_article_2_again() -> None:
    assert ROW["A6-28"].reruns
    assert {row_key(row)[1] for row in ROW["A6-28"].reruns} == {2}


def test_the_broad_scope_row_says_that_it_judges_agreed_cells_only() -> None:
    assert any("agree" in note.en for note in ROW["A2-2-01"].notes)


def test_seeing_own_technicians_cannot_be_violated() -> None:
    assert "violated" not in ROW["A2-2-06"].words
    assert "satisfied" in ROW["A2-2-06"].words


def test_an_unasked_push_does_not_apply_to_candidates_that_only_pull() -> None:
    assert "not_applicable" in ROW["A1-18"].words
    assert [(part.name, part.layer) for part in ROW["A1-18"].parts] == [("reported", "derived")]


def test_response_time_weighs_nothing_in_the_list_row() -> None:
    assert [(part.name, part.severity) for part in ROW["A2-2-19"].parts] == [("response_time", "i")]


@pytest.mark.parametrize("row", ["A5-03", "A5-06"])
def test_the_term_rows_without_basis_in_the_text_are_derived(row: str) -> None:
    assert ROW[row].layer == "derived"
    assert "violated" not in ROW[row].words


@pytest.mark.parametrize("row", ["A1-22", "A2-2-28", "A2-3-14", "A2-3-19", "A2-4-04", "A6-02"])
def test_rows_called_derived_in_the_notes_are_derived(row: str) -> None:
    assert ROW[row].layer == "derived"


@pytest.mark.parametrize("row", ["A2-4-15", "A2-4-20", "A6-18", "A7-04"])
def test_rows_called_policy_in_the_notes_are_policy(row: str) -> None:
    assert ROW[row].layer == "policy"
    assert "violated" not in ROW[row].words


def test_pre_entry_viewing_is_the_first_question() -> None:
    first = min(load_readings().values(), key=lambda reading: reading.question.number)
    assert first.name == "scope.pre_entry"
    assert "A2-2-09" in first.rows


@pytest.mark.parametrize("row", ["A2-3-15", "A2-4-01"])
def test_what_cannot_be_shown_is_neither_satisfied_nor_decisive(row: str) -> None:
    assert not ROW[row].decisive
    assert "satisfied" not in ROW[row].words


def test_disposal_counts_from_the_later_of_ended_and_known() -> None:
    assert "later" in ROW["A6-13"].notes[0].en
    assert {
        number.name for number in load_policy().values() if number.counts_from == "later_of_ended_and_known"
    } == {"disposal.within.primary", "disposal.within.secondary", "disposal.within.backup"}


@pytest.mark.parametrize("row", ["A2-4-04", "A2-4-11", "A2-4-12", "A6-05", "A6-06"])
def test_what_may_need_a_person_says_so(row: str) -> None:
    assert {"A", "E"} <= set(ROW[row].method)
    assert "person" in ROW[row].witnesses


def test_calls_are_joined_to_users_from_outside_alone() -> None:
    assert ROW["A1-02"].method == ("A",)


@pytest.mark.parametrize(
    ("row", "reading"),
    [
        ("A2-3-06", "prov.easy_for"),
        *((row, "disposal.depth") for row in ("A6-03", "A6-04", "A6-05", "A6-06")),
    ],
)
def test_a_corrected_row_names_its_added_reading(row: str, reading: str) -> None:
    assert reading in ROW[row].readings


@pytest.mark.parametrize(
    "row",
    [
        "A2-1-04",
        "A2-2-07",
        "A2-2-09",
        "A2-2-10",
        "A2-2-14",
        "A2-2-15",
        "A2-2-24",
        "A2-2-25",
        "A2-2-26",
        "A2-3-20",
        "A2-4-10",
        "A2-4-24",
        "A6-30",
        "ANX-04",
    ],
)
def test_a_row_that_only_depends_can_also_come_out_either_way(row: str) -> None:
    assert {"depends", "satisfied", "violated"} <= set(ROW[row].words)
    assert ROW[row].layer == "agreed_reading"


def test_time_rows_have_a_number_with_a_cap() -> None:
    capped = {row for number in load_policy().values() if number.cap for row in number.rows}
    assert {"A2-4-05", "A2-4-17", "A6-13", "A6-22", "A2-2-21"} <= capped


def test_quality_and_text_findings_are_no_words() -> None:
    assert set(ROW["A2-1-10"].words) == {*ALWAYS, "satisfied"}
    assert set(ROW["A2-2-02"].words) == {*ALWAYS, "satisfied"}
    assert set(ROW["A7-01"].words) == {*ALWAYS, "review"}


def test_every_row_can_stay_open_and_can_say_something_else() -> None:
    for row in REGISTER.rows:
        assert set(row.words) > ALWAYS, row.id


def test_rows_of_articles_4_and_8_are_never_judged_against_a_candidate() -> None:
    rows = [*REGISTER.by_article["4"], *REGISTER.by_article["8"]]
    assert not [row.id for row in rows if row.scored or "violated" in row.words]


def test_only_rows_that_nobody_can_judge_give_a_reason_for_silence() -> None:
    assert [row.id for row in REGISTER.rows if row.why_not] == ["PRE-05", "A2-1-09", "A4-01", "A8-01"]


def test_decisive_rows_are_scored_and_can_be_satisfied() -> None:
    decisive = [row for row in REGISTER.rows if row.decisive]
    assert len(decisive) == 131
    assert all(row.scored and row.severity != "i" and "satisfied" in row.words for row in decisive)


def test_rows_follow_the_agreement_and_article_10_would_follow_9() -> None:
    ids = ["ANX-01", "A10-01", "SIG-01", "A2-2-01", "A9-01", "PRE-01", "A2-1-10", "A1-01"]
    assert sorted(ids, key=row_key) == [
        "PRE-01", "A1-01", "A2-1-10", "A2-2-01", "A9-01", "A10-01", "SIG-01", "ANX-01",
    ]  # fmt: skip
    assert sorted(["annex", "10", "2", "sign", "pre"], key=article_key) == ["pre", "2", "10", "sign", "annex"]
    assert all(row_key(one.id) < row_key(next_.id) for one, next_ in pairwise(REGISTER.rows))
    assert list(REGISTER.by_article) == ["pre", *"123456789", "sign", "annex"]


@pytest.mark.parametrize("text", ["A2-2-1", "B1-01", "A0-01", "PRE-01 ", "A2-2-０1", ""])
def test_what_is_no_row_id_is_refused_by_name(text: str) -> None:
    with pytest.raises(NotARowId, match=re.escape(repr(text))):
        row_key(text)


def test_labels_name_the_place_in_the_agreement() -> None:
    labels = {
        row: ROW[row].clause.label
        for row in ("A2-2-01", "A2-3-03", "A6-03", "A6-24", "A1-14", "A1-18", "SIG-01")
    }
    assert labels == {
        "A2-2-01": "第2条2",
        "A2-3-03": "第2条3ただし書",
        "A6-03": "第6条本文",
        "A6-24": "第6条ただし書",
        "A1-14": "第1条(1)(2)",
        "A1-18": "第1条・第2条3",
        "SIG-01": "末文",
    }


def japanese_texts() -> list[str]:
    """Every Japanese text of the four documents, labels apart."""
    found: list[str] = []

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            found.extend(text for key, text in value.items() if key == "ja")
            for inner in value.values():
                walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)

    for name in ("register", "readings", "policy"):
        walk(document(name))
    return found


def test_the_japanese_texts_are_japanese() -> None:
    assert not [text for text in japanese_texts() if not JAPANESE.search(text)]


def test_demands_are_one_plain_sentence_that_names_its_actor() -> None:
    actors = {"operator": "甲", "fund": "乙", "builder": "丙", "harness": "審査側"}
    english = {"operator": "operator", "fund": "Fund", "builder": "builder", "harness": "harness"}
    for row in REGISTER.rows:
        assert row.demand.ja.endswith("。"), row.id
        assert row.demand.ja.count("。") == 1, row.id
        assert not re.search(r"(です|ます|ません|ください)。", row.demand.ja), row.id
        assert row.demand.en.endswith("."), row.id
        assert len(row.demand.ja) <= 70, row.id
        for party in row.obliged:
            assert actors[party] in row.demand.ja, (row.id, party)
            assert re.search(english[party], row.demand.en, re.IGNORECASE), (row.id, party)


def test_no_two_rows_demand_the_same() -> None:
    for language in ("ja", "en"):
        times = Counter(getattr(row.demand, language) for row in REGISTER.rows)
        assert [text for text, count in times.items() if count > 1] == []


def test_nothing_of_the_agreement_is_pasted() -> None:
    if not AGREEMENT.is_file():
        pytest.skip("the text of the agreement is not beside this checkout")
    squeezed = re.sub(r"\s", "", AGREEMENT.read_text(encoding="utf-8"))
    pieces = [squeezed[at : at + 25] for at in range(len(squeezed) - 24)]
    ours = re.sub(r"\s", "", "\n".join(japanese_texts()))
    assert [piece for piece in pieces if piece in ours] == []


def test_words_methods_and_layers_are_closed_sets() -> None:
    broken = document("register")
    broken["rows"][0] |= {
        "words": ["untested", "inconclusive", "error", "pass"],
        "layer": "taste",
        "method": ["Z"],
    }
    broken["rows"][3]["colour"] = "red"
    del broken["rows"][5]["demand"]["ja"]
    with pytest.raises(DocumentFaults) as caught:
        validate(broken, "register.schema.json", name="register.json")
    paths = {fault.path for fault in caught.value.faults}
    assert paths == {
        "$.rows[0].layer",
        "$.rows[0].method[0]",
        "$.rows[0].words[3]",
        "$.rows[3]",
        "$.rows[5].demand",
    }
    assert "5 fault(s)" in str(caught.value)


def test_all_faults_across_rows_show_at_once_with_their_paths(folder: Path) -> None:
    broken = document("register")
    broken["rows"][2]["parent"] = "A9-99"
    broken["rows"][6]["id"] = broken["rows"][7]["id"]
    broken["rows"][8]["readings"].append("request.nothing")
    broken["rows"][9]["machine"] = False
    del broken["rows"][174]
    assert faults_of_register(folder, broken) == {
        "$.rows": [
            "174 rows stand where 175 belong",
            "the reading scope.items_by_class names ANX-04, which does not name it",
        ],
        "$.rows[2].parent": ["PRE-03: there is no other row A9-99"],
        "$.rows[6].id": ["A1-02 stands 2 times"],
        "$.rows[7].id": ["A1-02 stands 2 times"],
        "$.rows[8].readings": ["A1-03: there is no reading request.nothing"],
        "$.rows[9].machine": ["A1-04: machine and method disagree"],
    }


@pytest.mark.parametrize(
    ("row", "change", "path"),
    [
        ("A5-03", {"words": ["violated", "error", "inconclusive", "untested"], "decisive": False}, "words"),
        ("A2-2-06", {"decisive": True}, "decisive"),
        ("A6-01", {"decisive": True}, "decisive"),
        ("A6-01", {"scored": True}, "scored"),
        ("A2-1-08", {"decisive": True}, "decisive"),
        ("A2-3-15", {"words": ["error", "inconclusive", "untested", "satisfied"]}, "words"),
        ("A1-01", {"words": ["violated", "satisfied", "untested"]}, "words"),
        ("A1-01", {"why_not": {"ja": "理由である。", "en": "a reason"}}, "why_not"),
        ("A1-05", {"clause": {"article": "2", "paragraph": None, "label": "第2条"}}, "clause.article"),
        ("A2-2-03", {"parent": "A2-2-03"}, "parent"),
        ("A6-28", {"reruns": ["A2-9-99"]}, "reruns"),
        ("A2-2-10", {"readings": []}, "readings"),
        ("A4-01", {"method": ["N", "A"], "machine": True}, "method"),
    ],
)
def test_a_row_that_contradicts_itself_is_found(
    folder: Path, row: str, change: dict[str, Any], path: str
) -> None:
    broken = document("register")
    index = [raw["id"] for raw in broken["rows"]].index(row)
    broken["rows"][index] |= change
    assert f"$.rows[{index}].{path}" in faults_of_register(folder, broken)


def test_rows_out_of_order_are_found(folder: Path) -> None:
    broken = document("register")
    broken["rows"][10], broken["rows"][11] = broken["rows"][11], broken["rows"][10]
    assert list(faults_of_register(folder, broken)) == ["$.rows[11].id"]


def test_a_policy_number_of_no_row_is_found(folder: Path) -> None:
    policy = document("policy")
    policy["parameters"][0]["rows"].append("A2-4-99")
    rewrite(folder, "policy", policy)
    assert list(faults_of_register(folder, document("register"))) == ["$.rows"]


def test_what_is_no_json_is_a_fault_of_the_document(tmp_path: Path) -> None:
    path = tmp_path / "register.json"
    for text in ("{", "[" * 100_000, '{"a": 1, "a": 2}'):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(DocumentFaults, match=r"register\.json has 1 fault"):
            load(path, "register.schema.json")
    path.write_bytes(b"\x81\x40")
    with pytest.raises(DocumentFaults, match="cannot be read as JSON"):
        load(path, "register.schema.json")
    with pytest.raises(DocumentFaults, match="cannot be read as JSON"):
        load(tmp_path / "absent.json", "register.schema.json")


def test_a_fault_about_a_whole_table_stays_one_line() -> None:
    with pytest.raises(DocumentFaults) as caught:
        validate(
            {"format": "ccus-conformance/register/1", "rows": {"x": "長" * 5000}}, "register.schema.json"
        )
    assert all(len(fault.text) < 250 for fault in caught.value.faults)


@pytest.mark.parametrize("name", ["register", "annex1", "readings", "policy"])
def test_our_schemas_are_closed_and_valid(name: str) -> None:
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    open_objects: list[str] = []

    def walk(value: Any, path: str) -> None:
        if isinstance(value, dict):
            kinds = value.get("type", [])
            if "properties" in value and "object" in kinds and value.get("additionalProperties") is not False:
                open_objects.append(path)
            for key, inner in value.items():
                walk(inner, f"{path}.{key}")
        elif isinstance(value, list):
            for index, inner in enumerate(value):
                walk(inner, f"{path}[{index}]")

    walk(schema, "$")
    assert open_objects == []


def test_features_and_schemas_are_found_and_nothing_else_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert (data("schemas") / "register.json").is_file()
    monkeypatch.setattr("ccus_harness.locator._PACKAGE", tmp_path / "lib" / "ccus_harness")
    with pytest.raises(DataNotFoundError, match="no folder features"):
        data("features")
    packaged = tmp_path / "lib" / "ccus_harness" / "_data" / "features"
    packaged.mkdir(parents=True)
    assert data("features") == packaged


def test_annex_1_has_34_and_23_items_numbered_without_gap() -> None:
    annex = load_annex1()
    assert [item.no for item in annex.of("technician")] == list(range(1, 35))
    assert [item.no for item in annex.of("business")] == list(range(1, 24))
    assert len(annex.by_key) == len(annex.by_label) == 57
    assert annex.keys("business")[:2] == ("b01_trade_name", "b02_licensed")
    assert annex.by_label["technician", "氏名"].key == "t01_name"


def test_the_labels_of_annex_1_are_those_of_the_agreement() -> None:
    if not AGREEMENT.is_file():
        pytest.skip("the text of the agreement is not beside this checkout")
    printed = re.sub(r"[ \u3000]", "", AGREEMENT.read_text(encoding="utf-8").split("別紙1")[-1])
    cells = [cell for line in printed.splitlines() for cell in line.split("\t")]
    by_no = {"technician": {}, "business": {}}
    for line in printed.splitlines():
        parts = line.split("\t")
        if parts[0].isdigit():
            by_no["technician"][int(parts[0])] = parts[1]
        if len(parts) > 2 and parts[2].isdigit():
            by_no["business"][int(parts[2])] = parts[3]
    assert cells
    for item in load_annex1().items:
        assert by_no[item.record_type][item.no] == item.label_ja


def test_marks_name_the_items_that_are_treated_apart() -> None:
    marked = {
        mark: [item.key[:3] for item in load_annex1().items if mark in item.marks]
        for mark in ("compound", "third_person", "sensitive", "vague")
    }
    assert marked == {
        "compound": ["t01", "t05", "t06", "t08", "t11", "t23", "t27", "t29", "b11", "b21"],
        "third_person": ["t08", "t09", "t10", "b06", "b12", "b22"],
        "sensitive": ["t04", "t23", "t31", "t32", "t33"],
        "vague": ["t11", "t12", "t26", "t27", "t30", "t34", "b16"],
    }


def test_every_compound_item_says_how_it_is_made_up() -> None:
    compound = [item for item in load_annex1().items if "compound" in item.marks]
    assert all(item.structure for item in compound)
    certificate = load_annex1().by_key["b21_ecert_kind_no"].structure
    assert certificate is not None
    assert [field.name for field in certificate.fields] == ["kind", "number"]


def fits(value: Any, item: Item) -> bool:
    """Whether a value has the type and the fields that Annex 1 states for the item."""
    if value is None:
        return item.nullable
    if item.structure is None:
        return fits_type(value, item.type, item.values)
    one_by_one = {"text": [value], "object": [value], "list": value, "values": value}[item.structure.form]
    longest = item.structure.max or len(one_by_one)
    return len(one_by_one) <= longest and all(fits_structure(one, item.structure) for one in one_by_one)


def fits_structure(value: Any, structure: Structure) -> bool:
    fields = {field.label_ja: field for field in structure.fields}
    if structure.form == "text":
        return isinstance(value, str)
    parts = {next(iter(fields)): value} if structure.form == "values" else value
    return set(parts) == set(fields) and all(
        (parts[label] is None and field.nullable) or fits_type(parts[label], field.type, field.values)
        for label, field in fields.items()
    )


def fits_type(value: Any, kind: str, values: tuple[str, ...]) -> bool:
    match kind:
        case "number":
            return isinstance(value, int)
        case "date":
            return isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value) is not None
        case "enum":
            return value in values
        case _:
            return isinstance(value, str)


@pytest.mark.parametrize("record_type", RECORD_TYPES)
def test_what_the_simulator_provides_fits_annex_1_as_the_harness_reads_it(record_type: RecordType) -> None:
    make, prefix = {"technician": (technician, "99"), "business": (business, "98")}[record_type]
    records = [make(7, f"{prefix}{index:012}") for index in range(300)]
    annex = load_annex1()
    assert {tuple(record) for record in records} == {annex.keys(record_type)}
    strange = [
        (key, value)
        for record in records
        for key, value in record.items()
        if not fits(value, annex.by_key[key])
    ]
    assert strange == []


def test_items_of_the_fuller_registration_may_be_missing() -> None:
    by_key = load_annex1().by_key
    fuller = [key for key in by_key if key[:3] in {"t21", "t22", "t23", "t27", "t29", "t30"}]
    assert all(by_key[key].nullable for key in fuller)


def test_the_deny_list_holds_what_usually_travels_along() -> None:
    denied = {entry.key for entry in load_annex1().denied}
    assert denied >= {
        "face_photo", "email", "kana", "technician_id", "business_id", "work_history", "my_number",
        "bank_account", "past_firms",
    }  # fmt: skip
    assert not denied & set(load_annex1().by_key)


def test_a_shifted_column_of_annex_1_is_found(folder: Path) -> None:
    broken = document("annex1")
    table = broken["business"]
    table[19]["label_ja"], table[17]["label_ja"] = table[17]["label_ja"], table[17]["label_ja"]
    table[4]["no"], table[5]["no"] = 6, 5
    table[6]["key"] = "t07_fax"
    broken["deny"][0]["label_ja"] = "氏名"
    rewrite(folder, "annex1", broken)
    with pytest.raises(DocumentFaults) as caught:
        load_annex1(folder)
    assert [fault.path for fault in caught.value.faults] == [
        "$.business[4].no",
        "$.business[5].no",
        "$.business[6].key",
        "$.business[17].label_ja",
        "$.business[19].label_ja",
        "$.deny[0].label_ja",
    ]


def test_an_enumerated_item_must_list_its_values() -> None:
    broken = document("annex1")
    broken["technician"][1]["values"] = None
    broken["technician"][0]["values"] = ["甲", "乙"]
    broken["technician"][5]["structure"] = None
    with pytest.raises(DocumentFaults) as caught:
        validate(broken, "annex1.schema.json")
    assert [fault.path for fault in caught.value.faults] == [
        "$.technician[0].values",
        "$.technician[1].values",
        "$.technician[5].structure",
    ]
