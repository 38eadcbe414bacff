"""A notice given by telephone is entered by hand, judged on resume, and never worth more than somebody's word."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

import ccus_reference
from ccus_harness import events, receipts, runs
from ccus_harness.cli import app
from ccus_harness.receipts import BadReceipt, Receipt

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.harness.conftest import Whole

ROW = "A2-4-05"
AT, LATE = "2026-04-13T09:30:00+09:00", "2026-04-13T12:00:00+09:00"


@pytest.fixture(scope="module")
def called(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run over a system that sends no letter and declares that it telephones."""
    folder = tmp_path_factory.mktemp("called")
    ours = Path(ccus_reference.__file__).parent
    for path in (*ours.glob("*.toml"), *ours.glob("*.txt")):
        shutil.copy(path, folder)
    profile = folder / "candidate.toml"
    profile.write_text(profile.read_text("utf-8").replace('by = ["api"] ', 'by = ["telephone"] '), "utf-8")
    request = runs.RunRequest(
        target="reference:leak_silent", out=folder / "run", obligations=(ROW,), profile=profile
    )
    list(runs.launch(request))
    return folder / "run"


@pytest.fixture
def run(called: Path, tmp_path: Path) -> Path:
    return shutil.copytree(called, tmp_path / "run")


def verdict(written: list[events.Event]) -> dict[str, Any]:
    return next(event for event in written if event["kind"] == "verdict" and event["row"] == ROW)


def recorded(run: Path) -> list[events.Event]:
    return list(events.read(run / events.EVENTS_FILE))


def token(run: Path) -> str:
    (sign,) = receipts.drills(run)
    return sign.token


def entry(run: Path, at: str | None, **more: Any) -> Receipt:
    facts: dict[str, Any] = {
        "by": "審査員 一",
        "nature": "leak",
        "note": "",
        "entered_at": "2026-11-23T00:00:00+00:00",
    }
    return Receipt(token=token(run), at=at, **{**facts, **more})


def judged(run: Path, receipt: Receipt) -> dict[str, Any]:
    receipts.enter(run, receipt)
    return verdict(list(runs.resume(run)))


def test_a_notice_declared_to_come_by_telephone_waits_for_an_entry(run: Path) -> None:
    said = verdict(recorded(run))
    assert (said["verdict"], said["code"]) == ("inconclusive", "inconclusive.receipt_awaited")


def test_an_entered_call_keeps_the_row_as_somebodys_word_and_says_whose(run: Path) -> None:
    said = judged(run, entry(run, AT))
    assert (said["verdict"], said["strength"], said["policy"]) == ("satisfied", "attested", "met")
    claim = next(event for event in recorded(run) if event["kind"] == "claim" and event["row"] == ROW)
    assert claim["shown"]["by_hand"][0]["by"] == "審査員 一"
    assert (claim["witnesses"], claim["remarks"]) == (["person"], ["telephone_receipt"])
    assert recorded(run)[0]["receipts"][0]["at"] == AT


def test_a_late_call_misses_the_policy_number_and_keeps_the_cap(run: Path) -> None:
    said = judged(run, entry(run, LATE))
    assert (said["verdict"], said["policy"]) == ("satisfied", "missed")


def test_a_call_that_never_came_is_a_violation_once_somebody_says_so(run: Path) -> None:
    assert judged(run, entry(run, None))["verdict"] == "violated"


def test_a_call_about_something_else_is_no_notice_of_the_leak(run: Path) -> None:
    assert judged(run, entry(run, AT, nature="purpose_misuse"))["verdict"] == "violated"


def test_what_was_entered_is_judged_again_from_the_record_alone(run: Path) -> None:
    judged(run, entry(run, AT))
    for _ in runs.replay(run):
        pass
    assert runs.compare(run) == runs.Comparison(identical=True)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"token": "ENSHU-0-0"}, "has no drill"),
        ({"at": "2026-04-13T08:00:00+09:00"}, "before the sign"),
        ({"at": "half past nine"}, "cannot be read"),
        ({"at": "2026-04-13T09:30:00"}, "with its offset"),
    ],
)
def test_an_entry_that_cannot_be_is_refused(run: Path, change: dict[str, str], said: str) -> None:
    facts = {"token": token(run), "at": AT} | change
    wrong = Receipt(**facts, by="x", nature="leak", note="", entered_at="")
    with pytest.raises(BadReceipt, match=said):
        receipts.enter(run, wrong)
    assert receipts.entered(run) == []


def test_the_command_lists_the_drills_and_enters_one(run: Path) -> None:
    listed = CliRunner().invoke(app, ["receipt", str(run)])
    assert token(run) in listed.output
    options = ["--token", token(run), "--at", AT, "--by", "審査員 二", "--note", "T1 の漏えい"]
    done = CliRunner().invoke(app, ["receipt", str(run), *options])
    assert done.exit_code == 0, done.output
    assert json.loads((run / receipts.FILE).read_text("utf-8"))[0]["by"] == "審査員 二"
    both = CliRunner().invoke(app, ["receipt", str(run), *options, "--none"])
    assert both.exit_code == 2


def test_a_system_that_declares_no_telephone_waits_for_nobody(run_of: Callable[..., Whole]) -> None:
    assert run_of("reference:leak_silent", ROW).verdicts[ROW]["verdict"] == "violated"
