"""Claims about looking into stores: what lies beside the declared places is found, and so are names in logs."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pytest

from ccus_harness.gate import Answer
from ccus_harness.stores import UNDECLARED, Stores
from ccus_simulator import population

if TYPE_CHECKING:
    from pathlib import Path

SEED, PERSON = 7, "99001234500001"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """One world of a candidate, below the folder that a reviewer was let into."""
    world = tmp_path / "root" / "world"
    (world / "exports").mkdir(parents=True)
    for name in ("database", "app.log"):
        (world / name).write_bytes(b"nothing")
    return world


def declared(world: Path) -> Answer:
    stores = [
        {"id": "database", "class": "primary", "path": str(world / "database")},
        {"id": "log", "class": "log", "path": str(world / "app.log")},
        {"id": "exports", "class": "export", "path": str(world / "exports")},
    ]
    return Answer(value={"detail": {"stores": stores}})


def scanned(world: Path) -> dict[str, Any]:
    answer = Stores(world.parent).scan(declared(world), {"seed": SEED, "subjects": [PERSON]})
    return {store["id"]: store for store in answer.value["stores"]}


def a_value() -> bytes:
    return population.canaries(SEED, PERSON)[0].text.encode()


def test_a_copy_beside_the_declared_stores_is_found(place: Path) -> None:
    assert scanned(place)[UNDECLARED]["hits"] == []
    (place / "database-wal").write_bytes(a_value())

    found = scanned(place)
    assert found[UNDECLARED]["class"] == UNDECLARED
    assert [hit[0] for hit in found[UNDECLARED]["hits"]] == [PERSON]
    assert found["database"]["hits"] == []


def test_what_lies_in_a_declared_store_is_not_called_undeclared(place: Path) -> None:
    (place / "exports" / "one.csv").write_bytes(a_value())

    found = scanned(place)
    assert found["exports"]["hits"]
    assert found[UNDECLARED]["hits"] == []


def test_another_world_is_not_looked_into(place: Path) -> None:
    other = place.parent / "another"
    other.mkdir()
    (other / "database").write_bytes(a_value())

    assert scanned(place)[UNDECLARED]["hits"] == []


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("id", PERSON),
        ("md5", hashlib.md5(PERSON.encode(), usedforsecurity=False).hexdigest()),
        ("sha1", hashlib.sha1(PERSON.encode(), usedforsecurity=False).hexdigest()),
        ("sha256", hashlib.sha256(PERSON.encode()).hexdigest()),
    ],
)
def test_an_id_or_a_plain_hash_of_one_is_found_in_a_log(place: Path, form: str, text: str) -> None:
    (place / "app.log").write_text(f'{{"subject": "{text}"}}', encoding="utf-8")

    answer = Stores(place.parent).traces(declared(place), {"subjects": [PERSON]})
    assert answer.value["found"] == [f"{PERSON}:{form}"]


def test_a_log_of_keyed_commitments_names_nobody(place: Path) -> None:
    answer = Stores(place.parent).traces(declared(place), {"subjects": [PERSON]})
    assert answer.value["found"] == []
    assert answer.value["bytes"] > 0


def test_a_log_outside_the_opened_folder_is_not_read(place: Path) -> None:
    answer = Stores(place / "exports").traces(declared(place), {"subjects": [PERSON]})
    assert answer.status == "unsupported"
