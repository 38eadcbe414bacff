"""Readings and policy numbers: what may be declared, what is refused, and what the declaration fixes."""

from __future__ import annotations

import json
import re
import shutil
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ccus_harness.documents import DocumentFaults
from ccus_harness.instruments.scope_terms import OPTIONS
from ccus_harness.locator import data
from ccus_harness.readings import LEVELS, NotADuration, declare, load_policy, load_readings, parse_duration
from ccus_harness.register import load_register

if TYPE_CHECKING:
    from pathlib import Path

READINGS = load_readings()
POLICY = load_policy()

# The parameters that the obligations name, with their options, the default first.
NAMED = {
    "request.standing": "explicit_each_time standing_consent",
    "request.explicitness": "explicit_control any_act",
    "request.refresh": "new_request same_request",
    "request.delegate": "recorded none",
    "request.affiliation_at": "provision request storage",
    "request.affiliation_kind": "main_and_sub main_only",
    "use.off_system": "declared forbidden free",
    "whitelist.identifiers": "metadata_key allowed forbidden",
    "whitelist.disclosure_choice": "respected ignored",
    "scope.upper": "all_ancestors direct_parent",
    "scope.employer_needs_entry": "no yes",
    "scope.affiliation": "any_current main_only firm_at_entry",
    "scope.chain_time": "at_entry at_viewing",
    "scope.pre_entry": "deny allow_if_roster",
    "scope.post_entry_limit": "none period",
    "scope.gap_tier": "deny_above_gap bridge",
    "scope.jv": "all_members representative",
    "scope.firm_data": "same_classes own_firm",
    "scope.items_by_class": "all_items narrowed",
    "scope.vendor_staff": "break_glass none",
    "prov.granularity": "item_where_mixed record",
    "prov.artefacts": "required in_system",
    "prov.edited_is_registration": "yes no",
    "prov.derived_is_registration": "if_reidentifying no yes",
    "prov.easy_for": "operator reviewer user",
    "incident.aware_by": "any_worker anyone_or_tool incident_manager",
    "incident.suspected": "notify_as_suspected notify record_only",
    "incident.off_system_copies": "covered not_covered",
    "incident.containment_first": "yes after_consultation",
    "disposal.depth": "logical ordinary_restore physical",
    "term.end_causes": "all_causes expiry_only",
    "term.instant": "24:00 00:00",
    "art6.conditions": "all any",
    "art6.after_lapse": "dispose_at_once cure_period",
    "art6.anonymise_ok": "no yes",
    "art6.tei_hosted_records": "exception_list must_go",
    "art7.reference": "heading number",
    "art7.art2_survives": "as_far_as_kept no",
}
# Rows that depend on a choice which the obligations leave without a name.
UNNAMED_CHOICES = frozenset(
    [
        "use.decided_at",
        "use.entry_after_end",
        "use.purpose_list",
        "use.user_download",
        "use.operations",
        "use.operator_after_end",
        "prov.same_value",
        "prov.ground_gone",
        "incident.encrypted",
        "incident.inside_overview",
        "disposal.devices",
        "disposal.user_copies",
        "disposal.log_commitments",
        "disposal.certificate_prompt",
        "disposal.nil_certificate",
    ]
)


@pytest.mark.parametrize(("name", "options"), NAMED.items())
def test_a_reading_offers_its_default_first(name: str, options: str) -> None:
    assert READINGS[name].names == tuple(options.split())
    assert READINGS[name].default == options.split(maxsplit=1)[0]


def test_the_scope_instrument_knows_the_same_options() -> None:
    assert {name: READINGS[name].names for name in OPTIONS} == dict(OPTIONS)


def test_no_reading_is_missing_or_unaccounted_for() -> None:
    assert set(READINGS) == set(NAMED) | UNNAMED_CHOICES


def test_world_readings_are_those_that_change_the_simulator() -> None:
    world = {name for name, reading in READINGS.items() if reading.kind == "world"}
    assert world == {
        name for name in READINGS if name.startswith(("request.", "whitelist.", "term.", "art6."))
    }


def test_every_reading_asks_a_numbered_question_in_both_languages() -> None:
    assert [reading.question.number for reading in READINGS.values()] == list(range(1, len(READINGS) + 1))
    for reading in READINGS.values():
        assert reading.question.text.ja.endswith("か。"), reading.name
        assert reading.question.text.en.endswith("?"), reading.name


def test_every_row_that_depends_names_what_it_depends_on() -> None:
    timed = {row for number in POLICY.values() for row in number.rows}
    open_rows = [row for row in load_register().rows if "depends" in row.words]
    assert [row.id for row in open_rows if not row.readings and row.id not in timed] == []


@pytest.mark.parametrize(
    ("name", "values"),
    {
        "incident.notice_within": "PT1H PT24H P2D P3D",
        "incident.stop_within": "PT4H PT48H P5D P7D",
        "disposal.within.primary": "PT24H P3D P10D P14D",
        "disposal.within.secondary": "PT24H P7D P30D P45D",
        "disposal.within.backup": "PT0M P35D P90D P120D",
        "disposal.certificate_within": "PT24H P7D P30D P60D",
        "scope.revocation_lag": "PT0M PT5M PT24H P3D",
    }.items(),
)
def test_a_policy_number_has_three_levels_and_a_cap(name: str, values: str) -> None:
    number = POLICY[name]
    assert " ".join([*(number.at(level) for level in LEVELS), str(number.cap)]) == values


def test_there_are_seven_policy_numbers() -> None:
    assert len(POLICY) == 7


def test_without_a_word_the_defaults_are_declared() -> None:
    declared = declare()
    assert declared.readings == {name: reading.default for name, reading in READINGS.items()}
    assert declared.policy == {name: number.standard for name, number in POLICY.items()}
    assert declared.limit("incident.notice_within") == timedelta(days=1)


def test_a_level_or_a_duration_below_the_cap_may_be_declared() -> None:
    declared = declare(policy={"incident.notice_within": "strict", "scope.revocation_lag": "PT7M"})
    assert declared.policy["incident.notice_within"] == "PT1H"
    assert declared.limit("scope.revocation_lag") == timedelta(minutes=7)


@pytest.mark.parametrize("name", POLICY)
def test_a_number_that_reaches_its_cap_is_refused_and_one_hour_less_is_not(name: str) -> None:
    cap = POLICY[name].cap
    assert cap is not None
    with pytest.raises(DocumentFaults, match="reaches the cap"):
        declare(policy={name: cap})
    hours = parse_duration(cap) // timedelta(hours=1)
    assert declare(policy={name: f"PT{hours - 1}H"}).policy[name] == f"PT{hours - 1}H"


def test_all_faults_of_a_declaration_show_at_once() -> None:
    with pytest.raises(DocumentFaults) as caught:
        declare(
            readings={"scope.upper": "sideways", "scope.uper": "direct_parent"},
            policy={
                "incident.notice_within": "P3D",
                "incident.notice": "P1D",
                "scope.revocation_lag": "soon",
            },
            agreed={"scope.jv": "2026-04-01", "scope.upper": "1 April", "scope.nothing": "2026-04-01"},
        )
    assert [fault.path for fault in caught.value.faults] == [
        "$.readings['scope.upper']",
        "$.readings['scope.uper']",
        "$.policy['incident.notice_within']",
        "$.policy['incident.notice']",
        "$.policy['scope.revocation_lag']",
        "$.agreed['scope.jv']",
        "$.agreed['scope.upper']",
        "$.agreed['scope.nothing']",
    ]
    text = str(caught.value)
    assert "choose all_ancestors, direct_parent" in text
    assert "the nearest are scope.upper" in text
    assert "P3D reaches the cap P3D" in text


def test_an_agreed_reading_has_one_option_left() -> None:
    upper = READINGS["scope.upper"]
    assert declare().open_options(upper) == ("all_ancestors", "direct_parent")
    assert declare({"scope.upper": "direct_parent"}).open_options(upper) == ("direct_parent", "all_ancestors")
    agreed = declare({"scope.upper": "direct_parent"}, agreed={"scope.upper": "2026-04-01"})
    assert agreed.open_options(upper) == ("direct_parent",)


def test_the_digest_changes_with_every_choice_and_with_nothing_else() -> None:
    plain = declare()
    spelled_out = declare(dict(plain.readings), dict(reversed(list(plain.policy.items()))))
    changed = [
        declare({"scope.upper": "direct_parent"}),
        declare(policy={"incident.notice_within": "lenient"}),
        declare({"scope.upper": "all_ancestors"}, agreed={"scope.upper": "2026-04-01"}),
    ]
    assert spelled_out.digest == plain.digest
    assert len({plain.digest, *(declared.digest for declared in changed)}) == 4
    assert re.fullmatch("[0-9a-f]{64}", plain.digest)


def test_a_declaration_cannot_be_changed_afterwards() -> None:
    with pytest.raises(TypeError):
        declare().readings["scope.upper"] = "direct_parent"  # pyright: ignore[reportIndexIssue]


UNITS = {"P{}D": timedelta(days=1), "PT{}H": timedelta(hours=1), "PT{}M": timedelta(minutes=1)}


@given(number=st.integers(0, 9999), form=st.sampled_from(sorted(UNITS)))
def test_a_duration_is_its_number_times_its_unit(number: int, form: str) -> None:
    assert parse_duration(form.format(number)) == number * UNITS[form]


@given(text=st.text(alphabet="PTDHMS0123456789.,-+ ３"))
@example("P")
@example("PT")
@example("P1DT2H")
@example("P1M")
@example("PT5S")
@example("P-1D")
@example("P３D")
@example("P1D\n")
@example("P99999D")
def test_a_text_is_a_duration_in_exactly_three_forms(text: str) -> None:
    if re.fullmatch(r"P[0-9]{1,4}D|PT[0-9]{1,5}[HM]", text, re.ASCII):
        assert parse_duration(text) >= timedelta(0)
    else:
        with pytest.raises(NotADuration) as caught:
            parse_duration(text)
        assert caught.value.text == text


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("readings", "policy"):
        shutil.copy(data("schemas") / f"{name}.json", tmp_path)
    return tmp_path


def edited(folder: Path, name: str) -> tuple[Path, dict[str, Any]]:
    path = folder / f"{name}.json"
    return path, json.loads(path.read_text(encoding="utf-8"))


def test_faults_of_the_readings_show_at_once(folder: Path) -> None:
    path, broken = edited(folder, "readings")
    broken["readings"][0]["question"]["number"] = 7
    broken["readings"][1]["kind"] = "world"
    broken["readings"][2]["options"][1]["name"] = "no"
    path.write_text(json.dumps(broken), encoding="utf-8")
    with pytest.raises(DocumentFaults) as caught:
        load_readings(folder)
    assert {fault.path for fault in caught.value.faults} == {
        "$.readings[0].question.number",
        "$.readings[1].kind",
        "$.readings[2].options[0].name",
        "$.readings[2].options[1].name",
    }


def test_levels_that_do_not_rise_to_the_cap_are_found(folder: Path) -> None:
    path, broken = edited(folder, "policy")
    broken["parameters"][0] |= {"standard": "PT30M", "cap": "PT48H"}
    path.write_text(json.dumps(broken), encoding="utf-8")
    with pytest.raises(DocumentFaults) as caught:
        load_policy(folder)
    assert [fault.path for fault in caught.value.faults] == [
        "$.parameters[0].standard",
        "$.parameters[0].cap",
    ]


def test_a_number_without_a_cap_is_refused_by_no_length(folder: Path) -> None:
    path, broken = edited(folder, "policy")
    broken["parameters"][0]["cap"] = None
    path.write_text(json.dumps(broken), encoding="utf-8")
    assert load_policy(folder)["incident.notice_within"].cap is None
