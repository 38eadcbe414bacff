"""What was declared before the run, and what the contract's own text shows: read, compared, never corrected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from pytest_bdd import then, when

from ccus_harness.annex1 import load_annex1
from ccus_harness.instruments import contract_text
from ccus_harness.readings import load_readings
from ccus_harness.register import load_register
from ccus_harness.verdicts import SATISFIED, Finding, Word, untested, violated

if TYPE_CHECKING:
    from ccus_harness.case import Case
    from ccus_harness.claims import Claiming

PARTIES = ("operator", "fund", "builder")
DATES = ("nintei_signed_on", "signed_on")
ELSEWHERE = ("D09", "D20", "D22", "D24", "D25", "D27", "D28")
"""Faults of the text that say: this is to be looked up in the certification agreement."""

ITEMS = 57


def _review(code: str) -> Finding:
    return Finding(word=Word.review, code=code)


@when("プロファイルに申告された事実を読む")
def read_profile(case: Case) -> None:
    """The profile was read in whole before the run; the scenario takes it as the run's record holds it."""
    case.seen["text"] = case.declared("files", "contract.text", "text")


@when("申請システムに、製品・版・ビルドを尋ねる")
def ask_identity(case: Case) -> None:
    case.seen["info"] = case.gate.ask("candidate", "info", {})


@then("【PRE-01】契約の当事者・対象システム・認定契約日・締結日が申告され、本文に空欄がない")
def contract_facts_are_whole(case: Case, claim: Claiming) -> None:
    text: str | None = case.seen["text"]
    missing = [name for name in PARTIES if not case.declared("contract", "parties", name, "name")]
    missing += [name for name in DATES if not case.declared("contract", name)]
    missing += [] if case.declared("candidate", "certified", "system") else ["certified.system"]
    blank = contract_text.blanks(text) if text else []
    signed = case.declared("contract", "signed_on")

    def judge(_readings: object, _policy: object) -> Finding:
        if case.declared("contract") is None:
            return untested("untested.no_profile")
        if not signed:
            return _review("review.not_signed")
        if missing or blank:
            return violated("contract.blank")
        return SATISFIED if text else untested("untested.no_contract_text")

    claim(
        judge,
        shown={"missing": missing, "blanks": blank, "text": text is not None},
        witnesses=["declared"],
        strength="inspected",
    )


@then("【PRE-02】試しているシステムの製品・版・環境は、認定を受けたものと同じである")
def the_certified_build_is_tested(case: Case, claim: Claiming) -> None:
    certified = cast("dict[str, Any]", case.declared("candidate", "certified") or {})
    said: dict[str, Any] = case.seen["info"]
    asked = {"system": said.get("name"), "version": said.get("version"), "build": said.get("build")}
    asked["environment"] = case.declared("candidate", "environment")
    wanted = {key: certified[key] for key in asked if key in certified}
    differing = [
        f"{key}: {asked[key]} ≠ {value}" for key, value in wanted.items() if asked[key] not in (None, value)
    ]

    def judge(_readings: object, _policy: object) -> Finding:
        if not wanted:
            return untested("untested.no_profile")
        if differing:
            return violated("candidate.other_build")
        told = bool(said.get("build")) and "build" in wanted
        return SATISFIED if told else Finding(word=Word.attested, code="attested.statement")

    claim(
        judge,
        shown={"differing": differing, "build": str(said.get("build"))[:100]},
        witnesses=["answered", "declared"],
    )


@then("【PRE-06】契約書の当事者の名称は、登記上の名称の一覧と一致する")
def names_are_registered(case: Case, claim: Claiming) -> None:
    listed = cast(
        "list[dict[str, Any]]", case.declared("files", "lists.registered_names", "document", "entries") or []
    )
    named = {party: case.declared("contract", "parties", party, "name") for party in PARTIES}
    registered = {entry["id"]: entry["ja"] for entry in listed}
    differing = [
        f"{party}: {name} / {registered.get(party)}"
        for party, name in named.items()
        if name != registered.get(party)
    ]

    def judge(_readings: object, _policy: object) -> Finding:
        if not listed or not all(named.values()):
            return untested("untested.no_list")
        return _review("review.names_differ") if differing else SATISFIED

    claim(
        judge,
        shown={"differing": differing},
        witnesses=["declared"],
        strength="inspected",
        remarks=_sample(case, "registered_names"),
    )


def _sample(case: Case, kind: str) -> list[str]:
    return ["list_is_a_sample"] if case.declared("files", f"lists.{kind}", "document", "sample") else []


@then("【A2-1-03】別紙1の57項目のすべてに受ける欄が定められ、表にない欄は受け取らないと申告されている")
def every_item_has_its_fields(case: Case, claim: Claiming) -> None:
    table = cast("dict[str, Any]", case.declared("whitelist") or {})
    fields: dict[str, list[str]] = {**table.get("technician", {}), **table.get("business", {})}
    unmapped = [item.key for item in load_annex1().items if item.key not in fields]
    thin = [
        item.key
        for item in load_annex1().items
        if item.structure and len(fields.get(item.key, ())) < len(item.structure.fields)
    ]
    refuses = table.get("unmapped") == "refuse"

    def judge(_readings: object, _policy: object) -> Finding:
        if not table:
            return untested("untested.no_profile")
        return SATISFIED if refuses and not unmapped and not thin else _review("review.map_incomplete")

    claim(
        judge,
        shown={"items": ITEMS - len(unmapped), "unmapped": unmapped, "thin": thin, "refuses_others": refuses},
        witnesses=["declared"],
        strength="attested",
    )


@then("【A2-1-06】登録情報でない付随情報が、別紙1の項目と重ならない一覧で申告されている")
def metadata_are_listed(case: Case, claim: Claiming) -> None:
    listed = cast("list[dict[str, str]]", case.declared("metadata") or [])
    annex = load_annex1()
    words = {item.key for item in annex.items} | {item.label_ja for item in annex.items}
    words |= {denied.label_ja for denied in annex.denied}
    overlapping = [entry["name"] for entry in listed if entry["name"] in words]

    def judge(_readings: object, _policy: object) -> Finding:
        if not listed:
            return untested("untested.no_profile")
        return _review("review.metadata_overlap") if overlapping else SATISFIED

    claim(
        judge,
        shown={"metadata": [entry["name"] for entry in listed], "overlapping": overlapping},
        witnesses=["declared"],
        strength="attested",
    )


@then("【A2-1-12】事故の重さを量るための区分が、機微な項目のすべてに付いている")
def sensitive_items_are_tagged(case: Case, claim: Claiming) -> None:
    tags = cast("dict[str, str]", case.declared("sensitive") or {})
    untagged = [
        item.key for item in load_annex1().items if "sensitive" in item.marks and not tags.get(item.key)
    ]

    def judge(_readings: object, _policy: object) -> Finding:
        if not tags:
            return untested("untested.no_profile")
        return _review("review.untagged") if untagged else SATISFIED

    claim(
        judge,
        shown={"untagged": untagged, "tags": len(tags)},
        witnesses=["declared"],
        strength="attested",
    )


@then("【A3-01】審査項目のどれにも、本文・合意した解釈・派生・目安のどれに基づくかが示されている")
def every_row_names_its_layer(claim: Claiming) -> None:
    rows = load_register().rows
    layers = {row.layer for row in rows}
    unread = [row.id for row in rows if row.layer == "agreed_reading" and not row.readings]
    claim(
        lambda _r, _p: _review("review.layer_missing") if unread else SATISFIED,
        shown={"rows": len(rows), "layers": sorted(layers), "without": unread},
        witnesses=["declared"],
        strength="inspected",
    )


def _faults(case: Case, *numbers: str) -> list[str] | None:
    """What the contract's text shows of these faults; None when the text was not supplied."""
    text: str | None = case.seen["text"]
    if text is None:
        return None
    found = {fault.id: fault for fault in contract_text.defects(text)}
    return [f"{number} {seen}" for number in numbers if number in found for seen in (*found[number].seen,)]


@then("【A3-02】本契約が触れない点が、認定契約で確かめるものとして挙げられている")
def open_points_are_listed(case: Case, claim: Claiming) -> None:
    points = _faults(case, *ELSEWHERE)

    def judge(_readings: object, _policy: object) -> Finding:
        if points is None:
            return untested("untested.no_contract_text")
        return Finding(word=Word.not_applicable, code="not_applicable.look_elsewhere")

    numbers = [point.split(" ")[0] for point in points or ()]
    claim(judge, shown={"points": sorted(set(numbers))}, witnesses=["declared"], strength="inspected")


def _text_fault(case: Case, claim: Claiming, number: str, code: str) -> None:
    found = _faults(case, number)

    def judge(_readings: object, _policy: object) -> Finding:
        return untested("untested.no_contract_text") if found is None else _review(code)

    remarks = [f"text.{number}"] if found else []
    claim(judge, shown={"found": found or []}, witnesses=["declared"], strength="inspected", remarks=remarks)


@then("【A7-01】存続条項の引用で、条番号と見出しが食い違うものが挙げられている")
def wrong_references_are_named(case: Case, claim: Claiming) -> None:
    _text_fault(case, claim, "D01", "review.cross_references")


@then("【A7-03】存続すると書かれていない条が挙げられている")
def what_does_not_survive_is_named(case: Case, claim: Claiming) -> None:
    _text_fault(case, claim, "D02", "review.not_surviving")


@then("【A9-01】結論を変えうる解釈のどれにも、番号と選択肢の付いた協議事項がある")
def every_reading_has_its_question(claim: Claiming) -> None:
    readings = load_readings().values()
    asked = {reading.question.number for reading in readings if len(reading.options) > 1}
    unread = sorted(
        {name for row in load_register().rows for name in row.readings}
        - {reading.name for reading in readings}
    )
    whole = len(asked) == len(readings) and not unread
    claim(
        lambda _r, _p: SATISFIED if whole else untested("untested.no_list"),
        shown={"questions": len(asked), "without": unread},
        witnesses=["declared"],
        strength="inspected",
    )


@then("【ANX-01】別紙1の34項目と23項目が、番号と名称の欠けなく読み取れている")
def annex_is_read_whole(case: Case, claim: Claiming) -> None:
    text: str | None = case.seen["text"]
    missing = contract_text.missing_items(text) if text else []

    def judge(_readings: object, _policy: object) -> Finding:
        if text is None:
            return untested("untested.no_contract_text")
        return _review("review.annex_differs") if missing else SATISFIED

    annex = load_annex1()
    claim(
        judge,
        shown={"missing": missing, "technician": len(annex.technician), "business": len(annex.business)},
        witnesses=["declared"],
        strength="inspected",
    )


@then("【ANX-02】意味のあいまいな項目名と、いくつもの値を含む項目名が挙げられている")
def unclear_labels_are_listed(claim: Claiming) -> None:
    items = load_annex1().items
    vague = [f"{item.key} {item.label_ja}" for item in items if "vague" in item.marks]
    claim(
        lambda _r, _p: _review("review.unclear_labels"),
        shown={"vague": vague, "compound": [item.key for item in items if "compound" in item.marks]},
        witnesses=["declared"],
        strength="inspected",
    )
