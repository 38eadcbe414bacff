"""Claims about reading documents quickly: what passes the quick look has no faults in the slow one."""

import copy
import random
from typing import Any, get_args

import pytest

from ccus_simulator import worlds
from ccus_simulator.documents import DocumentName, _validator, is_sound

STRANGE: list[Any] = [
    None,
    True,
    0,
    -1,
    1.5,
    10**30,
    "",
    "x" * 5000,
    "あ\n",
    "\ud800",
    [],
    ["a", "a"],
    {},
    {"extra": 1},
]


def mutants(document: Any, rng: random.Random) -> Any:
    """Change one place of a document in one way."""
    mutant = copy.deepcopy(document)
    holder, key = mutant, None
    while isinstance(holder, (dict, list)) and holder:
        key = rng.choice(list(holder) if isinstance(holder, dict) else list(range(len(holder))))
        if rng.random() < 0.3 or not isinstance(holder[key], (dict, list)):
            break
        holder = holder[key]
    if key is None or not holder:
        return rng.choice(STRANGE)
    if rng.random() < 0.3 and isinstance(holder, dict):
        del holder[key]
    elif rng.random() < 0.2 and isinstance(holder, dict):
        holder[rng.choice(["x", "役"])] = rng.choice(STRANGE)
    else:
        holder[key] = rng.choice(STRANGE)
    return mutant


def examples() -> dict[DocumentName, Any]:
    world = worlds.instantiate(worlds.shipped("standard"), seed=1, number=1000)
    ask = {
        "request_id": "r1",
        "user": {"account": "u", "credential": "c"},
        "acting_for": world["businesses"][0]["id"],
        "capacity": "business",
        "purpose": "safety_documents",
        "subjects": {"technicians": [world["technicians"][0]["id"]], "own_business": True},
    }
    created = {"document": world, "client": {"id": "c", "secret": "s"}, "commitment_key": "ab" * 32}
    clock = {"to": "2026-05-01T00:00:00+09:00"}
    return {"world-1": world, "provision-request-1": ask, "admin-world-1": created, "admin-clock-1": clock}


@pytest.mark.parametrize("name", sorted(examples()))
def test_the_quick_look_passes_the_valid_and_nothing_that_has_a_fault(name: DocumentName) -> None:
    example, rng = examples()[name], random.Random(7)  # noqa: S311 - mutations, not secrets
    assert is_sound(name, example)
    refused = 0
    for _ in range(400):
        mutant = mutants(example, rng)
        if is_sound(name, mutant):
            assert _validator(name).is_valid(mutant), mutant
        else:
            refused += 1
    assert refused > 100


def test_every_document_can_be_looked_at_quickly() -> None:
    for name in get_args(DocumentName):
        assert not is_sound(name, [])
