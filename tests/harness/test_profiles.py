"""What a candidate declares is read in whole, bound to the run by its digest, and the same in every replay."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from ccus_harness import runs
from ccus_harness.documents import DocumentFaults
from ccus_harness.locator import data
from ccus_harness.profiles import FILES, digest_of, load_profile, merged

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.harness.conftest import Whole


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A profile with its files that a test may change."""
    shipped = data("schemas").parent / "simulator" / "ccus_reference"
    for file in (*shipped.glob("*.toml"), *shipped.glob("*.txt")):
        shutil.copy(file, tmp_path)
    return tmp_path / "candidate.toml"


def changed(path: Path, before: str, after: str) -> Path:
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")
    return path


def test_the_files_a_profile_names_are_read_in_with_their_digest(own: Path) -> None:
    files = load_profile(own)[FILES]
    assert "第7条" in files["contract.text"]["text"]
    assert files["lists.purposes"]["document"]["sample"] is True
    assert {len(file["sha256"]) for file in files.values()} == {64}


def test_a_named_file_that_is_missing_or_lies_elsewhere_is_a_fault_of_the_profile(own: Path) -> None:
    changed(own, "contract.sample.txt", "no-such-file.txt")
    changed(own, "purposes.sample.toml", "../purposes.sample.toml")
    with pytest.raises(DocumentFaults) as raised:
        load_profile(own)
    assert [fault.path for fault in raised.value.faults] == ["contract.text", "lists.purposes"]


def test_a_list_in_the_wrong_form_is_named_with_the_place_of_its_fault(own: Path) -> None:
    changed(own.parent / "purposes.sample.toml", 'kind = "purposes"', 'kind = "wishes"')
    with pytest.raises(DocumentFaults) as raised:
        load_profile(own)
    assert (raised.value.path, raised.value.faults[0].path) == ("purposes.sample.toml", "$.kind")


def test_an_item_that_annex_1_does_not_have_is_a_fault_of_the_map(own: Path) -> None:
    with pytest.raises(DocumentFaults, match="t99_shoe_size is no item of Annex 1"):
        load_profile(changed(own, "t02_sex = ", "t99_shoe_size = "))


def test_a_reading_that_does_not_exist_is_refused_before_the_run(own: Path) -> None:
    changed(own, '"scope.upper" = "all_ancestors"', '"scope.upper" = "everybody"')
    with pytest.raises(DocumentFaults, match="everybody"):
        runs.declared_profile("http://127.0.0.1:9", own)


def test_what_a_variant_declares_is_laid_over_the_profile_key_by_key() -> None:
    profile = {"readings": {"a": "1", "b": "2"}, "stores": ["x"], "name": "n"}
    assert merged(profile, {"readings": {"a": "3"}, "stores": []}) == {
        "readings": {"a": "3", "b": "2"},
        "stores": [],
        "name": "n",
    }


def test_every_lawful_variant_declares_something_valid() -> None:
    for name in runs.variants():
        assert runs.declared_profile(f"reference:{name}")["format"] == "ccus-conformance/profile/1"


def test_a_candidate_that_does_nothing_declares_nothing(own: Path) -> None:
    assert runs.declared_profile("null:accept", own) == {}


def test_a_run_is_bound_to_what_was_declared_before_it(
    run_of: Callable[..., Whole], copy_of: Callable[[Whole], Path]
) -> None:
    run = run_of("reference", "A1-07")
    header = run.events[0]
    assert header["profile"]["contract"]["id"] == "KYODO-0000000"
    assert header["profile_digest"] == digest_of(header["profile"])
    assert header["readings"]["scope.firm_data"] == header["profile"]["readings"]["scope.firm_data"]
    again = copy_of(run)
    replayed = list(runs.replay(again))
    assert replayed[0]["profile_digest"] == header["profile_digest"]
    assert runs.compare(again).identical
