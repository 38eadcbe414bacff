"""What a real run says about scope, time, purge, questions and drills, laid out as rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ccus_harness.readings import load_readings
from ccus_harness.reports import facts
from ccus_harness.reports.facts import drills
from ccus_harness.reports.facts.scene import scenes
from ccus_harness.reports.parts import Call, Step, Story

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ccus_harness.reports import Report
    from ccus_harness.reports.facts import Matrix, Purge


@pytest.fixture(scope="module")
def reference(kept: Callable[[str], Report]) -> Report:
    return kept("reference")


@pytest.fixture(scope="module")
def matrices(reference: Report) -> tuple[Matrix, ...]:
    return facts.matrices(reference)


def story(report: Report, part: str) -> Story:
    return next(each for each in report.stories if part in each.id)


def shown_of(report: Report, row: str, part: str) -> Mapping[str, Any]:
    return next(claim.shown for claim in story(report, part).claims if claim.row == row)


def told(*calls: tuple[str, str, dict[str, Any], Any]) -> Story:
    """A scenario told by hand, for what no real candidate did."""
    made = [
        Call(n=n, who=who, op=op, args=args, status="answered", answer={"value": value})
        for n, (who, op, args, value) in enumerate(calls)
    ]
    step = Step(index=0, keyword="もし", text="", type="when", calls=tuple(made), claims=())
    return Story(
        id="s",
        name="s",
        feature="",
        rows=("A2-2-01",),
        world_reading={},
        steps=(step,),
        outcome="finished",
        detail={},
    )


# -- scope ------------------------------------------------------------------------------------------------


def test_the_matrix_counts_the_same_looks_as_the_judge_did(
    reference: Report, matrices: tuple[Matrix, ...]
) -> None:
    judged = shown_of(reference, "A2-2-01", "すべての利用者がすべての技能者")
    largest = matrices[0]
    assert len(largest.cells) == judged["looks"]
    assert largest.count("kept") + largest.count("over") == judged["refused"]
    assert largest.count("open_seen") + largest.count("open_unseen") == judged["contested"]


def test_the_matrix_agrees_with_every_cell_that_the_judge_showed(
    reference: Report, matrices: tuple[Matrix, ...]
) -> None:
    compared = 0
    for matrix in matrices:
        looks = {
            (f"{look.viewer}→{look.technician}", look.n): look for cell in matrix.cells for look in cell.looks
        }
        by_name = {name: look for (name, _), look in looks.items() if look.how == "record"}
        for claim in story(reference, matrix.story).claims:
            for cell in claim.shown.get("cells") or ():
                name = cell.get("look") or f"{cell['viewer']}→{cell['technician']}"
                if "rule" in cell and name in by_name and len(matrix.at[_of(name)].looks) == 1:
                    assert by_name[name].shown == cell["shown"], name
                    compared += 1
    assert compared > 30


def _of(name: str) -> tuple[str, str]:
    viewer, _, technician = name.partition("→")
    return viewer, technician


def test_the_reference_shows_nobody_more_than_the_rule_allows(matrices: tuple[Matrix, ...]) -> None:
    assert [matrix.count("over") for matrix in matrices] == [0] * len(matrices)
    assert matrices[0].count("seen") > 20


def test_a_prime_contractor_of_another_site_stands_out_as_seeing_too_much(
    kept: Callable[[str], Report],
) -> None:
    over = {
        (cell.viewer, cell.technician)
        for matrix in facts.matrices(kept("any_prime"))
        for cell in matrix.cells
        if cell.state == "over"
    }
    assert over
    assert {viewer for viewer, _ in over} <= {"u_p1", "u_p2", "u_p3"}


def test_a_contested_cell_names_the_options_that_turn_it(matrices: tuple[Matrix, ...]) -> None:
    cell = matrices[0].at["u_f1", "T3"]
    assert cell.state == "open_seen"
    assert cell.decisive.under == ("scope.upper=direct_parent",)


def test_the_declared_reading_decides_what_is_expected(reference: Report) -> None:
    viewers = story(reference, "すべての利用者がすべての技能者")
    narrow = facts.matrix(viewers, {"scope.upper": "direct_parent"})
    assert facts.matrix(viewers).at["u_f1", "T3"].decisive.allowed
    assert not narrow.at["u_f1", "T3"].decisive.allowed


def test_looks_after_the_end_are_left_to_the_rows_of_the_end(reference: Report) -> None:
    after = list(facts.looks(story(reference, "終わった後の入場は")))
    assert [look.ruled for look in after].count(False) > 0


# -- time -------------------------------------------------------------------------------------------------


def test_everything_stands_in_the_order_of_its_time(reference: Report) -> None:
    for each in reference.stories:
        moments = facts.timeline(each)
        assert [moment.at for moment in moments] == sorted(moment.at for moment in moments)
        assert {moment.kind for moment in moments} <= set(facts.KINDS)


def test_what_ccus_did_stands_behind_the_request_that_caused_it(reference: Report) -> None:
    moments = facts.timeline(story(reference, "立場・対象・目的のまま"))
    assert [(each.kind, each.whom) for each in moments[:3]] == [
        ("request", ("T1",)),
        ("accepted", ("T1",)),
        ("provided", ("T1",)),
    ]
    assert moments[2].count == 34


def test_the_disposal_is_told_from_the_end_to_the_last_look(reference: Report) -> None:
    moments = facts.timeline(story(reference, "真実の証明書が出る"))
    kinds = [each.kind for each in moments]
    assert kinds.index("scan") < kinds.index("ended") < kinds.index("announced") < kinds.index("certificate")
    assert moments[kinds.index("scan")].count
    assert [each.count for each in moments if each.kind == "scan"][-1] == 0


def test_a_view_says_whether_anything_was_shown_when_somebody_looked(reference: Report) -> None:
    viewers = story(reference, "現場ごとの元請・上位下請・所属事業者だけ")
    views = [each for each in facts.timeline(viewers, facts.looks(viewers)) if each.kind == "view"]
    assert {each.outcome for each in views} == {"shown", "not_shown"}


def test_a_call_that_nobody_asked_for_stands_where_the_ledger_was_read(
    kept: Callable[[str], Report],
) -> None:
    moments = facts.timeline(story(kept("nightly_sync"), "何も依頼しない間"))
    asked = sum(each.kind == "request" for each in moments)
    assert sum(each.kind == "accepted" for each in moments) > asked


# -- purge ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def disposal(reference: Report) -> Purge:
    return facts.purges(reference)[0]


def test_the_checks_are_those_of_the_judge(reference: Report, disposal: Purge) -> None:
    judged = shown_of(reference, "A6-19", "真実の証明書")["checks"]
    assert [(each.check, each.part, each.outcome) for each in disposal.checks] == [
        (each["check"], each["part"], each["outcome"]) for each in judged
    ]


def test_deliveries_certificate_and_findings_stand_side_by_side(disposal: Purge) -> None:
    assert len(disposal.deliveries) == disposal.counts["provided_records"]
    assert all(each.before and each.after == 0 for each in disposal.deliveries)
    held = {each.id for each in disposal.stores if each.before}
    assert held <= {each.id for each in disposal.stores if each.certified}
    assert disposal.scans[0].found == sum(each.before or 0 for each in disposal.stores)


def test_what_a_user_typed_with_the_same_value_is_no_residue(reference: Report, disposal: Purge) -> None:
    last = [scene for _, _, scene in scenes(story(reference, "真実の証明書"))][-1]
    assert last.typed
    assert disposal.scans[-1].found == 0


def test_a_backup_that_was_left_shows_as_found_and_certified(kept: Callable[[str], Report]) -> None:
    (left,) = (each for each in facts.purges(kept("backups_left")) if "真実の証明書" in each.title)
    backups = next(each for each in left.stores if each.kind == "backup")
    assert backups.after
    assert any(each.after for each in left.deliveries)


def test_what_is_kept_under_a_claimed_retention_is_not_left_over(reference: Report) -> None:
    kept_on = next(each for each in facts.purges(reference) if "継続保有を乙に申し出て" in each.title)
    assert kept_on.claimed
    assert any(each.after for each in kept_on.deliveries)


def test_after_a_lapse_what_was_kept_is_what_has_to_go(reference: Report) -> None:
    lapsed = next(each for each in facts.purges(reference) if "条件を欠いたら" in each.title)
    assert not lapsed.claimed
    assert (lapsed.scans[0].found > 0, lapsed.scans[-1].found) == (True, 0)


# -- questions, drills ------------------------------------------------------------------------------------


def test_the_questions_are_numbered_through_and_name_the_rows_they_turn(reference: Report) -> None:
    asked = facts.questions(reference, load_readings())
    assert [each.number for each in asked] == list(range(1, len(asked) + 1))
    turned = {(turn.row, f"{each.reading}={turn.option}") for each in asked for turn in each.turns}
    assert turned == {(each.row.id, each.option) for each in reference.readings}
    assert all(each.declared in each.options for each in asked)


def test_every_sign_is_a_drill_with_the_notices_that_echo_its_token(reference: Report) -> None:
    signs = facts.announced(reference)
    assert signs
    assert all(each.drill and each.told_at for each in signs)
    assert len({(each.story, each.token) for each in signs}) == len(signs)
    assert any(each.first for each in signs)
    assert facts.unannounced(reference) == ()


def test_a_silent_operator_leaves_its_drill_without_a_notice(kept: Callable[[str], Report]) -> None:
    assert all(not each.notices for each in facts.announced(kept("leak_silent")))


def test_a_notice_under_no_drill_of_ours_is_no_drill() -> None:
    item = {
        "kind": "notice",
        "receipt_id": "RC-1",
        "received_at": "2026-04-13T09:00:00+09:00",
        "document": {"token": "somebody's", "drill": True},
    }
    found = drills._notices(told(("simulator", "inbox", {}, {"items": [item]})))
    assert [(each.receipt, each.token) for each in found] == [("RC-1", "somebody's")]


# -- whatever came back -----------------------------------------------------------------------------------

NONSENSE: tuple[Any, ...] = (
    None,
    7,
    "x",
    [],
    [[]],
    {},
    {"entries": 3, "items": [1], "stores": [None]},
    {"artefacts": [{"body": "&&", "media_type": 4}, 3], "outcome": ["done"], "reason": {}},
    {"stores": [{"id": [], "hits": [["a"], 3, [{}, {}]]}]},
    {"items": [{"kind": "certificate", "document": [1]}, {"kind": "notice", "document": "x", "faults": 3}]},
    {"entries": [{"kind": "provision.collected", "world_seq": 1, "body": {"items": 3, "id": None}}]},
    {"entries": [{"kind": "provision.collected", "world_seq": 1, "body": 3}]},
)


@pytest.mark.parametrize("value", NONSENSE)
def test_answers_of_any_form_are_read_without_failing(value: Any, reference: Report) -> None:
    opening = next(
        call for _, call, _ in scenes(reference.stories[-2]) if (call.who, call.op) == ("simulator", "world")
    )
    document = opening.args["document"]
    user, person = document["accounts"][0]["id"], document["technicians"][0]["id"]
    world = {"world": document["world"]}
    mixed = told(
        ("simulator", "world", {**world, "document": document}, value),
        ("candidate", "view", {**world, "user": user, "what": "record", "subject": person}, value),
        ("candidate", "export", {**world, "user": user}, value),
        ("simulator", "contract", {**world, "event": "end", "at": "2026-04-13T09:00:00+09:00"}, value),
        ("candidate", "announce", {**world, "kind": "incident", "incident": {"token": "t"}}, value),
        ("candidate", "relate", {**world, "change": "end"}, value),
        ("simulator", "ledger", world, value),
        ("simulator", "inbox", world, value),
        ("stores", "scan", world, value),
    )
    assert facts.timeline(mixed)
    assert not any(look.shown for look in facts.looks(mixed))
    assert facts.purge(mixed) is not None
    assert drills._announced(mixed)
