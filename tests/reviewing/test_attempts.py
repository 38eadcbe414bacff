"""Attempts taken together: what stands, by which attempt, and what a re-test left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ccus_harness.comparing import NotAttempts, again_after, together
from ccus_harness.evidence.opening import opened
from ccus_harness.exam import load_exam
from ccus_harness.register import load_register

from .conftest import write_run

if TYPE_CHECKING:
    from pathlib import Path

    from ccus_harness.comparing import Attempts

REGISTER, EXAM = load_register(), load_exam()
BROKEN = {"A2-2-03": "violated"}
DUE = {one.row for one in again_after(["A2-2-03"], EXAM, REGISTER)}


def build(name: str = "S", number: str = "1") -> dict[str, Any]:
    return {"profile": {"candidate": {"name": name, "build": number}}}


def taken(tmp_path: Path, *made: dict[str, Any]) -> Attempts:
    """Attempts on one day after the other."""
    sides = [
        opened(
            write_run(
                tmp_path / str(day), **{"started": f"2026-04-{day:02}T00:00:00+00:00", **build(), **one}
            ),
            REGISTER,
        )
        for day, one in enumerate(made, 13)
    ]
    return together(sides, REGISTER, EXAM)


def test_a_complete_re_test_carries_everything_else_over(tmp_path: Path) -> None:
    told = taken(tmp_path, {"words": BROKEN}, {"words": {}, "only": DUE, **build(number="2")})
    assert told.missing == ()
    assert {row for row, one in told.rows.items() if one.attempt == 2} == DUE
    assert set(told.carried) == {row.id for row in REGISTER.rows} - DUE - {"A9-02"}
    assert told.rows["A2-2-03"].word == "satisfied"


def test_what_a_re_test_left_out_stands_no_longer(tmp_path: Path) -> None:
    told = taken(tmp_path, {"words": BROKEN}, {"words": {}, "only": {"A2-2-03"}})
    assert {one.row for one in told.missing} == DUE - {"A2-2-03"}
    assert not {one.row for one in told.missing} & told.rows.keys()


def test_what_fails_anew_in_a_re_test_is_what_stands(tmp_path: Path) -> None:
    told = taken(tmp_path, {"words": BROKEN}, {"words": {"A2-2-04": "violated"}, "only": DUE})
    assert (told.rows["A2-2-04"].word, told.rows["A2-2-04"].attempt) == ("violated", 2)


def test_only_one_re_test_is_free(tmp_path: Path) -> None:
    again: dict[str, Any] = {"words": BROKEN, "only": DUE}
    told = taken(tmp_path, {"words": BROKEN}, again, {**again, "words": {}})
    assert [one.free for one in told.attempts] == [True, True, False]
    assert told.missing == ()
    assert told.rows["A2-2-03"].attempt == 3
    assert told.rows["A1-03"].attempt == 1


def test_a_row_left_out_once_has_to_be_tried_later(tmp_path: Path) -> None:
    told = taken(
        tmp_path, {"words": BROKEN}, {"words": {}, "only": {"A2-2-03"}}, {"words": {}, "only": {"A1-03"}}
    )
    assert {one.row for one in told.missing} == DUE - {"A2-2-03"}


def test_under_another_suite_nothing_of_before_stands(tmp_path: Path) -> None:
    suite: dict[str, Any] = {"suite": {"version": "2", "digest": "c" * 64}}
    told = taken(tmp_path, {"words": BROKEN}, {"words": {}, "only": DUE, **suite})
    assert told.carried == ()


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (({"words": BROKEN},), (1, "alone")),
        (({"words": BROKEN}, build("another")), (2, "other_candidate")),
        (({"started": "2026-04-20T00:00:00+00:00"}, {"words": {}}), (2, "order")),
        (({"started": "2026-04-13T00:00:00+00:00"},) * 2, (2, "same_run")),
    ],
)
def test_runs_that_are_no_attempts_of_one_certification_are_refused(
    tmp_path: Path, made: tuple[dict[str, Any], ...], reason: tuple[int, str]
) -> None:
    with pytest.raises(NotAttempts) as caught:
        taken(tmp_path, *made)
    assert caught.value.reasons == (reason,)
