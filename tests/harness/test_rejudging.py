"""A finished run is judged again under other readings from its tape alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ccus_harness import runs
from ccus_harness.declaring import NOTHING, Agreed, Choice, declaration, load_agreed, pairs
from ccus_harness.documents import DocumentFaults

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.harness.conftest import Whole

DIRECT = Choice(readings={"scope.upper": "direct_parent"})
ROWS = ("A2-2-04", "A5-02")
"""A row over a judging reading, and one over a world reading."""

AGREED = Agreed(reading="scope.upper", option="all_ancestors", on="2026-05-01", reference="協議録1")


def again(run: Path, out: Path, choice: Choice) -> Path:
    for _ in runs.rejudge(run, out, choice):
        pass
    return out


def test_another_reading_gives_its_own_word_without_touching_the_candidate(
    run_of: Callable[..., Whole], tmp_path: Path, whole_at: Callable[[Path], Whole]
) -> None:
    before = run_of("reference", *ROWS)
    after = whole_at(again(before.path, tmp_path / "again", DIRECT))
    assert before.verdicts["A2-2-04"]["declared"] == "satisfied"
    assert (after.verdicts["A2-2-04"]["verdict"], after.verdicts["A2-2-04"]["declared"]) == (
        "depends",
        "violated",
    )
    calls = [[event for event in run.events if event["kind"] == "call"] for run in (before, after)]
    assert calls[0] == calls[1]
    assert after.events[0]["declared_digest"] != before.events[0]["declared_digest"]


def test_a_world_reading_is_chosen_among_the_worlds_that_were_run(
    run_of: Callable[..., Whole], tmp_path: Path, whole_at: Callable[[Path], Whole]
) -> None:
    run = run_of("reference", *ROWS)
    other = Choice(readings={"term.instant": "00:00"})
    after = whole_at(again(run.path, tmp_path / "again", other))
    assert after.verdicts["A5-02"]["verdict"] == run.verdicts["A5-02"]["verdict"]
    assert after.events[0]["readings"]["term.instant"] == "00:00"


def test_the_same_choice_gives_the_same_verdicts(
    run_of: Callable[..., Whole], tmp_path: Path, whole_at: Callable[[Path], Whole]
) -> None:
    run = run_of("reference", *ROWS)
    assert whole_at(again(run.path, tmp_path / "again", NOTHING)).events == run.events


def test_an_agreed_reading_has_one_option_left(
    run_of: Callable[..., Whole], tmp_path: Path, whole_at: Callable[[Path], Whole]
) -> None:
    run = run_of("reference", *ROWS)
    agreed = again(run.path, tmp_path / "agreed", Choice(agreed=(AGREED,)))
    assert whole_at(agreed).verdicts["A2-2-04"]["verdict"] == "satisfied"
    with pytest.raises(DocumentFaults, match=r"was agreed on 2026-05-01"):
        again(agreed, tmp_path / "more", DIRECT)


def test_a_rejudged_run_replays_like_any_other(run_of: Callable[..., Whole], tmp_path: Path) -> None:
    out = again(run_of("reference", *ROWS).path, tmp_path / "again", DIRECT)
    for _ in runs.replay(out):
        pass
    assert runs.compare(out) == runs.Comparison(identical=True)


def test_another_version_of_the_suite_is_refused(
    run_of: Callable[..., Whole], copy_of: Callable[[Whole], Path], tmp_path: Path
) -> None:
    run = copy_of(run_of("reference", "A2-2-04"))
    file = run / "events.jsonl"
    digest = run_of("reference", "A2-2-04").events[0]["suite"]["digest"]
    file.write_bytes(file.read_bytes().replace(digest.encode(), b"0" * len(digest), 1))
    with pytest.raises(runs.SetUpFault):
        again(run, tmp_path / "again", DIRECT)


# -- what was declared ---------------------------------------------------------------------------


def test_the_command_line_goes_before_the_profile_and_an_agreement_before_all() -> None:
    profile = {"readings": {"scope.upper": "direct_parent"}}
    assert declaration(profile, NOTHING).readings["scope.upper"] == "direct_parent"
    chosen = Choice(readings={"scope.upper": "all_ancestors"})
    assert declaration(profile, chosen).readings["scope.upper"] == "all_ancestors"
    assert declaration(profile, Choice(agreed=(AGREED,))).readings["scope.upper"] == "all_ancestors"


def test_a_choice_against_an_agreement_is_refused_with_its_date() -> None:
    with pytest.raises(DocumentFaults, match=r"agreed on 2026-05-01"):
        declaration(None, replace(DIRECT, agreed=(AGREED,)))


@pytest.mark.parametrize(
    "choice", [Choice(readings={"scope.uper": "x"}), Choice(policy={"incident.notice_within": "P9D"})]
)
def test_an_unknown_name_or_a_number_beyond_its_cap_is_refused(choice: Choice) -> None:
    with pytest.raises(DocumentFaults):
        declaration(None, choice)


def test_a_text_without_a_value_is_named() -> None:
    with pytest.raises(DocumentFaults, match="NAME=VALUE"):
        pairs(["scope.upper"], "--reading")


def test_a_file_of_agreed_answers_names_everything_that_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "agreed.toml"
    file.write_text('[[agreed]]\nreading = "scope.upper"\non = "May"\n', encoding="utf-8")
    with pytest.raises(DocumentFaults) as fault:
        load_agreed(file)
    assert "option" in str(fault.value)
    assert "reference" in str(fault.value)
    assert "May" in str(fault.value)
