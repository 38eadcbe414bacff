"""The seed of a certification is committed to before the build is frozen, and shown by the run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from ccus_harness import runs, seeds
from ccus_harness.cli import app
from ccus_harness.documents import DocumentFaults
from ccus_harness.runs import RunRequest, SetUpFault
from ccus_harness.seeds import Operation, committed, faults, read_commitment, read_seed, write

from .conftest import write_run

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result

SEED = committed(4711, "ab" * 32, by="審査機関", stated_at="2026-04-01T09:00:00+09:00")
FROZEN = {"at": "2026-04-02T09:00:00+09:00", "seed_commitment": SEED.commitment.sha256}
HEADER: dict[str, Any] = {
    "seed": 4711,
    "seed_commitment": SEED.disclosed(),
    "profile": {"candidate": {"frozen": FROZEN}},
    "started_at": "2026-04-03T00:00:00+00:00",
}


def frozen(**changed: str) -> dict[str, Any]:
    return {"profile": {"candidate": {"frozen": {**FROZEN, **changed}}}}


def test_committed_then_frozen_then_run_is_in_order() -> None:
    assert list(faults(HEADER)) == []


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"seed_commitment": None}, "no_commitment"),
        ({"seed": 4712}, "not_this_seed"),
        ({"seed_commitment": {**SEED.disclosed(), "nonce": "cd" * 32}}, "not_this_seed"),
        ({"profile": {}}, "not_frozen"),
        (frozen(seed_commitment="0" * 64), "other_commitment"),
        (frozen(at="2026-04-01T08:59:59+09:00"), "committed_late"),
        (frozen(at="2026-04-03T09:00:01+09:00"), "frozen_late"),
        (frozen(at="2026-13-01T00:00:00Z"), "no_moment"),
    ],
)
def test_whatever_breaks_the_order_is_named(changed: dict[str, Any], code: str) -> None:
    assert list(faults({**HEADER, **changed})) == [code]


def test_a_commitment_tells_nothing_of_the_seed(tmp_path: Path) -> None:
    public = write(SEED, tmp_path / "seed.json")
    assert (tmp_path / "seed.json").stat().st_mode & 0o077 == 0
    assert read_seed(tmp_path / "seed.json") == SEED
    assert read_commitment(public) == SEED.commitment
    assert "4711" not in public.read_text("utf-8")
    assert SEED.nonce not in public.read_text("utf-8")


def test_the_same_seed_under_another_nonce_is_another_commitment() -> None:
    other = committed(4711, "cd" * 32, by="審査機関", stated_at="2026-04-01T09:00:00+09:00")
    assert other.commitment.sha256 != SEED.commitment.sha256


@pytest.mark.parametrize("text", ["", "{}", '{"format": "ccus-conformance/seed/1", "seed": -1}'])
def test_a_file_that_is_no_seed_is_refused_in_words(tmp_path: Path, text: str) -> None:
    (tmp_path / "seed.json").write_text(text, "utf-8")
    with pytest.raises(DocumentFaults, match=r"seed\.json"):
        read_seed(tmp_path / "seed.json")


# -- on the command line -----------------------------------------------------------------------------


def cli(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def test_seed_commit_draws_a_seed_and_overwrites_none(tmp_path: Path) -> None:
    one, two = tmp_path / "one.json", tmp_path / "two.json"
    shown = cli("seed", "commit", str(one), "--by", "審査機関")
    assert shown.exit_code == 0, shown.output
    assert cli("seed", "commit", str(two), "--by", "審査機関").exit_code == 0
    assert read_seed(one).seed != read_seed(two).seed
    assert read_seed(one).commitment.sha256 in shown.stdout
    assert str(read_seed(one).seed) not in shown.stdout
    assert cli("seed", "commit", str(one), "--by", "審査機関").exit_code == 2
    assert cli("seed", "commit", str(tmp_path / "three.json"), "--by", " ").exit_code == 2


def test_a_certification_without_its_seed_does_not_begin(tmp_path: Path) -> None:
    request = RunRequest(target="reference", out=tmp_path / "run", operation=Operation(role="reviewer"))
    with pytest.raises(SetUpFault) as caught:
        list(runs.launch(request))
    assert "--operator" in caught.value.en
    assert "--seed-file" in caught.value.ja
    assert not (tmp_path / "run").exists()


def test_a_seed_and_a_seed_file_are_not_taken_together(tmp_path: Path) -> None:
    write(SEED, tmp_path / "seed.json")
    shown = cli("run", "reference", "--seed", "1", "--seed-file", str(tmp_path / "seed.json"))
    assert shown.exit_code == 2


def test_a_seed_that_was_shown_does_not_serve_again(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run")
    asked = {"seed": 4711, "seed_commitment": SEED.disclosed()}
    (run / "request.json").write_text(json.dumps(asked), "utf-8")
    with pytest.raises(SetUpFault, match="--seed-file"):
        list(runs.rerun(run, tmp_path / "again", ["A1-03"]))


def test_a_run_says_who_operated_it() -> None:
    told = Operation(role="reviewer", name="審査機関", seed=SEED).document()
    assert (told["operator"], told["operated_by"]) == ("certification", "審査機関")
    assert Operation().document() == {"operator": "self-tested", "operated_by": "", "seed_commitment": None}
    assert set(seeds.STANDINGS) == {"vendor", "reviewer"}
