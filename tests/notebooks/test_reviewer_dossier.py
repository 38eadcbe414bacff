"""The dossier opens what is whole, shows what the record holds, and opens nothing that was changed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

NOT_HERE = "the extra `notebook` is not installed"
for needed in ("nbclient", "jupytext", "altair", "vl_convert", "great_tables", "nbconvert"):
    pytest.importorskip(needed, reason=NOT_HERE)

from ccus_harness import runs, showing  # noqa: E402 - after the extra is known to be here
from ccus_harness.evidence import bundle as bundles  # noqa: E402
from ccus_harness.evidence import signing  # noqa: E402
from ccus_harness.showing import opening, pages  # noqa: E402
from ccus_harness.showing.bilingual import Both  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.notebooks.conftest import Ran

pytestmark = pytest.mark.slow

SOURCE = Path(__file__).parents[2] / "notebooks" / "03_reviewer_dossier.py"


@pytest.fixture(scope="module")
def shown(ran: Callable[[str], Ran]) -> Ran:
    return ran("03_reviewer_dossier")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small run of somebody else's making, in its folder."""
    out = tmp_path_factory.mktemp("dossier") / "run"
    for _ in runs.launch(runs.RunRequest(target="reference:no_certificate", out=out, obligations=("A6-23",))):
        pass
    return out


@pytest.fixture(scope="module")
def packed(run: Path) -> bytes:
    return bundles.gathered(run, signing.new_signer(), certified_key=False)


def test_the_steps_of_the_verification_are_shown_with_what_they_cannot_show(shown: Ran) -> None:
    html = shown.table("verified")
    assert "作られた時のまま" in html
    assert "誰が作ったかは示さない" in html
    assert "判定は、すべて同じ" in html


def test_the_row_that_was_not_kept_stands_with_expected_seen_and_next(shown: Ran) -> None:
    html = shown.table("red")
    assert ">A2-2-05<" in html
    assert "u_f1→T2" in html


def test_the_evidence_is_of_the_row_that_was_not_kept(shown: Ran) -> None:
    assert "A2-2-05 の証拠" in shown.table("evidence")
    assert shown.printed.strip().endswith("--obligation A2-2-05 --seed 20260413")


def test_the_looks_against_the_rule_stand_with_their_reason(shown: Ran) -> None:
    html = shown.table("over")
    assert "u_f1" in html
    assert "入場した現場で上位でもない" in html


def test_a_decision_stands_with_name_and_reason_and_the_others_wait(shown: Ran) -> None:
    decided, waiting = (
        shown.table("decisions").partition(f">{row}<")[2].partition("</tr>")[0]
        for row in ("A2-4-01", "A6-20")
    )
    assert ("申告のみ" in decided, "審査 一子" in decided) == (True, True)
    assert "判断を待つ" in waiting


def test_a_word_that_hangs_on_a_reading_becomes_a_question(shown: Ran) -> None:
    assert "A2-2-04" in shown.table("questions")


def test_the_pictures_are_map_time_scope_and_end(shown: Ran) -> None:
    found = shown.pictures()
    signs = (
        {"×", "○", "申"},
        {"CCUS の台帳", "2026-04-13 09:00"},
        {"u_f1", "T5", "△"},
        {"backups: 控え", "論理廃棄"},
    )
    assert [sign - picture.words for sign, picture in zip(signs, found, strict=True)] == [set()] * 4


def test_a_folder_and_its_bundle_open_to_the_same(run: Path, packed: bytes, tmp_path: Path) -> None:
    file = tmp_path / "run.ccus.zip"
    file.write_bytes(packed)
    reports = [opening.opened(place).report for place in (run, file)]
    assert reports[0].rows == reports[1].rows
    assert opening.looked_at(reports[0]) == "A6-23"


def test_what_was_changed_is_not_opened(packed: bytes) -> None:
    changed = packed.replace(b'"kind":"verdict"', b'"kind":"verdicT"', 1)
    assert changed != packed
    with pytest.raises(showing.NotIntact, match=r"events\.jsonl"):
        opening.opened_bytes(changed)


def test_what_is_no_evidence_is_not_opened(tmp_path: Path) -> None:
    with pytest.raises(showing.NoRecord):
        opening.opened(tmp_path)


def test_a_run_without_scope_drill_or_end_says_so_instead_of_drawing(run: Path) -> None:
    report = opening.opened(run).report
    said = [showing.saw(report), showing.seen_against_the_rule(report), showing.drills(report)]
    assert all("この実行では" in part.ja for part in said if isinstance(part, Both))
    assert not [part for part in said if not isinstance(part, Both)]


def test_the_command_writes_the_dossier_of_a_run_as_notebook_and_page(run: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "ccus_harness", "notebook", str(run), "--out", str(tmp_path / "out")]
    done = subprocess.run(command, capture_output=True, check=False, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    written = pages.read(tmp_path / "out" / "dossier.ipynb")
    assert any(str(run) in cell.source for cell in written.cells)
    page = (tmp_path / "out" / "dossier.html").read_text(encoding="utf-8")
    assert "reference:no_certificate" in page
    assert "A6-23 の証拠" in page


@pytest.mark.parametrize("given", ["nothing-here", str(SOURCE)], ids=["no file", "no bundle"])
def test_the_command_refuses_what_it_cannot_open(given: str, tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "ccus_harness",
        "notebook",
        given,
        "--out",
        str(tmp_path / "out"),
        "--lang",
        "en",
    ]
    done = subprocess.run(command, capture_output=True, check=False, text=True)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("kind", ["random", "silence"])
def test_whatever_a_candidate_answers_or_does_not_its_dossier_can_be_shown(kind: str, tmp_path: Path) -> None:
    out = tmp_path / "run"
    rows = ("A1-07", "A2-2-05", "A2-3-03", "A2-4-05", "A6-16")
    for _ in runs.launch(runs.RunRequest(target=f"null:{kind}", out=out, obligations=rows)):
        pass
    opened = opening.opened(out)
    report, row = opened.report, opening.looked_at(opened.report)
    shown = [
        showing.verified(opened),
        showing.about(report),
        showing.verdict_map(report),
        showing.counts(report),
        showing.red(report),
        showing.evidence(report, row),
        showing.happened(report, row),
        showing.saw(report),
        showing.seen_against_the_rule(report),
        showing.drills(report),
        showing.stores(report),
        showing.reconciliation(report),
        showing.deliveries(report),
        showing.for_people(opened),
        showing.for_the_parties(report),
    ]
    assert all(isinstance(each, showing.Table | showing.Picture | Both) for each in shown)
    assert [picture for picture in shown if isinstance(picture, showing.Picture) and not picture.svg] == []
    assert showing.again(report, row).startswith(f"ccus-conformance run null:{kind}")


def test_without_the_extra_the_command_says_what_to_install() -> None:
    hidden = (
        "import sys; sys.modules['nbclient'] = None; sys.argv = ['x', 'notebook', sys.argv[1], '--lang', 'en'];"
        "from ccus_harness.cli import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", hidden, str(SOURCE)], capture_output=True, check=False, text=True
    )
    assert done.returncode == 2
    assert "ccus-conformance[notebook]" in done.stderr
