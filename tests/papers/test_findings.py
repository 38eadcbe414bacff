"""What a run's findings are, and by when each is to be put right."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from ccus_harness.papers import WITHIN
from ccus_harness.papers.findings import correct_by, findings_of

if TYPE_CHECKING:
    from ccus_harness.papers import Issue, Standing, Subject

ISSUED = date(2026, 4, 20)


def kinds(subject: Subject, **decided: Standing) -> dict[str, str]:
    standings = {**subject.standings, **decided}
    return {one.row.id: one.kind for one in findings_of(subject.report, standings, ISSUED, WITHIN)}


def test_every_kind_of_finding_is_told_apart_and_what_was_not_tried_is_none(subject: Subject) -> None:
    assert kinds(subject) == {
        "A2-2-03": "violated",
        "A2-4-05": "policy",
        "A2-3-03": "inconclusive",
        "A2-2-04": "reading",
        "A1-02": "remark",
    }


def test_what_the_suite_could_not_settle_is_no_finding_of_the_vendor(subject: Subject) -> None:
    assert (subject.standings["A1-11"].word, subject.standings["A2-3-07"].word) == ("error", "inconclusive")
    assert {"A1-11", "A2-3-07"}.isdisjoint(kinds(subject))


def test_a_decision_makes_and_unmakes_a_finding(subject: Subject) -> None:
    found = replace(subject.standings["A2-1-08"], word="violated", by="審査 花子")
    spared = replace(subject.standings["A2-2-03"], word="satisfied", by="審査 花子", second="確認 太郎")
    decided = kinds(subject, **{"A2-1-08": found, "A2-2-03": spared})
    assert decided["A2-1-08"] == "violated"
    assert "A2-2-03" not in decided


def test_the_gravest_come_first_under_numbers_without_gaps(subject: Subject) -> None:
    found = findings_of(subject.report, subject.standings, ISSUED, WITHIN)
    assert [one.number for one in found] == [f"F-{place:03d}" for place in range(1, len(found) + 1)]
    assert found[0].kind == "violated"


def test_only_what_can_be_put_right_has_a_day(subject: Subject, issue: Issue) -> None:
    due = {
        one.row.id: one.due for one in findings_of(subject.report, subject.standings, issue.on, issue.within)
    }
    assert due["A2-2-04"] is None
    assert due["A1-02"] is None
    assert due["A2-2-03"] == correct_by(ISSUED, WITHIN[subject.register.by_id["A2-2-03"].severity])


@pytest.mark.parametrize(
    ("issued", "days", "last"),
    [
        (date(2026, 4, 20), 14, date(2026, 5, 4)),
        (date(2026, 4, 20), 5, date(2026, 4, 27)),  # a Saturday waits for Monday
        (date(2026, 12, 15), 14, date(2027, 1, 4)),  # 29 December waits for the first open day
        (date(2026, 4, 20), 1, date(2026, 4, 21)),
    ],
)
def test_the_first_day_is_left_out_and_a_closed_last_day_waits(issued: date, days: int, last: date) -> None:
    assert correct_by(issued, days) == last
