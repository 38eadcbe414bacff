"""Claims about worlds: readable files, disjoint ids, and all faults of a file at once."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from ccus_simulator import worlds
from ccus_simulator.documents import MalformedDocument
from ccus_simulator.faults import CATALOGUE

from .conftest import Bench


def ids(document: dict[str, Any]) -> set[str]:
    sections = ("businesses", "technicians", "sites", "accounts")
    return {member["id"] for section in sections for member in document[section]}


def test_the_standard_world_is_as_large_as_it_may_be_and_no_larger() -> None:
    document = worlds.instantiate(worlds.shipped("standard"), seed=1, number=1000)
    sizes = [len(document[s]) for s in ("sites", "businesses", "technicians", "accounts")]
    assert sizes == [3, 12, 15, 18]
    assert {a["label"] for a in document["accounts"]} >= {"u_c1", "u_f2b", "u_multi", "u_staff", "u_t7"}


@pytest.mark.parametrize("name", worlds.names())
def test_every_shipped_world_is_one_the_simulator_takes(bench: Bench, name: str) -> None:
    bench.create(name)


def test_worlds_share_no_id() -> None:
    made = [worlds.instantiate(worlds.shipped("standard"), seed=1, number=n) for n in (1000, 1001, 9_999_999)]
    assert len(set.union(*(ids(d) for d in made))) == sum(len(ids(d)) for d in made)


def test_every_registry_id_has_fourteen_digits_and_its_prefix() -> None:
    document = worlds.instantiate(worlds.shipped("standard"), seed=1, number=9_999_999)
    for section, prefix in (("technicians", "99"), ("businesses", "98"), ("sites", "97")):
        assert all(len(m["id"]) == 14 and m["id"].startswith(prefix) for m in document[section])


@pytest.mark.parametrize("number", [999, 10_000_000, -1])
def test_a_number_outside_the_worlds_is_refused(number: int) -> None:
    with pytest.raises(MalformedDocument, match="世界番号"):
        worlds.instantiate(worlds.shipped("tiny"), seed=1, number=number)


BAD_FILE = """
title: 誤りの多い世界
now: 2026-04-13
color: red
contract: {signed_on: 2026-04-01, instant: "12:00"}
businesses: {P1: {sole: maybe}, P1: {}}
technicians: {T1: {main: F1}}
sites: {S1: {prime: P1, client: Q}}
accounts: {u_1: {role: owner}}
"""


def test_all_faults_of_a_world_file_are_told_at_once() -> None:
    with pytest.raises(MalformedDocument) as told:
        worlds.read(BAD_FILE)
    paths = {fault.path for fault in told.value.faults}
    assert paths == {"line 6", "$", "$.now", "$.contract", "$.contract.instant", "$.accounts.u_1.role"}
    assert all(str(fault) in str(told.value) for fault in told.value.faults)


def test_labels_that_nobody_has_are_told_with_their_places() -> None:
    text = BAD_FILE.replace("now: 2026-04-13", "now: 2026-04-13T09:00:00+09:00").replace("color: red\n", "")
    text = text.replace('instant: "12:00"', "ends_on: 2027-03-31").replace("{sole: maybe}, P1: {}", "{}")
    text = text.replace("role: owner", "businesses: [P1, P9]")
    with pytest.raises(MalformedDocument) as told:
        worlds.read(text)
    assert [f.path for f in told.value.faults] == [
        "$.technicians.T1.main",
        "$.sites.S1.client",
        "$.accounts.u_1.businesses[1]",
    ]


@pytest.mark.parametrize(
    "text", ["", "- 1", "a: &x [*x]", "x: !!python/object:os.system 1", "{", "\x00", "7"]
)
def test_a_file_that_is_no_world_is_refused_in_words(text: str) -> None:
    with pytest.raises(MalformedDocument, match="してください"):
        worlds.read(text)


def test_a_world_file_is_read_from_disk(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(BAD_FILE, encoding="utf-8")
    with pytest.raises(MalformedDocument, match=r"mine\.yaml"):
        worlds.load(file)
    with pytest.raises(MalformedDocument, match="standard、tangled、tiny"):
        worlds.shipped("large")


def test_the_same_world_twice_changes_nothing_and_a_different_one_is_refused(bench: Bench) -> None:
    document = bench.create("tiny")
    written = len(bench.ledger())
    assert bench.put(document).status == 200
    other = deepcopy(document)
    other["accounts"][0]["credential"] = "changed"
    assert bench.put(other).status == 409
    assert bench.put(document | {"seed": 8}).status == 409
    assert len(bench.ledger()) == written


def test_a_contradictory_world_document_is_refused_with_every_fault(bench: Bench) -> None:
    document = worlds.instantiate(worlds.shipped("tiny"), seed=1, number=1000)
    document["now"] = "2026-02-30T00:00:00+09:00"
    document["technicians"].append(document["technicians"][0])
    document["affiliations"][0]["business"] = "98000100000099"
    document["accounts"][0]["businesses"] = ["98000100000098"]
    refused = bench.put(document)
    assert refused.status == 400
    assert {f["path"] for f in refused.body["error"]["faults"]} == {
        "$.now",
        "$.technicians",
        "$.affiliations[0].business",
        "$.accounts[0].businesses",
    }


def test_a_world_is_put_where_its_name_says(bench: Bench) -> None:
    document = worlds.instantiate(worlds.shipped("tiny"), seed=1, number=1000)
    body = {"document": document, "client": {"id": "c", "secret": "s"}, "commitment_key": "00" * 32}
    assert bench.admin("PUT", "/worlds/elsewhere", body).status == 400


def test_administration_needs_its_token(standard: Bench) -> None:
    for bearer in ("", "wrong", standard.tokens["w0001000"]):
        assert standard.call("GET", "/_sim/v1/worlds/w0001000/ledger", bearer=bearer).status == 401
    assert standard.admin("GET", "/worlds/w0001000/ledger").status == 200


def test_an_unknown_fault_is_answered_with_the_ones_there_are(standard: Bench) -> None:
    refused = standard.admin("PUT", "/worlds/w0001000/faults/loud", {})
    assert (refused.status, refused.body["error"]["valid"]) == (422, sorted(CATALOGUE))
    assert standard.admin("PUT", "/worlds/none/faults/extra_fields", {}).status == 404
